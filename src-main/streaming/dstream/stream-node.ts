// StreamNode: a DStream as a node of its context's graph: its identity, what it depends on, what is kept of it and for how long, and the RDD
// of each batch. What each kind of stream does stands in the definitions beside this file; the operations that programs call are in dstream.ts.
import { requirement, SparkException, UnsupportedOperationException } from '../../../src-shared/streaming/exceptions.ts'
import { type Duration, Interval, type Time } from '../../../src-shared/streaming/time.ts'
import { AscendingMap } from '../ascending-map.ts'
import { givesRdd, takesDuration } from '../program-arguments.ts'
import type { CallSite } from '../rdd/call-site.ts'
import type { RDD } from '../rdd/rdd.ts'
import type { OperatorTap } from '../rdd/recorded-loop.ts'
import { StorageLevel } from '../rdd/storage-level.ts'
import type { RecordedElements } from '../scheduler/batch-recording.ts'
import type { StreamingContext } from '../streaming-context.ts'
import type { Rejections } from '../structured/rejections.ts'
import type { AnyStream, StreamDefinition } from './stream-definition.ts'

let identities = 0

/** A DStream without the operations on it. */
export abstract class StreamNode<T> {
  readonly context: StreamingContext
  /** Position in the order of creation: the same in every run of the same program. */
  abstract readonly id: number
  /** Where the program made it. */
  readonly callSite: CallSite
  /** The method that a program called for it: `map`, `countByWindow`. */
  operation: string
  /** A stream that another operation made for its own use: it has no place in batch records. */
  internal = false
  readonly generatedRDDs = new AscendingMap<RDD<T>>()
  storageLevel: StorageLevel
  zeroTime: Time | undefined
  rememberDuration: Duration | undefined
  checkpointDuration: Duration | undefined
  /** What others asked this stream to remember: its own checkpoint interval, which only cuts lineage, is not in it. */
  #requested: Duration | undefined
  readonly #definition: StreamDefinition<T>
  readonly #identity = (0x5f3759df + identities++).toString(16)

  constructor(context: StreamingContext, operation: string, definition: StreamDefinition<T>) {
    context.checkMayChange()
    this.context = context
    this.operation = operation
    this.#definition = definition
    this.storageLevel = definition.storageLevel ?? StorageLevel.NONE
    this.callSite = context.sparkContext.callSite(operation)
  }

  // ---- structure

  /** Spark's name for this kind of stream: `MappedDStream`. It stands in error texts. */
  get className(): string {
    return this.#definition.className
  }

  /** The streams that its RDDs are made from. */
  get dependencies(): readonly AnyStream[] {
    return this.#definition.parents
  }

  /** How often it has an RDD. */
  get slideDuration(): Duration {
    return this.#definition.slideDuration
  }

  /** See StreamDefinition. */
  get mustCheckpoint(): boolean {
    return this.#definition.mustCheckpoint === true
  }

  /** What it could not read; undefined where it reads nothing. */
  get rejections(): Rejections | undefined {
    return this.#definition.rejections
  }

  /** How long parents keep their RDDs. */
  get parentRememberDuration(): Duration | undefined {
    const window = this.#definition.windowDuration
    return window === undefined || this.rememberDuration === undefined ? this.rememberDuration : this.rememberDuration.plus(window)
  }

  /** The context has started with it. */
  get isInitialized(): boolean {
    return this.zeroTime !== undefined
  }

  toString(): string {
    return `${this.className}@${this.#identity}`
  }

  // ---- persistence

