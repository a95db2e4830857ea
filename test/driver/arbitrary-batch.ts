// Batches for property tests, and what a batch says event by event, for comparing two of them.

import { batchOf } from '../../src-shared/event/build-batch.ts'
import {
  bodyAt,
  type EventBatch,
  emptyBatch,
  type FlumeEvent,
  type HeaderValue,
  headersAt,
  type OriginSource,
  originAt,
} from '../../src-shared/event/event-batch.ts'
import { fc } from './property.ts'

/** Event by event: headers in their three states, body, where it came from. */
export function rowsOf(batch: EventBatch): unknown[] {
  return Array.from({ length: batch.count }, (_, index) => ({
    headers: Object.entries(headersAt(batch, index)).sort(([one], [other]) => (one < other ? -1 : 1)),
    body: [...bodyAt(batch, index)],
    origin: originAt(batch, index),
  }))
}

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 4 }))
const headerName = fc.oneof(fc.constantFrom('host', 'file', 'timestamp', '__proto__', 'constructor', ''), text)
const headerValue: fc.Arbitrary<HeaderValue> = fc.oneof(text, fc.constant(null))
const headers = fc
  .array(fc.tuple(headerName, headerValue), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries) as Record<string, HeaderValue>)
const body = fc.uint8Array({ maxLength: 20 })
export const arbitraryEvents = fc.array(fc.record({ headers, body }) satisfies fc.Arbitrary<FlumeEvent>, { maxLength: 12 })

const source: fc.Arbitrary<OriginSource> = fc.record(
  { component: text, path: text, fileId: text },
  { requiredKeys: ['component'] },
) as fc.Arbitrary<OriginSource>

/** As a source that reads events: any headers, origin of several sources, of one, or none. */
const eventBatch = fc
  .tuple(arbitraryEvents, fc.array(source, { maxLength: 3 }), fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), fc.nat(2 ** 50))
  .map(([events, sources, picks, offset]): EventBatch => {
    const batch = batchOf(events)
    if (sources.length === 0 || batch.count === 0) return batch
    const offsets = Float64Array.from(events, (_, index) => offset + index * 7)
    const sourceOf = Uint32Array.from(events, (_, index) => picks[index]! % sources.length)
    return { ...batch, origin: { kind: 'explicit', sources, offsets, ...(sources.length > 1 && { sourceOf }) } }
  })

/** What lies behind each body: a line's end, nothing, or what belongs to nobody. */
const gapBytes = fc.oneof(fc.constant([10]), fc.constant([]), fc.array(fc.nat(255), { minLength: 1, maxLength: 3 }))

/** As a source that reads a file or a message: bodies with what lies between them, origin implied by the first byte. */
export const arbitraryChunk = fc
  .tuple(fc.array(fc.uint8Array({ maxLength: 20 }), { minLength: 1, maxLength: 12 }), headers, source, fc.nat(2 ** 50), gapBytes)
  .map(([lines, shared, from, base, between]): EventBatch => {
    const gap = between.length
    const terminated = gap === 1 && between[0] === 10
    const bodies = Uint8Array.from(lines.flatMap((line) => [...line, ...between]))
    let end = 0
    const ends = Uint32Array.from(lines, (line) => {
      end += line.length
      const own = end
      end += gap
      return own
    })
    return { count: lines.length, bodies, ends, gap, terminated, shared, columns: [], origin: { kind: 'base', sources: [from], base } }
  })

export const arbitraryBatch = fc.oneof(eventBatch, arbitraryChunk, fc.constant(emptyBatch))
