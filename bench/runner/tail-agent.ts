// A log tailed into a file by an agent in a process of its own, Millrace's or a real Flume: what the taildir benches measure.
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type AgentKind, type MeasuredAgent, realFlume, startAgent } from './measured-agent.ts'

/** Of every line, its end included. */
export const lineBytes = 133

const figures = {
  rate: 'events/s',
  start: 'ms to the first byte',
  rss: 'peak RSS, MB',
  cpu: 'CPU s per million events',
}

/** By figure: `rate` is measured from the first output byte to the last, `start` from the start of the process to the first. */
export type TailRun = Readonly<Record<keyof typeof figures, number>>

/** The rows that a run has in a report. */
export const rowsOf = (run: Partial<TailRun>): Record<string, number> =>
  Object.fromEntries(Object.entries(run).map(([figure, value]) => [figures[figure as keyof TailRun], value]))

export const rowOf = (variant: string, figure: keyof TailRun): string => `${variant}: ${figures[figure]}`

export interface TailedLines {
  readonly input: string
  /** An empty directory for the sink. */
  readonly output: string
  readonly lines: number
}

/** Writes a log of so many lines into `folder`, and makes the directory for what becomes of it. */
export function linesToTail(folder: string, lines: number): TailedLines {
  const input = join(folder, 'in.log')
  const file = openSync(input, 'w')
  for (let from = 0; from < lines; from += 10_000) {
    const some = Array.from({ length: Math.min(10_000, lines - from) }, (_, index) =>
      `2024-01-01T00:00:00.000 host app[${from + index}]: GET /index.html 200 `.padEnd(lineBytes - 1, 'abcdefghij'),
    )
    writeSync(file, `${some.join('\n')}\n`)
  }
  // What the system puts off it would do while the agents are measured.
  fsyncSync(file)
  closeSync(file)
  const output = join(folder, 'out')
  mkdirSync(output)
  return { input, output, lines }
}

/**
 * One and the same file for both: with the batches that gave Flume its best figures of those recorded, and its channels as large as there.
 * `channel`: `memory` and `file` as Flume knows them, or Millrace's own `sqlite`.
 */
function tailingAgent(folder: string, { input, output }: TailedLines, channel: 'memory' | 'file' | 'sqlite'): string {
  const batch = 5000
  const properties = {
    memory: [`capacity = 100000`, `transactionCapacity = ${batch}`, 'byteCapacity = 0'],
    file: [`checkpointDir = ${folder}/checkpoint`, `dataDirs = ${folder}/data`, 'capacity = 2000000', 'transactionCapacity = 10000'],
    sqlite: [],
  }[channel]
  return `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = TAILDIR
a1.sources.r1.channels = c1
a1.sources.r1.filegroups = g
a1.sources.r1.filegroups.g = ${input}
a1.sources.r1.positionFile = ${folder}/positions.json
a1.sources.r1.batchSize = ${batch}
a1.channels.c1.type = ${channel}
${properties.map((line) => `a1.channels.c1.${line}\n`).join('')}a1.sinks.k1.type = file_roll
a1.sinks.k1.channel = c1
a1.sinks.k1.sink.directory = ${output}
a1.sinks.k1.sink.rollInterval = 0
a1.sinks.k1.sink.batchSize = ${batch}
`
}

/** Runs an agent over so many lines, compares its output with its input, and stops it. */
export async function runTail(kind: AgentKind, folder: string, count: number, channel: 'memory' | 'file' | 'sqlite'): Promise<TailRun> {
  const lines = linesToTail(folder, count)
  const started = performance.now()
  const agent = startAgent(kind, folder, tailingAgent(folder, lines, channel))
  try {
    const first = await sizeReaches(agent, lines.output, 1)
    const cpu = agent.cpuSeconds()
    const last = await sizeReaches(agent, lines.output, count * lineBytes)
    const run = {
      rate: count / ((last - first) / 1000),
      start: first - started,
      rss: agent.peakRssMegabytes(),
      cpu: (agent.cpuSeconds() - cpu) / (count / 1e6),
    }
    if (!readFileSync(onlyFile(lines.output)!).equals(readFileSync(lines.input))) throw new Error('The output is not the input.')
    return run
  } finally {
    await agent.stop()
  }
}

/**
 * The same of a real Flume; where there is no Java, the best that Flume 1.11.0 was recorded to do with this file and lines like these, on
 * OpenJDK 17 and two cores of another machine.
 */
export async function runFlumeTail(folder: string, count: number, channel: 'memory' | 'file'): Promise<TailRun> {
  if (realFlume()) return runTail('Flume', folder, count, channel)
  return channel === 'file' ? { rate: 60_294, start: 2200, rss: 834, cpu: 22 } : { rate: 1_939_637, start: 1491, rss: 722, cpu: 0.9 }
}

async function sizeReaches(agent: MeasuredAgent, folder: string, bytes: number): Promise<number> {
  while (true) {
    const file = onlyFile(folder)
    if (file !== undefined && statSync(file).size >= bytes) return performance.now()
    agent.cpuSeconds() // Throws when it has ended.
    await pause(5)
  }
}

function onlyFile(folder: string): string | undefined {
  const [name] = readdirSync(folder)
  return name === undefined ? undefined : join(folder, name)
}
