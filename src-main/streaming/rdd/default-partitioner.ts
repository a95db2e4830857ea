// Spark's Partitioner.defaultPartitioner: where the result of a shuffle goes when the program does not say.
import { HashPartitioner, type Partitioner } from './partitioner.ts'
import type { RDD } from './rdd.ts'

/**
 * The partitioner of the RDD that has the most partitions among those that have one, so that its pairs need not move; but only when it has
 * at least a tenth of the partitions of the largest, or as many as are wanted. Else by hash, into `wanted` partitions: what the call says,
 * what the context is configured to, or as many as the largest RDD has. Partitions are counted only where the count matters.
 */
export function defaultPartitioner(rdds: readonly [RDD<never>, ...RDD<never>[]], wanted?: number): Partitioner {
  if (wanted !== undefined) return new HashPartitioner(wanted)
  const known = rdds.filter((rdd) => (rdd.partitioner?.numPartitions ?? 0) > 0)
  const most = (): number => Math.max(...rdds.map((rdd) => rdd.getNumPartitions()))
  const parallelism = rdds[0].context.configuredParallelism ?? most()
  const best = known.sort((a, b) => b.getNumPartitions() - a.getNumPartitions())[0]
  if (best?.partitioner !== undefined) {
    const count = best.getNumPartitions()
    if (Math.log10(most()) - Math.log10(count) < 1 || parallelism <= count) return best.partitioner
  }
  return new HashPartitioner(parallelism)
}
