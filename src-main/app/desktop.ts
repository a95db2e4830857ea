// The desktop app from its start to its end: its events, its windows and what their pages call, the engine beside it, and the order in
// which all that goes when it is quit.
import { join } from 'node:path'
import { app, Menu, type Notification, session, shell, type WebContents } from 'electron'
import type { MenuCommand, RunSummary } from '../../src-shared/desktop/desktop-bridge.ts'
import { messageOf } from '../../src-shared/errors.ts'
import { systemClock } from '../clock.ts'
import { forkEngine } from '../engine/fork-engine.ts'
import type { EngineArguments } from '../engine/process-messages.ts'
import { type SupervisedEngine, superviseEngine } from '../engine/supervise-engine.ts'
import type { Logger } from '../log.ts'
import { defaultWorkspace } from '../workspace/folders.ts'
import { type AppArguments, handedOver } from './app-arguments.ts'
import { menuTemplate } from './application-menu.ts'
import { mainMessages } from './desktop-wire.ts'
import { askToOpen, askToSave, mayQuit, openExternalAfterAsking, sayEngineRefused } from './dialogs.ts'
import { EnginePorts } from './engine-ports.ts'
import { builtFile, WorkbenchWindows } from './main-window.ts'
import { showNotice } from './notices.ts'
import { type PageCallHandlers, receivePageCalls } from './page-calls.ts'
import { servePages } from './page-protocol.ts'
import { denyPermissions, guardNavigation } from './security.ts'
import { utilityEngine } from './utility-engine.ts'

export interface DesktopOptions {
  readonly version: string
  /** What it was started with. */
  readonly started: AppArguments
  readonly log: Logger
}

/** Begun once, by the process that has the single instance's lock. */
export class Desktop {
  readonly #options: DesktopOptions
  readonly #windows: WorkbenchWindows
  readonly #menuCommands = new Map<WebContents, readonly MenuCommand[]>()
  readonly #running = new Map<WebContents, RunSummary>()
  readonly #notices = new Set<Notification>()
  /** Files that came before there were windows. */
  readonly #waitingFiles: string[]
  #demoAsked: boolean
  #engine: SupervisedEngine | undefined
  /** `asked`: nobody is asked again. `stopping`: the engine is. */
  #quitting: 'no' | 'asked' | 'stopping' | 'done' = 'no'

  constructor(options: DesktopOptions) {
    const { version, started, log } = options
    this.#options = options
    this.#waitingFiles = [...started.files]
    this.#demoAsked = started.demo
    this.#windows = new WorkbenchWindows({
      stateFile: join(app.getPath('userData'), 'windows.json'),
      preload: builtFile('preload', 'preload.cjs'),
      icon: builtFile('renderer', 'icon.png'),
      version,
      log,
      mayClose: (window) => {
        // Elsewhere than on macOS the app ends with its last window.
        const ends = process.platform !== 'darwin' && this.#windows.all().length === 1 && this.#quitting === 'no'
        if (ends && !mayQuit(window, this.#allRuns())) return false
        if (ends) this.#quitting = 'asked'
        return true
      },
    })
  }

  begin(): void {
    this.#followWishes()
    this.#followQuitting()
    app
      .whenReady()
      .then(() => this.#open())
      .catch((error: unknown) => {
        this.#options.log.error(`The app could not be started: ${messageOf(error)}`)
        app.exit(1)
      })
  }

  /** What comes from the system: files, another start, a click in the dock. */
  #followWishes(): void {
    app.on('second-instance', (_event, _argv, _folder, data) => {
      const handed = handedOver(data)
      this.#windows.show()
      if (handed === undefined) return
      this.#openFiles(handed.files)
      if (handed.demo) this.#command('demo.start')
    })
    app.on('open-file', (event, path) => {
      event.preventDefault()
      this.#openFiles([path])
    })
    app.on('activate', () => this.#windows.show())
    app.on('browser-window-focus', () => this.#showMenu())
  }

  #followQuitting(): void {
    app.on('window-all-closed', () => {
      if (process.platform !== 'darwin') app.quit()
    })
    app.on('before-quit', (event) => {
      if (this.#quitting === 'no' && !mayQuit(this.#windows.current(), this.#allRuns())) event.preventDefault()
      else if (this.#quitting === 'no') this.#quitting = 'asked'
    })
    // The engine is stopped in order before the last process goes: sources and sinks end their transactions.
    app.on('will-quit', (event) => {
      if (this.#engine === undefined || this.#quitting === 'done') return
      event.preventDefault()
      if (this.#quitting === 'stopping') return
      this.#quitting = 'stopping'
      void this.#engine.stop().finally(() => {
        this.#quitting = 'done'
        app.quit()
      })
    })
    app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
      if (this.#quitting === 'no' && reason !== 'clean-exit') this.#options.log.error('A helper process ended.', { type, reason, exitCode })
    })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        // Whoever sends a signal does not answer questions.
        if (this.#quitting === 'no') this.#quitting = 'asked'
        app.quit()
      })
    }
  }

