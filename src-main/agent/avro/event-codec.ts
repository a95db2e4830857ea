// AvroFlumeEvent ↔ EventBatch, columns on both sides: an event is `map<string> headers; bytes body`. Headers of neighbours are usually the
// same bytes, so a header block is decoded once and recognised by its bytes afterwards.

import { headerColumns } from '../../../src-shared/event/build-batch.ts'
import { bodyAt, type EventBatch, type Headers, headersAt, withHeader } from '../../../src-shared/event/event-batch.ts'
import type { MessageAllowance } from '../network/limits.ts'
import { javaUtf8Text } from '../serialization/charset.ts'
import { type AvroReader, AvroWriter } from './avro-binary.ts'

/**
 * Parameters of `append` (one event) or `appendBatch` (an array) as a batch. The reader's bytes are the batch's from then on: bodies stay
 * where they are or are moved together in them. Throws LimitExceeded for a message that holds more than `allowance`; without one its bytes
 * are the only limit.
 */
export function readEvents(reader: AvroReader, kind: 'append' | 'appendBatch', allowance?: MessageAllowance): EventBatch {
  const rows = new Rows(reader, allowance)
  if (kind === 'append') rows.read(1)
  else {
    for (let count = reader.readFirstBlockCount('array'); count > 0; count = reader.readBlockCount()) rows.read(count)
  }
  return rows.batch()
}

/** Where bodies of the message that is being read begin: used again for each message, as nobody keeps it. */
let starts = new Uint32Array(1024)
const mostKeptStarts = 1 << 16

/** Of the bodies' bytes, so many may lie between them: what is copied for nothing, against a call for each body that is moved. */
const mostBetween = 0.25

/** The events of a message by where they stand in it; where bodies have to be moved it is done when all of it has been looked at. */
class Rows {
  readonly #reader: AvroReader
  readonly #allowance: MessageAllowance | undefined
  readonly #memo: HeaderMemo
  #count = 0
  /** Where bodies end in the message, later in the batch. */
  #ends = new Uint32Array(0)
  /** Headers of every event, once two have different ones; before, those of all. */
  #headers: Headers[] | Headers = {}

  constructor(reader: AvroReader, allowance: MessageAllowance | undefined) {
    this.#reader = reader
    this.#allowance = allowance
    this.#memo = new HeaderMemo(reader, allowance)
  }

  /** Reads so many events: one with all care, and those that follow with the same headers in one go. */
  read(count: number): void {
    for (let left = count; left > 0; ) {
      this.#makeRoom(left)
      this.#readOne()
      left -= 1 + this.#readAlike(left - 1)
    }
  }

  #readOne(): void {
    const reader = this.#reader
    this.#allowance?.events(1)
    const headers = this.#memo.read()
    const length = reader.readLength()
    this.#noteHeaders(headers)
    starts[this.#count] = reader.position
    reader.position += length
    this.#ends[this.#count] = reader.position
    this.#count += 1
  }

