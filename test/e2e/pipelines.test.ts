// Somebody with files of their own: opened, found again in a full side bar, mended, and one drawn from nothing without a pointer.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFindingsInEveryTheme } from './driver/accessibility.ts'
import { goTo, runCommand } from './driver/palette.ts'
import { startWorkbench, type Workbench } from './driver/workbench.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-pipelines-'))
let workbench: Workbench
let page: Page

const tree = () => page.getByRole('tree')
const item = (name: RegExp) => tree().getByRole('treeitem', { name })
const inspector = () => page.getByRole('complementary', { name: 'Inspector' })
const node = (name: string): Locator => page.locator('.editor-view:visible .node', { has: page.getByText(name, { exact: true }) })

function pipeline(name: string, text: string): string {
  const path = join(folder, `${name}.properties`)
  writeFileSync(path, text)
  return path
}

const chain = (agent: string, type = 'memory'): string => `${agent}.sources = r1
${agent}.channels = c1
${agent}.sinks = k1
${agent}.sources.r1.type = seq
${agent}.sources.r1.channels = c1
${agent}.channels.c1.type = ${type}
${agent}.sinks.k1.type = null
${agent}.sinks.k1.channel = c1
`

function hundreds(count: number): string {
  const names = (letter: string): string => Array.from({ length: count }, (_, number) => `${letter}${number}`).join(' ')
  const lists = `big.sources = ${names('r')}\nbig.channels = ${names('c')}\nbig.sinks = ${names('k')}\n`
  const each = (number: number): string => `big.sources.r${number}.type = seq
big.sources.r${number}.channels = c${number}
big.channels.c${number}.type = memory
big.sinks.k${number}.type = null
big.sinks.k${number}.channel = c${number}
`
  return lists + Array.from({ length: count }, (_, number) => each(number)).join('')
}

beforeAll(async () => {
  pipeline('windows', chain('win').replaceAll('\n', '\r\n'))
  const files = [pipeline('large', hundreds(100)), pipeline('misspelt', chain('a1', 'memroy')), pipeline('small', chain('s1'))]
  workbench = await startWorkbench(files)
  page = await workbench.open({ viewport: { width: 1280, height: 800 } })
  await item(/small/).waitFor()
})

afterAll(async () => {
  await workbench?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a pipeline of 300 components leaves the others in sight, and is opened when somebody asks', async () => {
  await item(/^large/).waitFor()
  expect(await item(/^large/).getAttribute('aria-expanded')).toBe('false')
  await item(/^small/).waitFor()
  await item(/^large/).focus()
  await page.keyboard.press('ArrowRight')
  await item(/^r99/).waitFor()
  await page.keyboard.press('ArrowLeft')
  await item(/^r99/).waitFor({ state: 'detached' })
})

test('a component that is chosen in the tree is selected on the canvas', async () => {
  await tree().locator('[data-id$="s1.sinks.k1"]').click()
  await page.locator('.editor-view:visible .node-sink[data-selected]').waitFor()
  await inspector().getByText('null sink').waitFor()
})

test('channels stand under their pipelines where there are several', async () => {
  await page.keyboard.press('Alt+4')
  expect(await item(/^large/).getAttribute('aria-expanded')).toBe('false')
  expect(await tree().locator('[data-id*="small"] ~ [role=treeitem]').first().textContent()).toMatch(/^c1/)
  await page.keyboard.press('Alt+1')
})

test('a channel whose type is misspelt takes nothing off the canvas: what is wrong stands on its node, and in the tree', async () => {
  expect(await item(/^misspelt/).textContent()).toMatch(/\d errors?/)
  await goTo(page, 'misspelt')
  for (const name of ['r1', 'c1', 'k1']) await node(name).waitFor()
  expect(await page.locator('.editor-view:visible .react-flow__edge').count()).toBe(2)
  await node('c1').getByText('1 error').waitFor()
  await node('c1').click()
  await inspector()
    .getByText(/There is no channel of type memroy/)
    .waitFor()
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
  // What does not run runs since never.
  await page.locator('.editor-view:visible .react-flow__pane').click({ position: { x: 20, y: 20 } })
  await inspector().getByText('1 source, 1 channel, 1 sink').waitFor()
  expect(await inspector().getByText('since').count()).toBe(0)
})

