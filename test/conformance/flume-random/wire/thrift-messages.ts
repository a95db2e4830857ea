// Messages to a Thrift source, in both protocols: calls as a client sends them, with fields, types, names and lengths that none does.
import type { Random } from '../../../driver/random.ts'
import { changedBytes, oddBytes } from './odd-bytes.ts'

export type ThriftProtocol = 'compact' | 'binary'

/** Types of the binary protocol, and what the compact one writes for them. */
const compactTypes: Readonly<Record<number, number>> = { 2: 1, 3: 3, 4: 7, 6: 4, 8: 5, 10: 6, 11: 8, 12: 12, 13: 11, 14: 10, 15: 9 }
const allTypes = [2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 15]

const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff])
const int32 = (value: number): Buffer => Buffer.from([(value >> 24) & 0xff, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff])
const zigzag = (value: number): Buffer => varint(((value << 1) ^ (value >> 31)) >>> 0)

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value >>> 0
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return Buffer.from([...bytes, rest])
}

export class ThriftMaker {
  readonly #isCompact: boolean
  readonly #random: Random
  /** How often something is not as it should be. */
  readonly #oddness: number
  /** Whether its frames are as a client sends them, but for their texts. */
  readonly isPlain: boolean

  constructor(protocol: ThriftProtocol, random: Random) {
    this.#isCompact = protocol === 'compact'
    this.#random = random
    this.#oddness = random.pick([0, 0.02, 0.1])
    this.isPlain = this.#oddness === 0 && random.chance(0.5)
  }

  /** A frame. `mark` stands in a body where nothing odd does. */
  frame(mark: string): Buffer {
    const random = this.#random
    const whole = this.#message(mark)
    const message = !this.isPlain && random.chance(0.35) ? changedBytes(whole, random) : whole
    const length = this.#seldom(0.1) ? random.pick([message.length + 1, message.length - 1, 0, -1, 0x7fffffff, 5]) : message.length
    return Buffer.concat([int32(length), message])
  }

