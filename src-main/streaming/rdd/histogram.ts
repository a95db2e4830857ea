// Spark's DoubleRDDFunctions.histogram: counts by bucket, with its rules for bounds and for what lies outside.
import { IllegalArgumentException, SparkUnsupportedOperationException } from '../../../src-shared/streaming/exceptions.ts'
import { aggregate } from './actions.ts'
import type { RddNode } from './rdd-node.ts'

/** Bounds and counts of `count` buckets of one width. */
export async function evenHistogram(rdd: RddNode<number>, count: number): Promise<[number[], number[]]> {
  const [min, max] = await aggregate<number, [number, number]>(
    rdd,
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ([low, high], value) => [Math.min(low, Number(value)), Math.max(high, Number(value))],
    (one, other) => [Math.min(one[0], other[0]), Math.max(one[1], other[1])],
  )
  if (!Number.isFinite(min) || !Number.isFinite(max))
    throw new SparkUnsupportedOperationException('Histogram on either an empty RDD or RDD containing +/-infinity or NaN')
  const steps = Array.from({ length: Math.max(0, count) }, (_, step) => min + (step * (max - min)) / count)
  const bounds = min === max ? [min, min] : [...steps, max]
  assertBounds(bounds)
  // A ratio, not the bounds: what is on a bound that cannot be written exactly falls as Spark lets it fall.
  const buckets = bounds.length - 1
  const bucketOf = (value: number): number => (max === min ? 0 : Math.min(Math.trunc(((value - min) / (max - min)) * buckets), buckets - 1))
  return [bounds, await counted(rdd, buckets, bucketOf)]
}

export async function histogram(rdd: RddNode<number>, bounds: readonly number[]): Promise<number[]> {
  assertBounds(bounds)
  return counted(rdd, bounds.length - 1, (value) => bucketIn(bounds, value))
}

function assertBounds(bounds: readonly number[]): void {
  if (bounds.length < 2) throw new IllegalArgumentException('buckets array must have at least two elements')
}

/** The bucket of a value between ascending bounds, or undefined. */
function bucketIn(bounds: readonly number[], value: number): number | undefined {
  const last = bounds.length - 1
  if (!(value >= bounds[0]! && value <= bounds[last]!)) return undefined
  let [low, high] = [0, last]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (bounds[middle]! <= value) low = middle
    else high = middle - 1
  }
  return Math.min(low, last - 1)
}

function counted(rdd: RddNode<number>, buckets: number, bucketOf: (value: number) => number | undefined): Promise<number[]> {
  return aggregate<number, number[]>(
    rdd,
    new Array<number>(buckets).fill(0),
    (counts, value) => {
      const bucket = bucketOf(Number(value))
      if (bucket !== undefined) counts[bucket]! += 1
      return counts
    },
    (one, other) => one.map((count, bucket) => count + other[bucket]!),
  )
}
