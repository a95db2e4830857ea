// Shuffles: pairs are brought to the partition of their key, aggregated on both sides or sorted. Everything happens in this process, so
// that a shuffle is a set of tables: made once per RDD, kept as long as the RDD is.

import { type Aggregator, CombineTable, inSparkOrder, PairColumns, type PairSegment, reordered, toColumns } from './combine-table.ts'
import { type AnyMapSide, andThen, type Dependency, inTurn, type MaybePromise, narrow, type RddDefinition, wide } from './definition.ts'
import { KeyedMap } from './keyed-map.ts'
import { MapSide, type MapSideOptions, type ShuffleOutput } from './map-side.ts'
import type { Partitioner } from './partitioner.ts'
import { XorShiftRandom } from './random.ts'
import type { RDD } from './rdd.ts'
import { ORDERED_KEYS } from './spark-order.ts'
import { blame } from './task.ts'
import { noPair } from './unfit-record.ts'

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
  const combined = aggregator !== undefined && options.mapSideCombine !== false ? aggregator : undefined
  const mapSide = new MapSide<K, V, C>({ parent, partitioner, aggregator: combined, definition: () => definition, index: 0 })
  let output: ShuffleOutput<K, C> | undefined
  const merged = new Map<number, PairSegment<K, C>>()

  const reduce = (partition: number): PairSegment<K, C> => {
    const segments = output!.segments[partition]!
    if (aggregator === undefined) return segments.length === 1 ? segments[0]! : concatenated(segments)
    if (combined !== undefined && segments.length === 1) return inSparkOrder(segments[0]!)
    const table = new CombineTable<K, C>()
    const insert = (
      combined !== undefined
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
    mapSides: [mapSide as unknown as AnyMapSide],
    partitions: () => partitioner().numPartitions,
    partitioner,
    prepare() {
      if (output !== undefined) return undefined
      return andThen(mapSide.run(), (made) => {
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
export function combinedInPlace<K, V, C>(parent: RDD<[K, V]>, aggregator: Aggregator<V, C>): RddDefinition<[K, C]> {
  return {
    className: 'MapPartitionsRDD',
    dependencies: [narrow(parent as unknown as RDD<unknown>)],
    partitions: () => parent.getNumPartitions(),
    partitioner: () => parent.partitioner,
    prepare: (partitions) => parent.prepare(partitions),
    each(partition, push) {
      const table = new CombineTable<K, C>()
      const insert = table.inserter(aggregator.createCombiner, aggregator.mergeValue)
      parent.each(partition, (pair) => {
        if (!Array.isArray(pair)) throw blame(noPair(pair), pair, {})
        insert(pair[0], pair[1])
      })
      inSparkOrder(table).eachPair((key, value) => push([key, value]))
    },
  }
}

/** Sides of a cogroup, numbered; `definition`: of the RDD that they are sides of. */
function cogroupSides<K>(
  parents: readonly RDD<[K, unknown]>[],
  partitioner: () => Partitioner,
  definition: () => RddDefinition<never> | RddDefinition<unknown>,
): CogroupSide<K>[] {
  return parents.map((parent, index) => new CogroupSide({ parent, partitioner, definition, index }))
}

/** One side of a cogroup: the pairs of a partition, shuffled unless they already lie there. */
class CogroupSide<K> {
  readonly mapSide: MapSide<K, unknown, unknown>
  readonly dependency: Dependency
  readonly #parent: RDD<[K, unknown]>
  #output: ShuffleOutput<K, unknown> | undefined

  constructor(options: MapSideOptions<K, unknown, unknown>) {
    const { parent, partitioner } = options
    this.mapSide = new MapSide(options)
    this.#parent = parent
    const rdd = parent as unknown as RDD<unknown>
    this.dependency = parent.partitioner?.equals(partitioner()) === true ? narrow(rdd) : wide(rdd)
  }

  prepare(partitions: readonly number[]): MaybePromise<void> {
    if (!this.dependency.shuffle) return this.#parent.prepare(partitions)
    if (this.#output !== undefined) return undefined
    return andThen(this.mapSide.run(), (made) => {
      this.#output ??= made
    })
  }

  each(partition: number, visit: (key: K, value: unknown) => void): void {
    if (!this.dependency.shuffle) this.#parent.each(partition, (pair) => visit(pair[0], pair[1]))
    else for (const segment of this.#output!.segments[partition]!) segment.eachPair(visit)
  }
}

/** What RDDs have in common that lay the pairs of several parents by one partitioner. */
function broughtTogether<K>(
  sides: readonly CogroupSide<K>[],
  partitioner: () => Partitioner,
): Pick<RddDefinition<never>, 'dependencies' | 'mapSides' | 'partitions' | 'partitioner' | 'prepare'> {
  return {
    dependencies: sides.map((side) => side.dependency),
    mapSides: sides.map((side) => side.mapSide as AnyMapSide),
    partitions() {
      const { numPartitions } = partitioner()
      // As in Spark, where each says how its sides come to it: one that cannot say how many partitions it has fails.
      if (numPartitions > 0) for (const { dependency } of sides) dependency.rdd.getNumPartitions()
      return numPartitions
    },
    partitioner,
    prepare: (partitions) => inTurn(sides, (side) => side.prepare(partitions)),
  }
}

/** CoGroupedRDD: for each key the values of every parent, as arrays made by `newGroup`. */
export function cogrouped<K>(
  parents: readonly RDD<[K, unknown]>[],
  partitioner: () => Partitioner,
  newGroup: () => unknown[],
): RddDefinition<[K, unknown[][]]> {
  const sides = cogroupSides(parents, partitioner, () => definition)
  const definition: RddDefinition<[K, unknown[][]]> = {
    className: 'CoGroupedRDD',
    ...broughtTogether(sides, partitioner),
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
  const sides = cogroupSides([one, other], partitioner, () => definition)
  const [left, right] = sides as [CogroupSide<K>, CogroupSide<K>]
  const definition: RddDefinition<[K, V]> = {
    className: 'SubtractedRDD',
    ...broughtTogether(sides, partitioner),
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

/** Where a partition's round-robin begins in a repartition. */
export function startPosition(partition: number, numPartitions: number): number {
  return new XorShiftRandom(partition).nextInt(numPartitions)
}
