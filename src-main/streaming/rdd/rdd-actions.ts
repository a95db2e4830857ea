// The actions of an RDD: the methods that compute it and return a promise. What they do stands in the functions of actions.ts,
// approximate.ts, histogram.ts and hadoop-file.ts.
import type { OutputKey } from '../output-context.ts'
import { takesAnyFunction, takesFunctions } from '../program-arguments.ts'
import * as actions from './actions.ts'
import * as approximate from './approximate.ts'
import { type HadoopOutputFormat, hadoopWriter, saveAsHadoopFile } from './hadoop-file.ts'
import { evenHistogram, histogram } from './histogram.ts'
import { cardinality, mergeRegisters, newRegisters, offer, precisionFor } from './hyper-log-log.ts'
import type { BoundedDouble, PartialResult } from './partial-result.ts'
import { compareNaturally } from './partitioner.ts'
import type { RDD } from './rdd.ts'
import { RddNode } from './rdd-node.ts'
import { show } from './value.ts'

/** What a program writes by itself, outside the output operations of a stream. */
const noOutputOperation: OutputKey = { batchTime: -1, outputId: -1 }

/** An RDD with its actions. Every action computes the RDD anew but for what is kept of it, and rejects with the error of the first task that failed. */
export abstract class RddActions<T> extends RddNode<T> {
  /** All elements, partition after partition. */
  collect(): Promise<T[]> {
    return actions.collect(this)
  }

  /** One array per partition. */
  collectPartitions(): Promise<T[][]> {
    return actions.collectPartitions(this)
  }

  /** How many elements. */
  count(): Promise<number> {
    return actions.count(this)
  }

  /** The first element; rejects where there is none. */
  first(): Promise<T> {
    return actions.first(this)
  }

  /** The first elements, at most `count`. Computes only as many partitions as it needs, and breaks off in the middle of the last. */
  take(count: number): Promise<T[]> {
    return actions.take(this, count)
  }

  /** Whether there is no element; computes no more than `take(1)`. */
  async isEmpty(): Promise<boolean> {
    return this.getNumPartitions() === 0 || (await actions.take(this, 1)).length === 0
  }

  /** All elements reduced by `f`, within partitions and then over them; rejects where there is none. */
  reduce(f: (a: T, b: T) => T): Promise<T> {
    takesFunctions('reduce', f)
    return actions.reduce(this, f)
  }

  /** As `reduce`, the results of partitions in a tree of so many levels, in the order in which Spark puts them together. */
  treeReduce(f: (a: T, b: T) => T, depth = 2): Promise<T> {
    takesFunctions('treeReduce', f)
    return actions.treeReduce(this, f, depth)
  }

  /** As `reduce`, begun with a copy of `zero` in each partition, and once more over them. */
  fold(zero: T, f: (a: T, b: T) => T): Promise<T> {
    takesFunctions('fold', f)
    return actions.aggregate(this, zero, f, f)
  }

  /** The elements added to a copy of `zero` in each partition, and those sums merged into one more copy. */
  aggregate<U>(zero: U, add: (sum: U, value: T) => U, merge: (one: U, other: U) => U): Promise<U> {
    takesFunctions('aggregate', add, merge)
    return actions.aggregate(this, zero, add, merge)
  }

  /** As `aggregate`, the sums of partitions in a tree of so many levels; `zero` is merged at each of them. */
  treeAggregate<U>(zero: U, add: (sum: U, value: T) => U, merge: (one: U, other: U) => U, depth = 2): Promise<U> {
    takesFunctions('treeAggregate', add, merge)
    return actions.treeAggregate(this, { zero, add, merge, depth })
  }

  /** `visit` of every element, in order, in the program's own thread. */
  foreach(visit: (value: T) => void): Promise<void> {
    takesFunctions('foreach', visit)
    return actions.foreach(this, visit)
  }

  /** `visit` may be asynchronous; partitions are visited one after the other. */
  foreachPartition(visit: (partition: Iterable<T>) => void | Promise<void>): Promise<void> {
    takesAnyFunction('foreachPartition', visit)
    return actions.foreachPartition(this, visit)
  }

  /** The smallest elements, at most `count`, in order. */
  takeOrdered(count: number, compare: (a: T, b: T) => number = compareNaturally): Promise<T[]> {
    return actions.takeOrdered(this, count, compare)
  }

  /** The largest elements, at most `count`, the largest first. */
  top(count: number, compare: (a: T, b: T) => number = compareNaturally): Promise<T[]> {
    return actions.takeOrdered(this, count, (a, b) => compare(b, a))
  }

  /** The largest element; rejects where there is none. */
  max(compare: (a: T, b: T) => number = compareNaturally): Promise<T> {
    return actions.reduce(this, (a, b) => (compare(a, b) >= 0 ? a : b))
  }

