// Workbench windows: made where they were, shown when there is something to see, reloaded when their page crashes.
import { join } from 'node:path'
import { BrowserWindow, dialog, nativeTheme, screen } from 'electron'
import type { Logger } from '../log.ts'
import { pageAddress } from './page-protocol.ts'
import { windowPreferences } from './security.ts'
import { leastSize, readWindowStates, rescued, usualSize, type WindowPlace, type WindowStates, writeWindowStates } from './window-state.ts'

export interface WorkbenchWindowsDeps {
  /** The JSON file that keeps places. */
  readonly stateFile: string
  readonly preload: string
  readonly version: string
  readonly icon: string
  readonly log: Logger
  /** The last thing before a window closes; answering false keeps it open. */
  readonly mayClose: (window: BrowserWindow) => boolean
}

/** A page that crashes this often within a minute is not reloaded by itself any more. */
const crashesPerMinute = 3

export class WorkbenchWindows {
  readonly #deps: WorkbenchWindowsDeps
  #states: WindowStates
  /** In order of opening; the index is the window's place in the file. */
  #open: BrowserWindow[] = []

  constructor(deps: WorkbenchWindowsDeps) {
    this.#deps = deps
    this.#states = readWindowStates(deps.stateFile)
  }

  all(): readonly BrowserWindow[] {
    return this.#open
  }

  /** The one that a person looks at, or the one opened last. */
  current(): BrowserWindow | undefined {
    return BrowserWindow.getFocusedWindow() ?? this.#open.at(-1)
  }

  /** Brings a window to the front, opening one when there is none. */
  show(): BrowserWindow {
    const window = this.current() ?? this.open()
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
    return window
  }

  open(): BrowserWindow {
    const place = this.#states.windows[this.#open.length]
    const areas = screen.getAllDisplays().map((display) => display.workArea)
    const primary = screen.getPrimaryDisplay().workArea
    const beside = this.#open.at(-1)?.getBounds()
    const window = new BrowserWindow({
      ...(place !== undefined && rescued(place.bounds, [primary, ...areas])),
      ...(place === undefined && usualSize),
      ...(place === undefined && beside !== undefined && { x: beside.x + 28, y: beside.y + 28 }),
      minWidth: leastSize.width,
      minHeight: leastSize.height,
      title: 'Millrace',
      icon: this.#deps.icon,
      show: false,
      // What is seen before the first paint: the theme's own background, not white.
      backgroundColor: this.#background(),
      webPreferences: {
        ...windowPreferences,
        preload: this.#deps.preload,
        additionalArguments: [`--millrace-version=${this.#deps.version}`],
      },
    })
    this.#open.push(window)
    if (place?.maximized === true) window.maximize()
    if (place?.fullScreen === true) window.setFullScreen(true)
    window.once('ready-to-show', () => window.show())
    window.on('close', (event) => {
      if (!this.#deps.mayClose(window)) return event.preventDefault()
      this.#remember()
    })
    window.on('closed', () => {
      this.#open = this.#open.filter((each) => each !== window)
    })
    for (const event of ['resized', 'moved', 'maximize', 'unmaximize'] as const) window.on(event as 'maximize', () => this.#remember())
    this.#watch(window)
    void window.loadURL(pageAddress)
    return window
  }

  /** Sends to a page once it can hear: a page that is being loaded gets it when it is there. */
  send(window: BrowserWindow, message: string, value: unknown): void {
    const page = window.webContents
    if (page.isLoadingMainFrame()) page.once('did-finish-load', () => page.send(message, value))
    else page.send(message, value)
  }

  /** The page's background; kept for the next window. */
  setBackground(color: string): void {
    if (color === this.#states.background) return
    this.#states = { ...this.#states, background: color }
    for (const window of this.#open) window.setBackgroundColor(color)
    this.#write()
  }

  #background(): string {
    return this.#states.background ?? (nativeTheme.shouldUseDarkColors ? '#1b1d21' : '#ffffff')
  }

  #remember(): void {
    const now = this.#open.map(placeOf)
    // Places of windows that are not open now are kept for when they are again.
    this.#states = { ...this.#states, windows: [...now, ...this.#states.windows.slice(now.length)].slice(0, 8) }
    this.#write()
  }

  #write(): void {
    try {
      writeWindowStates(this.#deps.stateFile, this.#states)
    } catch (error) {
      this.#deps.log.warn('Where the windows are could not be kept.', { file: this.#deps.stateFile, reason: String(error) })
    }
  }

  #watch(window: BrowserWindow): void {
    let crashes: number[] = []
    window.webContents.on('render-process-gone', (_event, details) => {
      if (details.reason === 'clean-exit' || window.isDestroyed()) return
      this.#deps.log.error("A window's page process ended; the engine runs on, and the page is loaded again.", {
        reason: details.reason,
        exitCode: details.exitCode,
      })
      const now = Date.now()
      crashes = [...crashes.filter((at) => now - at < 60_000), now]
      if (crashes.length <= crashesPerMinute) window.webContents.reload()
      else void this.#askToReload(window)
    })
    window.on('unresponsive', () => this.#deps.log.warn('A window does not answer. The engine runs on.'))
    window.on('responsive', () => this.#deps.log.info('The window answers again.'))
  }

  async #askToReload(window: BrowserWindow): Promise<void> {
    const { response } = await dialog.showMessageBox(window, {
      type: 'error',
      message: 'This window keeps crashing.',
      detail: 'The engine runs on and nothing is lost. Loading the window again may help; closing it does not stop the engine.',
      buttons: ['Load Again', 'Close Window'],
      cancelId: 1,
    })
    if (window.isDestroyed()) return
    if (response === 0) window.webContents.reload()
    else window.destroy()
  }
}

function placeOf(window: BrowserWindow): WindowPlace {
  return { bounds: window.getNormalBounds(), maximized: window.isMaximized(), fullScreen: window.isFullScreen() }
}

/** Built files beside this bundle (`out/main`). */
export function builtFile(...parts: readonly string[]): string {
  return join(__dirname, '..', ...parts)
}
