// The desktop face: one process that owns windows, menu and dialogs, and supervises the engine. It does no file or database work and
// never waits for data. Everything a person can do with data is the page's and the engine's.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, protocol } from 'electron'
import { loggerTo } from '../log.ts'
import { appArguments } from './app-arguments.ts'
import { Desktop } from './desktop.ts'
import { builtFile } from './main-window.ts'
import { pageScheme } from './page-protocol.ts'

const log = loggerTo((level, sentence, fields) => {
  process.stderr.write(`millrace ${level}: ${sentence}${Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`}\n`)
})

const started = appArguments(process.argv.slice(1), process.cwd())
if (started.workspace !== undefined) app.setPath('userData', join(started.workspace, 'desktop'))

protocol.registerSchemesAsPrivileged([pageScheme])
// Every window asks for its sandbox itself; this forces it on whatever else may come. Chromium refuses it to root (containers, CI).
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()

// The first start has the workspace; a second one hands over what it was asked and ends.
if (app.requestSingleInstanceLock(started)) new Desktop({ version: versionOf(builtFile('..', 'package.json')), started, log }).begin()
else app.quit()

function versionOf(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version
}
