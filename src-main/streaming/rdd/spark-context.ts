// SparkContext: where RDDs begin. One per StreamingContext; also usable alone.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IllegalStateException, requirement } from '../../../src-shared/streaming/exceptions.ts'
import { type Clock, systemClock } from '../../clock.ts'
import { type OutputContext, processOutputs } from '../output-context.ts'
import type { AccumulatorV2 } from './accumulator.ts'
import { Broadcast } from './broadcast.ts'
import { CallSite } from './call-site.ts'
import { CollectionAccumulator } from './collection-accumulator.ts'
import type { RddDefinition } from './definition.ts'
import type { Executors } from './executors.ts'
import { sequenceFiles, textLinesOf, wholeFiles } from './input-files.ts'
import { LocalProperties } from './local-properties.ts'
import { threadsOf } from './master.ts'
import * as narrow from './narrow.ts'
import { DoubleAccumulator, LongAccumulator } from './number-accumulators.ts'
import { decodeObjects } from './object-format.ts'
import { RDD } from './rdd.ts'

export interface SparkContextOptions {
  readonly appName?: string
  /** Spark's master URL: `local`, `local[n]`, `local[*]`. Default `local`. */
  readonly master?: string
  /** `spark.default.parallelism`: partitions where nothing else says how many. Default: as many as the master has threads. */
  readonly defaultParallelism?: number
  readonly outputs?: OutputContext
  /** What approximate actions look at. Default: the machine's. */
  readonly clock?: Clock
}

export type AnyAccumulator = AccumulatorV2<never, unknown>

/** Where RDDs begin. A program gets the one of its StreamingContext. */
export class SparkContext {
  readonly appName: string
  readonly master: string
  /** How many threads the master asks for. */
  readonly threads: number
  readonly outputs: OutputContext
  readonly clock: Clock
  readonly properties = new LocalProperties()
  /** Milliseconds since 1970. */
  readonly startTime: number
  /** As configured, or undefined: then wide operations have as many partitions as their largest parent. */
  readonly configuredParallelism: number | undefined
  checkpointDir: string | undefined
  stopped = false
  #isAtOnce = false
  #executors: Executors | undefined
  #nextRddId = 0
  #nextBroadcastId = 0
  #nextAccumulatorId = 0
  /** What a program's top level registers, the same in every evaluation of it; complete when the context starts. */
  #accumulators: readonly AnyAccumulator[] = []
  #started = false
  #nextSeed = 1
  #site: CallSite | undefined

  constructor(options: SparkContextOptions = {}) {
    this.appName = options.appName ?? 'millrace'
    this.master = options.master ?? 'local'
    this.threads = threadsOf(this.master)
    this.outputs = options.outputs ?? processOutputs
    this.clock = options.clock ?? systemClock
    this.startTime = this.clock.now()
    this.configuredParallelism = options.defaultParallelism
  }

  /** Partitions where nothing else says how many: as configured, else as many as there are threads. */
  get defaultParallelism(): number {
    this.#assertNotStopped()
    return this.configuredParallelism ?? this.threads
  }

  /** Of file RDDs that are not told how many. */
  get defaultMinPartitions(): number {
    return Math.min(this.defaultParallelism, 2)
  }

  /** `local-` and when it was made. */
  get applicationId(): string {
    return `local-${this.startTime}`
  }

  /** Always: all threads are of this process. */
  get isLocal(): boolean {
    return true
  }

  /** stop() was called. */
  get isStopped(): boolean {
    return this.stopped
  }

