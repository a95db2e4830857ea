// Shuffles: pairs are brought to the partition of their key, aggregated on both sides or sorted. Everything happens in this process, so
// that a shuffle is a set of tables: made once per RDD, kept as long as the RDD is.

import { type Aggregator, CombineTable, inSparkOrder, PairColumns, type PairSegment, reordered, toColumns } from './combine-table.ts'
import { andThen, inTurn, type MaybePromise, type RddDefinition, wide } from './definition.ts'
import { KeyedMap } from './keyed-map.ts'
import type { Partitioner } from './partitioner.ts'
import type { RDD } from './rdd.ts'
import { ORDERED_KEYS, partitionedMapOrder } from './spark-order.ts'
import { blame, newStage, runTask } from './task.ts'

/** What the map side leaves: for each reduce partition one segment per map partition that had something for it, in map order. */
export class ShuffleOutput<K, C> {
  readonly segments: PairSegment<K, C>[][]

  constructor(partitions: number) {
    this.segments = Array.from({ length: partitions }, () => [])
  }
}

/** Runs the map side over every partition of `parent`. */
export function runMapSide<K, V, C>(
  parent: RDD<[K, V]>,
  partitioner: Partitioner,
  aggregator: Aggregator<V, C> | undefined,
  definition: RddDefinition<never> | RddDefinition<unknown>,
): MaybePromise<ShuffleOutput<K, C>> {
  const all = Array.from({ length: parent.getNumPartitions() }, (_, index) => index)
  return andThen(parent.prepare(all), () => {
    const output = new ShuffleOutput<K, C>(partitioner.numPartitions)
    const stage = newStage()
    for (const partition of all) {
      runTask(stage, partition, () => {
        if (aggregator === undefined) spread(parent, partition, partitioner, output as unknown as ShuffleOutput<K, V>)
        else combine(parent, partition, partitioner, aggregator, output, definition)
      })
    }
    return output
  })
}

function spread<K, V>(parent: RDD<[K, V]>, partition: number, partitioner: Partitioner, output: ShuffleOutput<K, V>): void {
  const buckets = output.segments.map(() => new PairColumns<K, V>())
  if (buckets.length === 1) parent.each(partition, (pair) => buckets[0]!.add(pair[0], pair[1]))
  else parent.each(partition, (pair) => buckets[partitioner.getPartition(pair[0])]!.add(pair[0], pair[1]))
  addSegments(output, buckets)
}

function combine<K, V, C>(
  parent: RDD<[K, V]>,
  partition: number,
  partitioner: Partitioner,
  aggregator: Aggregator<V, C>,
  output: ShuffleOutput<K, C>,
  definition: RddDefinition<never> | RddDefinition<unknown>,
): void {
  const table = new CombineTable<K, C>()
  const { createCombiner, mergeValue } = aggregator
  const insert = table.inserter(createCombiner, mergeValue)
  parent.each(partition, (pair) => {
    try {
      insert(pair[0], pair[1])
    } catch (thrown) {
      throw blame(thrown, pair, definition)
    }
  })
  if (output.segments.length === 1 && table.size > ORDERED_KEYS) {
    addSegments(output, [table])
    return
  }
  const buckets = output.segments.map(() => new PairColumns<K, C>())
  if (table.size <= ORDERED_KEYS) {
    const columns = toColumns(table)
    const partitions = columns.keys.map((key) => partitioner.getPartition(key))
    const ordered = reordered(columns, partitionedMapOrder(columns.keys, partitions))
    ordered.eachPair((key, value) => buckets[partitioner.getPartition(key)]!.add(key, value))
  } else table.eachPair((key, value) => buckets[partitioner.getPartition(key)]!.add(key, value))
  addSegments(output, buckets)
}

function addSegments<K, C>(output: ShuffleOutput<K, C>, buckets: readonly PairSegment<K, C>[]): void {
  buckets.forEach((bucket, reduce) => {
    if (bucket.size > 0) output.segments[reduce]!.push(bucket)
  })
}