test('beside the text a problem has the sign and the colour that it has everywhere', async () => {
  await page.locator('.editor-view:visible').getByRole('button', { name: 'Text', exact: true }).click()
  const marker = page.locator('.editor-view:visible .cm-lint-marker-error').first()
  await marker.waitFor()
  const [sign, colour, count] = await marker.evaluate((element) => [
    getComputedStyle(element, '::before').content,
    getComputedStyle(element).color,
    getComputedStyle(document.querySelector('.side-bar-errors')!).color,
  ])
  expect(sign).toBe('"✕"')
  expect(colour).toBe(count)
})

test('a file with Windows line ends is opened from the dialog and keeps them when it is changed', async () => {
  await page.keyboard.press('Control+o')
  const dialog = page.getByRole('dialog', { name: 'Open file' })
  const path = dialog.getByRole('textbox', { name: 'Path of a file or folder' })
  await path.waitFor()
  await dialog.getByRole('grid', { name: 'Files' }).locator('.ui-table-row').first().waitFor()
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
  await path.fill(join(folder, 'windows.properties'))
  await page.keyboard.press('Enter')
  await page.getByRole('tab', { name: /windows/, selected: true }).waitFor()
  await node('r1').click()
  await inspector()
    .getByRole('button', { name: /Show \d+ more/ })
    .click()
  await inspector().getByLabel('totalEvents').fill('5')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+s')
  await page.getByRole('tab', { name: /not saved/ }).waitFor({ state: 'detached' })
  const text = readFileSync(join(folder, 'windows.properties'), 'utf8')
  expect(text).toContain('win.sources.r1.totalEvents = 5\r\n')
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
})

test('an agent is drawn from nothing, wired and saved without a pointer', async () => {
  await runCommand(page, 'New pipeline')
  await page.getByRole('tab', { name: /^pipeline/, selected: true }).waitFor()
  await node('k1').waitFor()
  const add = async (type: string): Promise<void> => {
    await page.keyboard.type(type)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
  }
  await runCommand(page, 'Add a component')
  await page.getByRole('textbox', { name: 'Search components' }).waitFor()
  await add('netcat')
  await node('r2').waitFor()
  // On to the inspector of what was added, and through its form.
  await page.keyboard.press('Escape')
  await page.getByRole('region', { name: 'Components' }).waitFor({ state: 'detached' })
  await tabTo(inspector().getByRole('checkbox', { name: 'c1' }))
  await page.keyboard.press('Space')
  await page.locator('.editor-view:visible .react-flow__edge').nth(2).waitFor({ state: 'attached' })
  for (const [label, value] of [
    [/^bind/, '127.0.0.1'],
    [/^port/, '46464'],
  ] as const) {
    await tabTo(inspector().getByLabel(label))
    await page.keyboard.type(value)
    await page.keyboard.press('Enter')
  }
  await page.locator('.editor-view:visible .view-problems').waitFor({ state: 'detached' })
  await page.keyboard.press('Control+s')
  await page.getByRole('tab', { name: /not saved/ }).waitFor({ state: 'detached' })
  await page.keyboard.press('F5')
  await page.locator('.editor-view:visible .node-source[data-state="running"]').nth(1).waitFor()
  await page.locator('.editor-view:visible').getByRole('button', { name: 'Stop', exact: true }).waitFor()
  await page.keyboard.press('Shift+F5')
  await page.locator('.editor-view:visible').getByRole('button', { name: 'Start', exact: true }).waitFor()
  expect(workbench.complaints).toEqual([])
})

/** Goes on with the keyboard until it is at `target`. */
async function tabTo(target: Locator): Promise<void> {
  const isThere = (): Promise<boolean> => target.evaluate((element) => element === document.activeElement)
  for (let step = 0; step < 80; step++) {
    if (await isThere()) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`The keyboard does not come to ${target}.`)
}
