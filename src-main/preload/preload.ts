// The one typed object that the page gets. Runs sandboxed, in a world of its own: it can pass messages to the main process and nothing
// else, and it offers one function per message, never a general send.
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { type DesktopBridge, desktopBridgeName, type EngineState, enginePortMessage } from '../../src-shared/desktop/desktop-bridge.ts'
import { mainMessages, type PageCall, type PageCallArguments, wireName } from '../app/desktop-wire.ts'

// The DOM's types are not part of this world (src-main has no pages); these are the parts that a preload script meets.
declare const window: { postMessage(message: unknown, targetOrigin: string, ports: readonly unknown[]): void }
declare const location: { readonly origin: string }

const send = <K extends PageCall>(call: K, ...args: PageCallArguments<K>): void => ipcRenderer.send(wireName(call), ...args)
const invoke = <K extends PageCall>(call: K, ...args: PageCallArguments<K>): Promise<unknown> => ipcRenderer.invoke(wireName(call), ...args)

/** Messages from main, kept until the page listens to them. */
function kept<T>(name: string): (listener: (value: T) => void) => () => void {
  const early: T[] = []
  const listeners = new Set<(value: T) => void>()
  ipcRenderer.on(name, (_event, value: T) => {
    if (listeners.size === 0) early.push(value)
    for (const listener of listeners) listener(value)
  })
  return (listener) => {
    listeners.add(listener)
    for (const value of early.splice(0)) listener(value)
    return () => listeners.delete(listener)
  }
}

// A port cannot cross the bridge as a value; a message to the window carries it over.
ipcRenderer.on(mainMessages.enginePort, (event) => window.postMessage(enginePortMessage, location.origin, event.ports))

const argument = (name: string): string => process.argv.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3) ?? ''

const bridge: DesktopBridge = {
  platform: process.platform as DesktopBridge['platform'],
  versions: {
    millrace: argument('millrace-version'),
    electron: process.versions.electron,
    chrome: process.versions.chrome,
  },
  connectEngine: () => send('connectEngine'),
  onEngineState: kept<EngineState>(mainMessages.engineState),
  openDialog: (request) => invoke('openDialog', request) as Promise<readonly string[]>,
  saveDialog: (defaultName) => invoke('saveDialog', defaultName) as Promise<string | undefined>,
  pathOf: (file) => webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]),
  showInFolder: (path) => send('showInFolder', path),
  openExternal: (address) => send('openExternal', address),
  setCommands: (commands) => send('setCommands', [...commands]),
  onCommand: kept<string>(mainMessages.command),
  onOpenFiles: kept<readonly string[]>(mainMessages.openFiles),
  setRunning: (summary) => send('setRunning', { running: summary.running, lines: [...summary.lines] }),
  notify: (notice) => send('notify', notice),
  setBackground: (color) => send('setBackground', color),
  newWindow: () => send('newWindow'),
}

contextBridge.exposeInMainWorld(desktopBridgeName, bridge)