/** What a shuffled RDD is to do with the pairs of one reduce partition. */
export interface ShuffleOptions<K, V, C> {
  readonly aggregator?: Aggregator<V, C>
  readonly mapSideCombine?: boolean
  /** Sorts each partition. */
  readonly keyOrder?: (a: K, b: K) => number
}

/** ShuffledRDD. Without an aggregator pairs stay as they are (C is V). */
export function shuffled<K, V, C>(
  parent: RDD<[K, V]>,
  partitioner: () => Partitioner,
  options: ShuffleOptions<K, V, C>,
): RddDefinition<[K, C]> {
  const { aggregator, keyOrder } = options
  const mapSide = aggregator !== undefined && options.mapSideCombine !== false ? aggregator : undefined
  let output: ShuffleOutput<K, C> | undefined
  const merged = new Map<number, PairSegment<K, C>>()

  const reduce = (partition: number): PairSegment<K, C> => {
    const segments = output!.segments[partition]!
    if (aggregator === undefined) return segments.length === 1 ? segments[0]! : concatenated(segments)
    if (mapSide !== undefined && segments.length === 1) return inSparkOrder(segments[0]!)
    const table = new CombineTable<K, C>()
    const insert = (
      mapSide !== undefined
        ? table.inserter((first: C) => first, aggregator.mergeCombiners)
        : table.inserter(aggregator.createCombiner, aggregator.mergeValue)
    ) as (key: K, value: C) => void
    for (const segment of segments) {
      segment.eachPair((key, value) => {
        try {
          insert(key, value)
        } catch (thrown) {
          throw blame(thrown, [key, value], definition)
        }
      })
    }
    return inSparkOrder(table)
  }
  const result = (partition: number): PairSegment<K, C> => {
    let segment = merged.get(partition)
    if (segment === undefined) {
      segment = reduce(partition)
      if (keyOrder !== undefined) {
        const columns = toColumns(segment)
        const order = columns.keys.map((_key, index) => index)
        segment = reordered(
          columns,
          order.sort((a, b) => keyOrder(columns.keys[a]!, columns.keys[b]!) || a - b),
        )
      }
      merged.set(partition, segment)
      output!.segments[partition] = [segment]
    }
    return segment
  }
  const definition: RddDefinition<[K, C]> = {
    className: 'ShuffledRDD',
    dependencies: [wide(parent as RDD<unknown>)],
    partitions: () => partitioner().numPartitions,
    partitioner,
    prepare() {
      if (output !== undefined) return undefined
      return andThen(runMapSide(parent, partitioner(), mapSide, definition as RddDefinition<unknown>), (made) => {
        output ??= made
      })
    },
    each(partition, push) {
      result(partition).eachPair((key, value) => push([key, value]))
    },
  }
  return definition
}

function concatenated<K, C>(segments: readonly PairSegment<K, C>[]): PairColumns<K, C> {
  const columns = new PairColumns<K, C>()
  for (const segment of segments) segment.eachPair((key, value) => columns.add(key, value))
  return columns
}

/** Aggregation inside partitions, for pairs that already lie where the partitioner wants them. */
export function combinedInPlace<K, V, C>(parent: RDD<[K, V]>, aggregator: Aggregator<V, C>): (partition: number) => PairSegment<K, C> {
  return (partition) => {
    const table = new CombineTable<K, C>()
    const insert = table.inserter(aggregator.createCombiner, aggregator.mergeValue)
    parent.each(partition, (pair) => insert(pair[0], pair[1]))
    return inSparkOrder(table)
  }
}

/** One side of a cogroup: the pairs of a partition, shuffled unless they already lie there. */
class CogroupSide<K> {
  readonly #parent: RDD<[K, unknown]>
  readonly #partitioner: () => Partitioner
  readonly shuffle: boolean
  #output: ShuffleOutput<K, unknown> | undefined

