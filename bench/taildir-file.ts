// taildir-file: 1,000,000 lines of 133 bytes from a file through the durable channel (fsync per commit) to a file, by the built `agent`
// command, against one script that does the least such a thing can do.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { entryPoint } from '../src-main/entry-point.ts'
import { openDatabase } from '../src-main/storage/sqlite.ts'
import type { Bench } from './runner/bench.ts'

export const lines = 1_000_000
const lineBytes = 133

export const bench: Bench = {
  summary:
    '1,000,000 lines of 133 bytes: tail, durable channel with an fsync per commit, file; first output byte to last. Baseline: a bare loop that reads 1 MiB chunks, counts lines, inserts each into SQLite (WAL, FULL), reads it back, appends it to a file and deletes it.',
  unit: 'events/s',
  variants: {
    'bare loop': async ({ scratch }) => bareLoop(scratch),
    'millrace agent': async ({ scratch }) => (await runAgent(scratch)).rate,
  },
  ratios: [{ name: 'agent against the bare loop', of: 'millrace agent', against: 'bare loop', least: 0.6 }],
}

/** A log of `count` lines; answers its path. */
export function writeInput(folder: string, count: number): string {
  const path = join(folder, 'in.log')
  const file = openSync(path, 'w')
  for (let from = 0; from < count; from += 10_000) {
    const some = Array.from({ length: Math.min(10_000, count - from) }, (_, index) =>
      `2024-01-01T00:00:00.000 host app[${from + index}]: GET /index.html 200 `.padEnd(lineBytes - 1, 'abcdefghij'),
    )
    writeSync(file, `${some.join('\n')}\n`)
  }
  closeSync(file)
  return path
}

function bareLoop(folder: string): number {
  const input = openSync(writeInput(folder, lines), 'r')
  const output = openSync(join(folder, 'out.log'), 'w')
  const database = openDatabase(join(folder, 'raw.db'))
  database.pragma('page_size = 16384')
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE batch (first INTEGER PRIMARY KEY, data BLOB NOT NULL)')
  const insert = database.prepare('INSERT INTO batch VALUES (?, ?)')
  const select = database.prepare('SELECT data FROM batch WHERE first = ?')
  const remove = database.prepare('DELETE FROM batch WHERE first = ?')
  const begun = performance.now()
  let count = 0
  let position = 0
  while (true) {
    const chunk = Buffer.allocUnsafe(1 << 20)
    const read = readSync(input, chunk, 0, chunk.length, position)
    if (read === 0) break
    const end = chunk.lastIndexOf(10, read - 1) + 1
    const first = count
    for (let at = chunk.indexOf(10); at >= 0 && at < end; at = chunk.indexOf(10, at + 1)) count += 1
    insert.run(first, chunk.subarray(0, end))
    writeSync(output, (select.get(first) as { data: Uint8Array }).data)
    remove.run(first)
    position += end
  }
  const seconds = (performance.now() - begun) / 1000
  if (count !== lines || fstatSync(output).size !== lines * lineBytes) throw new Error(`The bare loop moved ${count} lines.`)
  database.close()
  closeSync(input)
  closeSync(output)
  return lines / seconds
}

export interface AgentRun {
  /** Events per second from the first output byte to the last. */
  readonly rate: number
  readonly peakRssMegabytes: number
}

/** Runs the agent over `count` lines, compares its output with its input, and stops it. */
export async function runAgent(folder: string, count = lines): Promise<AgentRun> {
  const input = writeInput(folder, count)
  const configuration = join(folder, 'agent.properties')
  const output = join(folder, 'out')
  mkdirSync(output)
  writeFileSync(configuration, agentText(input, output))
  const agent = spawn(
    process.execPath,
    [entryPoint('cli'), 'agent', '-n', 'a1', '-f', configuration, '--work-dir', join(folder, 'work'), '--no-reload-conf'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  try {
    const bytes = count * lineBytes
    const begun = await sizeReaches(agent, output, 1)
    const ended = await sizeReaches(agent, output, bytes)
    const peakRssMegabytes = peakRss(agent.pid!)
    if (!readFileSync(onlyFile(output)!).equals(readFileSync(input))) throw new Error('The output is not the input.')
    return { rate: count / ((ended - begun) / 1000), peakRssMegabytes }
  } finally {
    agent.kill('SIGTERM')
    await new Promise((resolve) => (agent.exitCode === null ? agent.once('exit', resolve) : resolve(undefined)))
  }
}

function agentText(input: string, output: string): string {
  return `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = taildir
a1.sources.r1.channels = c1
a1.sources.r1.filegroups = g
a1.sources.r1.filegroups.g = ${input}
a1.channels.c1.type = sqlite
a1.sinks.k1.type = file_roll
a1.sinks.k1.channel = c1
a1.sinks.k1.sink.directory = ${output}
a1.sinks.k1.sink.rollInterval = 0
`
}

async function sizeReaches(agent: ChildProcess, folder: string, bytes: number): Promise<number> {
  while (true) {
    const file = onlyFile(folder)
    if (file !== undefined && statSync(file).size >= bytes) return performance.now()
    if (agent.exitCode !== null) throw new Error(`The agent ended with ${agent.exitCode}.`)
    await pause(2)
  }
}

function onlyFile(folder: string): string | undefined {
  const [name] = readdirSync(folder)
  return name === undefined ? undefined : join(folder, name)
}

/** VmHWM of /proc: the most memory the process ever had resident. */
function peakRss(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}
