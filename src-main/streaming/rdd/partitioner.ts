// Which partition a key belongs to.
import { ArithmeticException, requirement } from '../../../src-shared/streaming/exceptions.ts'
import { hashCode } from './hash.ts'

/** Says in which partition a key lies. A program may have its own: a plain object with these methods. */
export interface Partitioner {
  readonly numPartitions: number
  /** From 0, below `numPartitions`; the same for equal keys, always. */
  getPartition(key: unknown): number
  /** Whether `that` puts every key where this one does: pairs that lie so already are not moved. */
  equals(that: Partitioner | undefined): boolean
  toString(): string
}

/** `hash mod n` with Java's hash codes, never negative; null goes to 0. */
export class HashPartitioner implements Partitioner {
  readonly numPartitions: number

  constructor(numPartitions: number) {
    requirement(numPartitions >= 0, `Number of partitions (${numPartitions}) cannot be negative.`)
    this.numPartitions = numPartitions
  }

  getPartition(key: unknown): number {
    if (key === null || key === undefined) return 0
    if (this.numPartitions === 0) throw new ArithmeticException('/ by zero')
    const remainder = hashCode(key) % this.numPartitions
    return remainder < 0 ? remainder + this.numPartitions : remainder
  }

  equals(that: Partitioner | undefined): boolean {
    return that instanceof HashPartitioner && that.numPartitions === this.numPartitions
  }

  toString(): string {
    return `HashPartitioner(${this.numPartitions})`
  }
}

/** Puts a pair where `of` puts its key. Equal to no other. */
export function byKeyOfPair(of: Partitioner): Partitioner {
  const partitioner: Partitioner = {
    numPartitions: of.numPartitions,
    getPartition: (pair) => of.getPartition((pair as readonly unknown[])[0]),
    equals: (that) => that === partitioner,
    toString: () => `byKeyOfPair(${of})`,
  }
  return partitioner
}

/** By ranges of sorted keys: keys up to and including bounds[i] go to partition i; reversed for a descending sort. */
export class RangePartitioner implements Partitioner {
  readonly bounds: readonly unknown[]
  readonly ascending: boolean
  readonly #compare: (a: unknown, b: unknown) => number

  constructor(bounds: readonly unknown[], ascending: boolean, compare: (a: unknown, b: unknown) => number) {
    this.bounds = bounds
    this.ascending = ascending
    this.#compare = compare
  }

  get numPartitions(): number {
    return this.bounds.length + 1
  }

  getPartition(key: unknown): number {
    let low = 0
    let high = this.bounds.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(key, this.bounds[middle]) > 0) low = middle + 1
      else high = middle
    }
    return this.ascending ? low : this.bounds.length - low
  }

  equals(that: Partitioner | undefined): boolean {
    if (!(that instanceof RangePartitioner) || that.ascending !== this.ascending) return false
    return that.bounds.length === this.bounds.length && that.bounds.every((bound, index) => this.#compare(bound, this.bounds[index]) === 0)
  }

  toString(): string {
    return `RangePartitioner(${this.numPartitions})`
  }
}

/**
 * The natural order: numbers by value (doubles as in Java: -0.0 before 0.0, NaN last), strings by UTF-16 unit, false before true, tuples and
 * lists element by element, null first.
 */
export function compareNaturally(one: unknown, other: unknown): number {
  if (Array.isArray(one) && Array.isArray(other)) {
    for (let index = 0; index < Math.min(one.length, other.length); index++) {
      const order = compareNaturally(one[index], other[index])
      if (order !== 0) return order
    }
    return one.length - other.length
  }
  if (one === null || one === undefined) return other === null || other === undefined ? 0 : -1
  if (other === null || other === undefined) return 1
  if ((one as number) < (other as number)) return -1
  if ((one as number) > (other as number)) return 1
  return one === other && one !== 0 ? 0 : compareDoubles(Number(one), Number(other))
}

/** Of those that neither `<` nor `>` tells apart. */
function compareDoubles(one: number, other: number): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other))
  return Number(Object.is(other, -0)) - Number(Object.is(one, -0))
}