  #open(): void {
    servePages(session.defaultSession, builtFile('renderer'))
    denyPermissions(session.defaultSession)
    guardNavigation((address) => void openExternalAfterAsking(this.#windows.current(), address))
    receivePageCalls(this.#pageCalls(this.#startEngine()), this.#options.log)
    this.#showMenu()
    this.#windows.open()
    this.#openFiles(this.#waitingFiles.splice(0))
  }

  #startEngine(): EnginePorts {
    const { version, started, log } = this.#options
    const node = process.env['MILLRACE_ENGINE_NODE']
    const relay = node !== undefined && node !== ''
    const options: EngineArguments = { workspace: started.workspace ?? defaultWorkspace(process.env), version }
    const engine = superviseEngine({
      fork: relay ? () => forkEngine(options, node) : () => utilityEngine(options),
      clock: systemClock,
      log,
      onLog: (line) => log[line.level](line.sentence, line.fields as Record<string, string>),
    })
    this.#engine = engine
    engine.onState((state) => {
      if (state.state !== 'gone' || state.willRestart || this.#quitting !== 'no') return
      this.#quitting = 'asked'
      void sayEngineRefused(this.#windows.current(), state.sentence).then(() => app.quit())
    })
    return new EnginePorts(engine, relay, log)
  }

  #pageCalls(ports: EnginePorts): PageCallHandlers {
    return {
      connectEngine: (page) => ports.connect(page),
      openDialog: (page, request) => askToOpen(page, request),
      saveDialog: (page, defaultName) => askToSave(page, defaultName),
      showInFolder: (_page, path) => shell.showItemInFolder(path),
      openExternal: (_page, address) => void openExternalAfterAsking(this.#windows.current(), address),
      setCommands: (page, commands) => this.#setCommands(page, commands as readonly MenuCommand[]),
      setRunning: (page, summary) => {
        if (!this.#running.has(page)) page.once('destroyed', () => this.#running.delete(page))
        this.#running.set(page, summary)
      },
      notify: (_page, notice) =>
        showNotice(this.#notices, notice, () => {
          this.#windows.show()
          if (notice.command !== undefined) this.#command(notice.command)
        }),
      setBackground: (_page, color) => this.#windows.setBackground(color),
      newWindow: () => void this.#windows.open(),
    }
  }

  #setCommands(page: WebContents, commands: readonly MenuCommand[]): void {
    if (!this.#menuCommands.has(page)) page.once('destroyed', () => this.#menuCommands.delete(page))
    this.#menuCommands.set(page, commands)
    if (page === this.#windows.current()?.webContents) this.#showMenu()
    // The page can do it now, and not before.
    if (this.#demoAsked && commands.some((each) => each.id === 'demo.start' && each.enabled !== false)) {
      this.#demoAsked = false
      page.send(mainMessages.command, 'demo.start')
    }
  }

  #showMenu(): void {
    const page = this.#windows.current()?.webContents
    const commands = (page === undefined ? undefined : this.#menuCommands.get(page)) ?? []
    const template = menuTemplate(commands, {
      platform: process.platform,
      appName: app.name,
      run: (id) => this.#command(id),
      newWindow: () => this.#windows.open(),
    })
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  }

  #command(id: string): void {
    const window = this.#windows.current()
    if (window !== undefined) this.#windows.send(window, mainMessages.command, id)
  }

  #openFiles(files: readonly string[]): void {
    if (files.length === 0) return
    if (!app.isReady()) this.#waitingFiles.push(...files)
    else this.#windows.send(this.#windows.show(), mainMessages.openFiles, [...files])
  }

  /** What runs, as the page says that was opened last. */
  #allRuns(): RunSummary {
    return [...this.#running.values()].at(-1) ?? { running: 0, lines: [] }
  }
}
