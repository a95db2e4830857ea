// RDD: Spark's lazy, partitioned collection with lineage. Methods are Spark's by name and meaning; actions return promises. What each kind
// of RDD does stands in the definitions beside this file; this class adds identity, persistence, recording and the methods.
// (Longer than most files: it is the public surface of one type, one short method per operation.)
import {
  NoSuchElementException,
  requirement,
  SparkException,
  SparkUnsupportedOperationException,
} from '../../../src-shared/streaming/exceptions.ts'
import * as actions from './actions.ts'
import * as approximate from './approximate.ts'
import type { CallSite } from './call-site.ts'
import { type Aggregator, distinctInSparkOrder, type PairSegment } from './combine-table.ts'
import { debugString } from './debug-string.ts'
import type { AnyMapSide, Dependency, MaybePromise, Push, RddDefinition } from './definition.ts'
import type { RddAddress } from './executors.ts'
import { type HadoopOutputFormat, hadoopWriter, saveAsHadoopFile } from './hadoop-file.ts'
import { evenHistogram, histogram } from './histogram.ts'
import { cardinality, mergeRegisters, newRegisters, offer, precisionFor } from './hyper-log-log.ts'
import { KeyedMap } from './keyed-map.ts'
import { memorySize } from './memory-size.ts'
import * as narrow from './narrow.ts'
import type { BoundedDouble, PartialResult } from './partial-result.ts'
import { compareNaturally, HashPartitioner, type Partitioner } from './partitioner.ts'
import { type PipeOptions, piped } from './pipe.ts'
import { type Fused, type OperatorTap, recordedEach } from './recorded-loop.ts'
import { randomSplits, sampled, sampledByKey } from './sample.ts'
import { cogrouped, combinedInPlace, shuffled, subtracted } from './shuffle.ts'
import { rangePartitioner } from './sort.ts'
import type { SparkContext } from './spark-context.ts'
import { javaHashMapOrder } from './spark-order.ts'
import { StorageLevel } from './storage-level.ts'
import { CompactBuffer, List, None, type Option, show, some } from './value.ts'

/** A partitioner, or how many partitions a HashPartitioner shall have; absent: as the operation's default says. */
export type Partitioning = Partitioner | number | undefined

export class RDD<T> {
  readonly context: SparkContext
  readonly id: number
  readonly callSite: CallSite
  name: string | undefined
  /** Set by the DStream that made this RDD, when its batch is recorded. */
  tap: OperatorTap | undefined
  #definition: RddDefinition<T>
  #level = StorageLevel.NONE
  #checkpoint: 'none' | 'marked' | 'done' = 'none'
  #locally = false
  #stored: (readonly T[] | undefined)[] | undefined

  constructor(context: SparkContext, definition: RddDefinition<T>, callSite: CallSite) {
    this.context = context
    this.id = context.newRddId()
    this.#definition = definition
    this.callSite = callSite
  }

  // ---- structure

  get sparkContext(): SparkContext {
    return this.context
  }

  get className(): string {
    return this.#definition.className
  }

  get dependencies(): readonly Dependency[] {
    return this.#definition.dependencies
  }

  get partitioner(): Partitioner | undefined {
    return this.#definition.partitioner?.()
  }

  /** How many partitions. After a sort this looks at the keys. */
  getNumPartitions(): number {
    return this.#definition.partitions()
  }

  /** One for each partition, in order. */
  get partitions(): readonly { readonly index: number }[] {
    return Array.from({ length: this.getNumPartitions() }, (_, index) => ({ index }))
  }

  setName(name: string): this {
    this.name = name
    return this
  }

  /**
   * Errors of this RDD's functions name this operator. `batchTime`: the stream gives it in every evaluation of the program alike, and so
   * this RDD, and those that it was made of on the way, have an address.
   */
  belongsTo(operatorId: number, tap: OperatorTap | undefined, batchTime?: number): void {
    if (this.#definition.operatorId === undefined) {
      this.#definition.operatorId = operatorId
      if (batchTime !== undefined) this.#standsAt({ streamId: operatorId, batchTime, path: [] })
    }
    this.tap ??= tap
  }

