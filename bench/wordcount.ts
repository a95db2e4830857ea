// wordcount: the words of 1,000,000 lines of 133 bytes from a durable channel, split and counted by key in micro-batches, against a plain
// loop that counts the same lines from memory into a Map. Rates are per second of processor time (all threads), so that both may be
// compared however many threads a runtime uses beside. The structured variants do the same with operators on bytes (split, count by key).
// "In threads" is a program of its own with the master local[2], as `millrace stream` runs it, per second on the wall. A real Spark runs
// beside where there is Java and Maven; its best rates as recorded on a quiet machine of two cores stand for it in the ratios, so that they
// are the same everywhere.
import { join } from 'node:path'
import { systemClock } from '../src-main/clock.ts'
import { silentLogger } from '../src-main/log.ts'
import { count, milliseconds, StreamingContext } from '../src-main/streaming/api.ts'
import type { StreamingHost } from '../src-main/streaming/host.ts'
import { LogInput } from '../src-main/streaming/input/log-input.ts'
import { CollectingOutputs } from '../src-main/streaming/output-context.ts'
import { defaultRecordingLimits } from '../src-shared/streaming/batch-record.ts'
import { hasJdkAndMaven } from '../test/interop/java.ts'
import { accessLine, fewWordsLine } from './access-lines.ts'
import { fillLog } from './fill-log.ts'
import type { Bench } from './runner/bench.ts'
import { sparkRate } from './runner/real-spark.ts'
import { threadedRate } from './runner/threaded-stream.ts'

const total = 1_000_000
const lineBytes = 134

/** Spark 3.5.9, local[2], from cached RDDs, a million words: 57–68 k lines per CPU second, 145–175 k per second. */
const sparkPerCpuSecond = 68_000
const sparkPerSecond = 175_000

type Line = (index: number) => string

/** The lines as a file has them, LF after each. */
function bytesOf(line: Line): Buffer {
  const bytes = Buffer.alloc(total * lineBytes)
  for (let index = 0; index < total; index++) bytes.write(`${line(index)}\n`, index * lineBytes, 'latin1')
  return bytes
}

const inputs = new Map<Line, Buffer>()
function inputOf(line: Line): Buffer {
  let bytes = inputs.get(line)
  if (bytes === undefined) {
    bytes = bytesOf(line)
    inputs.set(line, bytes)
  }
  return bytes
}

/** Lines per second of processor time. */
async function perCpuSecond(work: () => number | Promise<number>): Promise<number> {
  const before = process.cpuUsage()
  const lines = await work()
  const used = process.cpuUsage(before)
  if (lines !== total) throw new Error(`counted ${lines} lines of ${total}`)
  return lines / ((used.user + used.system) / 1e6)
}

/** Lines per second on the clock on the wall. */
async function perSecond(work: () => number | Promise<number>): Promise<number> {
  const before = performance.now()
  const lines = await work()
  if (lines !== total) throw new Error(`counted ${lines} lines of ${total}`)
  return lines / ((performance.now() - before) / 1e3)
}

function plainLoop(line: Line): Promise<number> {
  const bytes = inputOf(line)
  return perCpuSecond(() => {
    let lines = 0
    // In steps of a batch's 64 MiB, like the micro-batches.
    const step = Math.floor((64 * 2 ** 20) / lineBytes)
    for (let from = 0; from < total; from += step) {
      const counts = new Map<string, number>()
      for (let index = from; index < Math.min(total, from + step); index++) {
        const text = bytes.toString('latin1', index * lineBytes, index * lineBytes + 133)
        for (const word of text.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1)
        lines += 1
      }
    }
    return lines
  })
}

/** Lines per second of processor time that a program takes for the channel's lines; `program` sets it up. */
async function stream(
  scratch: string,
  line: Line,
  program: (ssc: StreamingContext) => void,
  options: { readonly recording?: boolean; readonly wall?: boolean } = {},
): Promise<number> {
  await fillLog(scratch, inputOf(line), lineBytes)
  let lines = 0
  let done = (): void => {}
  const finished = new Promise<void>((resolve) => {
    done = resolve
  })
  const host: StreamingHost = {
    clock: systemClock,
    log: silentLogger,
    outputs: new CollectingOutputs(),
    programVersion: 'bench',
    ...(options.recording === true ? { recording: defaultRecordingLimits } : {}),
    openDirectInput: (name) => new LogInput(name, scratch),
    onBatchCompleted: (_time, record) => {
      lines += record.inputs[0]?.records ?? 0
      if (lines >= total) done()
    },
  }
  const ssc = new StreamingContext({ batchDuration: milliseconds(100), host })
  program(ssc)
  return (options.wall === true ? perSecond : perCpuSecond)(async () => {
    ssc.start()
    await Promise.race([finished, ssc.awaitTermination()])
    await ssc.stop()
    return lines
  })
}

