// `npm start`: builds what is stale, then opens the workbench in an Electron window where a runtime is there, otherwise in the browser.
// Runs from source under the Node 24 that npm brings, before anything is built.
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { messageOf } from '../../../src-shared/errors.ts'
import { buildIfStale } from './build-if-stale.ts'
import { type ElectronRuntime, findElectronRuntime, missingDisplay } from './electron-runtime.ts'
import { faceArguments, type StartArguments, startArguments, startUsage } from './start-arguments.ts'
import { stopWithNpm } from './stop-with-npm.ts'

const root = resolve(import.meta.dirname, '..', '..', '..')

/** The major version of Electron that the project is written for; an older runtime (the tests' one) is helped along. */
const oldestWholeElectron = 30

async function main(): Promise<number> {
  stopWithNpm(process.env)
  let parsed: StartArguments
  try {
    parsed = startArguments(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd())
  } catch (error) {
    console.error(`npm start: ${messageOf(error)}\n\n${startUsage}`)
    return 2
  }
  if (parsed.help) {
    process.stdout.write(startUsage)
    return 0
  }
  if (!(await buildIfStale(root, 'npm start'))) return 1

  const runtime = parsed.browser ? undefined : findElectronRuntime(root, process.env, process.platform)
  const noDisplay = missingDisplay(process.env, process.platform)
  if (runtime !== undefined && noDisplay === undefined) {
    const end = await openWindow(runtime, faceArguments(parsed))
    if (end.code !== undefined) return end.code
    console.log(`The Electron runtime at ${runtime.executable} ${end.sentence}. Opening the workbench in the browser instead.`)
  } else if (runtime !== undefined) {
    console.log(`No Electron window can be opened: ${noDisplay}. Opening the workbench in the browser instead.`)
  } else if (!parsed.browser) {
    console.log('No Electron runtime is installed (npm run electron:install fetches one). Opening the workbench in the browser instead.')
  }
  await serve(faceArguments(parsed))
  return -1
}

/** Runs the app until it ends. Without a code it did not end by itself or by a person's signal: it could not start, or crashed. */
function openWindow(runtime: ElectronRuntime, args: readonly string[]): Promise<{ code?: number; sentence: string }> {
  const env: NodeJS.ProcessEnv = { ...process.env }
  delete env['ELECTRON_RUN_AS_NODE']
  let folder = root
  if (runtime.major === undefined || runtime.major < oldestWholeElectron) {
    // Its Node is too old for the engine, and it lacks calls that the app makes: the tests' shim adds those, our Node runs the engine.
    env['MILLRACE_ENGINE_NODE'] ??= process.execPath
    folder = join(root, 'test', 'electron', 'old-runtime')
  }
  // Chromium refuses to run its process sandbox as root (a container, CI). Pages stay isolated from Node all the same.
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0
  const child = spawn(runtime.executable, [...(isRoot ? ['--no-sandbox'] : []), folder, ...args], { env, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((ended) => {
    child.on('error', (error) => ended({ sentence: `could not be started (${error.message})` }))
    child.on('exit', (code, signal) => {
      if (code === 0) ended({ code: 0, sentence: '' })
      else if (signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGHUP' || signal === 'SIGKILL') ended({ code: 1, sentence: '' })
      else ended({ sentence: `ended with ${signal ?? `exit code ${code}`}` })
    })
  })
}

/** The headless face, in this very process: signals and exit codes are its own. */
async function serve(args: readonly string[]): Promise<void> {
  process.removeAllListeners('SIGINT')
  process.removeAllListeners('SIGTERM')
  process.removeAllListeners('SIGHUP')
  const cli = join(root, 'out', 'node', 'cli.js')
  process.argv = [process.execPath, cli, 'serve', ...args]
  await import(pathToFileURL(cli).href)
}

const code = await main()
if (code >= 0) process.exitCode = code
