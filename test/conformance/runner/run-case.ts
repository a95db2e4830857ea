// Kind B: a whole agent. Starts the product as a process with the case's configuration, does the case's steps, waits as it says, stops
// the agent and compares what it left with what a real Flume left. Semantics: test/conformance/flume/README.md.
import { type ChildProcess, spawn } from 'node:child_process'
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { entryPoint } from '../../../src-main/entry-point.ts'
import { type CompareSpec, collect, equal, filesBelow } from './collect.ts'
import { type CaseProblem, explainedBy, rulesInLog } from './explained-by.ts'
import type { CaseOutcome } from './flume-suite.ts'
import { freePort } from './network.ts'
import { type Await, doStep, type Step } from './run-steps.ts'

export interface AgentCase {
  readonly id: string
  readonly title: string
  readonly agent: string
  readonly env?: Readonly<Record<string, string>>
  readonly systemProperties?: Readonly<Record<string, string>>
  readonly dirs?: readonly string[]
  readonly prepare?: readonly Step[]
  readonly drive?: readonly Step[]
  readonly await?: Await | readonly Await[]
  readonly capture?: Readonly<Record<string, string>>
  readonly compare: Readonly<Record<string, CompareSpec['mode'] | CompareSpec>>
  readonly manualStart?: boolean
  readonly mayExit?: boolean
}

export async function runAgentCase(folder: string): Promise<CaseOutcome> {
  const run = await AgentRun.prepare(folder)
  try {
    const problems = await run.run()
    const rule = explainedBy(problems, rulesInLog(run.log))?.id
    return { id: run.case.id, title: run.case.title, problems: problems.map(({ text }) => text), ...(rule !== undefined && { rule }) }
  } finally {
    run.remove()
  }
}

/** Agents that are running: a runner that is interrupted takes them with it. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** A step or await that cannot go on: the case has failed. */
export class CaseFailure extends Error {
  readonly waitedFor: CaseProblem['waitedFor']

  constructor(message: string, waitedFor?: 'lines') {
    super(message)
    this.waitedFor = waitedFor
  }
}

export class AgentRun {
  readonly case: AgentCase
  readonly problems: CaseProblem[] = []
  /** `expected/…` name → the reply that a step got. */
  readonly replies = new Map<string, Buffer>()
  readonly root: string
  readonly #folder: string
  readonly #variables: Record<string, string>
  #process: ChildProcess | undefined
  #exited: Promise<void> = Promise.resolve()
  #starts = 0

  private constructor(folder: string, root: string, variables: Record<string, string>, testCase: AgentCase) {
    this.#folder = folder
    this.root = root
    this.#variables = variables
    this.case = testCase
  }

  static async prepare(folder: string): Promise<AgentRun> {
    const text = readFileSync(join(folder, 'case.json'), 'utf8')
    const testCase = JSON.parse(text) as AgentCase
    for (const field of ['id', 'agent', 'compare'] as const) if (testCase[field] === undefined) throw new Error(`case.json has no ${field}`)
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-case-')))
    const variables: Record<string, string> = {}
    for (const name of ['in', 'out', 'work']) {
      variables[`@${name.toUpperCase()}@`] = join(root, name)
      mkdirSync(join(root, name))
    }
    if (existsSync(join(folder, 'input'))) cpSync(join(folder, 'input'), join(root, 'in'), { recursive: true, preserveTimestamps: true })
    const configurations = readdirSync(folder).filter((name) => name.endsWith('.properties'))
    const all = [text, ...configurations.map((name) => readFileSync(join(folder, name), 'utf8'))].join('\n')
    for (const placeholder of new Set(all.match(/@PORT\d+@/g))) variables[placeholder] = String(await freePort())
    return new AgentRun(folder, root, variables, testCase)
  }

