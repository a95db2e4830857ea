// Messages to an Avro source: handshakes and calls as a client sends them, with counts, lengths and names that none does.
import { sourceProtocol } from '../../../../src-main/agent/avro/source-protocol.ts'
import type { Random } from '../../../driver/random.ts'
import { changedBytes, oddBytes } from './odd-bytes.ts'

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function long(value: number | bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 0x80)
    rest >>= 7n
  }
  return Buffer.from([...bytes, Number(rest)])
}

const overlong = [
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
  Array.from({ length: 12 }, () => 0x80),
  [0x81, 0x80, 0x80, 0x80, 0x00],
]

export class AvroMaker {
  readonly #random: Random
  readonly #oddness: number

  constructor(random: Random) {
    this.#random = random
    this.#oddness = random.pick([0, 0.02, 0.1])
  }

  /** Frames of one connection. */
  frames(mark: string): Buffer[] {
    const random = this.#random
    return Array.from({ length: random.pick([1, 1, 2]) }, (_, index) => {
      const whole = Buffer.concat([index === 0 && !this.#seldom() ? this.#handshake() : Buffer.alloc(0), this.#call(`${mark}.${index}`)])
      return this.#frame(random.chance(0.35) ? changedBytes(whole, random) : whole, index)
    })
  }

  good(): Buffer {
    const call = Buffer.concat([long(0), this.#plain('append'), long(0), this.#plain('probe')])
    return this.#frame(Buffer.concat([this.#plainHandshake(), call]), 1)
  }

  #seldom(factor = 1): boolean {
    return this.#random.chance(this.#oddness * factor)
  }

  #plain(text: string): Buffer {
    return Buffer.concat([long(text.length), Buffer.from(text)])
  }

  #plainHandshake(): Buffer {
    return Buffer.concat([sourceProtocol.hash, long(0), sourceProtocol.hash, long(0)])
  }

  #frame(message: Buffer, serial: number): Buffer {
    const random = this.#random
    const cut = random.chance(0.2) ? [random.below(message.length + 1)] : []
    const parts = [message.subarray(0, cut[0] ?? message.length), ...cut.map((at) => message.subarray(at))]
    return Buffer.concat([int32(serial), int32(parts.length), ...parts.flatMap((part) => [int32(part.length), part])])
  }

  #handshake(): Buffer {
    const random = this.#random
    if (!this.#seldom(3)) return this.#plainHandshake()
    return Buffer.concat([
      random.chance(0.7) ? sourceProtocol.hash : Buffer.alloc(16, 3),
      random.chance(0.6) ? long(0) : Buffer.concat([long(random.pick([1, 2, -1])), this.#text(sourceProtocol.text)]),
      random.chance(0.7) ? sourceProtocol.hash : Buffer.alloc(16, 4),
      random.pick([
        long(0),
        Buffer.concat([long(1), long(0)]),
        Buffer.concat([long(1), long(1), this.#plain('k'), this.#plain('v'), long(0)]),
      ]),
    ])
  }

  #call(mark: string): Buffer {
    const random = this.#random
    const name = this.#seldom() ? random.pick(['', 'Append', 'ping', 'é']) : random.pick(['append', 'appendBatch'])
    return Buffer.concat([
      this.#seldom() ? this.#number(random.pick([1, 2, -1, 0])) : long(0),
      this.#text(name),
      this.#parameters(name, mark),
    ])
  }

  #parameters(name: string, mark: string): Buffer {
    if (name !== 'appendBatch') return this.#event(mark)
    const count = this.#random.pick([0, 1, 2, 3])
    const events = Array.from({ length: count }, (_, index) => this.#event(`${mark}.${index}`))
    return this.#blocks(events)
  }

  #blocks(items: readonly Buffer[]): Buffer {
    const random = this.#random
    const all = Buffer.concat(items)
    if (items.length === 0) return this.#number(0)
    const count = this.#seldom(0.5) ? random.pick([items.length + 1, items.length - 1, 1000, 2 ** 31, -(2 ** 31)]) : items.length
    const head = random.chance(0.15)
      ? Buffer.concat([long(-count), this.#number(this.#seldom() ? random.pick([-1, 0, 1e9]) : all.length)])
      : this.#number(count)
    return Buffer.concat([head, all, this.#seldom() ? this.#number(random.pick([1, -1])) : this.#number(0)])
  }

  #event(mark: string): Buffer {
    const random = this.#random
    const entries = Array.from({ length: random.pick([0, 1, 1, 2]) }, () =>
      Buffer.concat([this.#text(oddBytes(random)), this.#text(oddBytes(random))]),
    )
    return Buffer.concat([this.#blocks(entries), this.#text(random.chance(0.8) ? mark : oddBytes(random))])
  }

  #number(value: number): Buffer {
    return this.#seldom(0.4) ? Buffer.from(this.#random.pick(overlong)) : long(value)
  }

  #text(text: string | Buffer): Buffer {
    const bytes = Buffer.from(text)
    const length = this.#seldom(0.3)
      ? this.#random.pick([bytes.length + 1, bytes.length - 1, -1, 2 ** 31 - 1, 2 ** 31, 2 ** 40, -(2 ** 31)])
      : bytes.length
    return Buffer.concat([length === bytes.length ? this.#number(length) : long(length), bytes])
  }
}
