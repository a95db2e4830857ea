// Samples and random splits, element for element as Spark's with the same seed: its samplers, its seeds per partition, its gap sampling
// (below 0.4 a sampler draws how many elements to skip, which costs one draw per kept element instead of one per element).
import type { Push, RddDefinition } from './definition.ts'
import { perPartition } from './narrow.ts'
import { JavaRandom, PoissonRandom, XorShiftRandom } from './random.ts'
import type { RDD } from './rdd.ts'

/** How often the next element is in the sample. */
export type Sampler = () => number

/** Spark's RandomSampler.defaultMaxGapSamplingFraction, and the least number that a gap is drawn from. */
const MOST_FOR_GAPS = 0.4
const LEAST = 5e-11

/** Each element with probability `fraction`; with replacement: as often as a Poisson draw of that mean says. */
export function sampled<T>(parent: RDD<T>, withReplacement: boolean, fraction: number, seed: number): RddDefinition<T> {
  let seeds: readonly bigint[] | undefined
  const seedOf = (partition: number): bigint => {
    seeds ??= sampleSeeds(seed, parent.getNumPartitions())
    return seeds[partition]!
  }
  const make = withReplacement ? poissonSampler : bernoulliSampler
  return {
    ...perPartition<T, T>('PartitionwiseSampledRDD', parent, (partition) => keeping(make(fraction, seedOf(partition)))),
    partitioner: () => parent.partitioner,
  }
}

/** The seed of each partition of a sample. */
export function sampleSeeds(seed: number, partitions: number): readonly bigint[] {
  const random = new JavaRandom(seed)
  return Array.from({ length: partitions }, () => random.nextLong())
}

/** One definition per weight; together they hold every element once. */
export function randomSplits<T>(parent: RDD<T>, weights: readonly number[], seed: number): RddDefinition<T>[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let from = 0
  return weights.map((weight) => {
    const low = from
    const high = low + weight / total
    from = high
    const start = (partition: number): ((value: T, push: Push<T>) => void) => {
      const random = new XorShiftRandom(BigInt(seed) + BigInt(partition))
      return keeping(() => {
        const draw = random.nextDouble()
        return draw >= low && draw < high ? 1 : 0
      })
    }
    return { ...perPartition<T, T>('MapPartitionsRDD', parent, start), partitioner: () => parent.partitioner }
  })
}

/** A sampler of one key's values: pairs are kept as often as the fraction of their key says. */
export function sampledByKey<K, V>(
  parent: RDD<[K, V]>,
  withReplacement: boolean,
  fractionOf: (key: K) => number,
  seed: number,
): RddDefinition<[K, V]> {
  const start = (partition: number): ((pair: [K, V], push: Push<[K, V]>) => void) => {
    const seedHere = BigInt(seed) + BigInt(partition)
    const random = new XorShiftRandom(seedHere)
    // One for each mean, all from the same seed, as Spark's are.
    const poissons = new Map<number, PoissonRandom>()
    const poisson = (mean: number): number => {
      let draws = poissons.get(mean)
      if (draws === undefined) {
        draws = new PoissonRandom(mean, seedHere)
        poissons.set(mean, draws)
      }
      return draws.next()
    }
    return (pair, push) => {
      const fraction = fractionOf(pair[0])
      const times = withReplacement ? (fraction > 0 ? poisson(fraction) : 0) : random.nextDouble() < fraction ? 1 : 0
      for (let left = times; left > 0; left--) push(pair)
    }
  }
  return { ...perPartition<[K, V], [K, V]>('MapPartitionsRDD', parent, start), partitioner: () => parent.partitioner }
}

const keeping =
  <T>(sampler: Sampler) =>
  (value: T, push: Push<T>): void => {
    for (let left = sampler(); left > 0; left--) push(value)
  }

export function bernoulliSampler(fraction: number, seed: bigint): Sampler {
  if (fraction <= 0) return () => 0
  if (fraction >= 1) return () => 1
  const random = new XorShiftRandom(seed)
  if (fraction > MOST_FOR_GAPS) return () => (random.nextDouble() <= fraction ? 1 : 0)
  return withGaps(
    () => 1,
    () => Math.trunc(Math.log(Math.max(random.nextDouble(), LEAST)) / Math.log1p(-fraction)),
  )
}

function poissonSampler(fraction: number, seed: bigint): Sampler {
  if (fraction <= 0) return () => 0
  if (fraction > MOST_FOR_GAPS) {
    const poisson = new PoissonRandom(fraction, seed)
    return () => poisson.next()
  }
  const random = new XorShiftRandom(seed)
  const limit = Math.exp(-fraction)
  return withGaps(
    () => {
      let product = limit + (1 - limit) * random.nextDouble()
      let count = 1
      for (product *= random.nextDouble(); product > limit; product *= random.nextDouble()) count += 1
      return count
    },
    () => Math.trunc(Math.log(Math.max(random.nextDouble(), LEAST)) / -fraction),
  )
}

/** Skips as many elements as `gap` draws, then gives one as often as `times` draws. */
function withGaps(times: () => number, gap: () => number): Sampler {
  let skipping = gap()
  return () => {
    if (skipping > 0) {
      skipping -= 1
      return 0
    }
    const count = times()
    skipping = gap()
    return count
  }
}
