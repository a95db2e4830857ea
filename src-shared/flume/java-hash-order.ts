// The order in which java.util.HashMap hands out its keys. Flume keeps everything in hash maps, so this order decides which of two equal
// keys wins, which reference to another key resolves, which group gets a sink that two claim.

/** java.lang.String.hashCode. */
export function javaHashCode(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash
}

/** Keys in the order of a HashMap that grew as they were put in. Keys are distinct; within a bucket insertion order holds (no bucket becomes a tree). */
export const hashMapOrder = (keys: readonly string[]): string[] => byBucket(keys, tableFor(keys.length, 16))

/** Keys in the order of `new HashSet<>(collection)`, which makes room beforehand. */
export function hashSetOrder(keys: Iterable<string>, size?: number): string[] {
  const distinct = [...new Set(keys)]
  const capacity = Math.max(Math.trunc((size ?? distinct.length) / 0.75) + 1, 16)
  return byBucket(distinct, tableFor(distinct.length, powerOfTwo(capacity)))
}

/** Keys in the order of the ConcurrentHashMap inside java.util.Properties. */
export function propertiesOrder(keys: readonly string[]): string[] {
  let table = 16
  while (keys.length >= table * 0.75) table *= 2
  return byBucket(keys, table)
}

function byBucket(keys: readonly string[], table: number): string[] {
  const buckets = new Map<number, string[]>()
  for (const key of keys) {
    const hash = javaHashCode(key)
    const bucket = (hash ^ (hash >>> 16)) & (table - 1)
    const there = buckets.get(bucket)
    if (there === undefined) buckets.set(bucket, [key])
    else there.push(key)
  }
  return [...buckets.keys()].sort((a, b) => a - b).flatMap((bucket) => buckets.get(bucket)!)
}

function tableFor(size: number, smallest: number): number {
  let table = smallest
  while (size > table * 0.75) table *= 2
  return table
}

const powerOfTwo = (least: number): number => 2 ** Math.ceil(Math.log2(least))
