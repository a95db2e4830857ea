// MurmurHash64A as stream-lib has it, over the UTF-8 bytes of a text: what Spark's countApproxDistinct hashes with. A 64-bit number is two
// of 32 bits here: BigInt would take ten times as long.

/** Upper and lower 32 bits, unsigned. */
export interface Hash64 {
  readonly high: number
  readonly low: number
}

const seed = 0xe17a1465
const multiplierHigh = 0xc6a4a793
const multiplierLow = 0x5bd1e995
const utf8 = new TextEncoder()

/** One number that is computed with in place. */
class Word {
  high = 0
  low = 0

  set(high: number, low: number): this {
    this.high = high >>> 0
    this.low = low >>> 0
    return this
  }

  xor(high: number, low: number): this {
    return this.set(this.high ^ high, this.low ^ low)
  }

  /** Times the multiplier, modulo 2^64. */
  times(): this {
    const a = this.low >>> 16
    const b = this.low & 0xffff
    const c = multiplierLow >>> 16
    const d = multiplierLow & 0xffff
    const lowest = b * d
    const middle = a * d + (lowest >>> 16)
    const other = b * c + (middle & 0xffff)
    const carried = a * c + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000)
    const high = Math.imul(this.high, multiplierLow) + Math.imul(this.low, multiplierHigh) + carried
    return this.set(high, (other << 16) | (lowest & 0xffff))
  }

  /** Exclusive or with itself, 47 bits to the right. */
  fold(): this {
    return this.xor(0, this.high >>> 15)
  }
}

function littleEndian(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

let buffer = new Uint8Array(256)
const hash = new Word()
const block = new Word()

/** null has the hash 0. */
export function hash64(text: string | null): Hash64 {
  if (text === null) return { high: 0, low: 0 }
  if (buffer.length < text.length * 3) buffer = new Uint8Array(text.length * 6)
  const bytes = buffer
  const { written: length } = utf8.encodeInto(text, bytes)
  hash.set(0, length).times().xor(0, seed)
  const whole = length & ~7
  for (let at = 0; at < whole; at += 8) {
    block
      .set(littleEndian(bytes, at + 4), littleEndian(bytes, at))
      .times()
      .fold()
      .times()
    hash.xor(block.high, block.low).times()
  }
  if (length > whole) {
    let high = 0
    let low = 0
    for (let at = whole; at < length; at++) {
      const shift = 8 * (at & 3)
      if (at - whole < 4) low |= bytes[at]! << shift
      else high |= bytes[at]! << shift
    }
    hash.xor(high, low).times()
  }
  hash.fold().times().fold()
  return { high: hash.high, low: hash.low }
}
