// Kills a stream at random moments, as often as asked, and compares what it leaves with what it leaves when nobody kills it.
import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { logBench } from '../../driver/log-bench.ts'
import type { StreamEngineOrders } from '../../driver/stream-engine.ts'
import { processesOf } from '../process-tree.ts'

export interface StreamKills {
  readonly kills: number
  readonly seed: number
  /** Left with `killed/` and `unkilled/`. */
  readonly folder: string
  readonly progress?: (sentence: string) => void
}

export interface StreamKillResult {
  /** How many times each was killed. */
  readonly killed: { readonly engine: number; readonly program: number; readonly both: number }
  readonly batches: number
  readonly outputs: number
  /** Where the two runs differ; empty: nowhere. */
  readonly differences: readonly string[]
  readonly seconds: number
}

const batchMs = 20
const linesPerBatch = 20
const batchesPerLife = 16
const keys = 12

/** A generator of its own, so that a seed gives the same kills everywhere. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

export async function streamKills({ kills, seed, folder, progress = () => {} }: StreamKills): Promise<StreamKillResult> {
  const began = performance.now()
  const random = randomOf(seed)
  const batches = (kills + 4) * batchesPerLife
  const [killed, unkilled] = [join(folder, 'killed'), join(folder, 'unkilled')]
  const events = await prepare(killed, batches * linesPerBatch, random)
  cpSync(killed, unkilled, { recursive: true })

  await finished({ folder: unkilled, until: events }, 'the run without kills')
  const expected = outputsOf(unkilled)
  progress(`the run without kills is done: ${expected.size} outputs`)

  const counts = { engine: 0, program: 0, both: 0 }
  for (let kill = 1; kill <= kills; kill++) {
    const life = start({ folder: killed, until: events, tellBatches: true })
    const which = (['engine', 'program', 'both'] as const)[random(3)]!
    // One in eight before anything has run; the others after some batches, and then at any moment of one.
    if (random(8) === 0) await Promise.race([life.ended, after(random(600))])
    else await Promise.race([life.ended, life.batches(1 + random(2 * batchesPerLife)).then(() => after(random(batchMs * 2)))])
    if (life.child.exitCode !== null) throw new Error(`The stream was done after ${kill - 1} kills: there was too little to read.`)
    await life.kill(which)
    counts[which] += 1
    if (kill % 10 === 0) progress(`killed ${kill} times`)
  }
  await finished({ folder: killed, until: events }, 'the last run')
  const actual = outputsOf(killed)
  return {
    killed: counts,
    batches,
    outputs: expected.size,
    differences: differencesOf(expected, actual),
    seconds: (performance.now() - began) / 1000,
  }
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A folder with the program and a channel of lines `k7 3`; every line has the same length, so that a batch is so many lines. */
async function prepare(folder: string, events: number, random: (below: number) => number): Promise<number> {
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(import.meta.dirname, 'program.ts'), join(folder, 'program.ts'))
  const log = await logBench(folder)
  const letters = 'abcdefghijkl'.slice(0, keys)
  for (let done = 0; done < events; done += linesPerBatch) {
    // Some keys pause for long, so that their sessions end.
    const active = 1 + random(keys)
    await log.put(Array.from({ length: linesPerBatch }, () => `key_${letters[random(active)]} ${100 + random(900)}`))
  }
  await log.channel.stop()
  return events
}

interface Life {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  /** Resolves when so many batches have completed in this life. */
  batches(count: number): Promise<void>
  kill(which: 'engine' | 'program' | 'both'): Promise<void>
}

function start(orders: StreamEngineOrders): Life {
  const script = join(import.meta.dirname, '../../driver/stream-engine.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, JSON.stringify(orders)], {
    cwd: orders.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let completed = 0
  let said = ''
  let killed = false
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    completed += text.split('\n').filter((line) => line.startsWith('batch ')).length
    for (const { count, resolve } of waiting) if (completed >= count) resolve()
    said = (said + text).slice(-2000)
  })
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000)
  })
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      if (code === 1 && !killed) process.stderr.write(said)
      resolve(code)
    })
  })
  return {
    child,
    ended,
    batches: (count) =>
      new Promise((resolve) => {
        waiting.push({ count, resolve })
      }),
    kill: async (which) => {
      killed = true
      const programs = processesOf(child.pid!, `nothing but descendants of ${child.pid}`)
        .map(({ pid }) => pid)
        .filter((pid) => pid !== child.pid)
      if (which !== 'engine') for (const pid of programs) killHard(pid)
      // An engine without its program says that the stream has failed and ends; one that has not started it yet is killed too.
      if (which !== 'program' || programs.length === 0) child.kill('SIGKILL')
      await ended
      // A program without its engine ends by itself; the next life must not meet it.
      while (programs.some(isAlive)) await after(10)
    },
  }
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function finished(orders: StreamEngineOrders, what: string): Promise<void> {
  const code = await start(orders).ended
  if (code !== 0) throw new Error(`${what} ended with ${code}; see ${orders.folder}.`)
}

/** Everything that a run left: `name/batch number` → content. Batches are counted from the first. */
function outputsOf(folder: string): Map<string, string> {
  const byTime: { readonly name: string; readonly time: number; readonly content: string }[] = []
  for (const directory of readdirSync(join(folder, 'out'))) {
    const match = /^(.+)-(\d+)$/.exec(directory)
    if (match === null) throw new Error(`${directory} should not be in ${join(folder, 'out')}.`)
    const parts = readdirSync(join(folder, 'out', directory)).filter((name) => name.startsWith('part-'))
    const content = parts.map((name) => readFileSync(join(folder, 'out', directory, name), 'utf8')).join('')
    byTime.push({ name: match[1]!, time: Number(match[2]), content })
  }
  const database = new DatabaseSync(join(folder, 'out.db'))
  for (const row of database.prepare('SELECT name, time, content FROM result').all()) {
    byTime.push({ name: String(row['name']), time: Number(row['time']), content: String(row['content']) })
  }
  database.close()
  const first = Math.min(...byTime.map(({ time }) => time))
  return new Map(byTime.map(({ name, time, content }) => [`${name}/${(time - first) / batchMs}`, content]))
}

/** Of the batches that both runs have: after the last line, a run goes on with empty batches until somebody stops it. */
function differencesOf(expected: ReadonlyMap<string, string>, actual: ReadonlyMap<string, string>): string[] {
  const number = (name: string): number => Number(name.slice(name.lastIndexOf('/') + 1))
  const last = (outputs: ReadonlyMap<string, string>): number => Math.max(...[...outputs.keys()].map(number))
  const until = Math.min(last(expected), last(actual)) - 1
  const found: string[] = []
  for (const name of new Set([...expected.keys(), ...actual.keys()])) {
    if (number(name) > until || expected.get(name) === actual.get(name)) continue
    found.push(`${name}: unkilled ${shown(expected.get(name))}, killed ${shown(actual.get(name))}`)
  }
  return found.sort((a, b) => number(a.slice(0, a.indexOf(':'))) - number(b.slice(0, b.indexOf(':'))))
}

const shown = (content: string | undefined): string => (content === undefined ? 'nothing' : JSON.stringify(content.slice(0, 300)))
