// Messages of events, read as fast as they can be, against the same messages read field by field.

import { expect, test } from 'vitest'
import { AvroReader, AvroWriter } from '../../../src-main/agent/avro/avro-binary.ts'
import { readEvents } from '../../../src-main/agent/avro/event-codec.ts'
import { defaultLimits, MessageAllowance } from '../../../src-main/agent/network/limits.ts'
import { eventsOf, withHeader } from '../../../src-shared/event/event-batch.ts'
import { fc } from '../../driver/property.ts'

type Read = { readonly headers: Record<string, string>; readonly body: string }[] | string

const refusal = (error: unknown): string => `${(error as Error).constructor.name}: ${(error as Error).message}`

const allowanceOf = (mostEvents: number): MessageAllowance => new MessageAllowance({ ...defaultLimits, maxMessageEvents: mostEvents })

/** As the format says it, one field after another. */
function readByFields(message: Uint8Array, mostEvents: number): Read {
  const reader = new AvroReader(message)
  const allowance = allowanceOf(mostEvents)
  const events: { headers: Record<string, string>; body: string }[] = []
  try {
    for (let count = reader.readBlockCount(); count > 0; count = reader.readBlockCount()) {
      for (let left = count; left > 0; left--) {
        allowance.events(1)
        const headers: Record<string, string> = {}
        for (let entries = reader.readBlockCount(); entries > 0; entries = reader.readBlockCount()) {
          for (let entry = 0; entry < entries; entry++) {
            const [name, value] = [Buffer.from(reader.readBytes()), Buffer.from(reader.readBytes())]
            allowance.header(name.toString(), Math.max(name.length, value.length))
            withHeader(headers, name.toString(), value.toString())
          }
        }
        events.push({ headers, body: Buffer.from(reader.readBytes()).toString('hex') })
      }
    }
    return events
  } catch (error) {
    return refusal(error)
  }
}

/** The message with room behind it, as a frame decoder leaves it. */
function inMemory(message: Uint8Array): Uint8Array {
  const memory = new Uint8Array(message.length + 64).fill(0xee)
  memory.set(message)
  return memory.subarray(0, message.length)
}

function read(message: Uint8Array, mostEvents: number): Read {
  try {
    const batch = readEvents(new AvroReader(inMemory(message)), 'appendBatch', allowanceOf(mostEvents))
    return [...eventsOf(batch)].map(({ headers, body }) => ({
      headers: headers as Record<string, string>,
      body: Buffer.from(body).toString('hex'),
    }))
  } catch (error) {
    return refusal(error)
  }
}

const headers = fc.oneof(
  { weight: 3, arbitrary: fc.constant([] as [string, string][]) },
  { weight: 3, arbitrary: fc.constant([['host', 'a']] as [string, string][]) },
  { weight: 1, arbitrary: fc.array(fc.tuple(fc.constantFrom('host', 'n', 'ü'), fc.string({ maxLength: 3 })), { maxLength: 3 }) },
)
/** Lengths on both sides of where one more byte is needed for them, and more bytes than are needed. */
const event = fc.record({
  headers,
  bytes: fc.oneof({ weight: 6, arbitrary: fc.nat(200) }, fc.constantFrom(63, 64, 8191, 8192, 1 << 20, (1 << 20) + 1)),
  padded: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3 })),
})
const block = fc.record({ events: fc.array(event, { minLength: 1, maxLength: 40 }), sized: fc.boolean() })

/** A number with `padded` bytes of zeros behind it, which decoders read as the same number. */
function writePadded(writer: AvroWriter, value: number, padded: number): void {
  const own = new AvroWriter()
  own.writeLong(value)
  const bytes = Buffer.concat([own.finish(), Buffer.alloc(padded)])
  for (let index = 0; index < bytes.length - 1; index++) bytes[index]! |= 0x80
  writer.writeFixed(bytes)
}

function messageOf(blocks: readonly (typeof block extends fc.Arbitrary<infer T> ? T : never)[]): Buffer {
  const writer = new AvroWriter()
  let number = 0
  for (const { events, sized } of blocks) {
    // A negative count is followed by the block's size, which nobody needs.
    writer.writeLong(sized ? -events.length : events.length)
    if (sized) writer.writeLong(0)
    for (const { headers, bytes, padded } of events) {
      if (headers.length > 0) writer.writeLong(headers.length)
      for (const [name, value] of headers) {
        writer.writeText(name)
        writer.writeText(value)
      }
      writer.writeLong(0)
      writePadded(writer, bytes, padded)
      writer.writeFixed(Buffer.alloc(bytes, ++number))
    }
  }
  writer.writeLong(0)
  return writer.finish()
}

test('a message is what its fields say one by one, whole, cut short, with a wrong byte, or beyond the limit', () => {
  const damage = fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    fc.record({ cut: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) }),
  )
  fc.assert(
    fc.property(fc.array(block, { maxLength: 3 }), damage, fc.constantFrom(1_000_000, 7), (blocks, damaged, mostEvents) => {
      let message = messageOf(blocks)
      if (damaged !== undefined && 'cut' in damaged) message = message.subarray(0, Math.floor(damaged.cut * message.length))
      else if (damaged !== undefined) message[Math.floor(damaged.at * (message.length - 1))] = damaged.byte
      const expected = readByFields(message, mostEvents)
      const actual = read(message, mostEvents)
      expect(actual).toEqual(expected)
    }),
    { numRuns: 400 },
  )
})

test('bodies that lie as far apart as each other stay where they came, but for long headers between short bodies', () => {
  const alike = (headers: [string, string][], bytes: number) =>
    inMemory(messageOf([{ events: Array.from({ length: 5 }, () => ({ headers, bytes, padded: 0 })), sized: false }]))
  const batchOf = (message: Uint8Array) => readEvents(new AvroReader(message), 'appendBatch')
  // No headers and a length of two bytes; a header of one character each, and a length of one.
  expect(batchOf(alike([], 133))).toMatchObject({ count: 5, gap: 3 })
  expect(batchOf(alike([['h', 'v']], 60))).toMatchObject({ count: 5, gap: 7 })
  expect(batchOf(alike([['h', 'v']], 10))).toMatchObject({ count: 5, gap: 0 })
})
