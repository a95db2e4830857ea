// The desktop face's menu is the command table: what is bound now can be chosen, the rest is grey.
import { commandList } from '../../src-shared/command/commands.ts'
import type { MenuCommand } from '../../src-shared/desktop/desktop-bridge.ts'
import { desktop } from '../rpc/connection.ts'
import { isBound, isCommandId, onBoundChange, runCommand } from './command-registry.ts'

const menus = {
  File: 'file',
  Edit: 'edit',
  View: 'view',
  Go: 'go',
  Pipeline: 'run',
  Stream: 'run',
  Log: 'log',
  Help: 'help',
} as const

/** Keeps the menu right and runs what is chosen in it. Called once. */
export function followDesktopMenu(): void {
  if (desktop === undefined) return
  const bridge = desktop
  let timer: ReturnType<typeof setTimeout> | undefined
  const send = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => bridge.setCommands(menuCommands()), 100)
  }
  send()
  onBoundChange(send)
  bridge.onCommand((id) => {
    if (isCommandId(id)) runCommand(id)
  })
}

function menuCommands(): MenuCommand[] {
  return commandList
    .filter((command) => command.menu !== false)
    .map((command) => ({
      id: command.id,
      title: command.title,
      menu: menus[command.group],
      group: command.group,
      enabled: isBound(command.id),
      ...(command.keys?.[0] !== undefined && command.keys[0].length > 1 && { accelerator: command.keys[0].replace('Mod', 'CmdOrCtrl') }),
    }))
}