  #standsAt(address: RddAddress): void {
    this.#definition.address = address
    this.dependencies.forEach(({ rdd }, index) => {
      const definition = rdd.#definition
      if (definition.operatorId === undefined && definition.address === undefined) {
        rdd.#standsAt({ ...address, path: [...address.path, index] })
      }
    })
  }

  get address(): RddAddress | undefined {
    return this.#definition.address
  }

  get mapSides(): readonly AnyMapSide[] {
    return this.#definition.mapSides ?? []
  }

  /** A function of this RDD is asynchronous. */
  get isAsynchronous(): boolean {
    return this.#definition.asynchronous === true
  }

  toString(): string {
    return `${this.name === undefined ? '' : `${this.name} `}${this.className}[${this.id}] at ${this.callSite.short}`
  }

  toDebugString(): string {
    return debugString(this)
  }

  // ---- persistence

  get storageLevel(): StorageLevel {
    return this.#level
  }

  getStorageLevel(): StorageLevel {
    return this.#level
  }

  /** Partitions kept in memory at this moment. */
  get cachedPartitions(): number {
    return this.#level.isValid && this.#definition.resident === true ? this.getNumPartitions() : this.#storedPartitions
  }

  /** Bytes that those take, about. */
  get memorySize(): number {
    const kept = this.#level.isValid && this.#definition.resident === true
    const partitions = kept ? this.partitions.map(({ index }) => this.iterate(index) as readonly T[]) : (this.#stored ?? [])
    return partitions.reduce((sum, elements) => sum + (elements === undefined ? 0 : memorySize(elements)), 0)
  }

  get #storedPartitions(): number {
    return this.#stored?.filter((partition) => partition !== undefined).length ?? 0
  }

  persist(level: StorageLevel = StorageLevel.MEMORY_ONLY): this {
    if (this.#level.isValid && !this.#level.equals(level)) {
      throw new SparkUnsupportedOperationException('Cannot change storage level of an RDD after it was already assigned a level')
    }
    this.#level = level
    return this
  }

  cache(): this {
    return this.persist()
  }

  unpersist(): this {
    this.#level = StorageLevel.NONE
    if (this.#checkpoint !== 'done') this.#stored = undefined
    return this
  }

  /** Marks for checkpointing: what the next action computes is kept, and lineage is cut behind it. */
  checkpoint(): void {
    if (this.context.checkpointDir === undefined) throw new SparkException('Checkpoint directory has not been set in the SparkContext')
    if (this.#checkpoint === 'none') this.#checkpoint = 'marked'
  }

  /** The same without a checkpoint directory, as Spark's for what may be lost with the process. Kept data is in this process either way. */
  localCheckpoint(): this {
    if (this.#checkpoint === 'none') this.#checkpoint = 'marked'
    this.#locally = true
    return this
  }

  get isCheckpointed(): boolean {
    return this.#checkpoint === 'done'
  }

  // ---- computing (called by definitions and actions)

  /** Makes ready what `each` and `iterate` need for these partitions. */
  prepare(partitions: readonly number[]): MaybePromise<void> {
    const stored = this.#stored
    const missing = stored === undefined ? partitions : partitions.filter((partition) => stored[partition] === undefined)
    return missing.length === 0 ? undefined : this.#definition.prepare?.(missing)
  }

  /** Pushes the elements of one partition. Call prepare() before. */
  each(partition: number, push: Push<T>): void {
    if (this.isKept) {
      const elements = this.#keep(partition)
      for (let index = 0; index < elements.length; index++) push(elements[index] as T)
    } else this.#run(partition, push)
  }

  #run(partition: number, push: Push<T>): void {
    const { tap } = this
    if (tap === undefined) this.#definition.each(partition, push)
    else recordedEach({ definition: this.#definition as RddDefinition<unknown>, tap }, partition, push)
  }

  /** What a recorded loop that goes on from here runs in place of each(); undefined where it must call that. */
  get fused(): Fused | undefined {
    return this.isKept ? undefined : { definition: this.#definition as RddDefinition<unknown>, tap: this.tap }
  }

  /** What is computed is kept, or will be. */
  get isKept(): boolean {
    return (this.#level.isValid && this.#definition.resident !== true) || this.#checkpoint !== 'none'
  }

  /** The elements of one partition, pulled. */
  iterate(partition: number): Iterable<T> {
    if (this.isKept) return this.#keep(partition)
    if (this.tap === undefined && this.#definition.iterate !== undefined) return this.#definition.iterate(partition)
    const elements: T[] = []
    this.each(partition, (element) => elements.push(element))
    return elements
  }

  #keep(partition: number): readonly T[] {
    this.#stored ??= new Array(this.getNumPartitions())
    let elements = this.#stored[partition]
    if (elements === undefined) {
      const collected: T[] = []
      this.#run(partition, (element) => {
        collected.push(element)
      })
      elements = collected
      this.#stored[partition] = elements
      if (this.#checkpoint === 'marked' && this.#storedPartitions === this.getNumPartitions()) this.#cutLineage()
    }
    return elements
  }

  #cutLineage(): void {
    this.#definition = narrow.arrays(
      this.#locally ? 'LocalCheckpointRDD' : 'ReliableCheckpointRDD',
      this.#stored as (readonly T[])[],
      this.partitioner,
    )
    this.#checkpoint = 'done'
  }

  /** A new RDD made by a method of this one. */
  derive<U>(method: string, definition: RddDefinition<U>): RDD<U> {
    return new RDD(this.context, definition, this.context.callSite(method))
  }

  #scoped<R>(method: string, body: () => R): R {
    return this.context.scoped(method, body)
  }

  /** Spark's default partitioner: the parent partitioner with most partitions when it is good enough, else a HashPartitioner. */
  #partitioner(partitioning: Partitioning, ...others: RDD<never>[]): Partitioner {
    if (typeof partitioning === 'number') return new HashPartitioner(partitioning)
    if (partitioning !== undefined) return partitioning
    const rdds = [this as unknown as RDD<never>, ...others]
    const known = rdds.filter((rdd) => (rdd.partitioner?.numPartitions ?? 0) > 0)
    const most = Math.max(...rdds.map((rdd) => rdd.getNumPartitions()))
    const wanted = this.context.configuredParallelism ?? most
    const best = known.sort((a, b) => b.getNumPartitions() - a.getNumPartitions())[0]
    if (best !== undefined) {
      const count = best.getNumPartitions()
      if (Math.log10(most) - Math.log10(count) < 1 || wanted < count) return best.partitioner!
    }
    return new HashPartitioner(wanted)
  }

  // ---- element-wise

  map<K, V>(f: (value: T) => [K, V]): RDD<[K, V]>
  map<U>(f: (value: T) => U): RDD<U>
  map<U>(f: (value: T) => U): RDD<U> {
    return this.derive('map', narrow.mapped(this, f))
  }

  flatMap<K, V>(f: (value: T) => Iterable<[K, V]>): RDD<[K, V]>
  flatMap<U>(f: (value: T) => Iterable<U>): RDD<U>
  flatMap<U>(f: (value: T) => Iterable<U>): RDD<U> {
    return this.derive('flatMap', narrow.flatMapped(this, f))
  }

  filter<U extends T>(keep: (value: T) => value is U): RDD<U>
  filter(keep: (value: T) => boolean): RDD<T>
  filter(keep: (value: T) => boolean): RDD<T> {
    return this.derive('filter', narrow.filtered(this, keep))
  }

  /** `f` gets a partition's elements and yields new ones; it may be asynchronous. */
  mapPartitions<U>(
    f: (partition: Iterable<T>) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U>>,
    preservesPartitioning = false,
  ): RDD<U> {
    return this.derive('mapPartitions', {
      ...narrow.partitionsMapped<T, U>(this, (partition) => f(partition), preservesPartitioning),
      asynchronous: isAsynchronous(f),
    })
  }

  mapPartitionsWithIndex<U>(
    f: (index: number, partition: Iterable<T>) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U>>,
    preservesPartitioning = false,
  ): RDD<U> {
    return this.derive('mapPartitionsWithIndex', {
      ...narrow.partitionsMapped<T, U>(this, (partition, index) => f(index, partition), preservesPartitioning),
      asynchronous: isAsynchronous(f),
    })
  }

  glom(): RDD<T[]> {
    return this.derive(
      'glom',
      narrow.partitionsMapped<T, T[]>(this, (partition) => [List(...partition)]),
    )
  }

  keyBy<K>(f: (value: T) => K): RDD<[K, T]> {
    return this.#scoped('keyBy', () => this.map((value): [K, T] => [f(value), value]))
  }

  sample(withReplacement: boolean, fraction: number, seed: number = this.context.newSeed()): RDD<T> {
    requirement(fraction >= 0, `Fraction must be nonnegative, but got ${fraction}`)
    return this.derive('sample', sampled(this, withReplacement, fraction, seed))
  }

  randomSplit(weights: readonly number[], seed: number = this.context.newSeed()): RDD<T>[] {
    requirement(
      weights.every((weight) => weight >= 0),
      `Weights must be nonnegative, but got [${weights.join(',')}]`,
    )
    requirement(weights.reduce((sum, weight) => sum + weight, 0) > 0, `Sum of weights must be positive, but got [${weights.join(',')}]`)
    return this.#scoped('randomSplit', () => randomSplits(this, weights, seed).map((definition) => this.derive('randomSplit', definition)))
  }

  /** A sample of each key's values, as often as the fraction of that key says. A key without one is an error, as in Spark. */
  sampleByKey<K, V>(
    this: RDD<[K, V]>,
    withReplacement: boolean,
    fractions: ReadonlyMap<K, number>,
    seed: number = this.context.newSeed(),
  ): RDD<[K, V]> {
    requirement(
      [...fractions.values()].every((fraction) => fraction >= 0),
      'Negative sampling rates.',
    )
    const known = new KeyedMap<K, number>()
    for (const [key, fraction] of fractions) known.set(key, fraction)
    const fractionOf = (key: K): number => {
      const fraction = known.get(key)
      if (fraction === undefined) throw new NoSuchElementException(`key not found: ${show(key)}`)
      return fraction
    }
    return this.derive('sampleByKey', sampledByKey(this, withReplacement, fractionOf, seed))
  }

  pipe(command: string | readonly string[], options: PipeOptions = {}): RDD<string> {
    return this.derive('pipe', piped(this, command, options))
  }

  // ---- several RDDs

  union(...others: RDD<T>[]): RDD<T> {
    return this.#scoped('union', () => this.context.union([this, ...others]))
  }

  zip<U>(other: RDD<U>): RDD<[T, U]> {
    return this.derive(
      'zip',
      narrow.zippedPartitions('ZippedPartitionsRDD2', [this as RDD<unknown>, other as RDD<unknown>], ([one, two]) =>
        narrow.zipElements(one as Iterable<T>, two as Iterable<U>),
      ),
    )
  }

  /** `f` of the partitions of the same number of this RDD and up to three others, which must have equally many. */
  zipPartitions<U, R>(other: RDD<U>, f: (one: Iterable<T>, other: Iterable<U>) => Iterable<R>): RDD<R>
  zipPartitions<U, V, R>(other: RDD<U>, third: RDD<V>, f: (one: Iterable<T>, other: Iterable<U>, third: Iterable<V>) => Iterable<R>): RDD<R>
  zipPartitions<U, V, W, R>(
    other: RDD<U>,
    third: RDD<V>,
    fourth: RDD<W>,
    f: (one: Iterable<T>, other: Iterable<U>, third: Iterable<V>, fourth: Iterable<W>) => Iterable<R>,
  ): RDD<R>
  zipPartitions<R>(...given: unknown[]): RDD<R> {
    const parents = [this, ...given.slice(0, -1)] as RDD<unknown>[]
    const f = given.at(-1) as (...partitions: Iterable<unknown>[]) => Iterable<R>
    return this.derive(
      'zipPartitions',
      narrow.zippedPartitions(`ZippedPartitionsRDD${parents.length}`, parents, (partitions) => f(...partitions)),
    )
  }

  zipWithIndex(): RDD<[T, number]> {
    // As in Spark, an RDD that cannot say how many partitions it has is refused here.
    this.getNumPartitions()
    return this.derive('zipWithIndex', narrow.zippedWithIndex(this))
  }

  zipWithUniqueId(): RDD<[T, number]> {
    return this.#scoped('zipWithUniqueId', () =>
      this.mapPartitionsWithIndex((partition, elements) => {
        const step = this.getNumPartitions()
        return Array.from(elements, (element, index): [T, number] => [element, index * step + partition])
      }),
    )
  }

  cartesian<U>(other: RDD<U>): RDD<[T, U]> {
    return this.derive('cartesian', narrow.cartesian(this, other))
  }

  intersection(other: RDD<T>, partitioning?: Partitioning): RDD<T> {
    return this.#scoped('intersection', () =>
      this.map((value): [T, null] => [value, null])
        .cogroup(
          other.map((value): [T, null] => [value, null]),
          partitioning,
        )
        .filter(([, [mine, theirs]]) => mine.length > 0 && theirs.length > 0)
        .keys(),
    )
  }

  subtract(other: RDD<T>, partitioning?: Partitioning): RDD<T> {
    return this.#scoped('subtract', () =>
      this.map((value): [T, null] => [value, null])
        .subtractByKey(
          other.map((value): [T, null] => [value, null]),
          partitioning ?? this.partitioner ?? this.getNumPartitions(),
        )
        .keys(),
    )
  }

  distinct(numPartitions: number = this.getNumPartitions()): RDD<T> {
    if (this.partitioner !== undefined && numPartitions === this.getNumPartitions()) {
      // Equal elements lie in one partition already.
      return this.derive('distinct', narrow.partitionsMapped<T, T>(this, distinctInSparkOrder, true))
    }
    return this.#scoped('distinct', () =>
      this.map((value): [T, null] => [value, null])
        .reduceByKey((first) => first, numPartitions)
        .map(([value]) => value),
    )
  }

  // ---- partitions

  coalesce(numPartitions: number, shuffle = false): RDD<T> {
    requirement(numPartitions > 0, `Number of partitions (${numPartitions}) must be positive.`)
    if (!shuffle) return this.derive('coalesce', narrow.coalesced(this, numPartitions))
    return this.#scoped('coalesce', () => {
      const spread = this.mapPartitionsWithIndex((index, elements) => {
        let position = actions.startPosition(index, numPartitions)
        return Array.from(elements, (element): [number, T] => [++position, element])
      })
      const moved = this.derive(
        'coalesce',
        shuffled<number, T, T>(spread, () => new HashPartitioner(numPartitions), {}),
      )
      return this.derive('coalesce', narrow.coalesced(moved, numPartitions)).values()
    })
  }

  repartition(numPartitions: number): RDD<T> {
    return this.#scoped('repartition', () => this.coalesce(numPartitions, true))
  }

  sortBy<K>(
    f: (value: T) => K,
    ascending = true,
    numPartitions: number = this.getNumPartitions(),
    compare?: (a: K, b: K) => number,
  ): RDD<T> {
    return this.#scoped('sortBy', () => this.keyBy(f).sortByKey(ascending, numPartitions, compare).values())
  }

  groupBy<K>(f: (value: T) => K, partitioning?: Partitioning): RDD<[K, T[]]> {
    return this.#scoped('groupBy', () => {
      const partitioner = this.#partitioner(partitioning)
      return this.map((value): [K, T] => [f(value), value]).groupByKey(partitioner)
    })
  }

  // ---- pairs

  keys<K, V>(this: RDD<[K, V]>): RDD<K> {
    return this.#scoped('keys', () => this.map((pair) => pair[0]) as RDD<K>)
  }

  values<K, V>(this: RDD<[K, V]>): RDD<V> {
    return this.#scoped('values', () => this.map((pair) => pair[1]) as RDD<V>)
  }

  mapValues<K, V, W>(this: RDD<[K, V]>, f: (value: V) => W): RDD<[K, W]> {
    return this.derive(
      'mapValues',
      narrow.mapped(this, (pair): [K, W] => [pair[0], f(pair[1])], true),
    )
  }

  flatMapValues<K, V, W>(this: RDD<[K, V]>, f: (value: V) => Iterable<W>): RDD<[K, W]> {
    return this.derive(
      'flatMapValues',
      narrow.flatMapped(this, (pair) => Array.from(f(pair[1]), (value): [K, W] => [pair[0], value]), true),
    )
  }

  partitionBy<K, V>(this: RDD<[K, V]>, partitioner: Partitioner): RDD<[K, V]> {
    if (this.partitioner?.equals(partitioner) === true) return this
    return this.derive(
      'partitionBy',
      shuffled<K, V, V>(this, () => partitioner, {}),
    )
  }

  combineByKey<K, V, C>(
    this: RDD<[K, V]>,
    createCombiner: (value: V) => C,
    mergeValue: (combiner: C, value: V) => C,
    mergeCombiners: (one: C, other: C) => C,
    partitioning?: Partitioning,
    mapSideCombine = true,
  ): RDD<[K, C]> {
    const partitioner = this.#partitioner(partitioning)
    const aggregator: Aggregator<V, C> = { createCombiner, mergeValue, mergeCombiners }
    if (this.partitioner?.equals(partitioner) !== true) {
      return this.derive(
        'combineByKey',
        shuffled(this, () => partitioner, { aggregator, mapSideCombine }),
      )
    }
    return this.derive('combineByKey', inPlace(this, combinedInPlace(this, aggregator)))
  }

  reduceByKey<K, V>(this: RDD<[K, V]>, f: (a: V, b: V) => V, partitioning?: Partitioning): RDD<[K, V]> {
    return this.#scoped('reduceByKey', () => this.combineByKey((value) => value, f, f, partitioning))
  }

  foldByKey<K, V>(this: RDD<[K, V]>, zero: V, f: (a: V, b: V) => V, partitioning?: Partitioning): RDD<[K, V]> {
    return this.#scoped('foldByKey', () => this.combineByKey((value: V) => f(actions.copyOf(zero), value), f, f, partitioning))
  }

  aggregateByKey<K, V, C>(
    this: RDD<[K, V]>,
    zero: C,
    add: (combiner: C, value: V) => C,
    merge: (one: C, other: C) => C,
    partitioning?: Partitioning,
  ): RDD<[K, C]> {
    return this.#scoped('aggregateByKey', () => this.combineByKey((value: V) => add(actions.copyOf(zero), value), add, merge, partitioning))
  }

  groupByKey<K, V>(this: RDD<[K, V]>, partitioning?: Partitioning): RDD<[K, V[]]> {
    return this.#scoped('groupByKey', () =>
      this.combineByKey<K, V, V[]>(
        (value) => {
          const group = new CompactBuffer<V>()
          group.push(value)
          return group
        },
        append,
        appendAll,
        partitioning,
        false,
      ),
    )
  }

  /** For each key the values of this RDD and of up to three others. */
  cogroup<K, V, W>(this: RDD<[K, V]>, other: RDD<[K, W]>, partitioning?: Partitioning): RDD<[K, [V[], W[]]]>
  cogroup<K, V, W, X>(this: RDD<[K, V]>, other: RDD<[K, W]>, third: RDD<[K, X]>, partitioning?: Partitioning): RDD<[K, [V[], W[], X[]]]>
  cogroup<K, V, W, X, Y>(
    this: RDD<[K, V]>,
    other: RDD<[K, W]>,
    third: RDD<[K, X]>,
    fourth: RDD<[K, Y]>,
    partitioning?: Partitioning,
  ): RDD<[K, [V[], W[], X[], Y[]]]>
  cogroup<K>(this: RDD<[K, unknown]>, ...others: (RDD<[K, unknown]> | Partitioning)[]): RDD<[K, unknown]> {
    return this.#scoped('cogroup', () => {
      const parents = [this, ...others.filter((other) => other instanceof RDD)]
      const partitioning = others.find((other) => !(other instanceof RDD)) as Partitioning
      const partitioner = this.#partitioner(partitioning, ...(parents.slice(1) as unknown as RDD<never>[]))
      const groups = this.derive(
        'cogroup',
        cogrouped<K>(
          parents,
          () => partitioner,
          () => new CompactBuffer(),
        ),
      )
      return groups.mapValues((all) => all)
    })
  }

  /** `cogroup` with the default partitioner, by its other name. */
  groupWith<K, V, W>(this: RDD<[K, V]>, other: RDD<[K, W]>): RDD<[K, [V[], W[]]]>
  groupWith<K, V, W, X>(this: RDD<[K, V]>, other: RDD<[K, W]>, third: RDD<[K, X]>): RDD<[K, [V[], W[], X[]]]>
  groupWith<K, V, W, X, Y>(this: RDD<[K, V]>, other: RDD<[K, W]>, third: RDD<[K, X]>, fourth: RDD<[K, Y]>): RDD<[K, [V[], W[], X[], Y[]]]>
  groupWith<K>(this: RDD<[K, unknown]>, ...others: [RDD<[K, unknown]>]): RDD<[K, unknown]> {
    return this.#scoped('groupWith', () => this.cogroup(...others))
  }

  join<K, V, W>(this: RDD<[K, V]>, other: RDD<[K, W]>, partitioning?: Partitioning): RDD<[K, [V, W]]> {
    return this.#scoped('join', () =>
      this.cogroup(other, partitioning).flatMapValues(([mine, theirs]) => mine.flatMap((one) => theirs.map((two): [V, W] => [one, two]))),
    )
  }

  leftOuterJoin<K, V, W>(this: RDD<[K, V]>, other: RDD<[K, W]>, partitioning?: Partitioning): RDD<[K, [V, Option<W>]]> {
    return this.#scoped('leftOuterJoin', () =>
      this.cogroup(other, partitioning).flatMapValues(([mine, theirs]) => {
        const right: Option<W>[] = theirs.length === 0 ? [None] : Array.from(theirs, some)
        return mine.flatMap((one) => right.map((two): [V, Option<W>] => [one, two]))
      }),
    )
  }

  rightOuterJoin<K, V, W>(this: RDD<[K, V]>, other: RDD<[K, W]>, partitioning?: Partitioning): RDD<[K, [Option<V>, W]]> {
    return this.#scoped('rightOuterJoin', () =>
      this.cogroup(other, partitioning).flatMapValues(([mine, theirs]) => {
        const left: Option<V>[] = mine.length === 0 ? [None] : Array.from(mine, some)
        return left.flatMap((one) => theirs.map((two): [Option<V>, W] => [one, two]))
      }),
    )
  }

  fullOuterJoin<K, V, W>(this: RDD<[K, V]>, other: RDD<[K, W]>, partitioning?: Partitioning): RDD<[K, [Option<V>, Option<W>]]> {
    return this.#scoped('fullOuterJoin', () =>
      this.cogroup(other, partitioning).flatMapValues(([mine, theirs]) => {
        const left: Option<V>[] = mine.length === 0 ? [None] : Array.from(mine, some)
        const right: Option<W>[] = theirs.length === 0 ? [None] : Array.from(theirs, some)
        return left.flatMap((one) => right.map((two): [Option<V>, Option<W>] => [one, two]))
      }),
    )
  }

  subtractByKey<K, V, W>(this: RDD<[K, V]>, other: RDD<[K, W]>, partitioning?: Partitioning): RDD<[K, V]> {
    const partitioner = this.#partitioner(partitioning ?? this.partitioner ?? this.getNumPartitions())
    return this.derive(
      'subtractByKey',
      subtracted<K, V>(this, other as RDD<[K, unknown]>, () => partitioner, javaHashMapOrder),
    )
  }

  sortByKey<K, V>(
    this: RDD<[K, V]>,
    ascending = true,
    numPartitions: number = this.getNumPartitions(),
    compare: (a: K, b: K) => number = compareNaturally,
  ): RDD<[K, V]> {
    // Spark's sampling makes two RDDs; numbering stays the same with them left out of account here.
    const sampleId = numPartitions > 1 ? this.context.newRddId() : 0
    if (numPartitions > 1) this.context.skipRddIds(1)
    const partitioner = rangePartitioner(this, sampleId, numPartitions, ascending, compare)
    const keyOrder = ascending ? compare : (a: K, b: K): number => compare(b, a)
    return this.derive('sortByKey', shuffled<K, V, V>(this, partitioner, { keyOrder }))
  }

  repartitionAndSortWithinPartitions<K, V>(
    this: RDD<[K, V]>,
    partitioner: Partitioner,
    compare: (a: K, b: K) => number = compareNaturally,
  ): RDD<[K, V]> {
    if (this.partitioner?.equals(partitioner) === true) {
      const sort = (pairs: Iterable<[K, V]>): [K, V][] => [...pairs].sort((one, other) => compare(one[0], other[0]))
      return this.derive('repartitionAndSortWithinPartitions', narrow.partitionsMapped<[K, V], [K, V]>(this, sort, true))
    }
    return this.derive(
      'repartitionAndSortWithinPartitions',
      shuffled<K, V, V>(this, () => partitioner, { keyOrder: compare }),
    )
  }

  // ---- actions

  collect(): Promise<T[]> {
    return actions.collect(this)
  }

  /** One array per partition. */
  collectPartitions(): Promise<T[][]> {
    return actions.collectPartitions(this)
  }

  count(): Promise<number> {
    return actions.count(this)
  }

  first(): Promise<T> {
    return actions.first(this)
  }

  take(count: number): Promise<T[]> {
    return actions.take(this, count)
  }

  async isEmpty(): Promise<boolean> {
    return this.getNumPartitions() === 0 || (await actions.take(this, 1)).length === 0
  }

  reduce(f: (a: T, b: T) => T): Promise<T> {
    return actions.reduce(this, f)
  }

  /** `depth` is accepted; one process needs no tree. */
  treeReduce(f: (a: T, b: T) => T, _depth = 2): Promise<T> {
    return actions.reduce(this, f)
  }

  fold(zero: T, f: (a: T, b: T) => T): Promise<T> {
    return actions.aggregate(this, zero, f, f)
  }

  aggregate<U>(zero: U, add: (sum: U, value: T) => U, merge: (one: U, other: U) => U): Promise<U> {
    return actions.aggregate(this, zero, add, merge)
  }

  treeAggregate<U>(zero: U, add: (sum: U, value: T) => U, merge: (one: U, other: U) => U, _depth = 2): Promise<U> {
    return actions.treeAggregate(this, zero, add, merge)
  }

  foreach(visit: (value: T) => void): Promise<void> {
    return actions.foreach(this, visit)
  }

  /** `visit` may be asynchronous; partitions are visited one after the other. */
  foreachPartition(visit: (partition: Iterable<T>) => void | Promise<void>): Promise<void> {
    return actions.foreachPartition(this, visit)
  }

  takeOrdered(count: number, compare: (a: T, b: T) => number = compareNaturally): Promise<T[]> {
    return actions.takeOrdered(this, count, compare)
  }

  top(count: number, compare: (a: T, b: T) => number = compareNaturally): Promise<T[]> {
    return actions.takeOrdered(this, count, (a, b) => compare(b, a))
  }

  max(compare: (a: T, b: T) => number = compareNaturally): Promise<T> {
    return actions.reduce(this, (a, b) => (compare(a, b) >= 0 ? a : b))
  }

  min(compare: (a: T, b: T) => number = compareNaturally): Promise<T> {
    return actions.reduce(this, (a, b) => (compare(a, b) <= 0 ? a : b))
  }

  sum(this: RDD<number>): Promise<number> {
    return actions.aggregate(
      this,
      0,
      (sum, value) => sum + Number(value),
      (one, other) => one + other,
    )
  }

  stats(this: RDD<number>): Promise<actions.Stats> {
    return actions.stats(this)
  }

  mean(this: RDD<number>): Promise<number> {
    return actions.stats(this).then((stats) => stats.mean)
  }

  /** Of the population; NaN where there is no element. */
  variance(this: RDD<number>): Promise<number> {
    return actions.moments(this).then(({ count, m2 }) => (count === 0 ? Number.NaN : m2 / count))
  }

  /** Of the population. */
  stdev(this: RDD<number>): Promise<number> {
    return this.variance().then(Math.sqrt)
  }

  /** Of a sample: divided by one less than the count; NaN for fewer than two elements. */
  sampleVariance(this: RDD<number>): Promise<number> {
    return actions.moments(this).then(({ count, m2 }) => (count <= 1 ? Number.NaN : m2 / (count - 1)))
  }

  sampleStdev(this: RDD<number>): Promise<number> {
    return this.sampleVariance().then(Math.sqrt)
  }

  /**
   * How many elements lie in each bucket. A number of buckets divides the range from the smallest to the largest element evenly, and
   * gives the bounds too; bounds must ascend. Each bucket holds its lower bound; the last one its upper bound as well.
   */
  histogram(this: RDD<number>, buckets: number): Promise<[number[], number[]]>
  histogram(this: RDD<number>, buckets: readonly number[]): Promise<number[]>
  histogram(this: RDD<number>, buckets: number | readonly number[]): Promise<[number[], number[]] | number[]> {
    return typeof buckets === 'number' ? evenHistogram(this, buckets) : histogram(this, buckets)
  }

  takeSample(withReplacement: boolean, count: number, seed: number = this.context.newSeed()): Promise<T[]> {
    return actions.takeSample(this, withReplacement, count, seed)
  }

  countByValue(): Promise<Map<T, number>> {
    return actions.countByValue(this)
  }

  /**
   * How many elements, as far as `timeoutMs` allows to count: at the latest a partition later. With a probability of `confidence` the
   * count is between the bounds. Runs in the program's own thread.
   */
  countApprox(timeoutMs: number, confidence = 0.95): Promise<PartialResult<BoundedDouble>> {
    return approximate.countApprox(this, timeoutMs, confidence)
  }

  /** How often each value is there, in the same way. */
  countByValueApprox(timeoutMs: number, confidence = 0.95): Promise<PartialResult<ReadonlyMap<T, BoundedDouble>>> {
    return approximate.countByValueApprox(this, timeoutMs, confidence)
  }

  countByKeyApprox<K, V>(this: RDD<[K, V]>, timeoutMs: number, confidence = 0.95): Promise<PartialResult<ReadonlyMap<K, BoundedDouble>>> {
    return approximate.countByValueApprox(this.keys(), timeoutMs, confidence)
  }

  /** How many distinct elements, with this relative standard deviation (see hyper-log-log.ts). Elements are the same where they print the same. */
  countApproxDistinct(relativeSD = 0.05): Promise<number> {
    const precision = precisionFor(relativeSD)
    return actions.aggregate(this, newRegisters(precision), offer, mergeRegisters).then(cardinality)
  }

  /** How many distinct values each key has, in the same way. */
  countApproxDistinctByKey<K, V>(this: RDD<[K, V]>, relativeSD = 0.05, partitioning?: Partitioning): RDD<[K, number]> {
    const precision = precisionFor(relativeSD)
    return this.#scoped('countApproxDistinctByKey', () =>
      this.combineByKey((value: V) => offer(newRegisters(precision), value), offer, mergeRegisters, partitioning).mapValues(cardinality),
    )
  }

  toLocalIterator(): AsyncGenerator<T> {
    return actions.toLocalIterator(this)
  }

  countByKey<K, V>(this: RDD<[K, V]>): Promise<Map<K, number>> {
    return actions.countByValue(this.keys())
  }

  collectAsMap<K, V>(this: RDD<[K, V]>): Promise<Map<K, V>> {
    return actions.collectAsMap(this)
  }

  lookup<K, V>(this: RDD<[K, V]>, key: K): Promise<V[]> {
    return actions.lookup(this, key)
  }

  reduceByKeyLocally<K, V>(this: RDD<[K, V]>, f: (a: V, b: V) => V): Promise<Map<K, V>> {
    return actions.collectAsMap(this.reduceByKey(f))
  }

  /** A directory with one text file per partition, one element a line; compressed by a codec (`gzip`) where one is named. */
  saveAsTextFile(directory: string, codec?: string): Promise<void> {
    if (codec === undefined) return actions.saveAsTextFile(this, directory, { batchTime: -1, outputId: -1 })
    return this.#scoped('saveAsTextFile', () =>
      this.map((element): [null, string] => [null, show(element)]).saveAsHadoopFile(directory, { codec }),
    )
  }

  /** A directory with one file of serialised elements per partition; `SparkContext.objectFile` reads it. */
  saveAsObjectFile(directory: string): Promise<void> {
    return actions.saveAsObjectFile(this, directory, { batchTime: -1, outputId: -1 })
  }

  /** A directory of files in one of Hadoop's output formats, named as its older interface names them: `part-00000`. */
  saveAsHadoopFile<K, V>(this: RDD<[K, V]>, directory: string, format: HadoopOutputFormat = {}): Promise<void> {
    return saveAsHadoopFile(this, directory, hadoopWriter(format), 'part-', { batchTime: -1, outputId: -1 })
  }

  /** The same, named as by the newer interface: `part-r-00000`. */
  saveAsNewAPIHadoopFile<K, V>(this: RDD<[K, V]>, directory: string, format: HadoopOutputFormat = {}): Promise<void> {
    return saveAsHadoopFile(this, directory, hadoopWriter(format), 'part-r-', { batchTime: -1, outputId: -1 })
  }

  /** A directory of SequenceFiles, their classes by what the first pair holds. */
  saveAsSequenceFile<K, V>(this: RDD<[K, V]>, directory: string, codec?: string): Promise<void> {
    return this.saveAsHadoopFile(directory, { format: 'SequenceFileOutputFormat', ...(codec !== undefined && { codec }) })
  }
}

/** Written with `async`: seen without a call. */
function isAsynchronous(f: (...values: never[]) => unknown): boolean {
  return /^Async/.test(f.constructor.name)
}

function append<V>(group: V[], value: V): V[] {
  group.push(value)
  return group
}

function appendAll<V>(group: V[], more: V[]): V[] {
  for (const value of more) group.push(value)
  return group
}

/** The result of an aggregation inside the partitions of `parent`. */
function inPlace<K, V, C>(parent: RDD<[K, V]>, combine: (partition: number) => PairSegment<K, C>): RddDefinition<[K, C]> {
  return {
    className: 'MapPartitionsRDD',
    dependencies: [{ rdd: parent as unknown as RDD<unknown>, shuffle: false }],
    partitions: () => parent.getNumPartitions(),
    partitioner: () => parent.partitioner,
    prepare: (partitions) => parent.prepare(partitions),
    each(partition, push) {
      combine(partition).eachPair((key, value) => push([key, value]))
    },
  }
}