  async run(): Promise<readonly CaseProblem[]> {
    try {
      for (const path of this.case.dirs ?? []) mkdirSync(this.filled(path), { recursive: true })
      for (const step of this.case.prepare ?? []) await doStep(this, step)
      if (this.case.manualStart !== true) this.start()
      for (const step of this.case.drive ?? []) await doStep(this, step)
      const awaits = this.case.await ?? []
      for (const one of Array.isArray(awaits) ? (awaits as readonly Await[]) : [awaits as Await]) await this.await(one)
    } catch (error) {
      this.problems.push(error instanceof CaseFailure ? failure(error) : { text: `${(error as Error).name}: ${(error as Error).message}` })
    } finally {
      await this.stop('SIGTERM')
      this.capture()
    }
    for (const [name, reply] of this.replies) this.#compare(name, reply, undefined)
    for (const [key, written] of Object.entries(this.case.compare)) {
      const spec = typeof written === 'string' ? { mode: written } : written
      const path = key.startsWith('@') ? this.filled(key) : join(this.filled('@OUT@'), key)
      const name = `expected/${key.replace(/^@(\w+)@\/?/, '$1/').replace(/\/+$/, '')}`
      try {
        this.#compare(name, collect(path, spec, this.#paths()), spec)
      } catch (error) {
        this.problems.push({ text: `collect ${key}: ${(error as Error).message}` })
      }
    }
    return this.problems
  }

  /** Takes the folder away, and whatever the agent's commands left running in it (an agent that was killed cannot end them). */
  remove(): void {
    for (const pid of processesIn(this.root)) process.kill(pid, 'SIGKILL')
    rmSync(this.root, { recursive: true, force: true })
  }

