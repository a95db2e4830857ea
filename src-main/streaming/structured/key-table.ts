// Keys that are bytes, numbered from 0 in the order of their arrival: an open-addressing hash table in typed arrays, without an object per
// key. A slot is two numbers side by side, the key's hash and its number plus one, so that a look-up that fails touches one cache line.
import { MillraceError } from '../../../src-shared/errors.ts'

/** The most bytes of keys that one table holds: offsets are unsigned 32-bit numbers, and one of them means null. */
const mostBytes = 0xfffffffe
const mostKeys = 2 ** 28

export class KeyTable {
  /** All keys, one after another. */
  bytes: Buffer
  /** Key i is `bytes[starts[i], starts[i + 1])`. */
  starts: Uint32Array
  #size = 0
  #slots: Int32Array
  #mask: number

  constructor() {
    const slots = 1024
    this.bytes = Buffer.allocUnsafe(16 * 1024)
    this.starts = new Uint32Array(slots)
    this.#slots = new Int32Array(slots * 2)
    this.#mask = slots - 1
  }

  get size(): number {
    return this.#size
  }

  /** The number of the key `from[start, end)`; a new one when it was not there. */
  insert(from: Uint8Array, start: number, end: number): number {
    return this.#lookUp(from, start, end, true)
  }

  /** The number of the key, or -1. */
  find(from: Uint8Array, start: number, end: number): number {
    return this.#lookUp(from, start, end, false)
  }

  /** A number that no look-up gives. */
  addNameless(): number {
    return this.#append(0)
  }

  #lookUp(from: Uint8Array, start: number, end: number, add: boolean): number {
    let hash = 0x811c9dc5
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ from[at]!, 0x01000193)
    // FNV's low bits are weak for texts that differ at their ends only.
    hash ^= hash >>> 15
    hash = Math.imul(hash, 0x2c1b3c6d)
    hash ^= hash >>> 13
    const slots = this.#slots
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const number = slots[slot * 2 + 1]! - 1
      if (number < 0) return add ? this.#add(from, start, end, hash, slot) : -1
      if (slots[slot * 2] === hash && this.#equals(number, from, start, end)) return number
    }
  }

  #equals(number: number, from: Uint8Array, start: number, end: number): boolean {
    const { bytes, starts } = this
    let at = starts[number]!
    if (starts[number + 1]! - at !== end - start) return false
    for (let other = start; other < end; other++, at++) if (bytes[at] !== from[other]) return false
    return true
  }

  #add(from: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const at = this.starts[this.#size]!
    const number = this.#append(end - start)
    const { bytes } = this
    for (let index = start, to = at; index < end; index++, to++) bytes[to] = from[index]!
    this.#slots[slot * 2] = hash
    this.#slots[slot * 2 + 1] = number + 1
    if (this.#size * 2 > this.#mask) this.#growSlots()
    return number
  }

  /** Room for one more key of so many bytes; gives its number. */
  #append(length: number): number {
    const number = this.#size
    const at = this.starts[number]!
    const keyEnd = at + length
    if (keyEnd > mostBytes || number >= mostKeys) {
      throw new MillraceError(
        'PROGRAM_FAILED',
        `A structured operator holds ${number} distinct keys of ${at} bytes in one batch or window, the most that it can. Group by fewer or shorter fields, or make batches smaller.`,
      )
    }
    if (keyEnd > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.min(mostBytes, Math.max(this.bytes.length * 2, keyEnd)))
      this.bytes.copy(grown, 0, 0, at)
      this.bytes = grown
    }
    if (number + 2 > this.starts.length) {
      const grown = new Uint32Array(this.starts.length * 2)
      grown.set(this.starts)
      this.starts = grown
    }
    this.starts[number + 1] = keyEnd
    this.#size = number + 1
    return number
  }

  #growSlots(): void {
    const old = this.#slots
    const mask = this.#mask * 2 + 1
    const slots = new Int32Array((mask + 1) * 2)
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue
      let slot = old[from]! & mask
      while (slots[slot * 2 + 1] !== 0) slot = (slot + 1) & mask
      slots[slot * 2] = old[from]!
      slots[slot * 2 + 1] = old[from + 1]!
    }
    this.#slots = slots
    this.#mask = mask
  }
}
