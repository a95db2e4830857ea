import { describe, expect, test } from 'vitest'
import {
  batchOf,
  columnOf,
  gatherBatch,
  sliceBatch,
  withBodies,
  withHeaderColumn,
  withoutHeader,
  withSharedHeaders,
} from '../../src-shared/event/build-batch.ts'
import { concatBatches } from '../../src-shared/event/concat-batches.ts'
import { bodyAt, eventsOf, headersAt, originAt } from '../../src-shared/event/event-batch.ts'
import { arbitraryBatch, arbitraryChunk, arbitraryEvents, rowsOf } from '../driver/arbitrary-batch.ts'
import { fc } from '../driver/property.ts'

describe('a batch', () => {
  test('of events has those events', () => {
    fc.assert(
      fc.property(arbitraryEvents, (events) => {
        const batch = batchOf(events)
        expect([...eventsOf(batch)].map(({ body }) => [...body])).toEqual(events.map(({ body }) => [...body]))
        expect([...eventsOf(batch)].map(({ headers }) => Object.entries(headers).sort())).toEqual(
          events.map(({ headers }) => Object.entries(headers).sort()),
        )
      }),
    )
  })

  test('that is cut has the events between the cuts, with headers and origin', () => {
    fc.assert(
      fc.property(arbitraryBatch, fc.nat(12), fc.nat(12), (batch, one, other) => {
        const [from, to] = [Math.min(one, other, batch.count), Math.min(Math.max(one, other), batch.count)]
        expect(rowsOf(sliceBatch(batch, from, to))).toEqual(rowsOf(batch).slice(from, to))
      }),
    )
  })

  test('that is gathered has the chosen events in the chosen order, with headers and origin', () => {
    fc.assert(
      fc.property(arbitraryBatch, fc.array(fc.nat(11), { maxLength: 15 }), (batch, picks) => {
        const indexes = batch.count === 0 ? [] : picks.map((pick) => pick % batch.count)
        const rows = rowsOf(batch)
        const gathered = gatherBatch(batch, indexes)
        expect(rowsOf(gathered)).toEqual(indexes.map((index) => rows[index]))
        const bodyBytes = [...eventsOf(gathered)].reduce((sum, event) => sum + event.body.length, 0)
        expect(gathered.bodies.length).toBe(bodyBytes + gathered.count * gathered.gap)
      }),
    )
  })

  test('joined from several has all their events in order, with headers and origin', () => {
    fc.assert(
      fc.property(fc.array(arbitraryBatch, { maxLength: 4 }), (batches) => {
        expect(rowsOf(concatBatches(batches))).toEqual(batches.flatMap(rowsOf))
      }),
      { numRuns: 500 },
    )
  })

  test('cut in two and joined again still has its origin implied by its first byte', () => {
    fc.assert(
      fc.property(arbitraryChunk, fc.nat(12), (batch, at) => {
        const cut = Math.min(at, batch.count)
        const joined = concatBatches([sliceBatch(batch, 0, cut), sliceBatch(batch, cut, batch.count)])
        expect(rowsOf(joined)).toEqual(rowsOf(batch))
        expect(joined.origin?.kind).toBe('base')
      }),
    )
  })

  test('whose bodies are rewritten keeps headers and origin', () => {
    fc.assert(
      fc.property(arbitraryBatch, (batch) => {
        fc.pre(batch.count > 0)
        const rewritten = withBodies(
          batch,
          Array.from({ length: batch.count }, (_, index) => Uint8Array.of(index)),
        )
        for (let index = 0; index < batch.count; index++) {
          expect([...bodyAt(rewritten, index)]).toEqual([index])
          expect(originAt(rewritten, index)).toEqual(originAt(batch, index))
          expect(headersAt(rewritten, index)).toEqual(headersAt(batch, index))
        }
      }),
    )
  })

  test('can be followed back to its file through any chain of cuts, gathers, rewrites, header changes and joins', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('slice' as const), from: fc.nat(5), keep: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ do: fc.constant('filter' as const), modulus: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('rewrite' as const), extra: fc.uint8Array({ maxLength: 3 }) }),
      fc.record({ do: fc.constant('header' as const) }),
      fc.record({ do: fc.constant('join' as const), cut: fc.nat(12) }),
    )
    fc.assert(
      fc.property(arbitraryChunk, fc.array(step, { maxLength: 8 }), (chunk, steps) => {
        // The bytes of "the file": what originAt points into.
        const origin = chunk.origin!
        fc.pre(origin.kind === 'base')
        const fileByteOf = (offset: number): number => offset - (origin.kind === 'base' ? origin.base : 0)
        let batch = withHeaderColumn(
          chunk,
          columnOf('line', chunk.count, (index) => String(index)),
        )
        for (const one of steps) {
          if (one.do === 'slice') batch = sliceBatch(batch, Math.min(one.from, batch.count), Math.min(one.from + one.keep, batch.count))
          else if (one.do === 'filter') {
            batch = gatherBatch(
              batch,
              Array.from({ length: batch.count }, (_, index) => index).filter((index) => index % one.modulus === 0),
            )
          } else if (one.do === 'rewrite' && batch.count > 0) {
            const rows = [...eventsOf(batch)]
            batch = withBodies(
              batch,
              rows.map(({ body }) => Uint8Array.of(...body, ...one.extra)),
            )
          } else if (one.do === 'header') batch = withoutHeader(withSharedHeaders(batch, { more: null }), 'more')
          else if (one.do === 'join') {
            const cut = Math.min(one.cut, batch.count)
            batch = concatBatches([sliceBatch(batch, 0, cut), sliceBatch(batch, cut, batch.count)])
          }
        }
        for (let index = 0; index < batch.count; index++) {
          const line = Number(headersAt(batch, index)['line'])
          const from = originAt(batch, index)!
          expect(from.source).toEqual(origin.sources[0])
          expect(fileByteOf(from.offset)).toBe(line === 0 ? 0 : chunk.ends[line - 1]! + chunk.gap)
        }
      }),
      { numRuns: 500 },
    )
  })
})
