// wordcount: the words of 1,000,000 lines of 133 bytes from a durable channel, split and counted by key in micro-batches, against a plain
// loop that counts the same lines from memory into a Map. Rates are per second of processor time (all threads), so that both may be
// compared however many threads a runtime uses beside.
import { join } from 'node:path'
import { LogChannel } from '../src-main/agent/channel/log/log-channel.ts'
import { systemClock } from '../src-main/clock.ts'
import { silentLogger } from '../src-main/log.ts'
import { milliseconds, StreamingContext } from '../src-main/streaming/api.ts'
import type { StreamingHost } from '../src-main/streaming/host.ts'
import { LogInput } from '../src-main/streaming/input/log-input.ts'
import { CollectingOutputs } from '../src-main/streaming/output-context.ts'
import type { EventBatch } from '../src-shared/event/event-batch.ts'
import { defaultRecordingLimits } from '../src-shared/streaming/batch-record.ts'
import { accessLine, fewWordsLine } from './access-lines.ts'
import type { Bench } from './runner/bench.ts'

const total = 1_000_000
const perChunk = 5_000
const lineBytes = 134

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

function chunkAt(bytes: Buffer, number: number): EventBatch {
  const ends = Uint32Array.from({ length: perChunk }, (_, index) => index * lineBytes + 133)
  const from = number * perChunk * lineBytes
  return { count: perChunk, bodies: bytes.subarray(from, from + perChunk * lineBytes), ends, terminated: true, shared: {}, columns: [] }
}

async function fill(folder: string, bytes: Buffer): Promise<void> {
  const channel = new LogChannel(
    {
      name: 'c1',
      log: { folder, dataFolders: [folder] },
      capacity: 100_000_000,
      transactionCapacity: 100_000,
      keepAliveMs: 3000,
      durability: 'interval',
      syncIntervalMs: 5000,
      retention: { bytes: 2 ** 31, ageMs: 86_400_000 },
      segmentBytes: 256 * 2 ** 20,
      recentBytes: 32 * 2 ** 20,
      reserveBytes: 4 * 2 ** 20,
    },
    { clock: systemClock, log: silentLogger, trouble: () => {} },
  )
  await channel.start()
  for (let number = 0; number < total / perChunk; number++) {
    const transaction = channel.transaction()
    transaction.begin()
    await transaction.put(chunkAt(bytes, number))
    await transaction.commit()
    transaction.close()
  }
  await channel.stop()
}

/** Lines per second of processor time. */
async function perCpuSecond(work: () => number | Promise<number>): Promise<number> {
  const before = process.cpuUsage()
  const lines = await work()
  const used = process.cpuUsage(before)
  if (lines !== total) throw new Error(`counted ${lines} lines of ${total}`)
  return lines / ((used.user + used.system) / 1e6)
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

async function stream(scratch: string, line: Line, recording: boolean): Promise<number> {
  await fill(scratch, inputOf(line))
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
    ...(recording ? { recording: defaultRecordingLimits } : {}),
    openDirectInput: (name) => new LogInput(name, scratch),
    onBatchCompleted: (_time, record) => {
      lines += record.inputs[0]?.records ?? 0
      if (lines >= total) done()
    },
  }
  const ssc = new StreamingContext({ batchDuration: milliseconds(100), host })
  ssc
    .channelStream('c1')
    .text()
    .flatMap((text) => text.split(' '))
    .map((word) => [word, 1])
    .reduceByKey((a, b) => a + b)
    .foreachRDD(async (rdd) => {
      await rdd.count()
    })
  return perCpuSecond(async () => {
    ssc.start()
    await Promise.race([finished, ssc.awaitTermination()])
    await ssc.stop()
    return lines
  })
}

export const bench: Bench = {
  summary:
    'Words of 1,000,000 lines of 133 bytes from a durable channel, counted by key in micro-batches; baseline: a plain loop into a Map.',
  unit: 'lines per CPU second',
  variants: {
    'plain loop, a million words': () => plainLoop(accessLine),
    'stream, a million words': ({ scratch }) => stream(join(scratch, 'c1'), accessLine, false),
    'stream, recorded': ({ scratch }) => stream(join(scratch, 'c1'), accessLine, true),
    'plain loop, a thousand words': () => plainLoop(fewWordsLine),
    'stream, a thousand words': ({ scratch }) => stream(join(scratch, 'c1'), fewWordsLine, false),
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
    { name: 'recording on against off', of: 'stream, recorded', against: 'stream, a million words', least: 0.95 },
  ],
}