  /** A frame that every server answers. */
  good(): Buffer {
    const event = Buffer.concat([this.#map([]), this.#field(11, 2, 1), this.#bytes(Buffer.from('probe')), Buffer.from([0])])
    const message = Buffer.concat([
      this.#head('append', 1, 7),
      this.#field(12, 1, 0),
      this.#isCompact ? Buffer.from([0x1b]) : Buffer.from([13, 0, 1]),
      event,
      Buffer.from([0]),
    ])
    return Buffer.concat([int32(message.length), message])
  }

  #seldom(factor = 1): boolean {
    return this.#random.chance(this.#oddness * factor)
  }

  #message(mark: string): Buffer {
    const random = this.#random
    const name = this.#seldom()
      ? random.pick(['', 'Append', 'ping', 'appendBatch ', 'é', 'a'.repeat(300)])
      : random.pick(['append', 'appendBatch'])
    const type = this.#seldom() ? random.pick([0, 2, 3, 4, 5, 7]) : 1
    const serial = random.pick([0, 1, 5, 0x7fffffff, -1])
    return Buffer.concat([this.#head(name, type, serial), this.#arguments(name, mark)])
  }

  #head(name: string, type: number, serial: number): Buffer {
    const text = this.#seldom(0.3) ? oddBytes(this.#random) : Buffer.from(name)
    if (this.#isCompact) return Buffer.concat([Buffer.from([0x82, (type << 5) | 1]), varint(serial), this.#bytes(text)])
    if (this.#seldom()) return Buffer.concat([this.#bytes(text), Buffer.from([type]), int32(serial)])
    return Buffer.concat([int32(0x80010000 | type), this.#bytes(text), int32(serial)])
  }

  #arguments(name: string, mark: string): Buffer {
    const random = this.#random
    const parts: Buffer[] = []
    let last = 0
    if (this.#seldom()) {
      parts.push(this.#unknown(last))
      last = this.#last
    }
    if (!this.#seldom()) {
      const isBatch = this.#seldom() ? random.chance(0.5) : name === 'appendBatch'
      parts.push(this.#field(isBatch ? 15 : 12, 1, last))
      last = 1
      if (isBatch) {
        const count = random.pick([0, 1, 2, 3, 16])
        parts.push(this.#list(this.#seldom() ? random.pick(allTypes) : 12, this.#size(count)))
        for (let index = 0; index < count; index++) parts.push(this.#event(`${mark}.${index}`))
      } else parts.push(this.#event(mark))
    }
    if (this.#seldom()) parts.push(this.#unknown(last))
    if (!this.#seldom()) parts.push(Buffer.from([0]))
    return Buffer.concat(parts)
  }

  #event(mark: string): Buffer {
    const random = this.#random
    const parts: Buffer[] = []
    let last = 0
    const odd = (): void => {
      if (!this.#seldom()) return
      parts.push(this.#unknown(last))
      last = this.#last
    }
    odd()
    if (!this.#seldom()) {
      parts.push(this.#field(this.#seldom(0.3) ? random.pick(allTypes) : 13, 1, last))
      last = 1
      const entries = Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, () => [oddBytes(random), oddBytes(random)] as const)
      parts.push(this.#map(entries))
    }
    odd()
    if (!this.#seldom()) {
      parts.push(this.#field(this.#seldom(0.3) ? random.pick(allTypes) : 11, 2, last))
      last = 2
      parts.push(this.#bytes(random.chance(0.8) ? Buffer.from(mark) : oddBytes(random)))
    }
    odd()
    parts.push(Buffer.from([0]))
    return Buffer.concat(parts)
  }

  #last = 0

  /** A field that no Flume knows, or one twice, with a value of any type. */
  #unknown(last: number): Buffer {
    const random = this.#random
    const type = random.pick([...allTypes, 1, 5, 9])
    this.#last = random.pick([3, 1, 2, 0, -1, 100, 32767])
    return Buffer.concat([this.#field(type, this.#last, last), this.#value(type, 0)])
  }

  #value(type: number, depth: number): Buffer {
    const random = this.#random
    const inner = (): number => (depth > 2 ? random.pick([3, 8, 11]) : random.pick(allTypes))
    switch (type) {
      case 2:
        // A field has its value in the type; an element has it in a byte.
        return this.#isCompact && depth === 0 ? Buffer.alloc(0) : Buffer.from([random.pick([0, 1, 2])])
      case 3:
        return Buffer.from([random.below(256)])
      case 4:
        return Buffer.alloc(8, random.below(256))
      case 6:
        return this.#isCompact ? zigzag(random.pick([0, -1, 70000])) : int16(random.below(65536))
      case 8:
        return this.#isCompact ? zigzag(random.pick([0, -1, 0x7fffffff])) : int32(random.below(2 ** 31))
      case 10:
        return this.#isCompact ? Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]) : Buffer.alloc(8, 1)
      case 11:
        return this.#bytes(oddBytes(random))
      case 12: {
        const field = inner()
        return Buffer.concat([
          this.#field(field, 1, 0),
          this.#value(field, this.#isCompact && field === 2 ? 0 : depth + 1),
          Buffer.from([0]),
        ])
      }
      case 13: {
        const [key, value] = [inner(), inner()]
        const count = random.pick([0, 1, 2])
        const entries = Array.from({ length: count }, () => [this.#value(key, depth + 1), this.#value(value, depth + 1)]).flat()
        return Buffer.concat([this.#mapHead(key, value, this.#size(count)), ...entries])
      }
      case 14:
      case 15: {
        const element = inner()
        const count = random.pick([0, 1, 3])
        return Buffer.concat([
          this.#list(element, this.#size(count)),
          ...Array.from({ length: count }, () => this.#value(element, depth + 1)),
        ])
      }
      default:
        return Buffer.alloc(0)
    }
  }

  #field(type: number, id: number, last: number): Buffer {
    if (!this.#isCompact) return Buffer.concat([Buffer.from([type]), int16(id)])
    const compact = compactTypes[type] ?? 13 + (type % 3)
    const delta = id - last
    if (delta > 0 && delta <= 15 && !this.#seldom()) return Buffer.from([(delta << 4) | compact])
    return Buffer.concat([Buffer.from([compact]), zigzag(id)])
  }

  /** A count, which is wrong sometimes. */
  #size(count: number): number {
    return this.#seldom(0.5) ? this.#random.pick([count + 1, count - 1, -1, 1000, 0x7fffffff, 100_000_000, -2147483648]) : count
  }

  #map(entries: readonly (readonly [Buffer, Buffer])[]): Buffer {
    const types = this.#seldom(0.5) ? ([this.#random.pick(allTypes), this.#random.pick(allTypes)] as const) : ([11, 11] as const)
    const head = this.#mapHead(...types, this.#size(entries.length))
    return Buffer.concat([head, ...entries.flatMap(([name, value]) => [this.#bytes(name), this.#bytes(value)])])
  }

  #mapHead(key: number, value: number, count: number): Buffer {
    if (!this.#isCompact) return Buffer.concat([Buffer.from([key, value]), int32(count)])
    if (count === 0) return Buffer.from([0])
    return Buffer.concat([varint(count), Buffer.from([(compactTypes[key]! << 4) | compactTypes[value]!])])
  }

  #list(element: number, count: number): Buffer {
    if (!this.#isCompact) return Buffer.concat([Buffer.from([element]), int32(count)])
    const type = compactTypes[element]!
    return count >= 0 && count < 15 ? Buffer.from([(count << 4) | type]) : Buffer.concat([Buffer.from([0xf0 | type]), varint(count)])
  }

  #bytes(bytes: Buffer): Buffer {
    const length = this.#seldom(0.3)
      ? this.#random.pick([bytes.length + 1, bytes.length - 1, -1, 0x7fffffff, 200_000_000, -2147483648])
      : bytes.length
    return Buffer.concat([this.#isCompact ? varint(length) : int32(length), bytes])
  }
}
