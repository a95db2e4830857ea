// Actions: what makes RDDs run.
import { IllegalArgumentException, requirement, SparkUnsupportedOperationException } from '../../../src-shared/streaming/exceptions.ts'
import type { OutputKey } from '../output-context.ts'
import { type PartitionResult, runElsewhere } from './executors.ts'
import { equal, KeyedMap } from './keyed-map.ts'
import { encodeObjects } from './object-format.ts'
import { JavaRandom } from './random.ts'
import type { RDD } from './rdd.ts'
import type { RddNode } from './rdd-node.ts'
import { enough, newStage, runAsyncTask, runTask } from './task.ts'
import { Double } from './value.ts'
import { writtenText } from './written-text.ts'

/** Runs `task` on partitions (all of them when not said), in order, and gives the results. */
export async function runJob<T, R>(rdd: RddNode<T>, task: (partition: number) => R, partitions?: readonly number[]): Promise<R[]> {
  const wanted = partitions ?? (await partitionsOf(rdd))
  if (partitions !== undefined) assertPartitions(rdd, partitions)
  await rdd.prepare(wanted)
  const stage = newStage()
  return wanted.map((partition) => runTask(stage, partition, () => task(partition)))
}

function assertPartitions<T>(rdd: RddNode<T>, partitions: readonly number[]): void {
  const total = rdd.getNumPartitions()
  const missing = partitions.find((partition) => partition >= total)
  if (missing === undefined) return
  throw new IllegalArgumentException(`Attempting to access a non-existent partition: ${missing}. Total number of partitions: ${total}`)
}

async function partitionsOf<T>(rdd: RddNode<T>): Promise<number[]> {
  return Array.from({ length: rdd.getNumPartitions() }, (_, index) => index)
}

/** What actions make of one partition, by the name under which a stage may run elsewhere. */
export const partitionResults = {
  count: (rdd: RddNode<unknown>, partition: number): number => {
    let length = 0
    rdd.each(partition, () => {
      length += 1
    })
    return length
  },
  elements: (rdd: RddNode<unknown>, partition: number): unknown[] => elements(rdd, partition),
  text: (rdd: RddNode<unknown>, partition: number): Uint8Array => {
    let text = ''
    rdd.each(partition, (element) => {
      text += `${writtenText(element)}\n`
    })
    return Buffer.from(text)
  },
  objects: (rdd: RddNode<unknown>, partition: number): Uint8Array => encodeObjects(elements(rdd, partition)),
} as const satisfies Record<PartitionResult, (rdd: RddNode<unknown>, partition: number) => unknown>

/** The result of every partition, in order. */
async function resultsOf<A extends PartitionResult>(rdd: RddNode<never>, action: A): Promise<ReturnType<(typeof partitionResults)[A]>[]> {
  const any = rdd as unknown as RddNode<unknown>
  const partitions = await partitionsOf(any)
  const results = await runElsewhere(rdd, rdd.address, { action }, partitions)
  return (results ?? (await runJob(any, (partition) => partitionResults[action](any, partition), partitions))) as ReturnType<
    (typeof partitionResults)[A]
  >[]
}

function elements<T>(rdd: RddNode<T>, partition: number): T[] {
  const collected: T[] = []
  rdd.each(partition, (element) => {
    collected.push(element)
  })
  return collected
}

export async function collectPartitions<T>(rdd: RddNode<T>): Promise<T[][]> {
  return (await resultsOf(rdd as RddNode<never>, 'elements')) as T[][]
}

export async function collect<T>(rdd: RddNode<T>): Promise<T[]> {
  return (await collectPartitions(rdd)).flat(1) as T[]
}

export async function count<T>(rdd: RddNode<T>): Promise<number> {
  const counts = await resultsOf(rdd as RddNode<never>, 'count')
  return counts.reduce((sum, length) => sum + length, 0)
}

