// AvroFlumeEvent ↔ EventBatch, columns on both sides: an event is `map<string> headers; bytes body`. Headers of neighbours are usually the
// same bytes, so a header block is decoded once and recognised by its bytes afterwards.

import { BatchBuilder } from '../../../src-shared/event/batch-builder.ts'
import { bodyAt, type EventBatch, type Headers, headersAt, withHeader } from '../../../src-shared/event/event-batch.ts'
import type { MessageAllowance } from '../network/limits.ts'
import { type AvroReader, AvroWriter } from './avro-binary.ts'

/**
 * Parameters of `append` (one event) or `appendBatch` (an array) as a batch. Bodies are copied out of the message. Throws LimitExceeded for
 * a message that holds more than `allowance`; without one its bytes are the only limit.
 */
export function readEvents(reader: AvroReader, kind: 'append' | 'appendBatch', allowance?: MessageAllowance): EventBatch {
  const events = new BatchBuilder()
  const memo = new HeaderMemo(reader, allowance)
  if (kind === 'append') events.add(memo.read(), reader.readBytes())
  else {
    for (let count = reader.readBlockCount(); count > 0; count = reader.readBlockCount()) {
      for (let index = 0; index < count; index++) {
        allowance?.event()
        events.add(memo.read(), reader.readBytes())
      }
    }
  }
  return events.build()
}

const textDecoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Reads header maps; a block whose bytes equal the one before gives the same object. */
class HeaderMemo {
  readonly #reader: AvroReader
  readonly #allowance: MessageAllowance | undefined
  #from = 0
  #to = -1
  #headers: Headers = {}

  constructor(reader: AvroReader, allowance: MessageAllowance | undefined) {
    this.#reader = reader
    this.#allowance = allowance
  }

  read(): Headers {
    const { bytes, position } = this.#reader
    const length = this.#to - this.#from
    if (length > 0 && position + length <= bytes.length && sameBytes(bytes, this.#from, position, length)) {
      this.#reader.position += length
      return this.#headers
    }
    const headers: Record<string, string> = {}
    for (let count = this.#reader.readBlockCount(); count > 0; count = this.#reader.readBlockCount()) {
      for (let entry = 0; entry < count; entry++) {
        const name = this.#reader.readBytes()
        const value = this.#reader.readBytes()
        const text = textDecoder.decode(name)
        this.#allowance?.header(text, Math.max(name.length, value.length))
        withHeader(headers, text, textDecoder.decode(value))
      }
    }
    this.#from = position
    this.#to = this.#reader.position
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
