// The real thing for browser tests and screenshots: `millrace serve` on a workspace of its own, and a real Chromium looking at it.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { chromiumFlags } from './chromium-flags.ts'

const root = join(import.meta.dirname, '..', '..', '..')

const browsers = [process.env['MILLRACE_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export interface Workbench {
  /** The engine's and server's process. */
  readonly process: ChildProcess
  readonly workspace: string
  /** Folder for files of the test. */
  readonly folder: string
  readonly browser: Browser
  /** A new window on the workbench, let in. Complaints of the page (errors, refused by the security policy) are collected in `complaints`. */
  open(options?: BrowserContextOptions, hash?: string): Promise<Page>
  /** What pages complained about since the last look. */
  readonly complaints: string[]
  close(): Promise<void>
}

/** Starts both; `files` and `--demo` go to `millrace serve`. */
export async function startWorkbench(args: readonly string[] = []): Promise<Workbench> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-e2e-'))
  const workspace = join(folder, 'workspace')
  const server = spawn(
    process.execPath,
    [join(root, 'out/node/cli.js'), 'serve', '--no-open', '--port', '0', '--workspace', workspace, ...args],
    { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] },
  )
  const addresses = addressesOf(server)
  const first = await addresses.next()
  const origin = new URL(first).origin
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumFlags, headless: true })
  const complaints: string[] = []
  let storage: Awaited<ReturnType<BrowserContext['storageState']>> | undefined

  return {
    process: server,
    workspace,
    folder,
    browser,
    complaints,
    open: async (options = {}, hash = '') => {
      const context = await browser.newContext({ ...options, ...(storage !== undefined && { storageState: storage }) })
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(`console: ${message.text()}`)
      })
      if (storage === undefined) {
        await page.goto(first)
        storage = await context.storageState()
        if (hash !== '') await page.goto(`${origin}/${hash}`)
      } else await page.goto(`${origin}/${hash}`)
      await page.getByRole('navigation', { name: 'Views' }).waitFor()
      return page
    },
    close: async () => {
      await browser.close()
      await ended(server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function chromiumPath(): string {
  const found = browsers.find((path) => path !== undefined && existsSync(path))
  if (found === undefined) throw new Error('No Chromium here. Install it (apt-get install chromium) or name one in MILLRACE_CHROMIUM.')
  return found
}

/** Each address that the server prints, in order. */
function addressesOf(server: ChildProcess): { next(): Promise<string> } {
  let text = ''
  let taken = 0
  const waiting: ((address: string) => void)[] = []
  const look = (): void => {
    const found = [...text.matchAll(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/g)]
    while (taken < found.length && waiting.length > 0) waiting.shift()!(found[taken++]![0])
  }
  server.stdout?.setEncoding('utf8').on('data', (more: string) => {
    text += more
    look()
  })
  let complaint = ''
  server.stderr?.setEncoding('utf8').on('data', (more: string) => {
    complaint += more
  })
  return {
    next: () =>
      new Promise((resolve, reject) => {
        server.once('exit', (code) => reject(new Error(`millrace serve ended with ${code}: ${complaint}`)))
        waiting.push(resolve)
        look()
      }),
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  await new Promise((resolve) => {
    server.once('exit', resolve)
    server.kill('SIGTERM')
  })
}
