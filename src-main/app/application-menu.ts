// The menu bar: the palette's commands (the window sends them, and again when what can be done changes) between the roles that the
// system knows. A pure function of both, so that it can be tested without a display.
import type { MenuItemConstructorOptions } from 'electron'
import type { MenuCommand } from '../../src-shared/desktop/desktop-bridge.ts'

export interface MenuDeps {
  readonly platform: NodeJS.Platform
  readonly appName: string
  /** Chosen items; the focused window runs them. */
  readonly run: (id: string) => void
  readonly newWindow: () => void
}

type Item = MenuItemConstructorOptions

export function menuTemplate(commands: readonly MenuCommand[], deps: MenuDeps): Item[] {
  const mac = deps.platform === 'darwin'
  const of = (menu: MenuCommand['menu']): Item[] => commandItems(commands, menu, deps.run)
  const file: Item[] = [{ label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: deps.newWindow }, ...of('file')]
  return [
    ...(mac ? [macMenu(deps.appName)] : []),
    { label: '&File', submenu: joined(file, [mac ? { role: 'close' } : { role: 'quit' }]) },
    { label: '&Edit', submenu: joined([{ role: 'undo' }, { role: 'redo' }], editRoles, of('edit')) },
    { label: '&View', submenu: joined(of('view'), [{ role: 'togglefullscreen' }, { role: 'toggleDevTools' }]) },
    { label: '&Go', submenu: joined(of('go')) },
    { label: '&Log', submenu: joined(of('log')) },
    { label: '&Run', submenu: joined(of('run')) },
    { role: 'windowMenu' },
    { role: 'help', submenu: joined(of('help'), mac ? [] : [{ role: 'about' }]) },
  ].filter((menu) => !('submenu' in menu) || !Array.isArray(menu.submenu) || menu.submenu.length > 0) as Item[]
}

const editRoles: Item[] = [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }]

function macMenu(appName: string): Item {
  return { label: appName, role: 'appMenu' }
}

/** The commands of one menu, a separator between groups. The page listens to the keys itself, where they can depend on focus. */
function commandItems(commands: readonly MenuCommand[], menu: MenuCommand['menu'], run: (id: string) => void): Item[] {
  const groups = new Map<string, Item[]>()
  for (const command of commands) {
    if (command.menu !== menu) continue
    const items = groups.get(command.group ?? '') ?? []
    groups.set(command.group ?? '', items)
    items.push({
      id: command.id,
      // An ampersand would mark a letter of the label as its key.
      label: command.title.replace(/&/g, '&&'),
      enabled: command.enabled !== false,
      click: () => run(command.id),
      ...(command.accelerator !== undefined && { accelerator: command.accelerator, registerAccelerator: false }),
      ...(command.checked !== undefined && { type: 'checkbox' as const, checked: command.checked }),
    })
  }
  return joined(...groups.values())
}

/** Groups with separators between those that are not empty. */
function joined(...groups: readonly Item[][]): Item[] {
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, index) => (index === 0 ? group : [{ type: 'separator' as const }, ...group]))
}
