// RDD: Spark's lazy, partitioned collection with lineage. Methods are Spark's by name and meaning; here are those that make other RDDs, in
// rdd-actions.ts those that compute, in rdd-node.ts what an RDD is. What each kind of RDD does stands in the definitions beside this file.
import { NoSuchElementException, requirement } from '../../../src-shared/streaming/exceptions.ts'
import { isAsynchronous, takesAnyFunction, takesFunctions } from '../program-arguments.ts'
import { copyOf } from './actions.ts'
import { type Aggregator, distinctInSparkOrder } from './combine-table.ts'
import { defaultPartitioner } from './default-partitioner.ts'
import type { RddDefinition } from './definition.ts'
import { append, appendAll } from './grouping.ts'
import { cardinality, mergeRegisters, newRegisters, offer, precisionFor } from './hyper-log-log.ts'
import * as joins from './joins.ts'
import { KeyedMap } from './keyed-map.ts'
import * as narrow from './narrow.ts'
import { numbered } from './numbered.ts'
import { byKeyOfPair, compareNaturally, HashPartitioner, type Partitioner } from './partitioner.ts'
import { type PipeOptions, piped } from './pipe.ts'
import { RddActions } from './rdd-actions.ts'
import { randomSplits, sampled, sampledByKey } from './sample.ts'
import { cogrouped, combinedInPlace, shuffled, startPosition, subtracted } from './shuffle.ts'
import { rangePartitioner } from './sort.ts'
import { javaHashMapOrder } from './spark-order.ts'
import { pairOf } from './unfit-record.ts'
import { CompactBuffer, namedList, type Option, show } from './value.ts'

/** A partitioner, or how many partitions a HashPartitioner shall have; absent: as the operation's default says. */
export type Partitioning = Partitioner | number | undefined

export class RDD<T> extends RddActions<T> {
  /** A new RDD made by a method of this one. */
  derive<U>(method: string, definition: RddDefinition<U>): RDD<U> {
    return new RDD(this.context, definition, this.context.callSite(method))
  }