  /** The smallest element; rejects where there is none. */
  min(compare: (a: T, b: T) => number = compareNaturally): Promise<T> {
    return actions.reduce(this, (a, b) => (compare(a, b) <= 0 ? a : b))
  }

  /** The sum; 0 where there is no element. */
  sum(this: RDD<number>): Promise<number> {
    return actions.aggregate(
      this,
      0,
      (sum, value) => sum + Number(value),
      (one, other) => one + other,
    )
  }

  /** Count, mean, standard deviation (of the population), smallest and largest in one pass. Rounded as Spark's StatCounter rounds. */
  stats(this: RDD<number>): Promise<actions.Stats> {
    return actions.stats(this)
  }

  /** The mean; 0 where there is no element, as in Spark. */
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

  /** Of a sample: the root of `sampleVariance`. */
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

  /**
   * `count` elements by chance, fewer only where there are no more; with replacement an element may come again. The same seed gives
   * the same, as in Spark.
   */
  takeSample(this: RDD<T>, withReplacement: boolean, count: number, seed: number = this.context.newSeed()): Promise<T[]> {
    return actions.takeSample(this, withReplacement, count, seed)
  }

  /** How often each element is there. Equal by content. */
  countByValue(this: RDD<T>): Promise<Map<T, number>> {
    return this.map((value): [T, null] => [value, null]).countByKey()
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

  /** How often each key is there, in the same way. */
  countByKeyApprox<K, V>(this: RDD<[K, V]>, timeoutMs: number, confidence = 0.95): Promise<PartialResult<ReadonlyMap<K, BoundedDouble>>> {
    return approximate.countByValueApprox(this.keys(), timeoutMs, confidence)
  }

  /** How many distinct elements, with this relative standard deviation (see hyper-log-log.ts). Elements are the same where they print the same. */
  countApproxDistinct(relativeSD = 0.05): Promise<number> {
    const precision = precisionFor(relativeSD)
    return actions.aggregate(this, newRegisters(precision), offer, mergeRegisters).then(cardinality)
  }

  /** The elements one by one; one partition is computed and in memory at a time. */
  toLocalIterator(): AsyncGenerator<T> {
    return actions.toLocalIterator(this)
  }

  /** How many pairs each key has. */
  countByKey<K, V>(this: RDD<[K, V]>): Promise<Map<K, number>> {
    return actions.collectAsMap(this.mapValues(() => 1).reduceByKey((one, other) => one + other))
  }

  /** The value of each key; of several the last. */
  collectAsMap<K, V>(this: RDD<[K, V]>): Promise<Map<K, V>> {
    return actions.collectAsMap(this)
  }

  /** The values of one key. Where there is a partitioner only the partition of that key is computed. */
  lookup<K, V>(this: RDD<[K, V]>, key: K): Promise<V[]> {
    return actions.lookup(this, key)
  }

  /** As `reduceByKey`, in one map. */
  reduceByKeyLocally<K, V>(this: RDD<[K, V]>, f: (a: V, b: V) => V): Promise<Map<K, V>> {
    takesFunctions('reduceByKeyLocally', f)
    return actions.reduceByKeyLocally(this, f)
  }

  /** A directory with one text file per partition, one element a line; compressed by a codec (`gzip`) where one is named. */
  saveAsTextFile(this: RDD<T>, directory: string, codec?: string): Promise<void> {
    if (codec === undefined) return actions.saveAsTextFile(this, directory, noOutputOperation)
    return this.context.scoped('saveAsTextFile', () =>
      this.map((element): [null, string] => [null, show(element)]).saveAsHadoopFile(directory, { codec }),
    )
  }

  /** A directory with one file of serialised elements per partition; `SparkContext.objectFile` reads it. */
  saveAsObjectFile(directory: string): Promise<void> {
    return actions.saveAsObjectFile(this, directory, noOutputOperation)
  }

  /** A directory of files in one of Hadoop's output formats, named as its older interface names them: `part-00000`. */
  saveAsHadoopFile<K, V>(this: RDD<[K, V]>, directory: string, format: HadoopOutputFormat = {}): Promise<void> {
    return saveAsHadoopFile(this, directory, hadoopWriter(format), 'part-', noOutputOperation)
  }

  /** The same, named as by the newer interface: `part-r-00000`. */
  saveAsNewAPIHadoopFile<K, V>(this: RDD<[K, V]>, directory: string, format: HadoopOutputFormat = {}): Promise<void> {
    return saveAsHadoopFile(this, directory, hadoopWriter(format), 'part-r-', noOutputOperation)
  }

  /** A directory of SequenceFiles, their classes by what the first pair holds. */
  saveAsSequenceFile<K, V>(this: RDD<[K, V]>, directory: string, codec?: string): Promise<void> {
    return this.saveAsHadoopFile(directory, { format: 'SequenceFileOutputFormat', ...(codec !== undefined && { codec }) })
  }
}
