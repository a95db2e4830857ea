// The map side of a shuffle: the pairs of one partition of the parent, aggregated or not, in a segment for each reduce partition.
import { type Aggregator, CombineTable, PairColumns, type PairSegment, reordered, toColumns } from './combine-table.ts'
import { allPartitions, andThen, type MaybePromise, type RddDefinition } from './definition.ts'
import { runElsewhere } from './executors.ts'
import { canonical } from './keyed-map.ts'
import type { Partitioner } from './partitioner.ts'
import type { RDD } from './rdd.ts'
import { ORDERED_KEYS, partitionedMapOrder } from './spark-order.ts'
import { blame, newStage, runTask } from './task.ts'
import { noPair } from './unfit-record.ts'
import { Double } from './value.ts'

/** What the map side leaves: for each reduce partition one segment per map partition that had something for it, in map order. */
export class ShuffleOutput<K, C> {
  readonly segments: PairSegment<K, C>[][]

  constructor(partitions: number) {
    this.segments = Array.from({ length: partitions }, () => [])
  }

  /** Takes what one map partition has for each reduce partition. */
  add(buckets: readonly PairSegment<K, C>[]): void {
    buckets.forEach((bucket, reduce) => {
      if (bucket.size > 0) this.segments[reduce]!.push(bucket)
    })
  }
}

export interface MapSideOptions<K, V, C> {
  readonly parent: RDD<[K, V]>
  readonly partitioner: () => Partitioner
  /** Absent: pairs stay as they are (C is V). */
  readonly aggregator?: Aggregator<V, C> | undefined
  /** The RDD that it is a side of, and which of its sides. */
  readonly definition: () => RddDefinition<never> | RddDefinition<unknown>
  readonly index: number
}

export class MapSide<K, V, C> {
  readonly #options: MapSideOptions<K, V, C>

  constructor(options: MapSideOptions<K, V, C>) {
    this.#options = options
  }

  /** Every partition of the parent. */
  run(): MaybePromise<ShuffleOutput<K, C>> {
    const { parent, partitioner, definition, index } = this.#options
    const partitions = allPartitions(parent)
    const { numPartitions } = partitioner()
    const elsewhere = runElsewhere(parent as unknown as RDD<unknown>, definition().address, { mapSide: index }, partitions)
    if (elsewhere === undefined) return this.#runHere(partitions, numPartitions)
    return elsewhere.then((results) => {
      if (results === undefined) return this.#runHere(partitions, numPartitions)
      const output = new ShuffleOutput<K, C>(numPartitions)
      for (const buckets of results) output.add(buckets as readonly PairSegment<K, C>[])
      return output
    })
  }

  #runHere(partitions: readonly number[], numPartitions: number): MaybePromise<ShuffleOutput<K, C>> {
    return andThen(this.prepare(partitions), () => {
      const output = new ShuffleOutput<K, C>(numPartitions)
      const stage = newStage()
      for (const partition of partitions) output.add(runTask(stage, partition, () => this.partition(partition)))
      return output
    })
  }

  prepare(partitions: readonly number[]): MaybePromise<void> {
    return this.#options.parent.prepare(partitions)
  }

  /** One partition of the parent, for each reduce partition. prepare() before. */
  partition(partition: number): readonly PairSegment<K, C>[] {
    const { parent, partitioner, aggregator, definition } = this.#options
    return aggregator === undefined
      ? (spread(parent, partition, partitioner(), definition()) as unknown as PairSegment<K, C>[])
      : combine(parent, partition, partitioner(), aggregator, definition())
  }
}

function newBuckets<K, C>(count: number): PairColumns<K, C>[] {
  return Array.from({ length: count }, () => new PairColumns<K, C>())
}

function spread<K, V>(
  parent: RDD<[K, V]>,
  partition: number,
  partitioner: Partitioner,
  definition: RddDefinition<never> | RddDefinition<unknown>,
): PairColumns<K, V>[] {
  const buckets = newBuckets<K, V>(partitioner.numPartitions)
  parent.each(partition, (pair) => {
    if (!Array.isArray(pair)) throw blame(noPair(pair), pair, definition)
    buckets[buckets.length === 1 ? 0 : partitioner.getPartition(pair[0])]!.add(pair[0], pair[1])
  })
  return buckets
}

/** Spark's table holds pairs of partition and key here, and within a pair 0.0 and -0.0 are one, as long as they go to the same partition. */
function textBefore(partitioner: Partitioner): (key: unknown) => string {
  return (key) => {
    const isNegativeZero = key instanceof Double && Object.is(key.value, -0)
    if (!isNegativeZero) return canonical(key)
    const zero = new Double(0)
    return canonical(partitioner.getPartition(key) === partitioner.getPartition(zero) ? zero : key)
  }
}

function combine<K, V, C>(
  parent: RDD<[K, V]>,
  partition: number,
  partitioner: Partitioner,
  aggregator: Aggregator<V, C>,
  definition: RddDefinition<never> | RddDefinition<unknown>,
): PairSegment<K, C>[] {
  const table = new CombineTable<K, C>(textBefore(partitioner))
  const { createCombiner, mergeValue } = aggregator
  const insert = table.inserter(createCombiner, mergeValue)
  parent.each(partition, (pair) => {
    if (!Array.isArray(pair)) throw blame(noPair(pair), pair, definition)
    try {
      insert(pair[0], pair[1])
    } catch (thrown) {
      throw blame(thrown, pair, definition)
    }
  })
  if (partitioner.numPartitions === 1 && table.size > ORDERED_KEYS) return [table]
  const buckets = newBuckets<K, C>(partitioner.numPartitions)
  if (table.size <= ORDERED_KEYS) {
    const columns = toColumns(table)
    const partitions = columns.keys.map((key) => partitioner.getPartition(key))
    const ordered = reordered(columns, partitionedMapOrder(columns.keys, partitions))
    ordered.eachPair((key, value) => buckets[partitioner.getPartition(key)]!.add(key, value))
  } else table.eachPair((key, value) => buckets[partitioner.getPartition(key)]!.add(key, value))
  return buckets
}