  #scoped<R>(method: string, body: () => R): R {
    return this.context.scoped(method, body)
  }

  #partitioner(partitioning: Partitioning, ...others: RDD<never>[]): Partitioner {
    return typeof partitioning === 'object' ? partitioning : defaultPartitioner([this as unknown as RDD<never>, ...others], partitioning)
  }

  // ---- element-wise

  /** `f` of every element, in order. */
  map<K, V>(f: (value: T) => [K, V]): RDD<[K, V]>
  map<U>(f: (value: T) => U): RDD<U>
  map<U>(f: (value: T) => U): RDD<U> {
    takesFunctions('map', f)
    return this.derive('map', narrow.mapped(this, f))
  }

  /** All elements that `f` gives for each element, in order. */
  flatMap<K, V>(f: (value: T) => Iterable<[K, V]>): RDD<[K, V]>
  flatMap<U>(f: (value: T) => Iterable<U>): RDD<U>
  flatMap<U>(f: (value: T) => Iterable<U>): RDD<U> {
    takesFunctions('flatMap', f)
    return this.derive('flatMap', narrow.flatMapped(this, f))
  }

  /** The elements for which `keep` is true; a type guard narrows the type. The partitioning is kept. */
  filter<U extends T>(keep: (value: T) => value is U): RDD<U>
  filter(keep: (value: T) => boolean): RDD<T>
  filter(keep: (value: T) => boolean): RDD<T> {
    takesFunctions('filter', keep)
    return this.derive('filter', narrow.filtered(this, keep))
  }

  /** `f` gets a partition's elements and yields new ones; it may be asynchronous. `preservesPartitioning`: it leaves keys as they are. */
  mapPartitions<U>(
    f: (partition: Iterable<T>) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U>>,
    preservesPartitioning = false,
  ): RDD<U> {
    takesAnyFunction('mapPartitions', f)
    return this.derive('mapPartitions', {
      ...narrow.partitionsMapped<T, U>(this, (partition) => f(partition), preservesPartitioning),
      asynchronous: isAsynchronous(f),
    })
  }

  /** The same; `f` gets the number of the partition too, from 0. */
  mapPartitionsWithIndex<U>(
    f: (index: number, partition: Iterable<T>) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U>>,
    preservesPartitioning = false,
  ): RDD<U> {
    takesAnyFunction('mapPartitionsWithIndex', f)
    return this.derive('mapPartitionsWithIndex', {
      ...narrow.partitionsMapped<T, U>(this, (partition, index) => f(index, partition), preservesPartitioning),
      asynchronous: isAsynchronous(f),
    })
  }

  /** One array per partition. */
  glom(): RDD<T[]> {
    return this.derive(
      'glom',
      narrow.partitionsMapped<T, T[]>(this, (partition) => [namedList('List', [...partition])]),
    )
  }

  /** Pairs of what `f` gives for an element and the element. */
  keyBy<K>(f: (value: T) => K): RDD<[K, T]> {
    takesFunctions('keyBy', f)
    return this.#scoped('keyBy', () => this.map((value): [K, T] => [f(value), value]))
  }

  /**
   * Each element with a probability of `fraction`; with replacement as often as a Poisson draw of that mean says, and it may then be
   * above 1. The same seed gives the same sample, as in Spark.
   */
  sample(withReplacement: boolean, fraction: number, seed: number = this.context.newSeed()): RDD<T> {
    requirement(fraction >= 0, `Fraction must be nonnegative, but got ${fraction}`)
    return this.derive('sample', sampled(this, withReplacement, fraction, seed))
  }

  /**
   * As many RDDs as weights, each element in one of them, with a probability of its weight's share of the sum. The weights are at
   * least 0, their sum above.
   */
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

  /**
   * The lines that a command writes, run once for each partition with its elements as lines on stdin. A string is split at blanks, no
   * shell reads it. An exit code other than 0 fails the action.
   */
  pipe(command: string | readonly string[], options: PipeOptions = {}): RDD<string> {
    return this.derive('pipe', piped(this, command, options))
  }

  // ---- several RDDs

  /** The elements of all, partition after partition; where all have the same partitioner, partition n holds the partitions n of all. */
  union(...others: RDD<T>[]): RDD<T> {
    return this.#scoped('union', () => this.context.union([this, ...others]))
  }

  /** Pairs of the elements at the same place of both, which must have equally many partitions, and equally many elements in each. */
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

  /**
   * Each element with its number, from 0, in the order of partitions. Computes the partitions before the last here, as Spark does, to
   * know how long they are.
   */
  zipWithIndex(): RDD<[T, number]> {
    return this.derive('zipWithIndex', narrow.zippedWithIndex(this))
  }

  /** Each element with a number of its own: element i of partition p of n has `i * n + p`. Computes nothing beforehand. */
  zipWithUniqueId(): RDD<[T, number]> {
    const step = this.getNumPartitions()
    return this.#scoped('zipWithUniqueId', () => this.mapPartitionsWithIndex((partition, elements) => numbered(elements, partition, step)))
  }

  /** Each element with each element of `other`; the product of both numbers of partitions. */
  cartesian<U>(other: RDD<U>): RDD<[T, U]> {
    // As in Spark, one that cannot say how many partitions it has is refused here.
    other.getNumPartitions()
    return this.derive('cartesian', narrow.cartesian(this, other))
  }

  /** The elements that are in both, once each. Elements are equal by content, as keys are. */
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

  /** The elements that are not in `other`. Equal by content; an element that is there twice stays twice. */
  subtract(other: RDD<T>, partitioning?: Partitioning): RDD<T> {
    return this.#scoped('subtract', () => {
      const partitioner = this.#partitioner(partitioning ?? this.partitioner ?? this.getNumPartitions())
      return this.map((value): [T, null] => [value, null])
        .subtractByKey(
          other.map((value): [T, null] => [value, null]),
          // Pairs that lie by their keys stay where they lie.
          partitioner.equals(this.partitioner) ? byKeyOfPair(partitioner) : partitioner,
        )
        .keys()
    })
  }

  /** Each element once. Equal by content. */
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

  /**
   * The same elements in at most so many partitions: neighbours are put together. With `shuffle` in exactly so many, dealt out one by
   * one.
   */
  coalesce(numPartitions: number, shuffle = false): RDD<T> {
    requirement(numPartitions > 0, `Number of partitions (${numPartitions}) must be positive.`)
    if (!shuffle) return this.derive('coalesce', narrow.coalesced(this, numPartitions))
    return this.#scoped('coalesce', () => {
      const spread = this.mapPartitionsWithIndex((index, elements) => {
        let position = startPosition(index, numPartitions)
        return Array.from(elements, (element): [number, T] => [++position, element])
      })
      const moved = this.derive(
        'coalesce',
        shuffled<number, T, T>(spread, () => new HashPartitioner(numPartitions), {}),
      )
      return this.derive('coalesce', narrow.coalesced(moved, numPartitions)).values()
    })
  }

  /** The same elements in so many partitions, dealt out one by one. */
  repartition(numPartitions: number): RDD<T> {
    return this.#scoped('repartition', () => this.coalesce(numPartitions, true))
  }

  /** The elements in the order of what `f` gives for them; as `sortByKey`. */
  sortBy<K>(
    f: (value: T) => K,
    ascending = true,
    numPartitions: number = this.getNumPartitions(),
    compare?: (a: K, b: K) => number,
  ): RDD<T> {
    return this.#scoped('sortBy', () => this.keyBy(f).sortByKey(ascending, numPartitions, compare).values())
  }

  /** For each result of `f` the elements that have it, as one array. */
  groupBy<K>(f: (value: T) => K, partitioning?: Partitioning): RDD<[K, T[]]> {
    takesFunctions('groupBy', f)
    return this.#scoped('groupBy', () => {
      const partitioner = this.#partitioner(partitioning)
      return this.map((value): [K, T] => [f(value), value]).groupByKey(partitioner)
    })
  }

  // ---- pairs

  /** The first of each pair. */
  keys<K, V>(this: RDD<[K, V]>): RDD<K> {
    return this.#scoped('keys', () => this.map((pair) => pairOf(pair)[0]) as RDD<K>)
  }

  /** The second of each pair. */
  values<K, V>(this: RDD<[K, V]>): RDD<V> {
    return this.#scoped('values', () => this.map((pair) => pairOf(pair)[1]) as RDD<V>)
  }

  /** `f` of every value; keys and partitioning stay. */
  mapValues<K, V, W>(this: RDD<[K, V]>, f: (value: V) => W): RDD<[K, W]> {
    takesFunctions('mapValues', f)
    return this.derive(
      'mapValues',
      narrow.mapped(this, (pair): [K, W] => [pairOf(pair)[0], f(pair[1])], true),
    )
  }

  /** All that `f` gives for each value, each with the key; the partitioning stays. */
  flatMapValues<K, V, W>(this: RDD<[K, V]>, f: (value: V) => Iterable<W>): RDD<[K, W]> {
    takesFunctions('flatMapValues', f)
    return this.derive(
      'flatMapValues',
      narrow.flatMapped(this, (pair) => Array.from(f(pairOf(pair)[1]), (value): [K, W] => [pair[0], value]), true),
    )
  }

  /** The same pairs, each in the partition that `partitioner` says. Itself where they lie so already. */
  partitionBy<K, V>(this: RDD<[K, V]>, partitioner: Partitioner): RDD<[K, V]> {
    if (this.partitioner?.equals(partitioner) === true) return this
    return this.derive(
      'partitionBy',
      shuffled<K, V, V>(this, () => partitioner, {}),
    )
  }

  /**
   * The values of each key put together in a form of their own, the combiner. It may be changed in place. `mapSideCombine`: already
   * before the shuffle. Where the pairs lie by the partitioner already there is no shuffle, and `mergeCombiners` is not called.
   */
  combineByKey<K, V, C>(
    this: RDD<[K, V]>,
    createCombiner: (value: V) => C,
    mergeValue: (combiner: C, value: V) => C,
    mergeCombiners: (one: C, other: C) => C,
    partitioning?: Partitioning,
    mapSideCombine = true,
  ): RDD<[K, C]> {
    takesFunctions('combineByKey', createCombiner, mergeValue, mergeCombiners)
    const partitioner = this.#partitioner(partitioning)
    const aggregator: Aggregator<V, C> = { createCombiner, mergeValue, mergeCombiners }
    if (this.partitioner?.equals(partitioner) !== true) {
      return this.derive(
        'combineByKey',
        shuffled(this, () => partitioner, { aggregator, mapSideCombine }),
      )
    }
    return this.derive('combineByKey', combinedInPlace(this, aggregator))
  }

  /** The values of each key reduced by `f`, which must not mind the order. */
  reduceByKey<K, V>(this: RDD<[K, V]>, f: (a: V, b: V) => V, partitioning?: Partitioning): RDD<[K, V]> {
    takesFunctions('reduceByKey', f)
    return this.#scoped('reduceByKey', () => this.combineByKey((value) => value, f, f, partitioning))
  }

  /** As `reduceByKey`, begun with a copy of `zero` for each key in each partition. */
  foldByKey<K, V>(this: RDD<[K, V]>, zero: V, f: (a: V, b: V) => V, partitioning?: Partitioning): RDD<[K, V]> {
    takesFunctions('foldByKey', f)
    return this.#scoped('foldByKey', () => this.combineByKey((value: V) => f(copyOf(zero), value), f, f, partitioning))
  }

  /** The values of each key added to a copy of `zero` for each key in each partition, and those sums merged. */
  aggregateByKey<K, V, C>(
    this: RDD<[K, V]>,
    zero: C,
    add: (combiner: C, value: V) => C,
    merge: (one: C, other: C) => C,
    partitioning?: Partitioning,
  ): RDD<[K, C]> {
    takesFunctions('aggregateByKey', add, merge)
    return this.#scoped('aggregateByKey', () => this.combineByKey((value: V) => add(copyOf(zero), value), add, merge, partitioning))
  }

  /** All values of each key as one array, which lies in memory whole. */
  groupByKey<K, V>(this: RDD<[K, V]>, partitioning?: Partitioning): RDD<[K, V[]]> {
    const groupOf = (value: V): V[] => append(new CompactBuffer<V>(), value)
    return this.#scoped('groupByKey', () => this.combineByKey<K, V, V[]>(groupOf, append, appendAll, partitioning, false))
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

  /** Each value of a key with each value that `other` has for it. */
  join<K, V, W>(this: RDD<[K, V]>, other: RDD<[K, W]>, partitioning?: Partitioning): RDD<[K, [V, W]]> {
    return this.#scoped('join', () => this.cogroup(other, partitioning).flatMapValues(joins.inner))
  }

  /** As `join`, and a value without a partner with None. */
  leftOuterJoin<K, V, W>(this: RDD<[K, V]>, other: RDD<[K, W]>, partitioning?: Partitioning): RDD<[K, [V, Option<W>]]> {
    return this.#scoped('leftOuterJoin', () => this.cogroup(other, partitioning).flatMapValues(joins.leftOuter))
  }

  /** As `join`, and a value of `other` without a partner with None. */
  rightOuterJoin<K, V, W>(this: RDD<[K, V]>, other: RDD<[K, W]>, partitioning?: Partitioning): RDD<[K, [Option<V>, W]]> {
    return this.#scoped('rightOuterJoin', () => this.cogroup(other, partitioning).flatMapValues(joins.rightOuter))
  }

  /** As `join`, and values of both sides without a partner with None. */
  fullOuterJoin<K, V, W>(this: RDD<[K, V]>, other: RDD<[K, W]>, partitioning?: Partitioning): RDD<[K, [Option<V>, Option<W>]]> {
    return this.#scoped('fullOuterJoin', () => this.cogroup(other, partitioning).flatMapValues(joins.fullOuter))
  }

  /** The pairs whose key `other` does not have. Without `partitioning` in this RDD's partitions. */
  subtractByKey<K, V, W>(this: RDD<[K, V]>, other: RDD<[K, W]>, partitioning?: Partitioning): RDD<[K, V]> {
    const partitioner = this.#partitioner(partitioning ?? this.partitioner ?? this.getNumPartitions())
    return this.derive(
      'subtractByKey',
      subtracted<K, V>(this, other as RDD<[K, unknown]>, () => partitioner, javaHashMapOrder),
    )
  }

  /**
   * The pairs in the order of their keys, over all partitions: each holds a range of keys, found by a sample that is
   * taken here, as in Spark: what a function before it throws is thrown here. Without `compare` numbers, texts and tuples are in their natural order.
   */
  sortByKey<K, V>(
    this: RDD<[K, V]>,
    ascending = true,
    numPartitions: number = this.getNumPartitions(),
    compare: (a: K, b: K) => number = compareNaturally,
  ): RDD<[K, V]> {
    requirement(numPartitions >= 0, `Number of partitions cannot be negative but found ${numPartitions}.`)
    const partitioner = rangePartitioner(this, numPartitions, ascending, compare)
    const keyOrder = ascending ? compare : (a: K, b: K): number => compare(b, a)
    return this.derive('sortByKey', shuffled<K, V, V>(this, partitioner, { keyOrder }))
  }

  /** The pairs as `partitioner` says, in the order of their keys within each partition. */
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

  /** How many distinct values each key has, about: as RddActions.countApproxDistinct. */
  countApproxDistinctByKey<K, V>(this: RDD<[K, V]>, relativeSD = 0.05, partitioning?: Partitioning): RDD<[K, number]> {
    const precision = precisionFor(relativeSD)
    return this.#scoped('countApproxDistinctByKey', () =>
      this.combineByKey((value: V) => offer(newRegisters(precision), value), offer, mergeRegisters, partitioning).mapValues(cardinality),
    )
  }
}
