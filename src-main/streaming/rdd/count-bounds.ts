// How many there are when some partitions have been counted (Spark's CountEvaluator): between which bounds, with which confidence.
import { BoundedDouble } from './partial-result.ts'

/** Of all partitions the exact count; of none, or where nothing was found yet, no bound at all. */
export function boundedCount(sum: number, merged: number, total: number, confidence: number): BoundedDouble {
  if (merged === total) return exactCount(sum)
  if (merged === 0 || sum === 0) return new BoundedDouble(0, 0, 0, Number.POSITIVE_INFINITY)
  return partialCount(sum, merged / total, confidence)
}

export function exactCount(sum: number): BoundedDouble {
  return new BoundedDouble(sum, 1, sum, sum)
}

/**
 * A count of which `share` was seen, and `sum` in it, as if each element had been seen with that probability. What is missing is then of
 * a Pascal distribution (failures until `sum` successes); for a large sum Spark takes Poisson's.
 */
export function partialCount(sum: number, share: number, confidence: number): BoundedDouble {
  const mean = (sum * (1 - share)) / share
  const missing: Distribution =
    sum <= 10_000
      ? { mode: Math.max(0, Math.floor(((sum - 1) * (1 - share)) / share)), ratio: (at) => ((at + sum) / (at + 1)) * (1 - share) }
      : { mode: Math.floor(mean), ratio: (at) => mean / (at + 1) }
  const [low, high] = quantiles(missing, (1 - confidence) / 2, (1 + confidence) / 2)
  return new BoundedDouble(sum + mean, confidence, sum + low, sum + high)
}

/** Over whole numbers from 0, with one peak. */
interface Distribution {
  /** The most probable number. */
  readonly mode: number
  /** Probability of `at + 1` over that of `at`. */
  ratio(at: number): number
}

/** Commons Math's largest number: the bound of a certain count. */
const largest = 2 ** 31 - 1
/** Beside the peak such probabilities change no digit. */
const negligible = 1e-20

/** The smallest numbers up to which the probability adds up to `low` and to `high`. Probabilities are relative to that of the mode. */
function quantiles({ mode, ratio }: Distribution, low: number, high: number): [number, number] {
  let first = mode
  let firstWeight = 1
  while (first > 0 && firstWeight > negligible) {
    first -= 1
    firstWeight /= ratio(first)
  }
  let total = 0
  for (let at = first, weight = firstWeight; at <= mode || weight > negligible; weight *= ratio(at), at++) total += weight
  const quantile = (share: number): number => {
    if (share <= 0) return 0
    if (share >= 1) return largest
    let at = first
    let weight = firstWeight
    for (let sum = weight; sum < share * total && (at <= mode || weight > negligible); sum += weight) {
      weight *= ratio(at)
      at += 1
    }
    return at
  }
  return [quantile(low), quantile(high)]
}
