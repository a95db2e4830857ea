// Runs a past batch again: a fresh process, the same range, outputs that collect. Nothing is written anywhere, no cursor moves.
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MillraceError } from '../../src-shared/errors.ts'
import type { BatchRecord, InputRange, RecordingLimits } from '../../src-shared/streaming/batch-record.ts'
import { unpackRecord } from '../../src-shared/streaming/packed-record.ts'
import { openLogReader } from '../agent/channel/log/log-reader.ts'
import type { Clock } from '../clock.ts'
import type { PendingBatch } from '../streaming/host.ts'
import { isReceiverLog } from '../streaming/input/receiver-log.ts'
import type { CollectedOutput } from '../streaming/output-context.ts'
import type { ProgramVersion } from '../streaming/program/load-program.ts'
import type { ChannelFolder, EngineHandlers, RunOrder } from '../streaming/program/program-messages.ts'
import { noRestart } from '../streaming/program/restart-policy.ts'
import { type SuperviseDeps, SupervisedProgram } from '../streaming/program/supervise-program.ts'
import { differenceOf } from './record-difference.ts'

export interface ReplayOptions {
  readonly file: string
  /** The stream's folder. */
  readonly folder: string
  readonly channels: readonly ChannelFolder[]
  readonly memoryMb: number
  readonly master?: string
  readonly recording: RecordingLimits
  /** The batch as it was recorded. */
  readonly record: BatchRecord
  readonly zeroTime: number
  /** Earlier batches, oldest first, for windows. */
  readonly remembered: readonly PendingBatch[]
  /** A recorded version, or a text in place of the program's file; absent: the files as they are now. */
  readonly version?: ProgramVersion | { readonly text: string }
  /** Longest that it may take, ms. */
  readonly timeoutMs: number
}

export interface Replay {
  readonly record: BatchRecord
  readonly collected: readonly CollectedOutput[]
  /** What the program printed around its outputs (console.log), cut at 64 KiB. */
  readonly printed: string
  readonly same: boolean
  /** First difference to what was recorded, in words. */
  readonly difference?: string
  /** The texts that it ran. */
  readonly sources: ReadonlyMap<string, string>
  /** The program differs from the one that ran the batch. */
  readonly programChanged: boolean
}

const printedBytes = 64 * 1024

/** Rejects with PROGRAM_FAILED when the program does not come to the batch's end, NOT_FOUND when its range is no longer kept. */
export async function replayBatch(deps: SuperviseDeps, options: ReplayOptions): Promise<Replay> {
  const { record } = options
  const { done, sources, printed } = await run(deps, options, rangesOf(record, options.channels))
  const again = unpackRecord(done.record.head, done.details.find(({ batchTime }) => batchTime === record.batchTime)?.text)
  const difference = differenceOf(record, again)
  return {
    record: again,
    collected: done.collected ?? [],
    printed,
    sources,
    same: difference === undefined,
    ...(difference !== undefined && { difference }),
    programChanged: again.programVersion !== record.programVersion,
  }
}

/** What the batch read. Throws NOT_FOUND when that cannot be read again. */
function rangesOf(record: BatchRecord, channels: readonly ChannelFolder[]): readonly InputRange[] {
  const ranges = record.inputs.flatMap((input) => (input.range === undefined ? [] : [input.range]))
  const unread = record.inputs.find((input) => input.range === undefined && input.records > 0)
  if (unread !== undefined) {
    throw new MillraceError(
      'NOT_FOUND',
      `The batch read ${unread.records} records from ${unread.name}, which keeps nothing: only channels can be read again, and receivers with spark.streaming.receiver.writeAheadLog.enable.`,
    )
  }
  for (const range of ranges) checkRetained(range, channels)
  return ranges
}

/** What the program's process said of the batch. */
interface Run extends Pick<Replay, 'sources' | 'printed'> {
  readonly done: Parameters<EngineHandlers['batchDone']>[0]
}