  #assertNotStopped(): void {
    if (this.stopped) throw new IllegalStateException('Cannot call methods on a stopped SparkContext.')
  }

  /** An RDD of these elements, cut into `numSlices` runs as even as can be. Fewer than one are refused when partitions are asked for. */
  parallelize<T>(data: readonly T[], numSlices: number = this.defaultParallelism): RDD<T> {
    this.#assertNotStopped()
    return this.#rdd('parallelize', narrow.parallelCollection(data, numSlices))
  }

  /** The same, by its other name. */
  makeRDD<T>(data: readonly T[], numSlices: number = this.defaultParallelism): RDD<T> {
    return this.scoped('makeRDD', () => this.parallelize(data, numSlices))
  }

  /** Whole numbers from `start` in steps, `end` left out. */
  range(start: number, end: number, step = 1, numSlices: number = this.defaultParallelism): RDD<number> {
    requirement(step !== 0, 'step cannot be 0')
    return this.scoped('range', () => {
      const count = Math.max(0, Math.ceil((end - start) / step))
      const slices = this.parallelize(
        Array.from({ length: Math.max(0, numSlices) }, (_, index) => index),
        numSlices,
      )
      return slices.mapPartitionsWithIndex(function* (slice) {
        for (let at = Math.floor((slice * count) / numSlices); at < Math.floor(((slice + 1) * count) / numSlices); at++)
          yield Math.abs(at * step) <= Number.MAX_SAFE_INTEGER ? start + at * step : Number(BigInt(start) + BigInt(at) * BigInt(step))
      })
    })
  }

  /** An RDD without partitions. */
  emptyRDD<T>(): RDD<T> {
    return this.#rdd('emptyRDD', narrow.empty<T>())
  }

  /** All partitions of all RDDs; where all have the same partitioner, partition i of the result is all partitions i. */
  union<T>(rdds: readonly RDD<T>[]): RDD<T> {
    const present = rdds.filter((rdd) => rdd.getNumPartitions() > 0)
    const partitioner = present[0]?.partitioner
    if (partitioner !== undefined && present.every((rdd) => partitioner.equals(rdd.partitioner))) {
      return this.#rdd('union', narrow.partitionerAwareUnion(present, partitioner))
    }
    return this.#rdd('union', narrow.union(present))
  }

  /** One partition per array: arrays that exist already are not copied. */
  fromPartitions<T>(className: string, partitions: readonly (readonly T[])[]): RDD<T> {
    return this.#rdd('parallelize', narrow.arrays(className, partitions))
  }

  /**
   * Lines of text files: a path, a folder, a pattern, or several separated by commas; `.gz`, `.deflate` and `.zst` are unpacked. Divided
   * into `minPartitions` or more. Looked for when they are first needed; an action throws where there is none.
   */
  textFile(path: string, minPartitions: number = this.defaultMinPartitions): RDD<string> {
    return this.scoped('textFile', () =>
      this.#rdd('textFile', textLinesOf(path, minPartitions))
        .setName(path)
        .map((line) => line)
        .setName(path),
    )
  }

  /** Pairs of path and content of text files, found in the same way. */
  wholeTextFiles(path: string, minPartitions: number = this.defaultMinPartitions): RDD<[string, string]> {
    return this.scoped('wholeTextFiles', () =>
      this.#rdd('wholeTextFiles', wholeFiles(path, minPartitions))
        .setName(path)
        .map((pair): [string, string] => pair)
        .setName(path),
    )
  }

  /**
   * Pairs of Hadoop's SequenceFiles, found in the same way; a partition for each file. Classes and codecs as saveAsHadoopFile writes them;
   * whole numbers that a number does not hold exactly are bigints.
   */
  sequenceFile<K, V>(path: string): RDD<[K, V]> {
    return this.scoped('sequenceFile', () =>
      this.#rdd('sequenceFile', sequenceFiles<K, V>(path))
        .setName(path)
        .map((pair): [K, V] => pair)
        .setName(path),
    )
  }

  /** What saveAsObjectFile wrote. */
  objectFile<T>(directory: string): RDD<T> {
    const names = readdirSync(directory)
      .filter((name) => name.startsWith('part-'))
      .sort()
    return this.fromPartitions(
      'HadoopRDD',
      names.map((name) => decodeObjects<T>(readFileSync(join(directory, name)))),
    )
  }

  /** A value for functions of all tasks to read. An RDD cannot be one: collect() it. */
  broadcast<T>(value: T): Broadcast<T> {
    requirement(!(value instanceof RDD), 'Can not directly broadcast RDDs; instead, call collect() and broadcast the result.')
    return new Broadcast(this.#nextBroadcastId++, value)
  }

  /** An accumulator of whole numbers. */
  longAccumulator(name?: string): LongAccumulator {
    return this.register(new LongAccumulator(), name)
  }

  doubleAccumulator(name?: string): DoubleAccumulator {
    return this.register(new DoubleAccumulator(), name)
  }

  /** An accumulator that keeps everything that is added. */
  collectionAccumulator<T>(name?: string): CollectionAccumulator<T> {
    return this.register(new CollectionAccumulator<T>(), name)
  }

  /** Makes an accumulator count by task (see AccumulatorV2), and gives it back. Throws for one that is registered already. */
  register<A extends AccumulatorV2<never, unknown> | AccumulatorV2<unknown, unknown>>(accumulator: A, name?: string): A {
    accumulator.assign(this.#nextAccumulatorId, name)
    this.#nextAccumulatorId += 1
    if (this.threads > 1 && !this.#started) this.#accumulators = [...this.#accumulators, accumulator as AnyAccumulator]
    return accumulator
  }

  /** A property of the jobs that are started from here; undefined takes it away. Those of batches have what stood at the start. */
  setLocalProperty(key: string, value: string | undefined): void {
    this.properties.set(key, value)
  }

  /** In a batch's job also `spark.streaming.internal.batchTime` and `spark.streaming.internal.outputOpId`. */
  getLocalProperty(key: string): string | undefined {
    return this.properties.get(key)
  }

  /** The properties `spark.jobGroup.id`, `spark.job.description` and `spark.job.interruptOnCancel`. Jobs of batches have no group. */
  setJobGroup(groupId: string, description: string, interruptOnCancel = false): void {
    this.properties.setJobGroup(groupId, description, interruptOnCancel)
  }

  /** Takes the group, its description and its interruption away again. */
  clearJobGroup(): void {
    this.properties.setJobGroup(undefined, undefined, undefined)
  }

  /** The property `spark.job.description`; undefined takes it away. */
  setJobDescription(description: string | undefined): void {
    this.properties.setJobDescription(description)
  }

  /** As set; undefined where checkpointing is off. */
  getCheckpointDir(): string | undefined {
    return this.checkpointDir
  }

  /** Any name: RDD.checkpoint() and stateful streams ask whether there is one, and keep what they keep elsewhere. */
  setCheckpointDir(directory: string | undefined): void {
    this.checkpointDir = directory
  }

  /** Ends its threads, where there are any; what is under way in them fails. */
  stop(): void {
    this.stopped = true
    this.#executors?.stop()
  }

  // ---- for RDDs and DStreams

  /** The program's top level has made what it makes. */
  start(): void {
    this.#started = true
    this.properties.save()
  }

  /** What was registered before the start, by id; none where there is one thread. */
  get accumulators(): readonly AnyAccumulator[] {
    return this.#accumulators
  }

  /** Who runs stages elsewhere, where there is anybody. */
  get executors(): Executors | undefined {
    return this.#executors
  }

  set executors(executors: Executors | undefined) {
    this.#executors = executors
  }

  /** Runs what must have its results at once: everything is computed in this thread. */
  atOnce<R>(body: () => R): R {
    const [executors, outer] = [this.#executors, this.#isAtOnce]
    this.#executors = undefined
    this.#isAtOnce = true
    try {
      return body()
    } finally {
      this.#executors = executors
      this.#isAtOnce = outer
    }
  }

  /** What runs must have its results at once: nothing may be waited for. */
  get isAtOnce(): boolean {
    return this.#isAtOnce
  }

  /** Ids are those of Spark: samples are seeded by them. */
  newRddId(): number {
    return this.#nextRddId++
  }

  /** For an RDD that Spark makes and Millrace does not. */
  skipRddIds(count: number): void {
    this.#nextRddId += count
  }

  /** A seed for a sample that was given none: the same in every run of the same program. */
  newSeed(): number {
    return this.#nextSeed++
  }

  /** The site of the public method that is running, or a new one. */
  callSite(method: string): CallSite {
    return this.#site ?? new CallSite(method)
  }

  /** Runs the body of a public method: RDDs made inside carry its site. */
  scoped<R>(method: string, body: () => R): R {
    return this.withSite(this.#site ?? new CallSite(method), body)
  }

  withSite<R>(site: CallSite | undefined, body: () => R): R {
    const outer = this.#site
    this.#site = site
    try {
      return body()
    } finally {
      this.#site = outer
    }
  }

  /** An RDD with a definition of the caller's. */
  newRdd<T>(method: string, definition: RddDefinition<T>): RDD<T> {
    return this.#rdd(method, definition)
  }

  #rdd<T>(method: string, definition: RddDefinition<T>): RDD<T> {
    return new RDD(this, definition, this.callSite(method))
  }
}
