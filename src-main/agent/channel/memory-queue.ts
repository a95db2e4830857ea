// A queue of batches in memory, taken from the front by events and bytes. What memory channels are made of.
import { sliceBatch } from '../../../src-shared/event/build-batch.ts'
import { type EventBatch, emptyBatch } from '../../../src-shared/event/event-batch.ts'
import { type Block, BodyBlocks } from './body-blocks.ts'
import type { TakeLimit } from './channel.ts'
import { lastWithin } from './last-within.ts'

/** Events of one batch, and how many slots they are accounted for. */
export interface AccountedBatch {
  readonly batch: EventBatch
  readonly slots: number
}

/** The same with their bodies in the queue's own memory. */
export interface QueuedBatch extends AccountedBatch {
  readonly block: Block
}

export class MemoryQueue {
  #queue: QueuedBatch[] = []
  /** Batches before this index were taken; the array is cut now and then. */
  #head = 0
  /** Events of the first batch that were taken. */
  #taken = 0
  #size = 0
  readonly #blocks = new BodyBlocks()
  readonly #slotBytes: number

  constructor(slotBytes: number) {
    this.#slotBytes = slotBytes
  }

  /** Events in the queue. */
  get size(): number {
    return this.#size
  }

  /** A batch as append() wants it. */
  accounted(batch: EventBatch): AccountedBatch {
    return { batch, slots: slotsOf(batch, this.#slotBytes) }
  }

  /** Bodies are copied. */
  append(batches: readonly AccountedBatch[]): void {
    for (const { batch, slots } of batches) {
      const { bodies, block } = this.#blocks.store(batch.bodies, batch.count)
      this.#queue.push({ batch: { ...batch, bodies }, slots, block })
      this.#size += batch.count
    }
  }

  /** Puts taken batches back before everything else, in their order. */
  giveBack(parts: readonly QueuedBatch[]): void {
    if (parts.length === 0) return
    const rest = this.#queue.slice(this.#head)
    if (this.#taken > 0) rest[0] = this.#partOf(rest[0]!, this.#taken, rest[0]!.batch.count)
    this.#queue = [...parts, ...rest]
    this.#head = 0
    this.#taken = 0
    for (const { batch } of parts) this.#size += batch.count
  }

  /**
   * Takes events off the front, in their batches, up to the limits but at least one; nothing when the queue is empty. They are there until
   * they are given back or released.
   */
  remove(limit: TakeLimit): QueuedBatch[] {
    const parts: QueuedBatch[] = []
    let events = 0
    let bytes = 0
    while (this.#head < this.#queue.length && events < limit.events) {
      const first = this.#queue[this.#head]!
      const from = this.#taken
      const most = Math.min(first.batch.count, from + limit.events - events)
      const fitting = lastWithin(first.batch, from, most, limit.bytes - bytes)
      if (fitting === from && parts.length > 0) break
      const to = Math.max(fitting, from + 1)
      const part = this.#partOf(first, from, to)
      if (to === first.batch.count) this.#dropFirst()
      else this.#taken = to
      parts.push(part)
      events += part.batch.count
      bytes += part.batch.bodies.length
    }
    this.#size -= events
    return parts
  }

  /** Taken events are consumed: what their bodies were in is written over. */
  release(parts: readonly QueuedBatch[]): void {
    for (const { batch, block } of parts) this.#blocks.release(block, batch.count)
  }

  #partOf(whole: QueuedBatch, from: number, to: number): QueuedBatch {
    if (from === 0 && to === whole.batch.count) return whole
    return { ...this.accounted(sliceBatch(whole.batch, from, to)), block: whole.block }
  }

  #dropFirst(): void {
    this.#taken = 0
    this.#head++
    if (this.#head < 1024 || this.#head * 2 < this.#queue.length) {
      this.#queue[this.#head - 1] = dropped
      return
    }
    this.#queue = this.#queue.slice(this.#head)
    this.#head = 0
  }
}

const dropped: QueuedBatch = { batch: emptyBatch, slots: 0, block: { bytes: new Uint8Array(0), used: 0, events: 0 } }

/** Slots of all batches together. */
export function slotsOfAll(batches: readonly AccountedBatch[]): number {
  let slots = 0
  for (const batch of batches) slots += batch.slots
  return slots
}

/** Flume's accounting of bodies: slots of `slotBytes`, an event takes at least one. */
function slotsOf(batch: EventBatch, slotBytes: number): number {
  const { count, ends, gap } = batch
  let slots = 0
  let start = 0
  for (let index = 0; index < count; index++) {
    const end = ends[index]!
    slots += end - start <= slotBytes ? 1 : Math.ceil((end - start) / slotBytes)
    start = end + gap
  }
  return slots
}
