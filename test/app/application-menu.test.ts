import { expect, test } from 'vitest'
import { menuTemplate } from '../../src-main/app/application-menu.ts'
import type { MenuCommand } from '../../src-shared/desktop/desktop-bridge.ts'

const ran: string[] = []
const deps = { appName: 'Millrace', run: (id: string) => ran.push(id), newWindow: () => ran.push('new window') }
const commands: readonly MenuCommand[] = [
  { id: 'file.open', title: 'Open file…', menu: 'file', group: 'File', accelerator: 'CmdOrCtrl+O' },
  { id: 'pipeline.start', title: 'Start & run', menu: 'run', group: 'Pipeline', enabled: false },
  { id: 'stream.start', title: 'Run stream', menu: 'run', group: 'Stream' },
  { id: 'wrap', title: 'Wrap', menu: 'log', group: 'Log', checked: true },
  { id: 'hidden', title: 'Only in the palette' },
]

type Item = ReturnType<typeof menuTemplate>[number]
const itemsOf = (menu: Item | undefined): Item[] => (Array.isArray(menu?.submenu) ? menu.submenu : [])
const menu = (label: string, platform: NodeJS.Platform = 'linux'): Item[] =>
  itemsOf(menuTemplate(commands, { ...deps, platform }).find((each) => each.label === label))

test('a command stands in its menu with its title, key and state, and is run by its id', () => {
  const open = menu('&File').find((item) => item.id === 'file.open')
  expect(open).toMatchObject({ label: 'Open file…', accelerator: 'CmdOrCtrl+O', enabled: true })
  ran.length = 0
  const choose = open?.click as unknown as (() => void) | undefined
  choose?.()
  expect(ran).toEqual(['file.open'])
  expect(menu('&Log')[0]).toMatchObject({ type: 'checkbox', checked: true })
  expect(menu('&Run')[0]).toMatchObject({ label: 'Start && run', enabled: false })
})

test('keys are shown, and left to the page to listen to', () => {
  expect(menu('&File').find((item) => item.id === 'file.open')).toMatchObject({ registerAccelerator: false })
})

test('groups are parted by one separator, and a menu with nothing in it is left out', () => {
  expect(menu('&Run').map((item) => item.type ?? item.id)).toEqual(['pipeline.start', 'separator', 'stream.start'])
  expect(menuTemplate(commands, { ...deps, platform: 'linux' }).map((each) => each.label ?? each.role)).not.toContain('&Go')
})

test('a command without a menu is in none', () => {
  const all = menuTemplate(commands, { ...deps, platform: 'linux' }).flatMap(itemsOf)
  expect(all.map((item) => item.id)).not.toContain('hidden')
})

test('the roles that a system expects are there: an application menu on macOS, Quit and About elsewhere', () => {
  const mac = menuTemplate(commands, { ...deps, platform: 'darwin' })
  expect(mac[0]).toMatchObject({ role: 'appMenu' })
  expect(menu('&File', 'darwin').at(-1)).toMatchObject({ role: 'close' })
  expect(menu('&File', 'win32').at(-1)).toMatchObject({ role: 'quit' })
  expect(menu('&Edit').map((item) => item.role)).toEqual(expect.arrayContaining(['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll']))
})
