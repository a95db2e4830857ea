// A log tailed into a file by an agent in a process of its own: what the taildir benches measure, of Millrace's agent and of a real Flume.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { entryPoint } from '../../src-main/entry-point.ts'

/** Of every line, its end included. */
export const lineBytes = 133

export interface TailedLines {
  readonly input: string
  /** An empty directory for the sink. */
  readonly output: string
  readonly lines: number
}

export interface TailRun {
  /** From the first output byte to the last. */
  readonly eventsPerSecond: number
  /** From the start of the process to the first output byte. */
  readonly startMs: number
  readonly peakRssMegabytes: number
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
  // What the system would write to the disk later it would write while the agents are measured.
  fsyncSync(file)
  closeSync(file)
  const output = join(folder, 'out')
  mkdirSync(output)
  return { input, output, lines }
}

/** Agent a1: taildir, a channel of these properties, file_roll. `batchSize` undefined: both sides' own. */
export function tailingAgent({ input, output }: TailedLines, channel: Readonly<Record<string, string>>, batchSize?: number): string {
  const sized = (key: string): string => (batchSize === undefined ? '' : `${key} = ${batchSize}\n`)
  const ofChannel = Object.entries(channel).map(([key, value]) => `a1.channels.c1.${key} = ${value}\n`)
  return `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = taildir
a1.sources.r1.channels = c1
a1.sources.r1.filegroups = g
a1.sources.r1.filegroups.g = ${input}
${sized('a1.sources.r1.batchSize')}${ofChannel.join('')}a1.sinks.k1.type = file_roll
a1.sinks.k1.channel = c1
a1.sinks.k1.sink.directory = ${output}
a1.sinks.k1.sink.rollInterval = 0
${sized('a1.sinks.k1.sink.batchSize')}`
}

/** Runs Millrace's agent over the lines, as a user would, compares its output with its input, and stops it. */
export async function runMillrace(folder: string, lines: TailedLines, agentText: string): Promise<TailRun> {
  const configuration = join(folder, 'agent.properties')
  writeFileSync(configuration, agentText)
  const started = performance.now()
  const agent = spawn(
    process.execPath,
    [entryPoint('cli'), 'agent', '--name', 'a1', '--conf-file', configuration, '--work-dir', join(folder, 'work')],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  try {
    return await measureTail(agent, started, lines)
  } finally {
    agent.kill('SIGTERM')
    await new Promise((resolve) => (agent.exitCode === null ? agent.once('exit', resolve) : resolve(undefined)))
  }
}

async function measureTail(agent: ChildProcess, started: number, { input, output, lines }: TailedLines): Promise<TailRun> {
  const first = await sizeReaches(agent, output, 1)
  const last = await sizeReaches(agent, output, lines * lineBytes)
  const peakRssMegabytes = peakRss(agent.pid!)
  if (!readFileSync(onlyFile(output)!).equals(readFileSync(input))) throw new Error('The output is not the input.')
  return { eventsPerSecond: lines / ((last - first) / 1000), startMs: first - started, peakRssMegabytes }
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
