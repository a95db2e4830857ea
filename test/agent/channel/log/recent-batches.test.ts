import { expect, test } from 'vitest'
import { RecentBatches } from '../../../../src-main/agent/channel/log/recent-batches.ts'
import { RowMemory } from '../../../../src-main/agent/channel/log/row-memory.ts'
import { decodeBatch, nodeEncoding } from '../../../../src-main/storage/batch-encoding.ts'
import { batchOf } from '../../../../src-shared/event/build-batch.ts'
import type { EventBatch } from '../../../../src-shared/event/event-batch.ts'
import { layOutBatch } from '../../../../src-shared/event/event-batch-encoding.ts'

const windowBytes = 2 ** 20

/** As a put that the writer has stored hands it over: in memory that the row does not fill. */
function stored(batch: EventBatch, memory: RowMemory): EventBatch {
  return decodeBatch(
    layOutBatch(batch, nodeEncoding, (length) => memory.take(length)),
    { trusted: true },
  )
}

/** Bytes of the memory of the rows that are still there, of `count` rows put one after another. */
function heldAfter(count: number, batch: (number: number) => EventBatch): { readonly rows: number; readonly bytes: number } {
  const recent = new RecentBatches(windowBytes)
  const memory = new RowMemory()
  for (let first = 0; first < count; first++) recent.add({ first, count: 1, batch: stored(batch(first), memory) })
  const held = Array.from({ length: count }, (_, ordinal) => recent.at(ordinal)?.batch).filter((row) => row !== undefined)
  return { rows: held.length, bytes: held.reduce((sum, { bodies }) => sum + bodies.buffer.byteLength, 0) }
}

test.each([1, 100, 3000, 70_000, 300_000])('rows of %i bytes hold no more than the window', (bodyBytes) => {
  const { rows, bytes } = heldAfter(Math.min(3000, Math.ceil((3 * windowBytes) / bodyBytes)), () =>
    batchOf([{ headers: {}, body: new Uint8Array(bodyBytes) }]),
  )
  expect(bytes).toBeLessThanOrEqual(windowBytes)
  expect(rows).toBeGreaterThan(2)
})

test('headers that differ from event to event count', () => {
  const rowOf = (id: (index: number) => string): EventBatch =>
    batchOf(Array.from({ length: 100 }, (_, index) => ({ headers: { id: id(index) }, body: new Uint8Array(1) })))
  const different = heldAfter(500, (number) => rowOf((index) => `${number}-${index}`))
  const same = heldAfter(500, () => rowOf(() => 'same'))
  expect(different.rows).toBeLessThan(same.rows / 2)
})
