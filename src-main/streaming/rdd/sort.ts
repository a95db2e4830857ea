// Range partitioners for sorts: bounds from a sample of the keys, weighted by how many each partition has (Spark's RangePartitioner).
import { SparkException } from '../../../src-shared/streaming/exceptions.ts'
import { allPartitions } from './definition.ts'
import { mustWait, readyAtOnce } from './must-wait.ts'
import { RangePartitioner } from './partitioner.ts'
import { byteswap32, XorShiftRandom } from './random.ts'
import type { RDD } from './rdd.ts'
import { bernoulliSampler, sampleSeeds } from './sample.ts'
import { newStage, runTask } from './task.ts'

/**
 * The partitioner of a sort. As in Spark the keys are looked at here, and what a function before them throws is thrown here; where one of
 * those functions is asynchronous, or an earlier batch is still being computed, when the partitioner is first asked for.
 */
export function rangePartitioner<K, V>(
  rdd: RDD<[K, V]>,
  partitions: number,
  ascending: boolean,
  compare: (a: K, b: K) => number,
): () => RangePartitioner {
  // Spark's sampling makes two RDDs: their ids are taken, so that what comes after has the ids, and the seeds made of them, that it has there.
  const sampleId = partitions > 1 ? rdd.context.newRddId() : 0
  if (partitions > 1) rdd.context.skipRddIds(1)
  const look = (): RangePartitioner | undefined => {
    const bounds = partitions <= 1 ? [] : rangeBounds(rdd, sampleId, partitions, compare)
    return bounds && new RangePartitioner(bounds, ascending, compare as (a: unknown, b: unknown) => number)
  }
  let made = mustWait(rdd) ? undefined : look()
  return () => {
    made ??= look()
    if (made !== undefined) return made
    throw new SparkException(
      "A sort must look at its keys at once, and an asynchronous operation stands before it. Call cache() on that operation's result and run an action on it first.",
    )
  }
}

/** Undefined where something that is asynchronous is not ready. */
function rangeBounds<K, V>(rdd: RDD<[K, V]>, sampleId: number, partitions: number, compare: (a: K, b: K) => number): K[] | undefined {
  const sources = allPartitions(rdd)
  const sampleSize = Math.min(20 * partitions, 1e6)
  const perPartition = Math.ceil((3 * sampleSize) / Math.max(1, sources.length))
  if (!readyAtOnce(rdd, sources)) return undefined
  const stage = newStage()
  const sketches = sources.map((source) => ({
    source,
    ...runTask(stage, source, () => reservoir(rdd, source, perPartition, byteswap32(source ^ (sampleId << 16)))),
  }))
  const total = sketches.reduce((sum, { count }) => sum + count, 0)
  const fraction = Math.min(sampleSize / Math.max(total, 1), 1)
  const isLarge = (count: number): boolean => fraction * count > perPartition
  const candidates: Candidate<K>[] = []
  for (const { count, sample } of sketches) {
    if (!isLarge(count)) for (const key of sample) candidates.push({ key, weight: Math.fround(count / sample.length) })
  }
  const large = sketches.filter(({ count }) => isLarge(count)).map(({ source }) => source)
  candidates.push(...sampledAgain(rdd, large, fraction))
  return determineBounds(candidates, Math.min(partitions, candidates.length), compare)
}

/** A key, and how many it stands for: a float in Spark. */
interface Candidate<K> {
  readonly key: K
  readonly weight: number
}

/** Partitions that hold much more than others are sampled by their share of all. */
function sampledAgain<K, V>(rdd: RDD<[K, V]>, large: readonly number[], fraction: number): Candidate<K>[] {
  // Spark makes three RDDs for it.
  if (large.length > 0) rdd.context.skipRddIds(3)
  const seeds = sampleSeeds(byteswap32(-rdd.id - 1), large.length)
  const weight = Math.fround(1 / fraction)
  const stage = newStage()
  return large.flatMap((source, index) =>
    runTask(stage, index, () => {
      const found: Candidate<K>[] = []
      const sampler = bernoulliSampler(fraction, seeds[index]!)
      rdd.each(source, ([key]) => {
        for (let left = sampler(); left > 0; left--) found.push({ key, weight })
      })
      return found
    }),
  )
}

function reservoir<K, V>(rdd: RDD<[K, V]>, partition: number, size: number, seed: number): { count: number; sample: K[] } {
  const random = new XorShiftRandom(seed)
  const sample: K[] = []
  let count = 0
  rdd.each(partition, (pair) => {
    count += 1
    if (sample.length < size) sample.push(pair[0])
    else {
      const at = Math.floor(random.nextDouble() * count)
      if (at < size) sample[at] = pair[0]
    }
  })
  return { count, sample }
}

function determineBounds<K>(candidates: Candidate<K>[], partitions: number, compare: (a: K, b: K) => number): K[] {
  const ordered = candidates.sort((a, b) => compare(a.key, b.key))
  const step = ordered.reduce((sum, candidate) => sum + candidate.weight, 0) / partitions
  const bounds: K[] = []
  let weight = 0
  let target = step
  for (const candidate of ordered) {
    if (bounds.length >= partitions - 1) break
    weight += candidate.weight
    if (weight < target) continue
    // Equal keys stay in one partition.
    if (bounds.length > 0 && compare(candidate.key, bounds.at(-1) as K) <= 0) continue
    bounds.push(candidate.key)
    target += step
  }
  return bounds
}
