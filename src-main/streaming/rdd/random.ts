// Seeded randomness for samples (a xorshift generator), and the first number of Java's own generator, which places a repartition.

export class Random {
  #state: number

  constructor(seed: number) {
    // Spread, so that neighbouring seeds (partition numbers) do not begin alike; never zero.
    let state = (seed | 0) ^ 0x9e3779b9
    state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
    this.#state = state ^ (state >>> 16) || 0x6d2b79f5
  }

  /** In [0, 1). */
  nextDouble(): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return (state >>> 0) / 4294967296
  }

  /** In [0, bound). */
  nextInt(bound: number): number {
    return Math.floor(this.nextDouble() * bound)
  }

  /** How often an event of this mean rate occurs (Knuth). */
  nextPoisson(mean: number): number {
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = this.nextDouble(); product > limit; product *= this.nextDouble()) count += 1
    return count
  }

  shuffle<T>(items: T[]): void {
    for (let index = items.length - 1; index > 0; index--) {
      const other = this.nextInt(index + 1)
      const item = items[index]!
      items[index] = items[other]!
      items[other] = item
    }
  }
}

const multiplier = 0x5deece66dn
const mask = (1n << 48n) - 1n

/** `new java.util.Random(seed).nextInt(bound)`. */
export function javaRandomFirstInt(seed: number, bound: number): number {
  let state = (BigInt(seed) ^ multiplier) & mask
  const next31 = (): number => {
    state = (state * multiplier + 0xbn) & mask
    return Number(state >> 17n)
  }
  let bits = next31()
  if ((bound & -bound) === bound) return Number((BigInt(bound) * BigInt(bits)) >> 31n)
  let value = bits % bound
  while (bits - value + (bound - 1) > 0x7fffffff) {
    bits = next31()
    value = bits % bound
  }
  return value
}
