// Distinct values, estimated in a few bytes (HyperLogLog++): each value's hash picks one of 2^p registers, which keeps the longest run of
// zeros seen. The registers are an array of bytes, so that they can go from thread to thread.
//
// The number is Spark's own (stream-lib's HyperLogLogPlus without sparse form) below the threshold of linear counting and above five times
// the number of registers. Between the two stream-lib corrects its estimate by tables that Google measured; here Otmar Ertl's estimator
// ("New cardinality estimation algorithms for HyperLogLog sketches", 2017) takes that place, which needs none and is as exact
// (rule `distinct-estimate-without-tables`).

import { showDouble } from '../../../src-shared/java-double.ts'
import { requirement } from '../../../src-shared/streaming/exceptions.ts'
import { hash64 } from './murmur-hash64.ts'
import { show } from './value.ts'

export type Registers = Uint8Array<ArrayBuffer>

/** Up to which estimate linear counting is better, for p from 4 to 18. */
const thresholds = [10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 11500, 20000, 50000, 120000, 350000]

/** p for a relative standard deviation, as Spark: `ceil(2 log2(1.054 / sd))`, at least 4. */
export function precisionFor(relativeSD: number): number {
  requirement(relativeSD > 0.000017, `accuracy (${showDouble(relativeSD)}) must be greater than 0.000017`)
  return Math.max(4, Math.ceil((2 * Math.log(1.054 / relativeSD)) / Math.log(2)))
}

export function newRegisters(precision: number): Registers {
  return new Uint8Array(2 ** precision)
}

/** Values are the same where they print the same. Changes and gives the registers. */
export function offer(registers: Registers, value: unknown): Registers {
  const precision = precisionOf(registers)
  const { high, low } = hash64(value === null || value === undefined ? null : show(value))
  const register = high >>> (32 - precision)
  const upper = (high << precision) | (low >>> (32 - precision))
  const lower = (low << precision) | (1 << (precision - 1))
  const run = (upper === 0 ? 32 + Math.clz32(lower) : Math.clz32(upper)) + 1
  if (run > registers[register]!) registers[register] = run
  return registers
}

/** Changes and gives the first. */
export function mergeRegisters(registers: Registers, others: Registers): Registers {
  for (let index = 0; index < registers.length; index++) registers[index] = Math.max(registers[index]!, others[index]!)
  return registers
}

/** How many distinct values were offered, about. */
export function cardinality(registers: Registers): number {
  const size = registers.length
  const precision = precisionOf(registers)
  let sum = 0
  let zeros = 0
  for (const run of registers) {
    sum += 2 ** -run
    if (run === 0) zeros += 1
  }
  const threshold = thresholds[precision - 4] ?? 5 * size
  const linear = size * Math.log(size / zeros)
  if (zeros > 0 && linear <= threshold) return Math.round(linear)
  const estimate = (alpha(precision) * size * size) / sum
  return Math.round(estimate > 5 * size ? estimate : ertlEstimate(registers, precision))
}

const precisionOf = (registers: Registers): number => 31 - Math.clz32(registers.length)

function alpha(precision: number): number {
  return [0.673, 0.697, 0.709][precision - 4] ?? 0.7213 / (1 + 1.079 / 2 ** precision)
}

function ertlEstimate(registers: Registers, precision: number): number {
  const size = registers.length
  const longest = 64 - precision
  const counts = new Array<number>(longest + 2).fill(0)
  for (const run of registers) counts[run]! += 1
  let sum = size * tau(1 - counts[longest + 1]! / size)
  for (let run = longest; run >= 1; run--) sum = (sum + counts[run]!) / 2
  sum += size * sigma(counts[0]! / size)
  return (size * size) / (2 * Math.LN2 * sum)
}

function sigma(share: number): number {
  let sum = share
  for (let power = share * share, factor = 1, before = Number.NaN; sum !== before; power *= power, factor *= 2) {
    before = sum
    sum += power * factor
  }
  return sum
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let sum = 1 - share
  for (let root = Math.sqrt(share), factor = 0.5, before = Number.NaN; sum !== before; root = Math.sqrt(root), factor /= 2) {
    before = sum
    sum -= (1 - root) ** 2 * factor
  }
  return sum / 3
}
