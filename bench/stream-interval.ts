// stream-interval: 1,000 records a second through batches of 10 ms, each batch's range and cursor made durable, its record kept. A stream
// is stable when batches do not queue: the scheduling delay at the end is what it was at the beginning.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../src-main/clock.ts'
import { StreamHandle } from '../src-main/inspection/stream-handle.ts'
import { silentLogger } from '../src-main/log.ts'
import { spawnProgram } from '../src-main/streaming/program/spawn-program.ts'
import { logBench } from '../test/driver/log-bench.ts'
import type { Bench } from './runner/bench.ts'
import { median } from './runner/measure.ts'

const intervalMs = 10
const seconds = Number(process.env['MILLRACE_BENCH_SECONDS'] ?? 10)

const program = `import { milliseconds, StreamingContext } from 'millrace'
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

interface Run {
  /** Mean scheduling and total delay of the batches of the last fifth. */
  readonly schedulingDelayMs: number
  readonly totalDelayMs: number
  /** Processor time of engine and program for each batch. */
  readonly cpuMsPerBatch: number
}

async function run(scratch: string, recorded: boolean): Promise<Run> {
  mkdirSync(scratch, { recursive: true })
  const log = await logBench(scratch)
  const file = join(scratch, 'program.ts')
  writeFileSync(file, program)
  const handle = new StreamHandle(
    { spawn: spawnProgram, clock: systemClock, log: silentLogger },
    { id: 's1', file, folder: join(scratch, 'state'), channels: () => [log.forStream('s1')], ...(!recorded && { recording: null }) },
  )
  handle.start()
  while (handle.totals().completed < 50) await systemClock.sleep(20)
  const before = { ...handle.totals(), cpu: cpuMs(handle.state.pid!) }
  const putting = new AbortController()
  const puts = put(log.put, putting.signal)
  await systemClock.sleep(seconds * 1000)
  const after = { ...handle.totals(), cpu: cpuMs(handle.state.pid!) }
  putting.abort()
  await puts
  const last = handle.batches((seconds * 1000) / intervalMs / 5).filter((batch) => batch.totalDelayMs !== undefined)
  await handle.close()
  await log.channel.stop()
  const batches = after.completed - before.completed
  if (after.failed > 0) throw new Error(`${after.failed} batches failed`)
  if (batches < ((seconds * 1000) / intervalMs) * 0.98) throw new Error(`only ${batches} batches in ${seconds} s: not stable`)
  const mean = (key: 'schedulingDelayMs' | 'totalDelayMs'): number => last.reduce((sum, batch) => sum + (batch[key] ?? 0), 0) / last.length
  return {
    schedulingDelayMs: mean('schedulingDelayMs'),
    totalDelayMs: mean('totalDelayMs'),
    cpuMsPerBatch: (after.cpu - before.cpu) / batches,
  }
}

/** 1,000 lines a second, in ten puts a second. */
async function put(lines: (lines: readonly string[]) => Promise<void>, signal: AbortSignal): Promise<void> {
  const hundred = Array.from({ length: 100 }, (_, index) =>
    `2026-11-22 22:00:00 INFO request ${index} took ${index * 3} ms and was answered `.padEnd(133, 'x'),
  )
  while (!signal.aborted) {
    await lines(hundred)
    await systemClock.sleep(100, signal)
  }
}

/** Processor time of this process and of the program's, ms. */
function cpuMs(pid: number): number {
  const { user, system } = process.cpuUsage()
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (user + system) / 1000 + (Number(fields[11]) + Number(fields[12])) * 10
}

const cpu = new Map<string, number[]>()

export const bench: Bench = {
  summary: `1,000 records a second in batches of ${intervalMs} ms, range and cursor durable; ${seconds} s each. CPU is that of engine and program together.`,
  unit: 'ms',
  variants: {
    'total delay, recorded': async ({ scratch }) => {
      const result = await run(scratch, true)
      cpu.set('recorded', [...(cpu.get('recorded') ?? []), result.cpuMsPerBatch])
      return result.totalDelayMs
    },
    'CPU per batch, recorded': async () => median(cpu.get('recorded')!.slice(-1)),
    'CPU per batch, samples off': async ({ scratch }) => (await run(scratch, false)).cpuMsPerBatch,
    interval: async () => intervalMs,
  },
  ratios: [
    { name: 'total delay against the interval', of: 'total delay, recorded', against: 'interval', most: 1 },
    { name: 'recording samples against not', of: 'CPU per batch, recorded', against: 'CPU per batch, samples off', most: 1.05 },
  ],
  rounds: 5,
}
