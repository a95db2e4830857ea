// filter-count: lines that contain a literal, counted, from a durable channel: 1,000,000 access-log lines of 133 bytes, a quarter of them with
// " 404 ", as Spark's own bench has them. The floor reads the same rows from the same files, checks their checksums and searches their bytes,
// with nothing of a stream around it. Rates per second of processor time; one core does the work. "In threads" is a program of its own with
// the master local[2], per second on the wall; so is a real Spark from an RDD in memory, where there is Java and Maven.
import { join } from 'node:path'
import { openLogReader } from '../src-main/agent/channel/log/log-reader.ts'
import { count, milliseconds, type StreamingContext } from '../src-main/streaming/api.ts'
import { hasJdkAndMaven } from '../test/interop/java.ts'
import { accessLine } from './access-lines.ts'
import { fillLog } from './fill-log.ts'
import type { Bench } from './runner/bench.ts'
import { sparkRate } from './runner/real-spark.ts'
import { lineBytes, linesOf, streamTakes, type Taken, taken, total } from './runner/stream-of-lines.ts'
import { threadedRate } from './runner/threaded-stream.ts'

const literal = ' 404 '

let expected: number | undefined

/** Lines per second of processor time that some work took, which found so many lines with the literal. */
function rate({ cpuSeconds }: Taken, found: number): number {
  expected ??= Array.from({ length: total }, (_, index) => accessLine(index)).filter((line) => line.includes(literal)).length
  if (found !== expected) throw new Error(`found ${found} lines, there are ${expected}`)
  return total / cpuSeconds
}

/** Read, checksum, scan: what cannot be left out. */
async function bare(folder: string): Promise<number> {
  await fillLog(folder, linesOf(accessLine), lineBytes)
  let found = 0
  const takes = await taken(() => {
    const reader = openLogReader(folder)
    const sought = Buffer.from(literal)
    for (const { batch } of reader.read({ from: 0, to: total })) {
      const { bodies, ends } = batch
      const bytes = Buffer.from(bodies.buffer, bodies.byteOffset, bodies.length)
      let row = 0
      for (let at = bytes.indexOf(sought); at >= 0; at = bytes.indexOf(sought, ends[row - 1]! + 1)) {
        while (ends[row]! <= at) row += 1
        row += 1
        found += 1
      }
    }
    reader.close()
  })
  return rate(takes, found)
}

async function stream(folder: string, program: (ssc: StreamingContext, found: (count: number) => void) => void): Promise<number> {
  let found = 0
  const takes = await streamTakes({ folder, line: accessLine, batchDuration: milliseconds(10) }, (ssc) =>
    program(ssc, (more) => {
      found += more
    }),
  )
  return rate(takes, found)
}

const threadedProgram = `lines.filter((text) => text.includes('${literal}')).count().foreachRDD(async (rdd) => void (await rdd.collect()))`

export const bench: Bench = {
  summary: 'Lines that contain " 404 " of 1,000,000 lines of 133 bytes from a durable channel; floor: read, checksum and scan alone.',
  unit: 'lines per CPU second',
  variants: {
    'read, checksum, scan': ({ scratch }) => bare(join(scratch, 'c1')),
    structured: ({ scratch }) =>
      stream(join(scratch, 'c1'), (ssc, found) => {
        ssc
          .channelStream('c1')
          .structured()
          .where((row) => row.body.contains(literal))
          .aggregate({ values: { lines: count() } })
          .forEachBatch((batch) => {
            for (const row of batch.rows()) found(row.lines ?? 0)
          })
      }),
    'closure on text': ({ scratch }) =>
      stream(join(scratch, 'c1'), (ssc, found) => {
        ssc
          .channelStream('c1')
          .text()
          .filter((text) => text.includes(literal))
          .count()
          .foreachRDD(async (rdd) => {
            for (const lines of await rdd.collect()) found(lines)
          })
      }),
    'closure in threads, per second': ({ scratch }) => threadedRate(scratch, linesOf(accessLine), lineBytes, threadedProgram),
    ...(hasJdkAndMaven() && {
      'Spark 3.5.9, local[2], per second': async ({ scratch }: { readonly scratch: string }) =>
        sparkRate(scratch, 'filter-count', linesOf(accessLine), total),
    }),
    '3 million lines, the floor of structured': async () => 3_000_000,
    '2 million lines, the floor of closures': async () => 2_000_000,
  },
  ratios: [
    { name: 'structured against read, checksum, scan', of: 'structured', against: 'read, checksum, scan', least: 0.6 },
    { name: 'structured against its floor', of: 'structured', against: '3 million lines, the floor of structured', least: 1 },
    { name: 'closure against its floor', of: 'closure on text', against: '2 million lines, the floor of closures', least: 1 },
  ],
}
