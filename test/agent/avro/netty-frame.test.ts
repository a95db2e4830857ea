import { expect, test } from 'vitest'
import { encodeFrame, type Frame, NettyFrameDecoder } from '../../../src-main/agent/avro/netty-frame.ts'
import { fc } from '../../driver/property.ts'

const buffers = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 })

/** The bytes, cut where the numbers say. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b)
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length))
}

test('frames are the same wherever the connection cuts them, and memory that was given back changes none that was kept', () => {
  const frames = fc.array(fc.tuple(fc.integer(), buffers, fc.boolean()), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(frames, fc.array(fc.nat()), (sent, cuts) => {
      const decoder = new NettyFrameDecoder(1 << 20)
      const kept: { readonly frame: Frame; readonly index: number }[] = []
      let index = 0
      for (const piece of pieces(Buffer.concat(sent.map(([serial, parts]) => encodeFrame(serial, parts))), cuts)) {
        for (const frame of decoder.push(piece)) {
          const [serial, parts, keep] = sent[index]!
          expect(frame.serial).toBe(serial)
          expect(Buffer.from(frame.message).equals(Buffer.concat(parts))).toBe(true)
          if (keep) kept.push({ frame, index })
          else decoder.giveBack(frame)
          index += 1
        }
      }
      expect(index).toBe(sent.length)
      for (const { frame, index: at } of kept) expect(Buffer.from(frame.message).equals(Buffer.concat(sent[at]![1]))).toBe(true)
    }),
  )
})

test('a frame is unfinished from its first byte to its last', () => {
  const frame = encodeFrame(7, [Buffer.from('ab'), Buffer.alloc(0), Buffer.from('c')])
  const decoder = new NettyFrameDecoder(1 << 20)
  for (let at = 0; at < frame.length - 1; at++) {
    expect(decoder.push(frame.subarray(at, at + 1))).toEqual([])
    expect(decoder.heldBytes).toBe(at + 1)
  }
  expect(decoder.push(frame.subarray(-1))).toHaveLength(1)
  expect(decoder.heldBytes).toBe(0)
})