  /**
   * Reads up to `most` events that have the headers of the one before, byte by byte, and a body whose length takes three bytes at most; the
   * first that is anything else, or not whole, is left to readOne(). Answers how many it has read.
   */
  #readAlike(most: number): number {
    const { bytes } = this.#reader
    const ends = this.#ends
    const begins = starts
    const { from, length: headerBytes } = this.#memo
    const first = this.#count
    const last = Math.min(first + most, ends.length)
    // Behind it there is no room for headers and a length: nothing below has to look where the message ends but for its bodies.
    const lastStart = bytes.length - headerBytes - 3
    let at = this.#reader.position
    let row = first
    for (; row < last && at <= lastStart; row++) {
      let same = 0
      while (same < headerBytes && bytes[at + same] === bytes[from + same]) same++
      if (same < headerBytes) break
      let start = at + headerBytes
      let doubled = bytes[start++]!
      if (doubled >= 0x80) {
        doubled = (doubled & 0x7f) | (bytes[start++]! << 7)
        if (doubled >= 0x4000) doubled = (doubled & 0x3fff) | (bytes[start++]! << 14)
      }
      const end = start + (doubled >> 1)
      // Odd: a negative length. So many: a length of four bytes.
      if ((doubled & 1) === 1 || doubled >= 0x200000 || end > bytes.length) break
      begins[row] = start
      ends[row] = end
      at = end
    }
    const read = row - first
    this.#reader.position = at
    this.#count = row
    this.#allowance?.events(read)
    if (Array.isArray(this.#headers)) for (let more = read; more > 0; more--) this.#headers.push(this.#headers.at(-1)!)
    return read
  }

  /** Room for one more event; for as many as are announced, but for no more than the bytes that are there can hold: an event takes at least two. */
  #makeRoom(announced: number): void {
    if (this.#count < this.#ends.length) return
    const { bytes, position } = this.#reader
    const size = this.#count + Math.max(1, Math.min(announced, (bytes.length - position) >> 1))
    const ends = new Uint32Array(size)
    ends.set(this.#ends)
    this.#ends = ends
    if (size <= starts.length) return
    const begins = new Uint32Array(size)
    begins.set(starts.subarray(0, this.#count))
    starts = begins
  }

  #noteHeaders(headers: Headers): void {
    const known = this.#headers
    if (Array.isArray(known)) known.push(headers)
    else if (this.#count === 0) this.#headers = headers
    else if (headers !== known) this.#headers = [...Array.from({ length: this.#count }, () => known as Headers), headers]
  }

  batch(): EventBatch {
    const count = this.#count
    const ends = this.#ends.subarray(0, count)
    const gap = this.#gap(ends)
    const bodies = gap === undefined ? this.#movedTogether(ends) : this.#asTheyLie(ends, gap)
    if (starts.length > mostKeptStarts) starts = new Uint32Array(mostKeptStarts)
    const known = this.#headers
    return {
      count,
      bodies,
      ends,
      gap: gap ?? 0,
      terminated: false,
      ...(Array.isArray(known) ? headerColumns(known) : { shared: known as Headers, columns: [] }),
    }
  }

  /** Bytes from each body to the next, headers and a length, where they are as many everywhere, few, and there behind the last one too. */
  #gap(ends: Uint32Array): number | undefined {
    const begins = starts
    const count = ends.length
    if (count === 0) return undefined
    const gap = count === 1 ? 0 : begins[1]! - ends[0]!
    for (let row = 2; row < count; row++) if (begins[row]! - ends[row - 1]! !== gap) return undefined
    const { bytes } = this.#reader
    const last = ends[count - 1]!
    const isLittle = gap * count <= (last - begins[0]! - gap * (count - 1)) * mostBetween
    return isLittle && bytes.byteOffset + last + gap <= bytes.buffer.byteLength ? gap : undefined
  }

  #asTheyLie(ends: Uint32Array, gap: number): Uint8Array {
    const { bytes } = this.#reader
    const first = starts[0]!
    for (let row = 0; row < ends.length; row++) ends[row]! -= first
    return new Uint8Array(bytes.buffer, bytes.byteOffset + first, ends[ends.length - 1]! + gap)
  }

  #movedTogether(ends: Uint32Array): Uint8Array {
    const { bytes } = this.#reader
    const begins = starts
    let to = 0
    for (let row = 0; row < ends.length; row++) {
      const from = begins[row]!
      const end = ends[row]!
      bytes.copyWithin(to, from, end)
      to += end - from
      ends[row] = to
    }
    return bytes.subarray(0, to)
  }
}

/** Reads header maps; a block whose bytes equal the one before gives the same object. */
class HeaderMemo {
  readonly #reader: AvroReader
  readonly #allowance: MessageAllowance | undefined
  /** The block that was read last: its first byte, and how many it has. */
  from = 0
  length = 0
  #headers: Headers = {}

  constructor(reader: AvroReader, allowance: MessageAllowance | undefined) {
    this.#reader = reader
    this.#allowance = allowance
  }

  read(): Headers {
    const { bytes, position } = this.#reader
    const { from, length } = this
    if (length > 0 && position + length <= bytes.length && sameBytes(bytes, from, position, length)) {
      this.#reader.position += length
      return this.#headers
    }
    const headers: Record<string, string> = {}
    for (let count = this.#reader.readFirstBlockCount('map'); count > 0; count = this.#reader.readBlockCount()) {
      for (let entry = 0; entry < count; entry++) {
        const name = this.#reader.readTextBytes()
        const value = this.#reader.readTextBytes()
        const text = javaUtf8Text(name)
        this.#allowance?.header(text, Math.max(name.length, value.length))
        withHeader(headers, text, javaUtf8Text(value))
      }
    }
    this.from = position
    this.length = this.#reader.position - position
    this.#headers = headers
    return headers
  }
}

function sameBytes(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (bytes[a + index] !== bytes[b + index]) return false
  return true
}

/** An array of events, all in one block: parameters of `appendBatch`, and the events of Spark's EventBatch. */
export function encodeEvents(batch: EventBatch): Buffer {
  const writer = new AvroWriter(encodedSize(batch))
  if (batch.count > 0) writer.writeLong(batch.count)
  writeEvents(writer, batch)
  writer.writeLong(0)
  return writer.finish()
}

/** The events one after another, as they stand in a block of a container file. */
export function encodeRecords(batch: EventBatch): Buffer {
  const writer = new AvroWriter(encodedSize(batch))
  writeEvents(writer, batch)
  return writer.finish()
}

const encodedSize = (batch: EventBatch): number => batch.bodies.length + batch.count * 16 + 64

/** A null header goes out as empty text, for Avro's map has no null. */
function writeEvents(writer: AvroWriter, batch: EventBatch): void {
  const shared = batch.columns.length === 0 ? encodeHeaders(batch.shared) : undefined
  for (let index = 0; index < batch.count; index++) {
    writer.writeFixed(shared ?? encodeHeaders(headersAt(batch, index)))
    writer.writeBytes(bodyAt(batch, index))
  }
}

function encodeHeaders(headers: Headers): Buffer {
  const entries = Object.entries(headers)
  const writer = new AvroWriter(64)
  if (entries.length > 0) writer.writeLong(entries.length)
  for (const [name, value] of entries) {
    writer.writeText(name)
    writer.writeText(value ?? '')
  }
  writer.writeLong(0)
  return writer.finish()
}