/** The first `wanted` elements. Scans one partition, then more at a time, so that later ones are not computed when they are not needed. */
export async function take<T>(rdd: RddNode<T>, wanted: number): Promise<T[]> {
  const taken: T[] = []
  if (wanted === 0) return taken
  const total = rdd.getNumPartitions()
  const scaleUp = 4
  let scanned = 0
  while (taken.length < wanted && scanned < total) {
    let next = 1
    if (scanned > 0) {
      const left = wanted - taken.length
      next = taken.length === 0 ? scanned * scaleUp : Math.min(Math.ceil((1.5 * left * scanned) / taken.length), scanned * scaleUp)
    }
    const partitions = Array.from({ length: Math.min(next, total - scanned) }, (_, index) => scanned + index)
    const left = wanted - taken.length
    const results = await runJob(rdd, (partition) => firstOf(rdd, partition, left), partitions)
    for (const result of results) for (const element of result) if (taken.length < wanted) taken.push(element)
    scanned += partitions.length
  }
  return taken
}

function firstOf<T>(rdd: RddNode<T>, partition: number, wanted: number): T[] {
  const found: T[] = []
  try {
    rdd.each(partition, (element) => {
      found.push(element)
      if (found.length >= wanted) throw enough
    })
  } catch (thrown) {
    if (thrown !== enough) throw thrown
  }
  return found
}

const emptyCollection = (): SparkUnsupportedOperationException => new SparkUnsupportedOperationException('empty collection')

export async function first<T>(rdd: RddNode<T>): Promise<T> {
  const found = await take(rdd, 1)
  if (found.length === 0) throw emptyCollection()
  return found[0] as T
}

export async function reduce<T>(rdd: RddNode<T>, f: (a: T, b: T) => T): Promise<T> {
  const results = await runJob(rdd, (partition) => {
    let any = false
    let sum: T | undefined
    rdd.each(partition, (element) => {
      sum = any ? f(sum as T, element) : element
      any = true
    })
    return any ? [sum as T] : []
  })
  const present = results.flat(1) as T[]
  if (present.length === 0) throw emptyCollection()
  return present.reduce((a, b) => f(a, b))
}

export async function aggregate<T, U>(rdd: RddNode<T>, zero: U, add: (sum: U, value: T) => U, merge: (one: U, other: U) => U): Promise<U> {
  const results = await foldPartitions(rdd, zero, add)
  return results.reduce((sum, result) => merge(sum, result), copyOf(zero))
}

export interface TreeAggregation<T, U> {
  readonly zero: U
  readonly add: (sum: U, value: T) => U
  readonly merge: (one: U, other: U) => U
  readonly depth: number
}

/** Where there are many partitions their sums are merged in groups first, those of equal remainders, as long as that saves time in Spark. */
export async function treeAggregate<T, U>(rdd: RddNode<T>, { zero, add, merge, depth }: TreeAggregation<T, U>): Promise<U> {
  requirement(depth >= 1, `Depth must be greater than or equal to 1 but got ${depth}.`)
  let sums = await foldPartitions(rdd, zero, add)
  let groups = sums.length
  const scale = Math.max(Math.ceil(groups ** (1 / depth)), 2)
  while (groups > scale + Math.ceil(groups / scale)) {
    groups = Math.floor(groups / scale)
    const merged: U[] = []
    sums.forEach((sum, index) => {
      const own = merge(copyOf(zero), sum)
      const at = index % groups
      merged[at] = index < groups ? own : merge(merged[at] as U, own)
    })
    sums = merged
  }
  return sums.reduce((sum, result) => merge(sum, result), copyOf(zero))
}

export async function treeReduce<T>(rdd: RddNode<T>, f: (a: T, b: T) => T, depth: number): Promise<T> {
  const both = (one: T[], other: T[]): T[] => (one.length > 0 && other.length > 0 ? [f(one[0] as T, other[0] as T)] : one.concat(other))
  const add = (sum: T[], value: T): T[] => both(sum, [value])
  const reduced = await treeAggregate<T, T[]>(rdd, { zero: [], add, merge: both, depth })
  if (reduced.length === 0) throw emptyCollection()
  return reduced[0] as T
}

