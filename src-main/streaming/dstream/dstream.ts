// DStream: a sequence of RDDs, one per batch. Methods are Spark's by name and meaning. What a stream is stands in stream-node.ts, and what each
// kind of stream does in the definitions beside this file.
import { Duration, type Time } from '../../../src-shared/streaming/time.ts'
import { takesAnyFunction, takesFunctions, takesWholeNumber } from '../program-arguments.ts'
import * as actions from '../rdd/actions.ts'
import { append, appendAll } from '../rdd/grouping.ts'
import { type HadoopOutputFormat, hadoopWriter, saveAsHadoopFile } from '../rdd/hadoop-file.ts'
import { HashPartitioner, type Partitioner } from '../rdd/partitioner.ts'
import type { Partitioning, RDD } from '../rdd/rdd.ts'
import { GroupBuffer, type Option } from '../rdd/value.ts'
import { writtenText } from '../rdd/written-text.ts'
import type { StreamingContext } from '../streaming-context.ts'
import * as elements from './element-streams.ts'
import type { MapWithStateDStream } from './map-with-state.ts'
import { batchDirectory, type OutputFunction, registerOutput } from './output-operation.ts'
import { reducedWindow } from './reduced-window.ts'
import type { StateSpec } from './state-spec.ts'
import { anyStream, type StreamDefinition } from './stream-definition.ts'
import { StreamNode } from './stream-node.ts'
import { type UpdateOptions, updatedState, updatedStateByIterator } from './update-state.ts'
import { windowed } from './window.ts'

export class DStream<T> extends StreamNode<T> {
  readonly id: number

  constructor(context: StreamingContext, operation: string, definition: StreamDefinition<T>) {
    super(context, operation, definition)
    this.id = context.graph.addStream(anyStream(this))
  }

  // ---- element-wise

