// The record that every batch leaves: what went in, what every operator did, what came out, what failed. Plain data, bounded: at most
// `sampleRecords` records of at most `sampleBytes` bytes each per operator and side.

/** Events [from, until) of a durable channel's log, by ordinal. `records` may be less than until - from where ordinals have gaps. */
export interface InputRange {
  readonly input: string
  readonly from: number
  readonly until: number
  readonly records: number
  readonly bytes: number
}

/** What one input stream gave to the batch. */
export interface InputRecord {
  /** Position among the input streams, from 0: Spark's stream id. */
  readonly streamId: number
  /** The DStream's id. */
  readonly operatorId: number
  readonly name: string
  readonly records: number
  /** Present for direct inputs. */
  readonly range?: InputRange
  readonly description?: string
}

/** Where a record was read: an event of a durable channel with the place in a file that its source named, or a record of a file. */
export interface RecordOrigin {
  readonly channel?: string
  readonly ordinal?: number
  /** As the file was called then; `fileId` survives a renaming. */
  readonly path?: string
  readonly fileId?: string
  /** Byte of the file where it begins. */
  readonly offset?: number
}

/** One record as text, cut. */
export interface Sample {
  readonly text: string
  readonly cut: boolean
  /** Of a record that was made of one record that was read, by operators that take one at a time. */
  readonly origin?: RecordOrigin
  /** The record that it was made of, where that is a sample itself: which one of `firstOut` of which operator. */
  readonly from?: { readonly operator: number; readonly sample: number }
  /** Of a pair: its key as text, cut. */
  readonly key?: string
}

/** One operator of the graph (one DStream) in one batch. */
export interface OperatorRecord {
  /** The DStream's id: position in the order of creation, the same in every run of the same program. */
  readonly id: number
  /** `map`, `reduceByKey`, `window` … */
  readonly name: string
  /** Where the program made it: `map at app.ts:7`. */
  readonly callSite: string
  readonly parents: readonly number[]
  readonly in: number
  readonly out: number
  /** Time spent in this operator alone, estimated from samples where operators run fused in one loop. */
  readonly ms: number
  readonly firstIn: readonly Sample[]
  readonly firstOut: readonly Sample[]
  /** A pair that comes out was made of pairs of its key, and of no others. */
  readonly combinesByKey?: true
}

export interface OutputRecord {
  /** Position among the jobs of this batch. */
  readonly id: number
  /** The output operation itself, over all batches: position in the order of registration. */
  readonly outputId: number
  /** The DStream it consumes. */
  readonly operatorId: number
  readonly name: string
  readonly description: string
  readonly status: 'succeeded' | 'failed' | 'skipped'
  readonly startTime?: number
  readonly endTime?: number
  /** What it wrote, by its own account: text printed, directories saved. Cut at `sampleBytes` × 4. */
  readonly wrote: readonly Sample[]
}

export interface ErrorRecord {
  /** Absent for an error while jobs were made. */
  readonly outputId?: number
  readonly operatorId?: number
  readonly operator?: string
  readonly message: string
  readonly stack: string
  /** The record whose handling threw, where one is known. */
  readonly record?: Sample
}

/** Rows that a structured operator could not read, or values that were not of their type, by reason. */
export interface RejectedRecord {
  readonly operatorId: number
  /** `parse at app.ts:7`. */
  readonly operator: string
  readonly reason: string
  readonly count: number
  readonly samples: readonly Sample[]
}

/** A row for which an alert's condition was true. */
export interface AlertRecord {
  readonly name: string
  readonly severity: 'info' | 'warning' | 'error'
  readonly message: string
  /** The row as JSON, cut. */
  readonly row: Sample
}

/** The alerts of one alert operator in one batch: how many, and the first of them. */
export interface AlertsRecord {
  readonly outputId: number
  readonly count: number
  readonly alerts: readonly AlertRecord[]
}

export type BatchStatus = 'queued' | 'processing' | 'completed' | 'failed'

export interface BatchRecord {
  readonly batchTime: number
  readonly status: BatchStatus
  readonly programVersion: string
  readonly submissionTime: number
  readonly processingStartTime?: number
  readonly processingEndTime?: number
  readonly inputs: readonly InputRecord[]
  readonly operators: readonly OperatorRecord[]
  readonly outputs: readonly OutputRecord[]
  readonly errors: readonly ErrorRecord[]
  /** Absent where nothing was rejected. */
  readonly rejected?: readonly RejectedRecord[]
  /** Absent where there were none. */
  readonly alerts?: readonly AlertsRecord[]
}

/**
 * A batch record without its operators, which are work to make. They are no getter in the record: each object literal with a getter has a
 * hidden class of its own, which lies in the old generation and keeps what the getter refers to until the next full collection.
 */
export type BatchHead = Omit<BatchRecord, 'operators'>

/** Bounds of a recording. */
export interface RecordingLimits {
  readonly sampleRecords: number
  readonly sampleBytes: number
}

export const defaultRecordingLimits: RecordingLimits = { sampleRecords: 20, sampleBytes: 4096 }
