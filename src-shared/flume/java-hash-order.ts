// The order in which java.util.HashMap hands out its keys. Flume keeps everything in hash maps, so this order decides which of two equal
// keys wins, which reference to another key resolves, which group gets a sink that two claim.

/** java.lang.String.hashCode. */
export function javaHashCode(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash
}

function spreadHash(key: string): number {
  const hash = javaHashCode(key)
  return hash ^ (hash >>> 16)
}

/**
 * Keys in the order of a HashMap that grew as they were put in, from 16 buckets on or from the initial capacity it was made with. Keys are distinct;
 * within a bucket insertion order holds (no bucket becomes a tree).
 */
export const hashMapOrder = (keys: readonly string[], capacity = 16): string[] =>
  byBucket(keys, tableFor(keys.length, powerOfTwo(Math.max(1, capacity))))

/** Keys in the order of `new HashSet<>(collection)`, which makes room beforehand. */
export function hashSetOrder(keys: Iterable<string>, size?: number): string[] {
  const distinct = [...new Set(keys)]
  const capacity = Math.max(Math.trunc((size ?? distinct.length) / 0.75) + 1, 16)
  return byBucket(distinct, tableFor(distinct.length, powerOfTwo(capacity)))
}

/**
 * Keys in the order of the ConcurrentHashMap inside java.util.Properties, put in one after the other. Where that grows, it reverses a bucket's
 * keys up to the last run that stays together (ConcurrentHashMap.transfer).
 */
export function propertiesOrder(keys: readonly string[]): string[] {
  let buckets: string[][] = Array.from({ length: 16 }, () => [])
  for (const [index, key] of keys.entries()) {
    buckets[spreadHash(key) & (buckets.length - 1)]!.push(key)
    if (index + 1 >= buckets.length * 0.75) buckets = grown(buckets)
  }
  return buckets.flat()
}

function grown(buckets: readonly (readonly string[])[]): string[][] {
  const larger: string[][] = Array.from({ length: buckets.length * 2 }, () => [])
  for (const bucket of buckets) {
    const target = (key: string): string[] => larger[spreadHash(key) & (larger.length - 1)]!
    let run = bucket.length - 1
    while (run > 0 && target(bucket[run - 1]!) === target(bucket[run]!)) run--
    for (const key of bucket.slice(Math.max(run, 0))) target(key).push(key)
    for (const key of bucket.slice(0, Math.max(run, 0))) target(key).unshift(key)
  }
  return larger
}

function byBucket(keys: readonly string[], table: number): string[] {
  const buckets = new Map<number, string[]>()
  for (const key of keys) {
    const bucket = spreadHash(key) & (table - 1)
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
