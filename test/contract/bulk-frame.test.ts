import { describe, expect, test } from 'vitest'
import { amountOf, decodeFrames, encodeAck, encodeCredit, encodeFrame, frameKind } from '../../src-shared/contract/bulk-frame.ts'
import { decodeRows, encodeRows } from '../../src-shared/contract/rows-frame.ts'
import { decodeTapEvents, encodeTapEvents } from '../../src-shared/contract/tap-frame.ts'
import { fc } from '../driver/property.ts'

const bytes = fc.uint8Array({ maxLength: 300 })

describe('bulk frames', () => {
  test('a run of frames is read as it was written', () => {
    const frame = fc.record({ transfer: fc.integer({ min: 0, max: 2 ** 32 - 1 }), payload: bytes })
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), (frames) => {
        const message = Buffer.concat(frames.map(({ transfer, payload }) => encodeFrame(frameKind.data, transfer, payload)))
        const read = decodeFrames(message).map(({ kind, transfer, payload }) => ({ kind, transfer, payload: [...payload] }))
        expect(read).toEqual(frames.map(({ transfer, payload }) => ({ kind: frameKind.data, transfer, payload: [...payload] })))
      }),
    )
  })

  test('amounts of CREDIT and ACK survive, also large ones', () => {
    expect(amountOf(decodeFrames(encodeCredit(7, 2 ** 31))[0]!)).toBe(2 ** 31)
    expect(amountOf(decodeFrames(encodeAck(2 ** 40 + 1))[0]!)).toBe(2 ** 40 + 1)
  })

  test('a message that is cut anywhere inside a frame is refused', () => {
    const message = encodeFrame(frameKind.data, 3, Uint8Array.of(1, 2, 3, 4))
    for (let length = 1; length < message.length; length++) expect(() => decodeFrames(message.subarray(0, length))).toThrow(RangeError)
  })

  test('any bytes are either a run of frames or refused with RangeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (garbage) => {
        try {
          decodeFrames(garbage)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
    )
  })
})

test('rows are read as they were written', () => {
  const row = fc.record({
    line: fc.nat({ max: 2 ** 31 - 1 }).map((line) => line * 4000),
    offset: fc.nat().map((offset) => offset * 1000),
    length: fc.nat(),
    bytes,
  })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
      expect(decodeRows(encodeRows(rows)).map((read) => ({ ...read, bytes: [...read.bytes] }))).toEqual(
        rows.map((written) => ({ ...written, bytes: [...written.bytes] })),
      )
    }),
  )
})

test('tapped events are read as they were written, null headers and text beyond ASCII included', () => {
  const headers = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.option(fc.string({ unit: 'grapheme' })))
  const event = fc.record({ seenAt: fc.nat(), headers, length: fc.nat(), body: bytes })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 10 }), (events) => {
      const encoded = events.map((one) => ({ ...one, headers: new TextEncoder().encode(JSON.stringify(one.headers)) }))
      const read = decodeTapEvents(encodeTapEvents(encoded), (text) => new TextDecoder().decode(text))
      expect(read.map((one) => ({ ...one, headers: { ...one.headers }, body: [...one.body] }))).toEqual(
        events.map((one) => ({ ...one, headers: JSON.parse(JSON.stringify(one.headers)), body: [...one.body] })),
      )
    }),
  )
})
