// What the Electron face adds to the page, and nothing more: native dialogs, the real path of a dropped file, menu items that run the
// window's own commands, and the port of the engine link. The preload script puts one such object on the page as `millraceDesktop`;
// in a browser it is absent. Everything that can be done there can be done without it (design §1).

/** `event.data` of the window `message` event that brings the engine's port as `event.ports[0]` (and has `event.source === window`). */
export const enginePortMessage = 'millrace:engine-port'

/** The name of the bridge on the page's global object. */
export const desktopBridgeName = 'millraceDesktop'

/** A command of the palette as the menu shows it. The table is the window's; the menu is built from it and has no commands of its own. */
export interface MenuCommand {
  readonly id: string
  readonly title: string
  /** The menu that shows it; a command without one is in the palette only. */
  readonly menu?: 'file' | 'edit' | 'view' | 'go' | 'log' | 'run' | 'help'
  /** Commands of one menu with the same group stand together, groups in order of first appearance. */
  readonly group?: string
  /** As Electron writes it, e.g. `CmdOrCtrl+Shift+P`. It is shown; the key itself is handled by the page, where it can depend on focus. */
  readonly accelerator?: string
  /** False greys it; default true. */
  readonly enabled?: boolean
  /** Present on a command that is on or off. */
  readonly checked?: boolean
}

/** What is asked of the open dialog. */
export interface OpenRequest {
  readonly kind: 'log' | 'pipeline' | 'program' | 'folder'
  /** Default true, except for a folder. */
  readonly multiple?: boolean
}

/** A native notification; a click on it brings the window to the front and runs `command`. */
export interface DesktopNotice {
  readonly title: string
  readonly body: string
  readonly command?: string
}

/** What runs, for the window's close and quit questions and the tray's tooltip. */
export interface RunSummary {
  readonly running: number
  /** e.g. `orders: 48 k/s, c1 12 %`. One line per pipeline. */
  readonly lines: readonly string[]
}

/** The engine process as the desktop sees it. `gone` carries the sentence of how it ended, or why it does not start. */
export interface EngineState {
  readonly state: 'starting' | 'ready' | 'gone'
  readonly sentence?: string
}

export interface DesktopBridge {
  readonly platform: 'darwin' | 'linux' | 'win32'
  readonly versions: { readonly millrace: string; readonly electron: string; readonly chrome: string }

  /** Asks for a port to the engine. It comes as a window message (enginePortMessage) once the engine is ready; to be asked again when its link has ended. */
  connectEngine(): void
  onEngineState(listener: (state: EngineState) => void): () => void

  /** The native open dialog; absolute paths, none when it was cancelled. */
  openDialog(request: OpenRequest): Promise<readonly string[]>
  /** The native save dialog; an absolute path, or undefined when it was cancelled. */
  saveDialog(defaultName: string): Promise<string | undefined>
  /** Absolute path of a dropped or chosen `File`; empty for one that is not on disk. */
  pathOf(file: object): string
  showInFolder(path: string): void
  /** Opens an https or mailto address in the system's browser, after the person has seen its host and agreed. */
  openExternal(address: string): void

  /** The palette's commands, whenever they change. */
  setCommands(commands: readonly MenuCommand[]): void
  /** A menu item, notification or tray item was chosen. */
  onCommand(listener: (id: string) => void): () => void
  /** Files named on the command line, by a second start, by the system (double click, Open with). Those from before the first listener are kept for it. */
  onOpenFiles(listener: (paths: readonly string[]) => void): () => void

  /** What runs: keeps Quit's question and the tray right. */
  setRunning(summary: RunSummary): void
  notify(notice: DesktopNotice): void
  /** The page's background, so that the next window opens in it. A CSS colour such as `#1b1d21`. */
  setBackground(color: string): void
  newWindow(): void
}
