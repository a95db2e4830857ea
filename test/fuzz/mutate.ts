// Changes valid inputs at random: bits, bytes, lengths, blocks repeated, dropped, put in from another input.
import type { Random } from '../driver/random.ts'
import type { FuzzTarget } from './fuzz-target.ts'

/** No input is longer. */
export const mostBytes = 200_000
const edges = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]

/** The input that these random choices give. */
export function mutated({ corpus, words }: FuzzTarget, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(random.pick(corpus))
  // Most inputs stay close to a valid one, so that they get past the first check.
  const changes = random.chance(0.02) ? 0 : 1 + random.below(random.chance(0.8) ? 3 : 30)
  for (let change = 0; change < changes; change++) bytes = changed(bytes, corpus, words ?? [], random)
  return bytes.subarray(0, mostBytes)
}

function changed(bytes: Buffer, corpus: readonly Uint8Array[], words: readonly string[], random: Random): Buffer {
  const at = random.below(bytes.length + 1)
  const to = Math.min(bytes.length, at + random.below(random.chance(0.7) ? 8 : Math.max(8, bytes.length)))
  const insert = (more: Uint8Array): Buffer => Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])
  switch (random.below(10)) {
    case 0:
      if (at < bytes.length) bytes[at]! ^= 1 << random.below(8)
      return bytes
    case 1:
      if (at < bytes.length) bytes[at] = random.below(256)
      return bytes
    case 2:
      return bytes.subarray(0, at)
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)])
    case 4: {
      const piece = bytes.subarray(at, to)
      const times = random.chance(0.1) ? 1000 : 1 + random.below(4)
      return insert(Buffer.concat(Array.from({ length: Math.min(times, Math.ceil(mostBytes / (piece.length + 1))) }, () => piece)))
    }
    case 5: {
      const width = random.pick([1, 2, 4])
      const value = Buffer.alloc(4)
      value.writeUInt32BE(random.chance(0.5) ? random.pick(edges) : random.below(2 ** 32))
      if (random.chance(0.3)) value.reverse()
      value.copy(bytes, at, 4 - width)
      return bytes
    }
    case 6: {
      const other = random.pick(corpus)
      const from = random.below(other.length + 1)
      return insert(other.subarray(from, from + random.below(200)))
    }
    case 7:
      return insert(Buffer.from(Array.from({ length: 1 + random.below(16) }, () => random.below(256))))
    case 8:
      return words.length === 0 ? bytes : insert(Buffer.from(random.pick(words)))
    default: {
      // A varint, as Avro and Thrift write lengths.
      const varint: number[] = []
      for (let rest = random.pick(edges); ; rest = Math.floor(rest / 128)) {
        varint.push(rest >= 128 ? (rest % 128) | 0x80 : rest)
        if (rest < 128) break
      }
      return insert(Buffer.from(varint))
    }
  }
}
