import { compress } from 'snappyjs'
import { expect, test } from 'vitest'
import { BadSnappy, uncompressSnappy } from '../../../src-main/agent/serialization/snappy.ts'
import { fc } from '../../driver/property.ts'

test('what was compressed comes back', () => {
  const repeating = fc
    .tuple(fc.uint8Array({ maxLength: 300 }), fc.nat(400))
    .map(([piece, times]) => Buffer.concat(Array.from({ length: times }, () => piece)))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 5000 }), repeating), (bytes) => {
      expect(Buffer.from(uncompressSnappy(compress(bytes))).equals(bytes)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('copies that overlap what they copy, and literals with long lengths, are as the format says', () => {
  // "ab", then a copy of 6 from 2 back; a literal of 61 bytes with its length in one byte.
  expect(Buffer.from(uncompressSnappy(Uint8Array.of(8, 0x04, 97, 98, 0x09, 2))).toString()).toBe('abababab')
  expect(uncompressSnappy(Uint8Array.of(61, 60 << 2, 60, ...new Uint8Array(61).fill(7)))).toEqual(new Uint8Array(61).fill(7))
})

test.each([
  ['nothing', []],
  ['a length without end', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80]],
  ['a length that the data cannot have', [0xff, 0xff, 0xff, 0xff, 0x0f, 0]],
  ['a literal beyond the end', [2, 0x04, 97]],
  ['a literal of four length bytes with the highest bit', [9, 63 << 2, 0xf0, 0xff, 0xff, 0xff, 1]],
  ['a copy from before the beginning', [4, 0x01, 1]],
  ['a copy from nowhere', [6, 0x04, 97, 98, 0x01, 0]],
  ['less than it says', [9, 0x04, 97, 98]],
  ['more than it says', [1, 0x04, 97, 98]],
])('data with %s are refused', (_what, bytes) => {
  expect(() => uncompressSnappy(Uint8Array.from(bytes))).toThrow(BadSnappy)
})
