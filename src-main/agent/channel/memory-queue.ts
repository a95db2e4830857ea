// A queue of batches in memory, taken from the front by events and bytes. What memory channels are made of.
import { sliceBatch } from '../../../src-shared/event/build-batch.ts'
import { type EventBatch, emptyBatch, startOf } from '../../../src-shared/event/event-batch.ts'
import type { TakeLimit } from './channel.ts'

export class MemoryQueue {
  #queue: EventBatch[] = []
  /** Batches before this index were taken; the array is cut now and then. */
  #head = 0
  #size = 0

  /** Events in the queue. */
  get size(): number {
    return this.#size
  }

  append(batches: readonly EventBatch[]): void {
    for (const batch of batches) {
      this.#queue.push(batch)
      this.#size += batch.count
    }
  }

  /** Puts taken batches back before everything else, in their order. */
  giveBack(batches: readonly EventBatch[]): void {
    if (batches.length === 0) return
    this.#queue = [...batches, ...this.#queue.slice(this.#head)]
    this.#head = 0
    for (const batch of batches) this.#size += batch.count
  }

  /** Takes events off the front, in their batches, up to the limits but at least one; nothing when the queue is empty. */
  remove(limit: TakeLimit): EventBatch[] {
    const parts: EventBatch[] = []
    let events = 0
    let bytes = 0
    while (this.#head < this.#queue.length && events < limit.events) {
      const batch = this.#queue[this.#head]!
      const count = fitting(batch, limit.events - events, limit.bytes - bytes) || (parts.length === 0 ? 1 : 0)
      if (count === 0) break
      if (count === batch.count) this.#dropFirst()
      else this.#queue[this.#head] = sliceBatch(batch, count, batch.count)
      const part = sliceBatch(batch, 0, count)
      parts.push(part)
      events += count
      bytes += part.bodies.length
    }
    this.#size -= events
    return parts
  }

  #dropFirst(): void {
    this.#head++
    if (this.#head < 1024 || this.#head * 2 < this.#queue.length) {
      this.#queue[this.#head - 1] = emptyBatch
      return
    }
    this.#queue = this.#queue.slice(this.#head)
    this.#head = 0
  }
}

/** How many events from the front of `batch` keep within both limits. */
function fitting(batch: EventBatch, events: number, bytes: number): number {
  let count = Math.min(batch.count, events)
  while (count > 0 && batch.ends[count - 1]! > bytes) count = batch.ends[count - 1]! > bytes * 2 ? count >> 1 : count - 1
  return count
}

/** Flume's accounting of bodies: slots of `slotBytes`, an event takes at least one. */
export function slotsOf(batch: EventBatch, slotBytes: number): number {
  let slots = 0
  for (let index = 0; index < batch.count; index++) {
    slots += Math.ceil(Math.max(1, batch.ends[index]! - startOf(batch, index)) / slotBytes)
  }
  return slots
}
