import { describe, expect, test } from 'vitest'
import { decodeBatch, encodeBatch, nodeEncoding } from '../../src-main/storage/batch-encoding.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import { emptyBatch, eventsOf } from '../../src-shared/event/event-batch.ts'
import { layOutBatch, sealBatch } from '../../src-shared/event/event-batch-encoding.ts'
import { arbitraryBatch, rowsOf } from '../driver/arbitrary-batch.ts'
import { fc } from '../driver/property.ts'

describe('the encoding of an EventBatch', () => {
  test('gives back every event with its headers in three states, its body and its origin', () => {
    fc.assert(
      fc.property(arbitraryBatch, (batch) => {
        const decoded = decodeBatch(encodeBatch(batch))
        expect(rowsOf(decoded)).toEqual(rowsOf(batch))
        expect(decoded.count).toBe(batch.count)
        if (batch.count > 0) {
          expect(decoded.terminated).toBe(batch.terminated)
          // What lies between bodies is not kept, but for line feeds; what implied where they began has to be said then.
          const isClosed = batch.gap > 0 && !batch.terminated
          expect(decoded.origin?.kind).toBe(isClosed && batch.origin ? 'explicit' : batch.origin?.kind)
          const bodies = [...eventsOf(batch)].flatMap(({ body }) => (batch.terminated ? [...body, 10] : [...body]))
          expect([...decoded.bodies]).toEqual(bodies)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('is the same wherever in memory its bytes lie', () => {
    fc.assert(
      fc.property(arbitraryBatch, fc.nat(7), (batch, shift) => {
        const encoded = encodeBatch(batch)
        const moved = new Uint8Array(encoded.length + shift + 3)
        moved.set(encoded, shift)
        expect(rowsOf(decodeBatch(moved.subarray(shift, shift + encoded.length)))).toEqual(rowsOf(batch))
      }),
    )
  })

  test('is the same, byte for byte, in memory that held something else before', () => {
    fc.assert(
      fc.property(arbitraryBatch, fc.nat(100), (batch, more) => {
        const written = layOutBatch(batch, nodeEncoding, (length) => new Uint8Array(length + more).fill(0xa5).buffer)
        sealBatch(written, nodeEncoding)
        expect(Buffer.from(written).equals(encodeBatch(batch))).toBe(true)
      }),
    )
  })

  test('keeps dictionaries of more than 255 and of more than 65,535 values', () => {
    for (const count of [255, 256, 70_000]) {
      const batch = batchOf(Array.from({ length: count }, (_, index) => ({ headers: { id: `v${index}` }, body: new Uint8Array(0) })))
      expect(rowsOf(decodeBatch(encodeBatch(batch)))).toEqual(rowsOf(batch))
    }
  })

  test('copies nothing on decoding where its bytes are aligned', () => {
    const encoded = encodeBatch(batchOf([{ headers: { host: 'a' }, body: Uint8Array.of(1, 2, 3) }]))
    const decoded = decodeBatch(encoded)
    expect(decoded.bodies.buffer).toBe(encoded.buffer)
    expect(decoded.ends.buffer).toBe(encoded.buffer)
  })

  test('a batch that is cut short anywhere, or has a byte too many, is damaged', () => {
    fc.assert(
      fc.property(arbitraryBatch, (batch) => {
        const encoded = encodeBatch(batch)
        for (let length = 0; length < encoded.length; length++) expect(() => decodeBatch(encoded.subarray(0, length))).toThrow(/damaged/)
        expect(() => decodeBatch(Uint8Array.of(...encoded, 0))).toThrow(/damaged/)
      }),
      { numRuns: 50 },
    )
  })

  test('a batch with any bit flipped is damaged', () => {
    fc.assert(
      fc.property(arbitraryBatch, (batch) => {
        const encoded = encodeBatch(batch)
        for (let bit = 0; bit < encoded.length * 8; bit++) {
          encoded[bit >> 3]! ^= 1 << (bit & 7)
          expect(() => decodeBatch(encoded)).toThrow(/damaged/)
          encoded[bit >> 3]! ^= 1 << (bit & 7)
        }
        expect(rowsOf(decodeBatch(encoded))).toEqual(rowsOf(batch))
      }),
      { numRuns: 20 },
    )
  })

  test('never crashes or runs away on bytes whose checksum is right and whose numbers are nonsense', () => {
    fc.assert(
      fc.property(arbitraryBatch, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }), (batch, changes) => {
        const encoded = encodeBatch(batch)
        for (const [at, value] of changes) if (at % encoded.length >= 12) encoded[at % encoded.length] = value
        sealBatch(encoded, nodeEncoding)
        try {
          decodeBatch(encoded)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('of no events is the batch without events', () => {
    expect(decodeBatch(encodeBatch(emptyBatch))).toEqual(emptyBatch)
  })
})
