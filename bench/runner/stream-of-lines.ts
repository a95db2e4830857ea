// A stream in this process over a million lines of a channel, and what it takes: what the benches of programs share.
import { systemClock } from '../../src-main/clock.ts'
import { silentLogger } from '../../src-main/log.ts'
import { type Duration, StreamingContext } from '../../src-main/streaming/api.ts'
import type { StreamingHost } from '../../src-main/streaming/host.ts'
import { LogInput } from '../../src-main/streaming/input/log-input.ts'
import { CollectingOutputs } from '../../src-main/streaming/output-context.ts'
import { defaultRecordingLimits } from '../../src-shared/streaming/batch-record.ts'
import { fillLog } from '../fill-log.ts'

export const total = 1_000_000
/** Of a line, with its LF. */
export const lineBytes = 134

export type Line = (index: number) => string

const made = new Map<Line, Buffer>()

/** The lines as a file has them, LF after each; made once. */
export function linesOf(line: Line): Buffer {
  let bytes = made.get(line)
  if (bytes === undefined) {
    bytes = Buffer.alloc(total * lineBytes)
    for (let index = 0; index < total; index++) bytes.write(`${line(index)}\n`, index * lineBytes, 'latin1')
    made.set(line, bytes)
  }
  return bytes
}

export interface Taken {
  /** Of all threads. */
  readonly cpuSeconds: number
  /** On the clock on the wall. */
  readonly seconds: number
}

/** What some work takes. */
export async function taken(work: () => unknown): Promise<Taken> {
  const began = performance.now()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return { cpuSeconds: (user + system) / 1e6, seconds: (performance.now() - began) / 1e3 }
}

export interface StreamRun {
  /** Where the channel is made. */
  readonly folder: string
  readonly line: Line
  readonly batchDuration: Duration
  readonly recording?: boolean
}

/** What a stream takes from its start until it has read all lines and has stopped; `program` sets it up. */
export async function streamTakes(run: StreamRun, program: (ssc: StreamingContext) => void): Promise<Taken> {
  const { folder, line, batchDuration, recording = false } = run
  await fillLog(folder, linesOf(line), lineBytes)
  let read = 0
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
  const host: StreamingHost = {
    clock: systemClock,
    log: silentLogger,
    outputs: new CollectingOutputs(),
    programVersion: 'bench',
    ...(recording && { recording: defaultRecordingLimits }),
    openDirectInput: (name) => new LogInput(name, folder),
    onBatchCompleted: (_time, record) => {
      read += record.inputs[0]?.records ?? 0
      if (read >= total) finish()
    },
  }
  const ssc = new StreamingContext({ batchDuration, host })
  program(ssc)
  const takes = await taken(async () => {
    ssc.start()
    await Promise.race([finished, ssc.awaitTermination()])
    await ssc.stop()
  })
  if (read !== total) throw new Error(`read ${read} lines of ${total}`)
  return takes
}

/** The usual example: words counted by key. */
export function countWords(ssc: StreamingContext): void {
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
