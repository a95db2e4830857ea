// The order in which Spark's hash tables give their keys back. Aggregations in Spark end in an open-addressing table; what print() shows
// first depends on it. For tables that a person may look at (up to ORDERED_KEYS keys) Millrace gives the same order; larger ones keep the
// order of arrival, which costs nothing. The table: capacity 64, doubled beyond 70 %, slots by a spread hash, triangular probing, null first.
import { anyHash, hashCode, productHash, rehash } from './hash.ts'

/** Above this many keys in one partition the order is that of arrival. */
export const ORDERED_KEYS = 8192

/** Positions of `keys` (distinct, in order of arrival) in the order of Spark's AppendOnlyMap. */
export function appendOnlyMapOrder(keys: readonly unknown[]): number[] {
  const hashes = new Int32Array(keys.length)
  let nullAt = -1
  keys.forEach((key, index) => {
    if (key === null) nullAt = index
    else hashes[index] = rehash(hashCode(key))
  })
  const order = tableOrder(hashes, nullAt, { capacity: 64, size: nullAt < 0 ? 0 : 1 })
  if (nullAt >= 0) order.unshift(nullAt)
  return order
}

/** The same for Spark's OpenHashMap, made for `size` keys: null takes none of its places. */
export function hashTableOrder(keys: readonly unknown[], size: number): number[] {
  const nullAt = keys.indexOf(null)
  const hashes = Int32Array.from(keys, (key) => (key === null ? 0 : rehash(hashCode(key))))
  const order = tableOrder(hashes, nullAt, { capacity: 2 ** Math.ceil(Math.log2(size)), size: 0 })
  if (nullAt >= 0) order.unshift(nullAt)
  return order
}

/** The same for the map side of a shuffle that combines: by partition and hash code; equal ones as they lie in a table of (partition, key). */
export function partitionedMapOrder(keys: readonly unknown[], partitions: readonly number[]): number[] {
  const codes = Int32Array.from(keys, (key) => (key === null ? 0 : hashCode(key)))
  const hashes = Int32Array.from(keys, (key, index) => rehash(productHash([partitions[index], key])))
  return tableOrder(hashes, -1, { capacity: 64, size: 0 }).sort((a, b) => partitions[a]! - partitions[b]! || codes[a]! - codes[b]!)
}

function tableOrder(hashes: Int32Array, skip: number, first: { readonly capacity: number; readonly size: number }): number[] {
  let { capacity, size } = first
  let slots = new Int32Array(capacity).fill(-1)
  const place = (table: Int32Array, index: number): void => {
    const mask = table.length - 1
    let at = hashes[index]! & mask
    for (let step = 1; table[at] !== -1; step++) at = (at + step) & mask
    table[at] = index
  }
  for (let index = 0; index < hashes.length; index++) {
    if (index === skip) continue
    place(slots, index)
    size += 1
    if (size <= Math.floor(0.7 * capacity)) continue
    capacity *= 2
    const grown = new Int32Array(capacity).fill(-1)
    for (const old of slots) if (old !== -1) place(grown, old)
    slots = grown
  }
  const order: number[] = []
  for (const index of slots) if (index !== -1) order.push(index)
  return order
}

/** Positions of `keys` in the order of java.util.HashMap (what `subtract` keeps its keys in). */
export function javaHashMapOrder(keys: readonly unknown[]): number[] {
  let capacity = 16
  while (keys.length > 0.75 * capacity) capacity *= 2
  const slotOf = keys.map((key) => {
    const hash = hashCode(key)
    return (hash ^ (hash >>> 16)) & (capacity - 1)
  })
  return keys.map((_key, index) => index).sort((a, b) => slotOf[a]! - slotOf[b]! || a - b)
}

/** Positions of `keys` in the order of Scala's immutable maps and sets: up to four as they came, more as they lie in its tree of hash codes. */
export function immutableOrder(keys: readonly unknown[]): number[] {
  const order = keys.map((_key, index) => index)
  if (keys.length <= 4) return order
  const hashes = keys.map((key) => improved(anyHash(key)))
  return order.sort((a, b) => {
    for (let level = 0; level < 32; level += 5) {
      const difference = ((hashes[a]! >>> level) & 31) - ((hashes[b]! >>> level) & 31)
      if (difference !== 0) return difference
    }
    return a - b
  })
}

/** How Scala 2.12's HashMap spreads hash codes. */
function improved(hash: number): number {
  let spread = (hash + ~(hash << 9)) | 0
  spread ^= spread >>> 14
  spread = (spread + (spread << 4)) | 0
  return spread ^ (spread >>> 10)
}