async function run(deps: SuperviseDeps, options: ReplayOptions, ranges: readonly InputRange[]): Promise<Run> {
  const { zeroTime, remembered } = options
  const { batchTime } = options.record
  const batch: PendingBatch = { batchTime, ranges }
  let done: Run['done'] | undefined
  let sources: Run['sources'] = new Map()
  const printed: Uint8Array[] = []
  let printedSize = 0
  const handlers: Omit<EngineHandlers, 'hello' | 'failed' | 'finished'> = {
    restore: ({ version }) => {
      sources = new Map(version.files)
      program.reportRunning()
      return { positions: {}, completedThrough: batchTime - 1, restored: { zeroTime, pending: [batch], remembered } }
    },
    event: () => {},
    plan: () => {
      throw new MillraceError('STREAMING_STATE', 'A replay runs no batch but the one asked for.')
    },
    outputDone: () => {},
    batchDone: (value) => {
      if (value.record.batchTime === batchTime) done = value
    },
    details: () => {},
  }
  const program = new SupervisedProgram(deps, {
    order: () => orderOf(options, batch),
    // A program's own files are found beside it; what it would write by itself is its own business (and flagged as such).
    cwd: dirname(options.file),
    restart: noRestart,
    stopGraceMs: 0,
    handlers: () => handlers,
    onOutput: (_stream, bytes) => {
      if (printedSize < printedBytes) printed.push(bytes)
      printedSize += bytes.length
    },
    completedBatches: () => 0,
  })
  const failure = await endOf(program, deps.clock, options.timeoutMs)
  if (done === undefined) throw new MillraceError('PROGRAM_FAILED', `The replay did not come to the batch's end${failure}`)
  return { done, sources, printed: Buffer.concat(printed).toString('utf8').slice(0, printedBytes) }
}

function orderOf(options: ReplayOptions, batch: PendingBatch): RunOrder {
  const { file, folder, memoryMb, master, channels, recording, version, zeroTime, remembered } = options
  return {
    file,
    folder,
    memoryMb,
    ...(master !== undefined && { master }),
    channels,
    recording,
    ...(version && { recorded: textsOf(file, version) }),
    replay: { zeroTime, batch, remembered },
  }
}

/** Runs the program to its end, or ends it. Answers why it may not have come to the batch's end: the rest of a sentence. */
async function endOf(program: SupervisedProgram, clock: Clock, timeoutMs: number): Promise<string> {
  program.start()
  const over = new AbortController()
  const ended = program.ended.finally(() => over.abort())
  await clock.sleep(timeoutMs, over.signal)
  const timedOut = !over.signal.aborted
  if (timedOut) await program.stop(0)
  const { failure } = await ended
  if (timedOut) return ` within ${timeoutMs / 1000} s and was ended.`
  return `: ${failure?.sentence ?? 'the program ended before it.'}`
}

function checkRetained(range: InputRange, channels: readonly ChannelFolder[]): void {
  const channel = channels.find((candidate) => candidate.name === range.input)
  if (channel === undefined) throw new MillraceError('NOT_FOUND', `The batch read ${nameOf(range)}, which this stream has no more.`)
  const first = oldestKept(channel.folder)
  if (range.records === 0 || range.from >= first) return
  throw new MillraceError(
    'NOT_FOUND',
    `Events ${range.from} to ${range.until - 1} of ${nameOf(range)} are kept no longer (it keeps them from ${first} on): the batch cannot run again. ` +
      'A longer retention keeps more.',
  )
}

function oldestKept(folder: string): number {
  const reader = openLogReader(folder)
  try {
    return reader.extent().first
  } finally {
    reader.close()
  }
}

const nameOf = ({ input }: InputRange): string => (isReceiverLog(input) ? `the log ${input}` : `channel ${input}`)

function textsOf(file: string, version: ProgramVersion | { readonly text: string }): readonly (readonly [string, string])[] {
  return 'files' in version ? [...version.files] : [[pathToFileURL(file).href, version.text]]
}
