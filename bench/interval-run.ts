// A stream as a person runs it, `millrace stream` in a process of its own beside whoever writes the channel: 1,000 lines a second arrive,
// evenly, and its batches are counted by the records that it left.
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../src-main/clock.ts'
import { entryPoint } from '../src-main/entry-point.ts'
import { BatchStore } from '../src-main/inspection/batch-store.ts'
import type { BatchRecord } from '../src-shared/streaming/batch-record.ts'
import { logBench } from '../test/driver/log-bench.ts'
import { processTree } from '../test/driver/process-tree.ts'

const linesPerSecond = 1000
/** A stream runs for days: what is measured is compiled by then, which at a hundred batches a second takes the compiler most of a minute. */
const warmUpSeconds = 45

const program = (intervalMs: number): string => `import { milliseconds, StreamingContext } from 'millrace'
const ssc = new StreamingContext({ appName: 'interval', batchDuration: milliseconds(${intervalMs}) })
ssc
  .channelStream('c1')
  .text()
  .flatMap((line) => line.split(' '))
  .map((word): [string, number] => [word, 1])
  .reduceByKey((a, b) => a + b)
  .foreachRDD(async (rdd) => void (await rdd.count()))
ssc.start()
await ssc.awaitTermination()
`

export interface IntervalRun {
  readonly scratch: string
  readonly intervalMs: number
  readonly seconds: number
  readonly recording: boolean
}

export interface IntervalResult {
  /** Oldest first, those of the warm-up left out. */
  readonly batches: readonly BatchRecord[]
  /** How many intervals went by meanwhile. */
  readonly intervals: number
  /** Processor time of the stream's processes, both together. */
  readonly cpuMsPerBatch: number
}

/** Throws when a batch failed. */
export async function runInterval({ scratch, intervalMs, seconds, recording }: IntervalRun): Promise<IntervalResult> {
  mkdirSync(scratch, { recursive: true })
  const log = await logBench(scratch)
  writeFileSync(join(scratch, 'program.ts'), program(intervalMs))
  const options = ['--channel', 'c1', '--work-dir', 'state', ...(recording ? [] : ['--no-record'])]
  const stream = spawn(process.execPath, [entryPoint('cli'), 'stream', 'program.ts', ...options], {
    cwd: scratch,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => stream.once('exit', resolve))
  const putting = new AbortController()
  const puts = put(log.put, putting.signal)
  await systemClock.sleep(warmUpSeconds * 1000)
  const from = { at: Date.now(), cpuMs: cpuMsOf(stream.pid!) }
  await systemClock.sleep(seconds * 1000)
  const until = { at: Date.now(), cpuMs: cpuMsOf(stream.pid!) }
  putting.abort()
  await puts
  stream.kill('SIGTERM')
  const code = await ended
  await log.channel.stop()
  if (code !== 0) throw new Error(`The stream ended with ${code}.`)
  const recorded = recordsIn(join(scratch, 'state'))
  if (recorded.some(({ status }) => status !== 'completed')) throw new Error('A batch has failed.')
  const batches = recorded.filter(({ batchTime }) => batchTime > from.at && batchTime <= until.at)
  const intervals = (until.at - from.at) / intervalMs
  return { batches, intervals, cpuMsPerBatch: (until.cpuMs - from.cpuMs) / batches.length }
}

function recordsIn(folder: string): BatchRecord[] {
  using store = BatchStore.openToRead(folder)
  return store
    .list(Number.MAX_SAFE_INTEGER)
    .map(({ record }) => record)
    .reverse()
}

/** Puts until it is told to stop, ten lines at a time. */
async function put(lines: (lines: readonly string[]) => Promise<void>, signal: AbortSignal): Promise<void> {
  const ten = Array.from({ length: 10 }, (_, index) =>
    `2026-11-22 22:00:00 INFO request ${index} took ${index * 3} ms and was answered `.padEnd(133, 'x'),
  )
  let count = 0
  const began = performance.now()
  while (!signal.aborted) {
    await lines(ten)
    count += ten.length
    await systemClock.sleep(Math.max(0, began + (count / linesPerSecond) * 1000 - performance.now()), signal)
  }
}

/** Processor time of a process and those it started, ms: of their threads, which the system knows to the nanosecond. */
function cpuMsOf(root: number): number {
  let ns = 0
  for (const pid of processTree(root)) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
    }
  }
  return ns / 1e6
}