  #scoped<R extends DStream<never> | DStream<unknown>>(operation: string, body: () => R): R {
    return this.context.scoped(operation, body)
  }

  #make<U>(operation: string, definition: StreamDefinition<U>): DStream<U> {
    return new DStream(this.context, operation, definition)
  }

  /** `f` of every element, in order. A batch without an RDD stays without one. */
  map<K, V>(f: (value: T) => [K, V]): DStream<[K, V]>
  map<U>(f: (value: T) => U): DStream<U>
  map<U>(f: (value: T) => U): DStream<U> {
    takesFunctions('map', f)
    return this.#make(
      'map',
      elements.derived('MappedDStream', this, (rdd) => rdd.map(f)),
    )
  }

  /** All elements that `f` gives for each element, in order. */
  flatMap<K, V>(f: (value: T) => Iterable<[K, V]>): DStream<[K, V]>
  flatMap<U>(f: (value: T) => Iterable<U>): DStream<U>
  flatMap<U>(f: (value: T) => Iterable<U>): DStream<U> {
    takesFunctions('flatMap', f)
    return this.#make(
      'flatMap',
      elements.derived('FlatMappedDStream', this, (rdd) => rdd.flatMap(f)),
    )
  }

  /** The elements for which `keep` is true; a type guard narrows the stream's type. The partitioning is kept. */
  filter<U extends T>(keep: (value: T) => value is U): DStream<U>
  filter(keep: (value: T) => boolean): DStream<T>
  filter(keep: (value: T) => boolean): DStream<T> {
    takesFunctions('filter', keep)
    return this.#make(
      'filter',
      elements.derived('FilteredDStream', this, (rdd) => rdd.filter(keep)),
    )
  }

  /** `f` gets a partition's elements and yields new ones; it may be asynchronous. */
  mapPartitions<U>(
    f: (partition: Iterable<T>) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U>>,
    preservePartitioning = false,
  ): DStream<U> {
    takesAnyFunction('mapPartitions', f)
    return this.#make(
      'mapPartitions',
      elements.derived('MapPartitionedDStream', this, (rdd) => rdd.mapPartitions(f, preservePartitioning)),
    )
  }

  /** One array per partition. */
  glom(): DStream<T[]> {
    return this.#make(
      'glom',
      elements.derived('GlommedDStream', this, (rdd) => rdd.glom()),
    )
  }

  /** The same elements in so many partitions, dealt out one by one. A batch without an RDD is an error of that batch. */
  repartition(numPartitions: number): DStream<T> {
    return this.#scoped('repartition', () => this.transform((rdd) => rdd.repartition(numPartitions)))
  }

  /** The elements of both, partition after partition. Both need the same slide, and an RDD in every batch. */
  union(that: DStream<T>): DStream<T> {
    return this.#make('union', elements.unionOf([this, that]))
  }

  /** One element per batch: all reduced by `f`; none when the batch is empty. */
  reduce(f: (a: T, b: T) => T): DStream<T> {
    takesFunctions('reduce', f)
    return this.#scoped('reduce', () =>
      this.map((value): [null, T] => [null, value])
        .reduceByKey(f, 1)
        .map(([, value]) => value),
    )
  }

  /** One element per batch: how many there were. */
  count(): DStream<number> {
    return this.#scoped('count', () =>
      this.map((): [null, number] => [null, 1])
        .transform((rdd) => rdd.union(this.context.sparkContext.makeRDD<[null, number]>([[null, 0]], 1)))
        .reduceByKey((a, b) => a + b)
        .map(([, count]) => count),
    )
  }

  /** How often each value is in a batch: pairs of value and count. Values are equal by content, as keys are. */
  countByValue(numPartitions: number = this.context.sparkContext.defaultParallelism): DStream<[T, number]> {
    return this.#scoped('countByValue', () => this.map((value): [T, number] => [value, 1]).reduceByKey((a, b) => a + b, numPartitions))
  }

  /** `f` runs once per batch, when its jobs are made. */
  transform<U>(f: (rdd: RDD<T>, time: Time) => RDD<U>): DStream<U> {
    takesFunctions('transform', f)
    return this.#make(
      'transform',
      elements.transformed<U>([this], ([rdd], time) => f(rdd as RDD<T>, time)),
    )
  }

  /** Any function of the RDDs of two streams, run for every batch as it is made. Both need the same slide and an RDD in the batch. */
  transformWith<U, R>(other: DStream<U>, f: (rdd: RDD<T>, other: RDD<U>, time: Time) => RDD<R>): DStream<R> {
    takesFunctions('transformWith', f)
    return this.#make(
      'transformWith',
      elements.transformed<R>([this, other], ([one, two], time) => f(one as RDD<T>, two as RDD<U>, time)),
    )
  }

  // ---- windows

  /**
   * The elements of the last `windowDuration`, every `slideDuration`; both are multiples of this stream's slide. The first windows are
   * shorter. Keeps the RDDs of this stream for as long as the window needs them.
   */
  window(windowDuration: Duration, slideDuration: Duration = this.slideDuration): DStream<T> {
    return this.#make('window', windowed(this, windowDuration, slideDuration))
  }

  /**
   * One element for each window: all elements reduced by `f`, none for a window without elements. With `inverse` a window is made of
   * the one before it: what came is added by `f` and what left is taken off, at a cost that does not depend on the window's length; this
   * needs a checkpoint directory.
   */
  reduceByWindow(f: (a: T, b: T) => T, windowDuration: Duration, slideDuration: Duration): DStream<T>
  reduceByWindow(f: (a: T, b: T) => T, inverse: (a: T, b: T) => T, windowDuration: Duration, slideDuration: Duration): DStream<T>
  reduceByWindow(f: (a: T, b: T) => T, second: Duration | ((a: T, b: T) => T), third: Duration, fourth?: Duration): DStream<T> {
    takesFunctions('reduceByWindow', f, ...(second instanceof Duration ? [] : [second]))
    if (second instanceof Duration) return this.#scoped('reduceByWindow', () => this.reduce(f).window(second, third).reduce(f))
    return this.#scoped('reduceByWindow', () =>
      this.map((value): [number, T] => [1, value])
        .reduceByKeyAndWindow(f, second, third, fourth!, 1)
        .map(([, value]) => value),
    )
  }

  /** The number of elements of each window; nothing until there was one. Made with an inverse: needs a checkpoint directory. */
  countByWindow(windowDuration: Duration, slideDuration: Duration): DStream<number> {
    return this.#scoped('countByWindow', () =>
      this.map(() => 1).reduceByWindow(
        (a, b) => a + b,
        (a, b) => a - b,
        windowDuration,
        slideDuration,
      ),
    )
  }

  /** How often each value is in a window; a value that is no longer there is left out. Needs a checkpoint directory. */
  countByValueAndWindow(
    windowDuration: Duration,
    slideDuration: Duration,
    numPartitions: number = this.context.sparkContext.defaultParallelism,
  ): DStream<[T, number]> {
    return this.#scoped('countByValueAndWindow', () =>
      this.map((value): [T, number] => [value, 1]).reduceByKeyAndWindow(
        (a, b) => a + b,
        (a, b) => a - b,
        windowDuration,
        slideDuration,
        numPartitions,
        ([, count]) => count !== 0,
      ),
    )
  }

  // ---- output operations

  /** `f` runs once per batch, when its job runs; it may be asynchronous and is awaited. */
  foreachRDD(f: OutputFunction<T>): void {
    takesAnyFunction('foreachRDD', f)
    registerOutput(this, 'foreachRDD', f)
  }

  /** The first `num` elements of each batch on stdout, framed as Spark frames them. `num` is below 2,147,483,647. */
  print(num = 10): void {
    takesWholeNumber('The number of elements to print', num)
    registerOutput(this, 'print', async (rdd, time, key) => {
      // An int in Spark: of the largest there is none more, and nothing is shown.
      const first = await rdd.take((num + 1) | 0)
      const line = '-------------------------------------------'
      const shown = first.slice(0, Math.max(0, num)).map((element) => `${writtenText(element)}\n`)
      if (first.length > num) shown.push('...\n')
      this.context.outputs.print(key, `${line}\nTime: ${time}\n${line}\n${shown.join('')}\n`)
    })
  }

  /** Each batch as a directory `prefix-<time>.suffix` of text files. */
  saveAsTextFiles(prefix: string, suffix = ''): void {
    registerOutput(this, 'saveAsTextFiles', (rdd, time, key) => actions.saveAsTextFile(rdd, batchDirectory(prefix, suffix, time), key))
  }

  /** Each batch as a directory `prefix-<time>.suffix` of serialised elements; `SparkContext.objectFile` reads one. */
  saveAsObjectFiles(prefix: string, suffix = ''): void {
    registerOutput(this, 'saveAsObjectFiles', (rdd, time, key) => actions.saveAsObjectFile(rdd, batchDirectory(prefix, suffix, time), key))
  }

  /**
   * Each batch as a directory `prefix-<time>.suffix` of files in one of Hadoop's output formats; `part-00000`, as its older interface names
   * them. What cannot be written is said at once where the options say it, else as an error of the batch.
   */
  saveAsHadoopFiles<K, V>(this: DStream<[K, V]>, prefix: string, suffix = '', format: HadoopOutputFormat = {}): void {
    const writer = hadoopWriter(format)
    registerOutput(this, 'saveAsHadoopFiles', (rdd, time, key) =>
      saveAsHadoopFile(rdd, batchDirectory(prefix, suffix, time), writer, 'part-', key),
    )
  }

  /** The same with the names of the newer interface: `part-r-00000`. */
  saveAsNewAPIHadoopFiles<K, V>(this: DStream<[K, V]>, prefix: string, suffix = '', format: HadoopOutputFormat = {}): void {
    const writer = hadoopWriter(format)
    registerOutput(this, 'saveAsNewAPIHadoopFiles', (rdd, time, key) =>
      saveAsHadoopFile(rdd, batchDirectory(prefix, suffix, time), writer, 'part-r-', key),
    )
  }

  // ---- pairs

  #partitioner(partitioning: Partitioning): Partitioner {
    return typeof partitioning === 'object'
      ? partitioning
      : new HashPartitioner(partitioning ?? this.context.sparkContext.defaultParallelism)
  }

  /** Values of each key put together in a form of their own, within each batch. `mapSideCombine`: already before the shuffle. */
  combineByKey<K, V, C>(
    this: DStream<[K, V]>,
    createCombiner: (value: V) => C,
    mergeValue: (combiner: C, value: V) => C,
    mergeCombiners: (one: C, other: C) => C,
    partitioning?: Partitioning,
    mapSideCombine = true,
  ): DStream<[K, C]> {
    takesFunctions('combineByKey', createCombiner, mergeValue, mergeCombiners)
    const partitioner = this.#partitioner(partitioning)
    return this.#make(
      'combineByKey',
      elements.derived('ShuffledDStream', this, (rdd) =>
        rdd.combineByKey(createCombiner, mergeValue, mergeCombiners, partitioner, mapSideCombine),
      ),
    )
  }

  /** Values of each key reduced by `f`, within each batch; in as many partitions as `partitioning` says, else by the default parallelism. */
  reduceByKey<K, V>(this: DStream<[K, V]>, f: (a: V, b: V) => V, partitioning?: Partitioning): DStream<[K, V]> {
    takesFunctions('reduceByKey', f)
    return this.#scoped('reduceByKey', () => this.combineByKey((value: V) => value, f, f, partitioning))
  }

  /** All values of each key, within each batch, as one array. */
  groupByKey<K, V>(this: DStream<[K, V]>, partitioning?: Partitioning): DStream<[K, V[]]> {
    return this.#scoped('groupByKey', () =>
      this.combineByKey<K, V, V[]>((value) => append(new GroupBuffer<V>(), value), append, appendAll, partitioning),
    )
  }

  /** `f` of every value; keys and partitioning stay. */
  mapValues<K, V, W>(this: DStream<[K, V]>, f: (value: V) => W): DStream<[K, W]> {
    takesFunctions('mapValues', f)
    return this.#make(
      'mapValues',
      elements.derived('MapValuedDStream', this, (rdd) => rdd.mapValues(f)),
    )
  }

  /** All that `f` gives for each value, each with the key; the partitioning stays. */
  flatMapValues<K, V, W>(this: DStream<[K, V]>, f: (value: V) => Iterable<W>): DStream<[K, W]> {
    takesFunctions('flatMapValues', f)
    return this.#make(
      'flatMapValues',
      elements.derived('FlatMapValuedDStream', this, (rdd) => rdd.flatMapValues(f)),
    )
  }

  /** For each key the values of both streams in a batch. As for all joins: the same slide, and an RDD of both in every batch. */
  cogroup<K, V, W>(this: DStream<[K, V]>, other: DStream<[K, W]>, partitioning?: Partitioning): DStream<[K, [V[], W[]]]> {
    const partitioner = this.#partitioner(partitioning)
    return this.#scoped('cogroup', () => this.transformWith(other, (one, two) => one.cogroup(two, partitioner)))
  }

  /** Each value of a key with each value that `other` has for it in the same batch. To join over time, join windows. */
  join<K, V, W>(this: DStream<[K, V]>, other: DStream<[K, W]>, partitioning?: Partitioning): DStream<[K, [V, W]]> {
    const partitioner = this.#partitioner(partitioning)
    return this.#scoped('join', () => this.transformWith(other, (one, two) => one.join(two, partitioner)))
  }

  /** As `join`, and a value without a partner with None. */
  leftOuterJoin<K, V, W>(this: DStream<[K, V]>, other: DStream<[K, W]>, partitioning?: Partitioning): DStream<[K, [V, Option<W>]]> {
    const partitioner = this.#partitioner(partitioning)
    return this.#scoped('leftOuterJoin', () => this.transformWith(other, (one, two) => one.leftOuterJoin(two, partitioner)))
  }

  /** As `join`, and a value of `other` without a partner with None. */
  rightOuterJoin<K, V, W>(this: DStream<[K, V]>, other: DStream<[K, W]>, partitioning?: Partitioning): DStream<[K, [Option<V>, W]]> {
    const partitioner = this.#partitioner(partitioning)
    return this.#scoped('rightOuterJoin', () => this.transformWith(other, (one, two) => one.rightOuterJoin(two, partitioner)))
  }

  /** As `join`, and values of both sides without a partner with None. */
  fullOuterJoin<K, V, W>(this: DStream<[K, V]>, other: DStream<[K, W]>, partitioning?: Partitioning): DStream<[K, [Option<V>, Option<W>]]> {
    const partitioner = this.#partitioner(partitioning)
    return this.#scoped('fullOuterJoin', () => this.transformWith(other, (one, two) => one.fullOuterJoin(two, partitioner)))
  }

  /** All values of each key in a window. */
  groupByKeyAndWindow<K, V>(
    this: DStream<[K, V]>,
    windowDuration: Duration,
    slideDuration: Duration = this.slideDuration,
    partitioning?: Partitioning,
  ): DStream<[K, V[]]> {
    return this.#scoped('groupByKeyAndWindow', () =>
      this.groupByKey(partitioning)
        .window(windowDuration, slideDuration)
        .combineByKey<K, V[], V[]>(
          (group) => appendAll(new GroupBuffer<V>(), group),
          appendAll,
          appendAll,
          this.#partitioner(partitioning),
        ),
    )
  }

  /**
   * Values of each key in a window reduced by `f`. With `inverse` each window is made of the one before it, at a cost that does not
   * depend on its length: this needs a checkpoint directory, `inverse(f(a, b), b)` must be `a`, a window not shorter than its slide,
   * and `filter`, without which keys stay for ever.
   */
  reduceByKeyAndWindow<K, V>(
    this: DStream<[K, V]>,
    f: (a: V, b: V) => V,
    windowDuration: Duration,
    slideDuration?: Duration,
    partitioning?: Partitioning,
  ): DStream<[K, V]>
  reduceByKeyAndWindow<K, V>(
    this: DStream<[K, V]>,
    f: (a: V, b: V) => V,
    inverse: (accumulated: V, leaving: V) => V,
    windowDuration: Duration,
    slideDuration?: Duration,
    partitioning?: Partitioning,
    filter?: (pair: [K, V]) => boolean,
  ): DStream<[K, V]>
  reduceByKeyAndWindow<K, V>(
    this: DStream<[K, V]>,
    f: (a: V, b: V) => V,
    second: Duration | ((accumulated: V, leaving: V) => V),
    third?: Duration,
    fourth?: Duration | Partitioning,
    fifth?: Partitioning,
    filter?: (pair: [K, V]) => boolean,
  ): DStream<[K, V]> {
    takesFunctions('reduceByKeyAndWindow', f, ...(second instanceof Duration ? [] : [second]), ...(filter === undefined ? [] : [filter]))
    if (second instanceof Duration) {
      const partitioner = this.#partitioner(fourth as Partitioning)
      return this.#scoped('reduceByKeyAndWindow', () =>
        this.reduceByKey(f, partitioner)
          .window(second, third ?? this.slideDuration)
          .reduceByKey(f, partitioner),
      )
    }
    const slide = (fourth as Duration | undefined) ?? this.slideDuration
    const partitioner = this.#partitioner(fifth)
    return this.#scoped('reduceByKeyAndWindow', () =>
      this.#make(
        'reduceByKeyAndWindow',
        reducedWindow(this, { f, inverse: second, filter, windowDuration: third!, slideDuration: slide, partitioner }),
      ),
    )
  }

  // ---- state

  /** The new state of every key that has values or a state; `undefined` removes the key. */
  updateStateByKey<K, V, S>(
    this: DStream<[K, V]>,
    update: (values: V[], state: S | undefined) => S | undefined,
    partitioning?: Partitioning,
    initial?: RDD<[K, S]>,
  ): DStream<[K, S]> {
    takesFunctions('updateStateByKey', update)
    const options: UpdateOptions<K, S> = { partitioner: this.#partitioner(partitioning), rememberPartitioner: true, initial }
    return this.#make(
      'updateStateByKey',
      updatedState(this, (_time, _key, values, state) => update(values, state), options),
    ).persist()
  }

  /** The overload whose function knows the batch time and the key. */
  updateStateByKeyWithTime<K, V, S>(
    this: DStream<[K, V]>,
    update: (time: Time, key: K, values: V[], state: S | undefined) => S | undefined,
    partitioning?: Partitioning,
    rememberPartitioner = true,
    initial?: RDD<[K, S]>,
  ): DStream<[K, S]> {
    takesFunctions('updateStateByKeyWithTime', update)
    const options: UpdateOptions<K, S> = { partitioner: this.#partitioner(partitioning), rememberPartitioner, initial }
    return this.#make('updateStateByKey', updatedState(this, update, options)).persist()
  }

  /** The overload over whole partitions: yields the pairs of the new state. */
  updateStateByKeyIterator<K, V, S>(
    this: DStream<[K, V]>,
    update: (groups: Iterable<[K, V[], S | undefined]>) => Iterable<[K, S]>,
    partitioning?: Partitioning,
    rememberPartitioner = true,
    initial?: RDD<[K, S]>,
  ): DStream<[K, S]> {
    takesFunctions('updateStateByKeyIterator', update)
    const options: UpdateOptions<K, S> = { partitioner: this.#partitioner(partitioning), rememberPartitioner, initial }
    return this.#make('updateStateByKey', updatedStateByIterator(this, update, options)).persist()
  }

  /** One call of the spec's function per record; costs what the touched keys cost. */
  mapWithState<K, V, S, M>(this: DStream<[K, V]>, spec: StateSpec<K, V, S, M>): MapWithStateDStream<K, S, M> {
    this.context.checkMayChange()
    return this.context.mapWithState(this, spec, this.#partitioner(spec.partitioning))
  }
}
