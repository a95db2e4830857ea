// The seam between a streaming context and whoever runs it. A program run by Millrace finds a host that reads durable channels, makes
// ranges and cursors durable, keeps records and decides where output goes; `node program.ts` and tests get a plain one.
//
// The protocol of one batch, in this order; every step is awaited before the next:
//   1. input.choose()       for each direct input: what this batch reads
//   2. onRangesChosen()     the host makes the ranges durable; a batch whose ranges are durable is re-run after a crash
//   3. jobs run             output by output; onOutputDone() after each that succeeded
//   4. onBatchCompleted()   with the record; when every output succeeded, the host moves the cursors and forgets the ranges
// After a crash `restore()` names the batches between 2 and 4; they run first, at their own batch time, with the same ranges.

import type { NumberedBatch } from '../../src-shared/event/event-batch.ts'
import type { BatchHead, InputRange, OperatorRecord, RecordingLimits } from '../../src-shared/streaming/batch-record.ts'
import type { StreamingListenerEvent } from '../../src-shared/streaming/listener.ts'
import { type Clock, systemClock } from '../clock.ts'
import { type Logger, loggerTo } from '../log.ts'
import { type OutputContext, processOutputs } from './output-context.ts'
import type { Executors } from './rdd/executors.ts'
import type { StreamingContext } from './streaming-context.ts'

/** How much one batch may take from a direct input. */
export interface RangeLimit {
  readonly records: number
  readonly bytes: number
}

/** A durable log as a stream reads it: a channel, or what a receiver brought. */
export interface DirectInput {
  readonly name: string
  /**
   * Chooses the range that follows the last one chosen (after a restart: the last one restored), and brings at least one event when
   * there is one. With nothing to read: an empty range (`from === until`). Moves no cursor.
   */
  choose(limit: RangeLimit): InputRange | Promise<InputRange>
  /** The events of a range, segment by segment; may be called again for the same range as long as it is pinned. Synchronous short reads. */
  read(range: InputRange): Iterable<NumberedBatch>
  /** What waits behind the last chosen range. */
  backlog(): { readonly records: number; readonly bytes: number }
}

/**
 * Where an input makes durable what it brings before it counts: a receiver's blocks (spark.streaming.receiver.writeAheadLog.enable), a file
 * stream's choice of files.
 */
export interface ReceiverLog extends DirectInput {
  /** Stores records as one block. Resolves when it is durable; rejects when it is not stored. */
  append(records: readonly unknown[]): Promise<void>
  /** Everything that is kept. */
  stored(): InputRange
  /** The blocks of a range, oldest first, each read when it is asked for. */
  blocks(range: InputRange): readonly (() => readonly unknown[])[]
}

/** How long what every batch has had is kept, for replays. */
export interface LogRetention {
  readonly bytes: number
  readonly ageMs: number
}

/** A batch whose ranges were made durable and whose outputs had not all succeeded. */
export interface PendingBatch {
  readonly batchTime: number
  readonly ranges: readonly InputRange[]
}

/** What a restart begins with. */
export interface Restored {
  /** Zero time of the first run: windows stay aligned to it. */
  readonly zeroTime: number
  /** Oldest first. */
  readonly pending: readonly PendingBatch[]
  /** Ranges of batches that are done but that windows may still read. */
  readonly remembered: readonly PendingBatch[]
}

/** One key of a state store. `updatedAt`: the batch time of its last update (mapWithState's time-out counts from it). */
export interface StateEntry {
  readonly partition: number
  readonly key: unknown
  readonly value: unknown
  readonly updatedAt: number
}

/** A change of state since some version: a new value, or removed. */
export interface StateChange {
  readonly partition: number
  readonly key: unknown
  readonly removed: boolean
  readonly value?: unknown
  readonly updatedAt: number
}

/** A state, and what later batches made of it, oldest first. */
export interface StateHistory {
  readonly version: number
  readonly entries: Iterable<StateEntry>
  readonly later: readonly { readonly version: number; readonly changes: readonly StateChange[] }[]
}

