// wordcount: the words of 1,000,000 lines of 133 bytes from a durable channel, split and counted by key in micro-batches, against a plain
// loop that counts the same lines from memory into a Map. Rates are per second of processor time (all threads), so that both may be
// compared however many threads a runtime uses beside. The structured variants do the same with operators on bytes (split, count by key).
// "In threads" is a program of its own with the master local[2], as `millrace stream` runs it, per second on the wall. A real Spark runs
// beside where there is Java and Maven; its best rates as recorded on a quiet machine of two cores stand for it in the ratios, so that they
// are the same everywhere.
import { join } from 'node:path'
import { count, milliseconds, type StreamingContext } from '../src-main/streaming/api.ts'
import { hasJdkAndMaven } from '../test/interop/java.ts'
import { accessLine, fewWordsLine } from './access-lines.ts'
import type { Bench } from './runner/bench.ts'
import { sparkRate } from './runner/real-spark.ts'
import { countWords, type Line, lineBytes, linesOf, streamTakes, type Taken, taken, total } from './runner/stream-of-lines.ts'
import { threadedRate } from './runner/threaded-stream.ts'

/** Spark 3.5.9, local[2], from cached RDDs, a million words: 57–68 k lines per CPU second, 145–175 k per second. */
const sparkPerCpuSecond = 68_000
const sparkPerSecond = 175_000

async function plainLoop(line: Line): Promise<number> {
  const bytes = linesOf(line)
  const { cpuSeconds } = await taken(() => {
    // In steps of a batch's 64 MiB, like the micro-batches.
    const step = Math.floor((64 * 2 ** 20) / lineBytes)
    for (let from = 0; from < total; from += step) {
      const counts = new Map<string, number>()
      for (let index = from; index < Math.min(total, from + step); index++) {
        const text = bytes.toString('latin1', index * lineBytes, index * lineBytes + 133)
        for (const word of text.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1)
      }
    }
  })
  return total / cpuSeconds
}

type Program = (ssc: StreamingContext) => void

const takes = (scratch: string, line: Line, program: Program, recording = false): Promise<Taken> =>
  streamTakes({ folder: join(scratch, 'c1'), line, batchDuration: milliseconds(100), recording }, program)

/** Lines per second of processor time. */
const stream = async (scratch: string, line: Line, program: Program, recording = false): Promise<number> =>
  total / (await takes(scratch, line, program, recording)).cpuSeconds

/** Lines per second on the clock on the wall. */
const onTheWall = async (scratch: string, line: Line, program: Program): Promise<number> =>
  total / (await takes(scratch, line, program)).seconds

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
    'stream, a million words': ({ scratch }) => stream(scratch, accessLine, countWords),
    'stream, recorded': ({ scratch }) => stream(scratch, accessLine, countWords, true),
    'plain loop, a thousand words': () => plainLoop(fewWordsLine),
    'stream, a thousand words': ({ scratch }) => stream(scratch, fewWordsLine, countWords),
    'structured, a million words': ({ scratch }) => stream(scratch, accessLine, structured),
    'structured, a thousand words': ({ scratch }) => stream(scratch, fewWordsLine, structured),
    'structured, a million words, per second': ({ scratch }) => onTheWall(scratch, accessLine, structured),
    'structured, a thousand words, per second': ({ scratch }) => onTheWall(scratch, fewWordsLine, structured),
    'in threads, a million words, per second': ({ scratch }) => threadedRate(scratch, linesOf(accessLine), lineBytes, threadedProgram),
    'in threads, a thousand words, per second': ({ scratch }) => threadedRate(scratch, linesOf(fewWordsLine), lineBytes, threadedProgram),
    ...(hasJdkAndMaven() && {
      'Spark 3.5.9, local[2], a million words, per second': async ({ scratch }: { readonly scratch: string }) =>
        sparkRate(scratch, 'wordcount', linesOf(accessLine), total),
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
