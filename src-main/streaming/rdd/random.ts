// Seeded randomness, number for number as the Java virtual machine and Spark draw it: samples and repartitions with a seed are Spark's.
import { avalanche, mix } from './hash.ts'

/** What all generators share: java.util.Random's way from bits to numbers. */
abstract class Generator {
  /** The next `bits` random bits (1 to 32), as a signed int. */
  protected abstract next(bits: number): number

  /** Any 32-bit integer. */
  nextInt32(): number {
    return this.next(32)
  }

  /** In [0, bound). */
  nextInt(bound: number): number {
    let bits = this.next(31)
    if ((bound & -bound) === bound) return Number((BigInt(bound) * BigInt(bits)) >> 31n)
    let value = bits % bound
    while (bits - value + (bound - 1) > 0x7fffffff) {
      bits = this.next(31)
      value = bits % bound
    }
    return value
  }

  /** In [0, 1), 53 bits. */
  nextDouble(): number {
    return (this.next(26) * 0x8000000 + this.next(27)) / 0x20000000000000
  }

  nextLong(): bigint {
    return BigInt.asIntN(64, (BigInt(this.next(32)) << 32n) + BigInt(this.next(32)))
  }
}

/** `java.util.Random`. */
export class JavaRandom extends Generator {
  #state: bigint

  constructor(seed: number | bigint) {
    super()
    this.#state = (BigInt(seed) ^ 0x5deece66dn) & 0xffff_ffff_ffffn
  }

  protected override next(bits: number): number {
    this.#state = (this.#state * 0x5deece66dn + 0xbn) & 0xffff_ffff_ffffn
    return Number(BigInt.asIntN(32, this.#state >> BigInt(48 - bits)))
  }
}

/** Spark's `XORShiftRandom`: 64 bits in two halves. */
export class XorShiftRandom extends Generator {
  #high: number
  #low: number

  constructor(seed: number | bigint) {
    super()
    const bits = BigInt.asUintN(64, BigInt(seed))
    const words = [Number(bits >> 32n), Number(bits & 0xffff_ffffn)] as const
    // MurmurHash3.bytesHash of the eight bytes of the seed, twice.
    const hash = (start: number): number => avalanche(mix(mix(start, swapBytes(words[0])), swapBytes(words[1])) ^ 8)
    this.#low = hash(0x3c074a61)
    this.#high = hash(this.#low)
  }

  protected override next(bits: number): number {
    let high = this.#high
    let low = this.#low
    high ^= (high << 21) | (low >>> 11)
    low ^= low << 21
    low ^= high >>> 3
    high ^= (high << 4) | (low >>> 28)
    low ^= low << 4
    this.#high = high
    this.#low = low
    return bits === 32 ? low : low & ((1 << bits) - 1)
  }
}

/** `Well19937c` of Apache Commons Math, which Spark draws Poisson numbers with. */
class Well19937c {
  readonly #words = new Int32Array(624)
  #index = 0

  constructor(seed: bigint) {
    const words = this.#words
    words[0] = Number(BigInt.asIntN(32, seed >> 32n))
    words[1] = Number(BigInt.asIntN(32, seed))
    for (let index = 2; index < words.length; index++) {
      const before = BigInt(words[index - 2]!)
      words[index] = Number(BigInt.asIntN(32, 1812433253n * (before ^ (before >> 30n)) + BigInt(index)))
    }
  }

  #next(bits: number): number {
    const words = this.#words
    const index = this.#index
    const at = (offset: number): number => words[(index + offset) % 624]!
    const last = (index + 623) % 624
    const beforeLast = (index + 622) % 624
    const z0 = (0x80000000 & words[last]!) ^ (0x7fffffff & words[beforeLast]!)
    const [v0, v1, v2, v3] = [at(0), at(70), at(179), at(449)]
    const z1 = v0 ^ (v0 << 25) ^ (v1 ^ (v1 >>> 27))
    const z2 = (v2 >>> 9) ^ (v3 ^ (v3 >>> 1))
    const z3 = z1 ^ z2
    let z4 = z0 ^ (z1 ^ (z1 << 9)) ^ (z2 ^ (z2 << 21)) ^ (z3 ^ (z3 >>> 21))
    words[index] = z3
    words[last] = z4
    words[beforeLast]! &= 0x80000000
    this.#index = last
    z4 ^= (z4 << 7) & 0xe46e1700
    z4 ^= (z4 << 15) & 0x9b868000
    return z4 >>> (32 - bits)
  }

  nextDouble(): number {
    return (this.#next(26) * 0x4000000 + this.#next(26)) / 0x10000000000000
  }
}

/** `PoissonDistribution(mean)` of Apache Commons Math, for means below 40. */
export class PoissonRandom {
  readonly #random: Well19937c
  readonly #mean: number

  constructor(mean: number, seed: bigint) {
    this.#mean = mean
    this.#random = new Well19937c(seed)
  }

  next(): number {
    const limit = Math.exp(-this.#mean)
    let count = 0
    for (let product = this.#random.nextDouble(); product >= limit && count < 1000 * this.#mean; product *= this.#random.nextDouble())
      count += 1
    return count
  }
}

/** Scala's scala.util.hashing.byteswap32. */
export function byteswap32(value: number): number {
  return Math.imul(swapBytes(Math.imul(value, 0x9e3775cd)), 0x9e3775cd)
}

function swapBytes(value: number): number {
  return ((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)
}
