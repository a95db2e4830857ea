// The desktop face: one process that owns windows, menu and dialogs, and supervises the engine. It does no file or database work and
// never waits for data. Everything a person can do with data is the page's and the engine's.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, Menu, type Notification, protocol, session, shell, type WebContents } from 'electron'
import type { MenuCommand, RunSummary } from '../../src-shared/desktop/desktop-bridge.ts'
import { systemClock } from '../clock.ts'
import { forkEngine } from '../engine/fork-engine.ts'
import type { EngineArguments } from '../engine/process-messages.ts'
import { type SupervisedEngine, superviseEngine } from '../engine/supervise-engine.ts'
import { loggerTo } from '../log.ts'
import { defaultWorkspace } from '../workspace/folders.ts'
import { type AppArguments, appArguments, handedOver } from './app-arguments.ts'
import { menuTemplate } from './application-menu.ts'
import { mainMessages } from './desktop-wire.ts'
import { askToOpen, askToSave, mayQuit, openExternalAfterAsking, sayEngineRefused } from './dialogs.ts'
import { EnginePorts } from './engine-ports.ts'
import { builtFile, WorkbenchWindows } from './main-window.ts'
import { showNotice } from './notices.ts'
import { receivePageCalls } from './page-calls.ts'
import { pageScheme, servePages } from './page-protocol.ts'
import { denyPermissions, guardNavigation } from './security.ts'
import { utilityEngine } from './utility-engine.ts'

const log = loggerTo((level, sentence, fields) => {
  process.stderr.write(`millrace ${level}: ${sentence}${Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`}\n`)
})

const started = appArguments(process.argv.slice(1), process.cwd())
if (started.workspace !== undefined) app.setPath('userData', join(started.workspace, 'desktop'))

protocol.registerSchemesAsPrivileged([pageScheme])
// Every window asks for its sandbox itself; this forces it on whatever else may come. Chromium refuses it to root (containers, CI).
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()

// The first start has the workspace; a second one hands over what it was asked and ends.
if (app.requestSingleInstanceLock(started)) run(started)
else app.quit()

function run(first: AppArguments): void {
  const version = versionOf(builtFile('..', 'package.json'))
  const menuCommands = new Map<WebContents, readonly MenuCommand[]>()
  const running = new Map<WebContents, RunSummary>()
  const notices = new Set<Notification>()
  const waitingFiles: string[] = []
  let demoAsked = first.demo
  let engine: SupervisedEngine | undefined
  let quitting: 'no' | 'asked' | 'stopping' | 'done' = 'no'

  const windows = new WorkbenchWindows({
    stateFile: join(app.getPath('userData'), 'windows.json'),
    preload: builtFile('preload', 'preload.cjs'),
    icon: builtFile('renderer', 'icon.png'),
    version,
    log,
    mayClose: (window) => {
      // Elsewhere than on macOS the app ends with its last window.
      const ends = process.platform !== 'darwin' && windows.all().length === 1 && quitting === 'no'
      if (ends && !mayQuit(window, allRuns())) return false
      if (ends) quitting = 'asked'
      return true
    },
  })

  const allRuns = (): RunSummary => [...running.values()].at(-1) ?? { running: 0, lines: [] }

  const command = (id: string): void => {
    const window = windows.current()
    if (window !== undefined) windows.send(window, mainMessages.command, id)
  }

  const openFiles = (files: readonly string[]): void => {
    if (files.length === 0) return
    if (!app.isReady()) waitingFiles.push(...files)
    else windows.send(windows.show(), mainMessages.openFiles, [...files])
  }

  const showMenu = (): void => {
    const page = windows.current()?.webContents
    const commands = (page === undefined ? undefined : menuCommands.get(page)) ?? []
    const template = menuTemplate(commands, {
      platform: process.platform,
      appName: app.name,
      run: command,
      newWindow: () => windows.open(),
    })
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  }

  app.on('second-instance', (_event, _argv, _folder, data) => {
    const handed = handedOver(data)
    windows.show()
    if (handed === undefined) return
    openFiles(handed.files)
    if (handed.demo) command('demo.start')
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    openFiles([path])
  })
  app.on('activate', () => windows.show())
  app.on('browser-window-focus', showMenu)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  app.on('before-quit', (event) => {
    if (quitting === 'no' && !mayQuit(windows.current(), allRuns())) event.preventDefault()
    else if (quitting === 'no') quitting = 'asked'
  })
  // The engine is stopped in order before the last process goes: sources and sinks end their transactions.
  app.on('will-quit', (event) => {
    if (engine === undefined || quitting === 'done') return
    event.preventDefault()
    if (quitting === 'stopping') return
    quitting = 'stopping'
    void engine.stop().finally(() => {
      quitting = 'done'
      app.quit()
    })
  })
  app.on('child-process-gone', (_event, details) => {
    if (quitting === 'no' && details.reason !== 'clean-exit')
      log.error('A helper process ended.', { type: details.type, reason: details.reason, exitCode: details.exitCode })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Whoever sends a signal does not answer questions.
      if (quitting === 'no') quitting = 'asked'
      app.quit()
    })
  }

  void app.whenReady().then(() => {
    servePages(session.defaultSession, builtFile('renderer'))
    denyPermissions(session.defaultSession)
    guardNavigation((address) => void openExternalAfterAsking(windows.current(), address))

    const node = process.env['MILLRACE_ENGINE_NODE']
    const relay = node !== undefined && node !== ''
    const options: EngineArguments = { workspace: started.workspace ?? defaultWorkspace(process.env), version }
    engine = superviseEngine({
      fork: relay ? () => forkEngine(options, node) : () => utilityEngine(options),
      clock: systemClock,
      log,
      onLog: (line) => log[line.level](line.sentence, line.fields as Record<string, string>),
    })
    const ports = new EnginePorts(engine, relay, log)
    engine.onState((state) => {
      if (state.state !== 'gone' || state.willRestart || quitting !== 'no') return
      quitting = 'asked'
      void sayEngineRefused(windows.current(), state.sentence).then(() => app.quit())
    })

    receivePageCalls(
      {
        connectEngine: (page) => ports.connect(page),
        openDialog: (page, request) => askToOpen(page, request),
        saveDialog: (page, defaultName) => askToSave(page, defaultName),
        showInFolder: (_page, path) => shell.showItemInFolder(path),
        openExternal: (_page, address) => void openExternalAfterAsking(windows.current(), address),
        setCommands: (page, commands) => {
          const first = !menuCommands.has(page)
          menuCommands.set(page, commands as readonly MenuCommand[])
          if (first) page.once('destroyed', () => menuCommands.delete(page))
          if (page === windows.current()?.webContents) showMenu()
          // The page can do it now, and not before.
          if (demoAsked && commands.some((each) => each.id === 'demo.start' && each.enabled !== false)) {
            demoAsked = false
            page.send(mainMessages.command, 'demo.start')
          }
        },
        setRunning: (page, summary) => {
          if (!running.has(page)) page.once('destroyed', () => running.delete(page))
          running.set(page, summary)
        },
        notify: (_page, notice) =>
          showNotice(notices, notice, () => {
            windows.show()
            if (notice.command !== undefined) command(notice.command)
          }),
        setBackground: (_page, color) => windows.setBackground(color),
        newWindow: () => void windows.open(),
      },
      log,
    )

    showMenu()
    windows.open()
    openFiles([...first.files, ...waitingFiles.splice(0)])
  })
}

function versionOf(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version
}
