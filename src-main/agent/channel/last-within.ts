// How much of a batch a take may bring.
import { type EventBatch, startOf } from '../../../src-shared/event/event-batch.ts'

/** The largest row up to `end` so that the bodies of rows `from` (inclusive) to it (exclusive) take at most `bytes`; `from` when not even one does. */
export function lastWithin(batch: EventBatch, from: number, end: number, bytes: number): number {
  const limit = startOf(batch, from) + bytes
  let low = from
  let high = end
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (batch.ends[middle - 1]! <= limit) low = middle
    else high = middle - 1
  }
  return low
}