/** The state of one operator, as a checkpoint sees it. A version is the time of the batch that made it. */
export interface StateSource {
  readonly operatorId: number
  readonly name: string
  readonly partitions: number
  readonly version: number
  readonly size: number
  entries(): Iterable<StateEntry>
  /** How far back, in ms of batch time, versions are asked for: windows over the state. */
  readonly historyMs: number
  /** Changes of the batches after `version`; undefined when they are no longer known: take entries(). */
  changesSince(version: number): Iterable<StateChange> | undefined
}

/** What onBatchCompleted is told beside the record. */
export interface BatchCompletion {
  readonly succeeded: boolean
  /** The oldest batch time whose input a window or an un-checkpointed state still needs: older ranges need no pin. */
  readonly oldestNeeded: number
  readonly states: readonly StateSource[]
  /** The record's operators. Made when it is called. */
  operators(): readonly OperatorRecord[]
  /** The record's operators and what its outputs wrote, packed: packDetails(). Made when it is called. */
  details(): string | undefined
}

/** The graph as a checkpoint compares it: a program that does not fit what was stored is refused with the difference. */
export interface GraphDescription {
  readonly batchDurationMs: number
  readonly operators: readonly {
    readonly id: number
    readonly name: string
    readonly parents: readonly number[]
    readonly slideMs: number
  }[]
  readonly outputs: readonly { readonly outputId: number; readonly name: string; readonly operatorId: number }[]
  readonly directInputs: readonly string[]
}

export interface StreamingHost {
  readonly clock: Clock
  readonly log: Logger
  readonly outputs: OutputContext
  /** Shown in batch records; a hash of the program's text, or '' where there is none. */
  readonly programVersion: string
  /** The master of a program that names none itself. Absent: `local`. */
  readonly master?: string
  /** Records per operator samples when given; absent: recording is off and costs nothing. */
  readonly recording?: RecordingLimits
  /** How far back StateSource.changesSince must reach, in ms of batch time. Absent: to the batch before. */
  readonly stateHistoryMs?: number
  /** Opens the channel of that name, or throws a MillraceError NOT_FOUND that lists the names there are. Absent: there are no channels. */
  openDirectInput?(name: string): DirectInput
  /** The log of this input stream. Absent: there is nowhere to keep one. */
  openReceiverLog?(streamId: number, retention: LogRetention): ReceiverLog
  /** Starts who runs stages elsewhere, for a context whose master asks for more than one thread. Absent: everything runs in one thread. */
  startExecutors?(context: StreamingContext): Executors | undefined
  /** Takes a context over in place of its start: it only runs the tasks that it is given. */
  execute?(context: StreamingContext): never
  /** A replay: nothing is received from anywhere. */
  readonly withoutReceivers?: boolean
  /** Called by start(), before anything runs. Throws where the stored checkpoint does not fit this graph. */
  restore?(graph: GraphDescription): Restored | undefined | Promise<Restored | undefined>
  /** The state of an operator at the newest checkpoint, when there is one, with its history. Called after restore(). */
  restoredState?(operatorId: number, historyMs: number): StateHistory | undefined
  /** The zero time and the ranges of a batch are made durable. Not called for batches that restore() brought. */
  onRangesChosen?(batchTime: number, ranges: readonly InputRange[], zeroTime: number): void | Promise<void>
  /** `outputId`: position of the output operation in the order of registration. */
  onOutputDone?(batchTime: number, outputId: number): void | Promise<void>
  /** All outputs of the batch have ended. */
  onBatchCompleted?(batchTime: number, record: BatchHead, completion: BatchCompletion): void | Promise<void>
  /** Every listener event, in order. */
  onEvent?(event: StreamingListenerEvent): void
}

/** A host for a program that nobody runs: the machine's clock, the process's stdout, no channels, no records, warnings to stderr. */
export const plainHost: StreamingHost = {
  clock: systemClock,
  log: loggerTo((level, sentence, fields) => {
    if (level === 'debug' || level === 'info') return
    const text = Object.entries(fields).map(([name, value]) => ` ${name}=${String(value)}`)
    process.stderr.write(`${level.toUpperCase()} ${sentence}${text.join('')}\n`)
  }),
  outputs: processOutputs,
  programVersion: '',
}

let current: StreamingHost = plainHost

/** Sets the host that a StreamingContext made from now on finds when its options name none. Called once by the program process. */
export function setStreamingHost(host: StreamingHost): void {
  current = host
}

export function streamingHost(): StreamingHost {
  return current
}
