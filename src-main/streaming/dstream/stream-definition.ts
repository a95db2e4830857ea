// What a DStream is made of, apart from its methods. One definition per kind of stream, in the files beside this one.
import type { Duration, Time } from '../../../src-shared/streaming/time.ts'
import type { RDD } from '../rdd/rdd.ts'
import type { StorageLevel } from '../rdd/storage-level.ts'
import type { RecordedElements } from '../scheduler/batch-recording.ts'
import type { Rejections } from '../structured/rejections.ts'
import type { DStream } from './dstream.ts'
import type { StreamNode } from './stream-node.ts'

export interface StreamDefinition<T> {
  /** Spark's class name: it stands in error texts. */
  readonly className: string
  readonly parents: readonly DStream<unknown>[]
  readonly slideDuration: Duration
  /** The RDD of a valid batch time; undefined: none in this batch. `self`: the stream that has this definition. */
  compute(time: Time, self: StreamNode<T>): RDD<T> | undefined
  /** How long parents must keep their RDDs beyond what this stream itself keeps. Absent: no longer. */
  readonly windowDuration?: Duration
  /** State is kept over batches: there must be a checkpoint interval. */
  readonly mustCheckpoint?: boolean
  /** The interval when the program sets none. */
  defaultCheckpoint?(): Duration
  /** How its RDDs are kept before the program says. Absent: not. */
  readonly storageLevel?: StorageLevel
  /** Where persist() and checkpoint() go, when not to this stream itself. */
  readonly persistsParent?: boolean
  readonly checkpointsParent?: boolean
  /** Called by persist() as well. */
  onPersist?(level: StorageLevel): void
  /** How what it yields is recorded, where its elements stand for several records. */
  readonly recorded?: RecordedElements<T>
  /** What it could not read. */
  readonly rejections?: Rejections
  /** Every evaluation of the program gives the same RDD for a batch: its functions may run in other threads, on what the batch's ranges hold. */
  readonly sameEverywhere?: boolean
  /** Called when nobody but slice() will ask for what this stream was up to `time`, and nobody at all for what it was up to `remembered`. */
  onForget?(time: Time, remembered: Time): void
}

/** A DStream whatever its elements: for the places where only its graph matters. */
export type AnyStream = DStream<unknown>
export const anyStream = <T>(stream: DStream<T>): AnyStream => stream as unknown as AnyStream