function foldPartitions<T, U>(rdd: RddNode<T>, zero: U, add: (sum: U, value: T) => U): Promise<U[]> {
  return runJob(rdd, (partition) => {
    let sum = copyOf(zero)
    rdd.each(partition, (element) => {
      sum = add(sum, element)
    })
    return sum
  })
}

/** A zero value of its own for everyone who may change it. */
export function copyOf<T>(value: T): T {
  return typeof value === 'object' && value !== null ? structuredClone(value) : value
}

export async function foreach<T>(rdd: RddNode<T>, visit: (value: T) => void): Promise<void> {
  await runJob(rdd, (partition) => rdd.each(partition, visit))
}

export async function foreachPartition<T>(rdd: RddNode<T>, visit: (partition: Iterable<T>) => void | Promise<void>): Promise<void> {
  const partitions = await partitionsOf(rdd)
  await rdd.prepare(partitions)
  const stage = newStage()
  for (const partition of partitions) await runAsyncTask(stage, partition, () => visit(rdd.iterate(partition)))
}

export async function takeOrdered<T>(rdd: RddNode<T>, wanted: number, compare: (a: T, b: T) => number): Promise<T[]> {
  if (wanted === 0) return []
  const smallest = await runJob(rdd, (partition) => {
    let kept: T[] = []
    rdd.each(partition, (element) => {
      if (wanted < 0) throw new IllegalArgumentException(`k (${wanted}) must be nonnegative`)
      kept.push(element)
      if (kept.length >= wanted * 2 + 64) kept = kept.sort(compare).slice(0, wanted)
    })
    return kept.sort(compare).slice(0, wanted)
  })
  return (smallest.flat(1) as T[]).sort(compare).slice(0, wanted)
}

/** Count, mean, standard deviation (of the population), smallest and largest. */
export interface Stats {
  readonly count: number
  readonly mean: number
  readonly stdev: number
  readonly min: number
  readonly max: number
}

/** Spark's StatCounter: running mean and sum of squared distances from it (`m2`). */
interface Moments {
  count: number
  mean: number
  m2: number
  min: number
  max: number
}

/** Of each partition, and then merged in their order; throws where there is no partition, as Spark does. */
export async function moments(rdd: RddNode<number>): Promise<Readonly<Moments>> {
  const start = (): Moments => ({ count: 0, mean: 0, m2: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY })
  const parts = await runJob(rdd, (partition) => {
    const part = start()
    rdd.each(partition, (element) => {
      const value = Number(element)
      const delta = value - part.mean
      part.count += 1
      part.mean += delta / part.count
      part.m2 += delta * (value - part.mean)
      part.min = Math.min(part.min, value)
      part.max = Math.max(part.max, value)
    })
    return part
  })
  if (parts.length === 0) throw emptyCollection()
  return parts.reduce(mergeMoments, start())
}

export async function stats(rdd: RddNode<number>): Promise<Stats> {
  const all = await moments(rdd)
  return {
    count: all.count,
    mean: all.mean,
    stdev: Math.sqrt(all.count === 0 ? Number.NaN : all.m2 / all.count),
    min: all.min,
    max: all.max,
  }
}

function mergeMoments(one: Moments, other: Moments): Moments {
  if (one.count === 0) return { ...other }
  if (other.count === 0) return one
  const delta = other.mean - one.mean
  const total = one.count + other.count
  // The three forms are Spark's, for the same rounding.
  if (other.count * 10 < one.count) one.mean += (delta * other.count) / total
  else if (one.count * 10 < other.count) one.mean = other.mean - (delta * one.count) / total
  else one.mean = (one.mean * one.count + other.mean * other.count) / total
  one.m2 += other.m2 + (delta * delta * one.count * other.count) / total
  one.count = total
  one.min = Math.min(one.min, other.min)
  one.max = Math.max(one.max, other.max)
  return one
}

/** Of several values of a key the last. To Scala's maps 0.0 and -0.0 are one key, whatever they were before. */
export async function collectAsMap<K, V>(rdd: RddNode<[K, V]>): Promise<Map<K, V>> {
  const map = new KeyedMap<K, V>()
  let zero: K | undefined
  for (const [key, value] of await collect(rdd)) {
    const isZero = key instanceof Double && key.value === 0
    if (isZero) zero ??= key
    map.set(isZero ? (zero as K) : key, value)
  }
  return new Map(map.entries())
}

