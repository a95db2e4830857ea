// `millrace serve`: the headless face with an engine of its own, in the foreground.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../clock.ts'
import { forkEngine } from '../engine/fork-engine.ts'
import { superviseEngine } from '../engine/supervise-engine.ts'
import type { HeadlessServer } from '../headless/headless-server.ts'
import { loggerTo } from '../log.ts'
import { defaultWorkspace } from '../workspace/folders.ts'
import { version } from './version.ts'

interface ServeFlags {
  readonly port: number
  readonly open?: boolean
  readonly demo?: boolean
  readonly workspace?: string
  readonly metrics?: number
  readonly verbose?: boolean
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('Open the workbench in a browser: serves it on 127.0.0.1 behind a one-time token that is printed.')
    .argument('[files...]', 'logs, .properties pipelines or stream programs (.ts) to open')
    .option('-p, --port <port>', 'port to listen on; 0 takes a free one', portNumber, 0)
    .option('--open', 'open the browser (the default where there is a display)')
    .option('--no-open', 'only print the address')
    .option('--demo', 'start the demo: a generated access log, a pipeline, a stream program')
    .option('-w, --workspace <folder>', "folder of the workspace (default: the user's own, or $MILLRACE_WORKSPACE)")
    .option('--metrics <port>', 'also serve /metrics (Prometheus) and /healthz on 127.0.0.1', portNumber)
    .option('-v, --verbose', 'also print what the engine reports')
    .helpOption('-h, --help', 'display help')
    .addHelpText(
      'after',
      '\nOver SSH: ssh -L 8000:127.0.0.1:8000 host millrace serve --port 8000, then open the printed address here.\nStreams answer to Spark’s monitoring API below /api/v1/applications, behind the same token.\nExit codes: 0 stopped by Ctrl+C or SIGTERM, 1 it could not start, 2 wrong usage.',
    )
    .action(serve)
}

async function serve(files: readonly string[], flags: ServeFlags): Promise<void> {
  const workspace = resolve(flags.workspace ?? defaultWorkspace(process.env))
  const log = loggerTo((level, sentence, fields) => {
    if (level === 'error' || level === 'warn' || flags.verbose === true) process.stderr.write(`${level}: ${sentence}${fieldText(fields)}\n`)
  })
  const engine = superviseEngine({
    fork: () => forkEngine({ workspace, version }),
    clock: systemClock,
    log,
    onLog: ({ level, sentence, fields }) => log[level](sentence, fields as Record<string, string>),
  })
  const openLink = (): ReturnType<typeof engine.openLink> => engine.openLink()
  let server: HeadlessServer | undefined
  let metrics: string | undefined
  let stopping = false
  const stop = async (): Promise<void> => {
    stopping = true
    await Promise.all([server?.close(), engine.stop()])
    process.exit(0)
  }
  process.once('SIGINT', () => void stop())
  process.once('SIGTERM', () => void stop())
  try {
    // The engine starts while the server is loaded.
    const [{ startHeadlessServer }] = await Promise.all([import('../headless/headless-server.ts'), engine.ready()])
    server = await startHeadlessServer({ port: flags.port, renderer: rendererFolder(), openLink, random: randomBytes, log })
    if (flags.metrics !== undefined) metrics = await (await import('./serve-metrics.ts')).serveMetrics(flags.metrics, openLink)
  } catch (error) {
    if (stopping) return
    await Promise.all([server?.close(), engine.stop()])
    throw error
  }
  engine.onState((state) => {
    if (stopping || state.state !== 'gone' || state.willRestart) return
    process.stderr.write(`millrace: ${state.sentence}\n`)
    process.exit(1)
  })
  const address = server.newAddress()
  process.stdout.write(`Millrace is at ${address}\n`)
  if (metrics !== undefined) process.stdout.write(`Metrics are at ${metrics}\n`)
  if (files.length > 0 || flags.demo === true) {
    const { openInEngine } = await import('./open-in-engine.ts')
    for (const failure of await openInEngine(openLink, { files, demo: flags.demo === true })) {
      process.stderr.write(`millrace: ${failure}\n`)
    }
  }
  if (flags.open ?? hasDisplay()) openBrowser(address)
  if (process.stdin.isTTY) {
    process.stdin.on('data', () => process.stdout.write(`Millrace is at ${server!.newAddress()}\n`))
  }
}

/** The built window lies beside the built command line: out/renderer. */
function rendererFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const candidates = [join(here, '..', 'renderer'), join(here, '..', '..', 'renderer'), join(here, '..', '..', 'out', 'renderer')]
  return candidates.find((folder) => existsSync(join(folder, 'index.html'))) ?? candidates[0]!
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return process.env['SSH_CONNECTION'] === undefined
  return (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'] ?? '') !== ''
}

function openBrowser(address: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address]
  // No browser, or none that starts: the address stands in the terminal.
  spawn(command!, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}

function portNumber(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError('a port is a number from 0 to 65535')
  return port
}

function fieldText(fields: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(fields).map(([key, value]) => `${key}=${String(value)}`)
  return shown.length === 0 ? '' : ` (${shown.join(', ')})`
}