  /** The text with all placeholders replaced. */
  filled(text: string): string {
    return Object.entries(this.#variables).reduce((filled, [placeholder, value]) => filled.replaceAll(placeholder, value), text)
  }

  /** A file that a step names: below `input/` the private copy. */
  input(name: string): string {
    return name.startsWith('input/') ? join(this.filled('@IN@'), relative('input', name)) : this.filled(name)
  }

  start(configuration = 'agent.properties'): void {
    const path = join(this.root, `agent${++this.#starts}.properties`)
    writeFileSync(path, this.filled(readFileSync(join(this.#folder, configuration), 'utf8')))
    const values = Object.entries(this.case.systemProperties ?? {}).map(([key, value]) => `-D${key}=${this.filled(value)}`)
    const env = Object.fromEntries(Object.entries(this.case.env ?? {}).map(([key, value]) => [key, this.filled(value)]))
    const log = openSync(this.#logFile, 'a')
    const child = spawn(process.execPath, [entryPoint('cli'), 'agent', '-n', this.case.agent, '-f', path, '--no-reload-conf', ...values], {
      cwd: this.root,
      env: { ...process.env, HOME: this.root, TZ: 'UTC', LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', log, log],
      detached: true,
    })
    closeSync(log)
    this.#process = child
    running.add(child)
    this.#exited = new Promise((resolve) =>
      child.once('exit', () => {
        running.delete(child)
        resolve()
      }),
    )
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    this.#process = undefined
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const stopped = await Promise.race([this.#exited.then(() => true), sleep(30_000, false)])
    if (stopped) return
    this.problems.push({ text: 'agent did not stop within 30 s' })
    child.kill('SIGKILL')
    await this.#exited
  }

  /** Throws when the agent ended by itself. */
  readonly alive = (): void => {
    const child = this.#process
    if (child === undefined || this.case.mayExit === true || (child.exitCode === null && child.signalCode === null)) return
    const last = this.log.trim().split('\n').slice(-3).join(' | ')
    throw new CaseFailure(`agent exited with ${child.exitCode ?? child.signalCode}: ${last}`)
  }

  /** Writes the captured lines of the agent's output to their files. */
  capture(): void {
    for (const [name, expression] of Object.entries(this.case.capture ?? {})) {
      const found = this.log.split(/\r\n|\r|\n/).flatMap((line) => {
        const match = new RegExp(expression).exec(line)
        return match === null ? [] : [`${match[1] ?? match[0]}\n`]
      })
      const path = join(this.filled('@OUT@'), name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, found.join(''))
    }
  }

  async await(wanted: Await): Promise<void> {
    const end = Date.now() + (wanted.timeoutMs ?? 40_000)
    while (!this.#holds(wanted)) {
      this.alive()
      if (Date.now() > end)
        throw new CaseFailure(`timeout: ${this.#state(wanted)}`, wanted.kind === 'events-at-sinks' ? 'lines' : undefined)
      await sleep(100)
    }
    const idleMs = wanted.idleMs ?? 0
    let last = this.#sizes()
    let since = Date.now()
    while (Date.now() - since < idleMs) {
      this.alive()
      await sleep(100)
      const now = this.#sizes()
      if (now !== last) [last, since] = [now, Date.now()]
      if (Date.now() > end + idleMs) throw new CaseFailure('never idle')
    }
  }

  #holds(wanted: Await): boolean {
    this.capture()
    if (wanted.kind === 'events-at-sinks') return this.#lines(wanted.path) >= wanted.count
    if (wanted.kind === 'bytes-at-sinks') return this.#bytes(wanted.path) >= wanted.count
    if (wanted.kind === 'files') return wanted.paths.every((path) => existsSync(this.filled(path)) !== (wanted.gone === true))
    return true
  }

  #state(wanted: Await): string {
    if (wanted.kind === 'events-at-sinks') return `${wanted.path} has ${this.#lines(wanted.path)} lines, wanted ${wanted.count}`
    if (wanted.kind === 'bytes-at-sinks') return `${wanted.path} has ${this.#bytes(wanted.path)} bytes, wanted ${wanted.count}`
    return wanted.kind === 'files' ? `files ${wanted.paths.join(' ')}` : wanted.kind
  }

  #below(path: string): string[] {
    const folder = join(this.filled('@OUT@'), path)
    if (existsSync(folder) && statSync(folder).isFile()) return [folder]
    return filesBelow(folder).map((name) => join(folder, name))
  }

  #lines(path: string): number {
    return this.#below(path).reduce((sum, file) => sum + readFileSync(file).toString('latin1').split('\n').length - 1, 0)
  }

  #bytes(path: string): number {
    return this.#below(path).reduce((sum, file) => sum + statSync(file).size, 0)
  }

  /** Names and sizes of the files that are not empty. A file may go while we look (a rename): then it is as if it were not there. */
  #sizes(): string {
    this.capture()
    const out = this.filled('@OUT@')
    return filesBelow(out)
      .flatMap((name) => {
        const size = statSync(join(out, name), { throwIfNoEntry: false })?.size ?? 0
        return size === 0 ? [] : [`${name} ${size}`]
      })
      .join('\n')
  }

  /** What the agent wrote on its standard output and standard error, in all of its runs. */
  get log(): string {
    return existsSync(this.#logFile) ? readFileSync(this.#logFile, 'utf8') : ''
  }

  get #logFile(): string {
    return join(this.root, 'agent.log')
  }

  #paths(): Record<string, string> {
    return Object.fromEntries(['@IN@', '@OUT@', '@WORK@'].map((name) => [name, this.#variables[name]!]))
  }

  #compare(name: string, actual: Buffer, spec: CompareSpec | undefined): void {
    const path = join(this.#folder, name)
    const expected = existsSync(path) ? readFileSync(path) : undefined
    if (expected !== undefined && equal(expected, actual, spec)) return
    this.problems.push({
      text: `${name} differs: ${expected === undefined ? 'nothing was expected' : firstDifference(expected, actual)}`,
      contents: { expected: expected ?? Buffer.alloc(0), actual, listing: spec?.mode === 'listing' },
    })
  }
}

const failure = ({ message, waitedFor }: CaseFailure): CaseProblem => ({ text: message, ...(waitedFor !== undefined && { waitedFor }) })

/** Processes whose working folder this is (Linux; none elsewhere). */
function processesIn(folder: string): number[] {
  if (!existsSync('/proc/self/cwd')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder
      } catch {
        return false // It has ended since, or is somebody else's.
      }
    })
    .map(Number)
}

function firstDifference(expected: Buffer, actual: Buffer): string {
  let at = 0
  while (at < expected.length && expected[at] === actual[at]) at++
  const from = Math.max(0, expected.lastIndexOf(10, Math.max(0, at - 1)) + 1)
  const show = (data: Buffer): string => JSON.stringify(data.subarray(from, from + 160).toString('utf8'))
  return `at byte ${at} of ${expected.length} (got ${actual.length}) expected ${show(expected)} got ${show(actual)}`
}
