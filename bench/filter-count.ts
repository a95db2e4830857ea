// filter-count: lines that contain a literal, counted, from a durable channel: 1,000,000 access-log lines of 133 bytes, a quarter of them with
// " 404 ", as Spark's own bench has them. The floor reads the same rows from the same files, checks their checksums and searches their bytes,
// with nothing of a stream around it. Rates per second of processor time; one core does the work. "In threads" is a program of its own with
// the master local[2], per second on the wall; so is a real Spark from an RDD in memory, where there is Java and Maven.
import { join } from 'node:path'
import { openLogReader } from '../src-main/agent/channel/log/log-reader.ts'
import { systemClock } from '../src-main/clock.ts'
import { silentLogger } from '../src-main/log.ts'
import { count, milliseconds, StreamingContext } from '../src-main/streaming/api.ts'
import { LogInput } from '../src-main/streaming/input/log-input.ts'
import { CollectingOutputs } from '../src-main/streaming/output-context.ts'
import { hasJdkAndMaven } from '../test/interop/java.ts'
import { accessLine } from './access-lines.ts'
import { fillLog } from './fill-log.ts'
import type { Bench } from './runner/bench.ts'
import { sparkRate } from './runner/real-spark.ts'
import { threadedRate } from './runner/threaded-stream.ts'

const total = 1_000_000
const lineBytes = 134
const literal = ' 404 '

let input: Buffer | undefined
let expected = 0

function lines(): Buffer {
  if (input !== undefined) return input
  const bytes = Buffer.alloc(total * lineBytes)
  for (let index = 0; index < total; index++) {
    const line = accessLine(index)
    if (line.includes(literal)) expected += 1
    bytes.write(`${line}\n`, index * lineBytes, 'latin1')
  }
  input = bytes
  return bytes
}

/** Lines per second of processor time; `work` returns how many lines had the literal. */
async function perCpuSecond(work: () => number | Promise<number>): Promise<number> {
  const before = process.cpuUsage()
  const found = await work()
  const used = process.cpuUsage(before)
  if (found !== expected) throw new Error(`found ${found} lines, there are ${expected}`)
  return total / ((used.user + used.system) / 1e6)
}

/** Read, checksum, scan: what cannot be left out. */
async function bare(folder: string): Promise<number> {
  await fillLog(folder, lines(), lineBytes)
  return perCpuSecond(() => {
    const reader = openLogReader(folder)
    const sought = Buffer.from(literal)
    let found = 0
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
    return found
  })
}

async function stream(folder: string, program: (ssc: StreamingContext, found: (count: number) => void) => void): Promise<number> {
  await fillLog(folder, lines(), lineBytes)
  let done = (): void => {}
  const finished = new Promise<void>((resolve) => {
    done = resolve
  })
  let seen = 0
  let found = 0
  const ssc = new StreamingContext({
    batchDuration: milliseconds(10),
    host: {
      clock: systemClock,
      log: silentLogger,
      outputs: new CollectingOutputs(),
      programVersion: 'bench',
      openDirectInput: (name) => new LogInput(name, folder),
      onBatchCompleted: (_time, record) => {
        seen += record.inputs[0]?.records ?? 0
        if (seen >= total) done()
      },
    },
  })
  program(ssc, (more) => {
    found += more
  })
  return perCpuSecond(async () => {
    ssc.start()
    await Promise.race([finished, ssc.awaitTermination()])
    await ssc.stop()
    return found
  })
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
    'closure in threads, per second': ({ scratch }) => threadedRate(scratch, lines(), lineBytes, threadedProgram),
    ...(hasJdkAndMaven() && {
      'Spark 3.5.9, local[2], per second': async ({ scratch }: { readonly scratch: string }) =>
        sparkRate(scratch, 'filter-count', lines(), total),
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
