// Contract: stream programs and their batches.
import { oc } from '@orpc/contract'
import * as v from 'valibot'
import type { Sample } from '../streaming/batch-record.ts'
import type { RunState } from './pipelines.ts'
import { answer, byId, count, id, path, text, values } from './schema.ts'
import { approval, type StartAnswer } from './trust.ts'

export interface StreamSummary {
  readonly id: string
  readonly name: string
  /** The program's `.ts` file. */
  readonly file: string
  /** `retrying`: it failed and is started again in a moment. */
  readonly state: RunState | 'retrying'
  readonly sentence: string
  readonly since: number
  /** Undefined until the program has said it. */
  readonly batchIntervalMs?: number
  /** Channels that it reads directly, as `channels.list` names them. */
  readonly channels: readonly string[]
  readonly totals: StreamTotals
  readonly trouble?: { readonly severity: 'warning' | 'error'; readonly message: string; readonly hint?: string }
}

export interface StreamTotals {
  readonly completed: number
  readonly failed: number
  readonly records: number
  /** Batches that wait. */
  readonly queued: number
  /** Records in the channel that no batch has taken yet. */
  readonly backlogRecords?: number
}

export type BatchStatus = 'queued' | 'processing' | 'completed' | 'failed'

/** One batch in the list. Delays are computed in one place, `src-shared/streaming` BatchInfo; absent until they are known. */
export interface BatchSummary {
  /** `<stream>/<batch time>`. */
  readonly id: string
  /** ms since 1970. */
  readonly batchTime: number
  readonly status: BatchStatus
  readonly records: number
  readonly bytes?: number
  readonly submittedAt: number
  readonly schedulingDelayMs?: number
  readonly processingTimeMs?: number
  readonly totalDelayMs?: number
  /** First line of the error. */
  readonly error?: string
  /** It ran before, and was run again after a restart. */
  readonly rerun?: boolean
  /** Alerts that it raised; absent: none. */
  readonly alertsRaised?: number
  /** Rows that formats could not read and left out; absent: none. */
  readonly rowsLeftOut?: number
}

/** A record as the batch page shows it: text for a person, at most 4 KiB, control characters as they are, with where it came from. */
export type SampleRecord = Sample

export interface RecordedError {
  readonly message: string
  readonly stack?: string
  readonly operator?: string
  /** The record that caused it. */
  readonly record?: SampleRecord
  /** Where in the program: 1-based. */
  readonly line?: number
  readonly column?: number
}

export interface OperatorRecord {
  readonly id: number
  /** `map at status-count.ts:12`. */
  readonly name: string
  readonly operation: string
  readonly line?: number
  readonly parents: readonly number[]
  readonly recordsIn: number
  readonly recordsOut: number
  readonly timeMs: number
  readonly samplesIn: readonly SampleRecord[]
  readonly samplesOut: readonly SampleRecord[]
  /** A pair that comes out was made of pairs of its key. */
  readonly combinesByKey?: true
  readonly error?: RecordedError
}

export interface OutputRecord {
  readonly id: number
  readonly name: string
  readonly status: 'pending' | 'completed' | 'failed'
  readonly timeMs?: number
  /** What it wrote, as lines, at most 64 KiB. */
  readonly lines: readonly string[]
  readonly cut: boolean
  readonly error?: RecordedError
}

/** What a batch read: ordinals of a channel's log, end exclusive. */
export interface RangeRecord {
  readonly channel: string
  readonly from: number
  readonly until: number
  readonly records: number
}

/** What one input stream brought: a range of a log, or what the stream says itself (files, a receiver's blocks). */
export interface InputRecord {
  /** The operator that reads it. */
  readonly operator: number
  readonly name: string
  readonly records: number
  readonly description?: string
  readonly range?: RangeRecord
}

/** Rows that a structured operator left out, for one reason. */
export interface RejectedRows {
  readonly operator: number
  readonly reason: string
  readonly count: number
  /** The first of them. */
  readonly samples: readonly SampleRecord[]
}