/** Without a shuffle: keys are those of Java's maps, to which 0.0 and -0.0 are two. */
export async function reduceByKeyLocally<K, V>(rdd: RddNode<[K, V]>, f: (a: V, b: V) => V): Promise<Map<K, V>> {
  const adding =
    (table: KeyedMap<K, V>) =>
    ([key, value]: [K, V]): void =>
      table.set(key, table.has(key) ? f(table.get(key) as V, value) : value)
  const tables = await runJob(rdd, (partition) => {
    const table = new KeyedMap<K, V>()
    rdd.each(partition, adding(table))
    return table
  })
  const all = new KeyedMap<K, V>()
  for (const table of tables) for (const pair of table.entries()) adding(all)(pair)
  return new Map(all.entries())
}

/** The values of one key; with a partitioner only the partition of that key is computed. */
export async function lookup<K, V>(rdd: RddNode<[K, V]>, key: K): Promise<V[]> {
  const only = rdd.partitioner?.getPartition(key)
  const found = await runJob(
    rdd,
    (partition) => elements(rdd, partition).filter(([other]) => equal(other, key)),
    only === undefined ? undefined : [only],
  )
  return found.flat(1).map(([, value]) => value as V)
}

export async function takeSample<T>(rdd: RDD<T>, withReplacement: boolean, wanted: number, seed: number): Promise<T[]> {
  requirement(wanted >= 0, 'Negative number of elements requested')
  if (wanted === 0) return []
  const total = await count(rdd)
  if (total === 0) return []
  const random = new JavaRandom(seed)
  if (!withReplacement && wanted >= total) return shuffle(await collect(rdd), random)
  const fraction = fractionFor(wanted, total, withReplacement)
  let sample: T[] = []
  // Almost always the first is large enough.
  do sample = await collect(rdd.sample(withReplacement, fraction, random.nextInt32()))
  while (sample.length < wanted)
  return shuffle(sample, random).slice(0, wanted)
}

/** A fraction that gives at least `wanted` of `total` with a probability of 99.99 % (Spark's SamplingUtils). */
function fractionFor(wanted: number, total: number, withReplacement: boolean): number {
  if (withReplacement) {
    const deviations = wanted < 6 ? 12 : wanted < 16 ? 9 : 6
    return Math.max(wanted + deviations * Math.sqrt(wanted), 1e-10) / total
  }
  const fraction = wanted / total
  const gamma = -Math.log(1e-4) / total
  return Math.min(1, Math.max(1e-10, fraction + gamma + Math.sqrt(gamma * gamma + 2 * gamma * fraction)))
}

function shuffle<T>(items: T[], random: JavaRandom): T[] {
  for (let index = items.length - 1; index > 0; index--) {
    const other = random.nextInt(index + 1)
    const item = items[other]!
    items[other] = items[index]!
    items[index] = item
  }
  return items
}

export async function* toLocalIterator<T>(rdd: RddNode<T>): AsyncGenerator<T> {
  for (const partition of await partitionsOf(rdd)) yield* (await runJob(rdd, () => elements(rdd, partition), [partition]))[0]!
}

const partFile = (content: Uint8Array, partition: number): { name: string; content: Uint8Array } => ({
  name: `part-${String(partition).padStart(5, '0')}`,
  content,
})

export async function saveAsTextFile<T>(rdd: RddNode<T>, directory: string, key: OutputKey): Promise<void> {
  const files = (await resultsOf(rdd as RddNode<never>, 'text')).map(partFile)
  rdd.context.outputs.saveDirectory(key, directory, files)
}

/** In the form of object-format.ts. */
export async function saveAsObjectFile<T>(rdd: RddNode<T>, directory: string, key: OutputKey): Promise<void> {
  const files = (await resultsOf(rdd as RddNode<never>, 'objects')).map(partFile)
  rdd.context.outputs.saveDirectory(key, directory, files)
}