  /** Keeps the RDDs of every batch (as long as they are remembered). Before start only. */
  persist(level: StorageLevel = StorageLevel.MEMORY_ONLY_SER): this {
    if (this.isInitialized)
      throw new UnsupportedOperationException('Cannot change storage level of a DStream after streaming context has started')
    if (this.#definition.persistsParent === true) this.dependencies[0]!.persist(level)
    else this.storageLevel = level
    this.#definition.onPersist?.(level)
    return this
  }

  /** Keeps the RDDs of this stream, at its default level. Before start() only. */
  cache(): this {
    return this.persist()
  }

  /** How often the RDDs of this stream are checkpointed. Before start only. */
  checkpoint(interval: Duration): this {
    if (this.isInitialized)
      throw new UnsupportedOperationException('Cannot change checkpoint interval of a DStream after streaming context has started')
    takesDuration('The checkpoint interval', interval)
    if (this.#definition.checkpointsParent === true) {
      this.dependencies[0]!.checkpoint(interval)
      return this
    }
    this.persist()
    this.checkpointDuration = interval
    return this
  }

  // ---- life, called by the graph

  /** Sets the zero time of it and its parents, and how often and how long what they made is kept, where the program did not say. */
  initialize(time: Time): void {
    if (this.zeroTime !== undefined && !this.zeroTime.equals(time)) {
      throw new SparkException(`ZeroTime is already initialized to ${this.zeroTime}, cannot initialize it again to ${time}`)
    }
    this.zeroTime = time
    if (this.mustCheckpoint && this.checkpointDuration === undefined) {
      const slide = this.slideDuration.milliseconds
      this.checkpointDuration =
        this.#definition.defaultCheckpoint?.() ?? this.slideDuration.times(slide === 0 ? 0 : Math.ceil(10_000 / slide))
    }
    let least = this.slideDuration
    if (this.checkpointDuration !== undefined && !this.checkpointDuration.less(least)) least = this.checkpointDuration.times(2)
    if (this.rememberDuration === undefined || this.rememberDuration.less(least)) this.rememberDuration = least
    for (const parent of this.dependencies) parent.initialize(time)
  }

  /** Keeps RDDs at least so long, and those of its parents as long as it needs them. Called with what depends on it. */
  remember(duration: Duration | undefined): void {
    if (duration !== undefined) {
      if (this.rememberDuration === undefined || this.rememberDuration.less(duration)) this.rememberDuration = duration
      if (this.#requested === undefined || this.#requested.less(duration)) this.#requested = duration
    }
    for (const parent of this.dependencies) parent.remember(this.parentRememberDuration)
  }

  /** How long others may ask for what this stream had: windows over it, ssc.remember(). */
  get requestedHistory(): Duration {
    return (this.#requested ?? this.slideDuration).max(this.slideDuration)
  }

  /** Throws with what Spark would refuse to start with: durations that do not fit one another, a checkpoint without a directory. */
  validateAtStart(): void {
    const name = this.className
    const interval = this.checkpointDuration
    const slide = this.slideDuration
    requirement(this.rememberDuration !== undefined, 'Remember duration is set to null')
    requirement(
      !this.mustCheckpoint || interval !== undefined,
      `The checkpoint interval for ${name} has not been set. Please use DStream.checkpoint() to set the interval.`,
    )
    if (interval !== undefined) {
      requirement(
        this.context.sparkContext.checkpointDir !== undefined,
        'The checkpoint directory has not been set. Please set it by StreamingContext.checkpoint().',
      )
      requirement(
        !interval.less(slide),
        `The checkpoint interval for ${name} has been set to ${interval} which is lower than its slide time (${slide}). Please set it to at least ${slide}.`,
      )
      requirement(
        interval.isMultipleOf(slide),
        `The checkpoint interval for ${name} has been set to  ${interval} which not a multiple of its slide time (${slide}). Please set it to a multiple of ${slide}.`,
      )
      requirement(
        this.storageLevel.isValid,
        `${name} has been marked for checkpointing but the storage level has not been set to enable persisting. Please use DStream.persist() to set the storage level to use memory for better checkpointing performance.`,
      )
      requirement(
        interval.less(this.rememberDuration),
        `The remember duration for ${name} has been set to ${this.rememberDuration} which is not more than the checkpoint interval (${interval}). Please set it to a value higher than ${interval}.`,
      )
    }
    for (const parent of this.dependencies) parent.validateAtStart()
  }

  /** True for the batch times of this stream: whole slides after the start. Throws before the context has started. */
  isTimeValid(time: Time): boolean {
    if (this.zeroTime === undefined) throw new SparkException(`${this} has not been initialized`)
    return this.zeroTime.less(time) && time.minus(this.zeroTime).isMultipleOf(this.slideDuration)
  }

  /** The RDD of a batch time: remembered, or computed now; undefined where there is none. */
  getOrCompute(time: Time): RDD<T> | undefined {
    const known = this.generatedRDDs.get(time.milliseconds)
    if (known !== undefined) return known
    if (!this.isTimeValid(time)) return undefined
    const rdd = this.context.sparkContext.withSite(this.callSite, () => this.compute(time))
    if (rdd === undefined) return undefined
    givesRdd(this.operation, rdd)
    if (this.storageLevel.isValid && !rdd.storageLevel.isValid) rdd.persist(this.storageLevel)
    rdd.belongsTo(this.id, this.#tapFor(time), this.sameEverywhere ? time.milliseconds : undefined)
    this.generatedRDDs.set(time.milliseconds, rdd)
    return rdd
  }

  #tapFor(time: Time): OperatorTap | undefined {
    return this.internal
      ? undefined
      : this.context.recordings?.tap(time.milliseconds, this.id, this.#definition.recorded as RecordedElements<unknown> | undefined)
  }

  /** See StreamDefinition. */
  get sameEverywhere(): boolean {
    return this.#definition.sameEverywhere === true
  }

  /** What a subclass of InputDStream implements. */
  compute(time: Time): RDD<T> | undefined {
    return this.#definition.compute(time, this)
  }

  /** Forgets RDDs that nobody will ask for after the batch of `time` is done. */
  clearMetadata(time: Time): void {
    const oldest = time.minus(this.rememberDuration!)
    const forgotten = this.generatedRDDs.removeBelow(Math.floor(oldest.milliseconds) + 1)
    if (this.storageLevel.isValid && this.context.settings.unpersist) for (const rdd of forgotten) rdd.unpersist()
    this.#definition.onForget?.(time.minus(this.requestedHistory), oldest)
  }

  /** The RDDs of all batch times from `fromTime` to `toTime`, both included. */
  slice(fromTime: Time | Interval, toTime?: Time): RDD<T>[] {
    const [from, to] = fromTime instanceof Interval ? [fromTime.beginTime, fromTime.endTime] : [fromTime, toTime ?? fromTime]
    const zero = this.zeroTime
    if (zero === undefined) throw new SparkException(`${this} has not been initialized`)
    const rdds: RDD<T>[] = []
    for (const time of from.floor(this.slideDuration, zero).to(to.floor(this.slideDuration, zero), this.slideDuration)) {
      const rdd = time.less(zero) ? undefined : this.getOrCompute(time)
      if (rdd !== undefined) rdds.push(rdd)
    }
    return rdds
  }
}
