// The order in which Spark would give the keys of small states. Every batch puts keys into a hash table and walks it: those of its records
// and those of the state before, in an order that is the operation's. Kept by version; nothing is kept of partitions above ORDERED_KEYS,
// whose keys come as they lie.

import { AscendingMap } from '../ascending-map.ts'
import { KeyedMap } from '../rdd/keyed-map.ts'
import { appendOnlyMapOrder, ORDERED_KEYS } from '../rdd/spark-order.ts'
import type { VersionedMap } from './versioned-map.ts'

export class KeyOrders<K> {
  readonly #versions = new AscendingMap<(readonly K[] | undefined)[]>()

  of(version: number, partition: number): readonly K[] | undefined {
    return this.#versions.get(version)?.[partition]
  }

  /** The keys of the state before it changes; undefined when they are too many to order. */
  before(version: number, partition: number, map: VersionedMap<K, unknown>): readonly K[] | undefined {
    if (map.size > ORDERED_KEYS) return undefined
    const known = this.of(version, partition)
    if (known !== undefined) return known
    const keys: K[] = []
    map.forEach((_state, key) => {
      keys.push(key)
    })
    return keys
  }

  /** The keys lie as they lay. */
  keep(version: number, partition: number, keys: readonly K[] | undefined, map: VersionedMap<K, unknown>): void {
    if (keys === undefined) return
    const partitions = this.#versions.get(version) ?? []
    partitions[partition] = keys.filter((key) => map.has(key))
    this.#versions.set(version, partitions)
  }

  /** The keys went into a table: `first`, then those of `then` that are others. */
  insert(
    version: number,
    partition: number,
    first: readonly K[] | undefined,
    then: readonly K[] | undefined,
    map: VersionedMap<K, unknown>,
  ): void {
    if (first === undefined || then === undefined || first.length + then.length > ORDERED_KEYS) return
    this.keep(version, partition, KeyOrders.ofTable([...first, ...then]), map)
  }

  /** Keys, each once, as a table gives them back; undefined when they are too many to order. */
  static ofTable<K>(keys: readonly K[]): readonly K[] | undefined {
    const inserted = KeyOrders.distinct(keys)
    if (inserted.length > ORDERED_KEYS) return undefined
    return appendOnlyMapOrder(inserted).map((index) => inserted[index] as K)
  }

  /** Keys, each once, where it first came. */
  static distinct<K>(keys: readonly K[]): readonly K[] {
    const known = new KeyedMap<K, true>()
    return keys.filter((key) => {
      if (known.has(key)) return false
      known.set(key, true)
      return true
    })
  }

  /** Forgets versions before `version`, but for the newest: the next batch begins with it. */
  forgetBefore(version: number): void {
    const newest = this.#versions.keys().at(-1) ?? version
    this.#versions.removeBelow(Math.min(version, newest))
  }
}

/** The pairs of a version; in `order` when it is known. */
export function pushInOrder<K, V>(
  map: VersionedMap<K, V>,
  version: number,
  order: readonly K[] | undefined,
  push: (pair: [K, V]) => void,
): void {
  if (order === undefined) {
    map.visitVersion(version, (key, value) => push([key, value]))
    return
  }
  const values = new KeyedMap<K, V>()
  map.visitVersion(version, (key, value) => values.set(key, value))
  for (const key of order) if (values.has(key)) push([key, values.get(key) as V])
}