function closures(ssc: StreamingContext): void {
  ssc
    .channelStream('c1')
    .text()
    .flatMap((text) => text.split(' '))
    .map((word) => [word, 1])
    .reduceByKey((a, b) => a + b)
    .foreachRDD(async (rdd) => {
      await rdd.count()
    })
}

const threadedProgram =
  "lines.flatMap((text) => text.split(' ')).map((word) => [word, 1]).reduceByKey((a, b) => a + b).foreachRDD(async (rdd) => void (await rdd.count()))"

function structured(ssc: StreamingContext): void {
  ssc
    .channelStream('c1')
    .structured()
    .split('body', ' ', 'word')
    .aggregate({ by: ['word'], values: { times: count() } })
    .forEachBatch((batch) => {
      if (batch.count === 0) throw new Error('no words')
    })
}

export const bench: Bench = {
  summary:
    'Words of 1,000,000 lines of 133 bytes from a durable channel, counted by key in micro-batches; baseline: a plain loop into a Map.',
  unit: 'lines per CPU second',
  variants: {
    'plain loop, a million words': () => plainLoop(accessLine),
    'stream, a million words': ({ scratch }) => stream(join(scratch, 'c1'), accessLine, closures),
    'stream, recorded': ({ scratch }) => stream(join(scratch, 'c1'), accessLine, closures, { recording: true }),
    'plain loop, a thousand words': () => plainLoop(fewWordsLine),
    'stream, a thousand words': ({ scratch }) => stream(join(scratch, 'c1'), fewWordsLine, closures),
    'structured, a million words': ({ scratch }) => stream(join(scratch, 'c1'), accessLine, structured),
    'structured, a thousand words': ({ scratch }) => stream(join(scratch, 'c1'), fewWordsLine, structured),
    'structured, a million words, per second': ({ scratch }) => stream(join(scratch, 'c1'), accessLine, structured, { wall: true }),
    'structured, a thousand words, per second': ({ scratch }) => stream(join(scratch, 'c1'), fewWordsLine, structured, { wall: true }),
    'in threads, a million words, per second': ({ scratch }) => threadedRate(scratch, inputOf(accessLine), lineBytes, threadedProgram),
    'in threads, a thousand words, per second': ({ scratch }) => threadedRate(scratch, inputOf(fewWordsLine), lineBytes, threadedProgram),
    ...(hasJdkAndMaven() && {
      'Spark 3.5.9, local[2], a million words, per second': async ({ scratch }: { readonly scratch: string }) =>
        sparkRate(scratch, 'wordcount', inputOf(accessLine), total),
    }),
    'Spark, its best per CPU second, as recorded': async () => sparkPerCpuSecond,
    'Spark, its best per second, two cores, as recorded': async () => sparkPerSecond,
  },
  ratios: [
    {
      name: 'stream against plain loop, a million words',
      of: 'stream, a million words',
      against: 'plain loop, a million words',
      least: 0.7,
    },
    {
      name: 'stream against plain loop, a thousand words',
      of: 'stream, a thousand words',
      against: 'plain loop, a thousand words',
      least: 0.7,
    },
    ...['a million words', 'a thousand words'].flatMap((words) => [
      {
        name: `in threads against Spark per second, ${words}`,
        of: `in threads, ${words}, per second`,
        against: 'Spark, its best per second, two cores, as recorded',
        least: 1.3,
      },
      {
        name: `structured against Spark per CPU second, ${words}`,
        of: `structured, ${words}`,
        against: 'Spark, its best per CPU second, as recorded',
        least: 4,
      },
      {
        name: `structured against Spark per second, ${words}`,
        of: `structured, ${words}, per second`,
        against: 'Spark, its best per second, two cores, as recorded',
        least: 2,
      },
    ]),
    { name: 'recording on against off', of: 'stream, recorded', against: 'stream, a million words', least: 0.95 },
  ],
}
