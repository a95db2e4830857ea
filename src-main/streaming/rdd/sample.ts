// Samples and random splits: reproducible with a seed, each partition with a generator of its own.
import type { Push, RddDefinition } from './definition.ts'
import { perPartition } from './narrow.ts'
import { Random } from './random.ts'
import type { RDD } from './rdd.ts'

/** Each element with probability `fraction`; with replacement: as often as a Poisson draw of that mean says. */
export function sampled<T>(parent: RDD<T>, withReplacement: boolean, fraction: number, seed: number): RddDefinition<T> {
  return perPartition('PartitionwiseSampledRDD', parent, (partition) => {
    const random = new Random(seed + Math.imul(partition, 0x01000193))
    if (!withReplacement) {
      return (value: T, push: Push<T>) => {
        if (random.nextDouble() < fraction) push(value)
      }
    }
    return (value: T, push: Push<T>) => {
      for (let left = random.nextPoisson(fraction); left > 0; left--) push(value)
    }
  })
}

/** One definition per weight; together they hold every element once. */
export function randomSplits<T>(parent: RDD<T>, weights: readonly number[], seed: number): RddDefinition<T>[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let from = 0
  return weights.map((weight, index) => {
    const low = from
    const high = index === weights.length - 1 ? 1 : from + weight / total
    from = high
    return perPartition('PartitionwiseSampledRDD', parent, (partition) => {
      const random = new Random(seed + Math.imul(partition, 0x01000193))
      return (value: T, push: Push<T>) => {
        const draw = random.nextDouble()
        if (draw >= low && draw < high) push(value)
      }
    })
  })
}