/** The alerts of one alert operator. */
export interface RaisedAlerts {
  /** As OutputRecord.id. */
  readonly output: number
  readonly count: number
  /** The first hundred. */
  readonly alerts: readonly {
    readonly name: string
    readonly severity: 'info' | 'warning' | 'error'
    readonly message: string
    readonly row: SampleRecord
  }[]
}

export interface BatchRecord extends BatchSummary {
  readonly stream: string
  readonly inputs: readonly InputRecord[]
  readonly ranges: readonly RangeRecord[]
  readonly operators: readonly OperatorRecord[]
  readonly outputs: readonly OutputRecord[]
  readonly errors: readonly RecordedError[]
  readonly rejected: readonly RejectedRows[]
  readonly alerts: readonly RaisedAlerts[]
  /** SHA-256 of the program's text, short. */
  readonly programVersion: string
}

export interface ProgramDocument {
  readonly id: string
  readonly file: string
  readonly text: string
  readonly version: string
  readonly problems: readonly ProgramProblem[]
  /** The running program was started from an older text. */
  readonly runningOlder: boolean
}

export interface ProgramProblem {
  readonly severity: 'error' | 'warning'
  readonly line: number
  readonly column: number
  readonly message: string
}

export interface ReplayResult {
  readonly record: BatchRecord
  /** Its outputs are the same as the recorded ones. */
  readonly same: boolean
  /** First difference in words, when they are not. */
  readonly difference?: string
}

/** An answer of Spark's monitoring API: JSON, or for 404 a sentence. */
export interface RestAnswer {
  readonly status: 200 | 404
  readonly body: unknown
}

export const streams = {
  list: oc.output(values<readonly StreamSummary[]>()),
  /** Adds a program to the workspace; not started. The same one when it is there already. */
  open: oc.input(v.strictObject({ path })).output(answer<StreamSummary>()),
  /** Forgets it here; the file stays. A running stream is refused. */
  close: oc.input(byId).output(answer<void>()),
  /** Asks, and starts nothing, when nobody has agreed to the program as it is now; `approve`: what the person agrees to. */
  start: oc.input(v.strictObject({ id, approve: approval })).output(answer<StartAnswer>()),
  stop: oc.input(byId).output(answer<void>()),
  /** The newest batches first, at most `limit`; at most 4 values a second. */
  batches: oc
    .input(v.strictObject({ id, limit: v.pipe(count, v.maxValue(1000)) }))
    .output(values<{ readonly totals: StreamTotals; readonly batchIntervalMs?: number; readonly batches: readonly BatchSummary[] }>()),
  /** The record of a batch; NOT_FOUND with a sentence when it is not kept any more. */
  batch: oc.input(v.strictObject({ id, batchTime: count })).output(answer<BatchRecord>()),
  program: oc.input(byId).output(values<ProgramDocument>()),
  /** `restart`: a running stream goes on with the new text from the next batch. Rejects with CONFLICT when `baseVersion` is not the current one. */
  saveProgram: oc.input(v.strictObject({ id, text, baseVersion: v.string(), restart: v.boolean() })).output(answer<ProgramDocument>()),
  checkProgram: oc.input(v.strictObject({ id, text })).output(answer<readonly ProgramProblem[]>()),
  /** Runs a past batch again through collecting outputs, by the program version that ran it, or by `text`. Writes nothing. */
  replay: oc.input(v.strictObject({ id, batchTime: count, text: v.optional(text) })).output(answer<ReplayResult>()),
  /** Spark's monitoring API, read-only: `path` is what follows `/api/v1/`. Unknown things are an answer with status 404. */
  rest: oc.input(v.strictObject({ path: text, query: text })).output(answer<RestAnswer>()),
  /** What the program prints; new lines only, after `after` (0: all that are kept). */
  output: oc
    .input(v.strictObject({ id, after: count }))
    .output(values<readonly { readonly seq: number; readonly at: number; readonly text: string; readonly stream: 'out' | 'err' }[]>()),
}
