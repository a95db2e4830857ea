// The order in which Spark would give the keys of mapWithState. Each batch lays the keys that it changes into a table of its own, behind the
// tables of the batches before. A state whose checkpoint interval was set is kept serialised: what is read back lies in two tables, one of the
// batch's own keys and one of all those before, each as large as what was written asked for.
import { AscendingMap } from '../ascending-map.ts'
import { KeyedMap } from '../rdd/keyed-map.ts'
import { hashTableOrder, ORDERED_KEYS } from '../rdd/spark-order.ts'
import { KeyOrders } from './key-orders.ts'
import type { VersionedMap } from './versioned-map.ts'

/** What a batch changes in one partition. `changed` in the order of its records, keys that went too. */
export interface ChangedKeys<K> {
  readonly version: number
  /** The version before. */
  readonly before: number
  readonly partition: number
  /** The keys as they lay before; undefined when they are too many to order. */
  readonly keys: readonly K[] | undefined
  readonly changed: readonly K[]
  readonly map: VersionedMap<K, unknown>
  readonly serialised: boolean
}

/** Capacity of a new table in Spark. */
const capacity = 64

export class StateMapOrders<K> extends KeyOrders<K> {
  /** Keys in all tables of a version, by partition. */
  readonly #sizes = new AscendingMap<number[]>()

  append({ version, before, partition, keys, changed, map, serialised }: ChangedKeys<K>): void {
    const own = inTable(KeyOrders.distinct(changed), capacity)
    if (keys === undefined || keys.length + own.length > ORDERED_KEYS) return
    const size = own.length + (this.#sizes.get(before)?.[partition] ?? keys.length)
    const behind = serialised ? inTable(own, own.length === 0 ? capacity : own.length) : own
    const front = serialised ? inTable(keys, Math.max(capacity, size)) : keys
    const gone = new KeyedMap<K, true>()
    for (const key of behind) gone.set(key, true)
    this.keep(version, partition, [...front.filter((key) => !gone.has(key)), ...behind], map)
    const sizes = this.#sizes.get(version) ?? []
    sizes[partition] = serialised ? behind.length + front.length : size
    this.#sizes.set(version, sizes)
  }

  override forgetBefore(version: number): void {
    super.forgetBefore(version)
    this.#sizes.removeBelow(Math.min(version, this.#sizes.keys().at(-1) ?? version))
  }
}

const inTable = <K>(keys: readonly K[], size: number): readonly K[] => hashTableOrder(keys, size).map((index) => keys[index] as K)