  constructor(parent: RDD<[K, unknown]>, partitioner: () => Partitioner) {
    this.#parent = parent
    this.#partitioner = partitioner
    this.shuffle = !(parent.partitioner?.equals(partitioner()) ?? false)
  }

  prepare(partitions: readonly number[], definition: RddDefinition<never> | RddDefinition<unknown>): MaybePromise<void> {
    if (!this.shuffle) return this.#parent.prepare(partitions)
    if (this.#output !== undefined) return undefined
    return andThen(runMapSide<K, unknown, unknown>(this.#parent, this.#partitioner(), undefined, definition), (made) => {
      this.#output ??= made
    })
  }

  each(partition: number, visit: (key: K, value: unknown) => void): void {
    if (!this.shuffle) this.#parent.each(partition, (pair) => visit(pair[0], pair[1]))
    else for (const segment of this.#output!.segments[partition]!) segment.eachPair(visit)
  }
}

/** CoGroupedRDD: for each key the values of every parent, as arrays made by `newGroup`. */
export function cogrouped<K>(
  parents: readonly RDD<[K, unknown]>[],
  partitioner: () => Partitioner,
  newGroup: () => unknown[],
): RddDefinition<[K, unknown[][]]> {
  const sides = parents.map((parent) => new CogroupSide(parent, partitioner))
  const definition: RddDefinition<[K, unknown[][]]> = {
    className: 'CoGroupedRDD',
    dependencies: sides.map((side, index) => ({ rdd: parents[index] as unknown as RDD<unknown>, shuffle: side.shuffle })),
    partitions: () => partitioner().numPartitions,
    partitioner,
    prepare: (partitions) => inTurn(sides, (side) => side.prepare(partitions, definition as RddDefinition<unknown>)),
    each(partition, push) {
      const table = new CombineTable<K, unknown[][]>()
      sides.forEach((side, index) => {
        const insert = table.inserter<unknown>(
          (value) => {
            const groups = sides.map(newGroup)
            groups[index]!.push(value)
            return groups
          },
          (groups, value) => {
            groups[index]!.push(value)
            return groups
          },
        )
        side.each(partition, insert)
      })
      inSparkOrder(table).eachPair((key, groups) => push([key, groups]))
    },
  }
  return definition
}

/** SubtractedRDD: pairs of `one` whose key `other` does not have. */
export function subtracted<K, V>(
  one: RDD<[K, V]>,
  other: RDD<[K, unknown]>,
  partitioner: () => Partitioner,
  order: (keys: readonly K[]) => number[],
): RddDefinition<[K, V]> {
  const left = new CogroupSide<K>(one, partitioner)
  const right = new CogroupSide<K>(other, partitioner)
  const definition: RddDefinition<[K, V]> = {
    className: 'SubtractedRDD',
    dependencies: [
      { rdd: one as unknown as RDD<unknown>, shuffle: left.shuffle },
      { rdd: other as unknown as RDD<unknown>, shuffle: right.shuffle },
    ],
    partitions: () => partitioner().numPartitions,
    partitioner,
    prepare: (partitions) => inTurn([left, right], (side) => side.prepare(partitions, definition as RddDefinition<unknown>)),
    each(partition, push) {
      const groups = new CombineTable<K, unknown[]>()
      const insert = groups.inserter<unknown>(
        (value) => [value],
        (values, value) => {
          values.push(value)
          return values
        },
      )
      left.each(partition, insert)
      const gone = new KeyedMap<K, true>()
      right.each(partition, (key) => gone.set(key, true))
      const columns = toColumns(groups)
      const ordered = columns.size <= ORDERED_KEYS ? reordered(columns, order(columns.keys)) : columns
      ordered.eachPair((key, values) => {
        if (gone.has(key)) return
        for (const value of values) push([key, value as V])
      })
    },
  }
  return definition
}
