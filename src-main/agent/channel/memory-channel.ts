// memory: events in a queue of this process, gone when it ends. Flume 1.11 MemoryChannel in its accounting and its error sentences.
import { getHeapStatistics } from 'node:v8'
import { MillraceError } from '../../../src-shared/errors.ts'
import { sliceBatch } from '../../../src-shared/event/build-batch.ts'
import { concatBatches } from '../../../src-shared/event/concat-batches.ts'
import { type EventBatch, startOf } from '../../../src-shared/event/event-batch.ts'
import { int, long } from '../../../src-shared/spec/property.ts'
import type { Clock } from '../../clock.ts'
import { defineChannel } from '../../component/define.ts'
import { Arrivals } from './arrivals.ts'
import type { Channel, ChannelGauges, TakeLimit, Transaction } from './channel.ts'
import { Permits } from './permits.ts'
import { BasicTransaction } from './transaction.ts'

export const definition = defineChannel({
  type: 'memory',
  className: 'org.apache.flume.channel.MemoryChannel',
  summary: 'Keeps events in memory: the fastest channel. What it holds is lost when the agent ends.',
  properties: {
    capacity: int().default(100).unit('events').describe('Most events in the channel. 0 or less gives 100.'),
    transactionCapacity: int()
      .default(100)
      .unit('events')
      .describe('Most events of one transaction, at most the capacity. 0 or less gives 100.'),
    'keep-alive': int().default(3).unit('s').describe('How long a put waits for room and a take for an event.'),
    byteCapacity: long()
      .optional()
      .unit('bytes')
      .describe('Most bytes of bodies in the channel; by default 80 % of the memory that this process may use. 0: no limit.'),
    byteCapacityBufferPercentage: int().default(20).unit('%').describe('Share of byteCapacity that is left for headers.'),
  },
  examples: [{ title: 'Room for a burst', properties: 'capacity = 100000\ntransactionCapacity = 10000' }],
  create: (options, context) => {
    const capacity = options.capacity > 0 ? options.capacity : 100
    const transactionCapacity = options.transactionCapacity > 0 ? options.transactionCapacity : 100
    if (transactionCapacity > capacity) {
      throw new MillraceError('BAD_CONFIGURATION', 'Transaction Capacity of Memory Channel cannot be higher than the capacity.')
    }
    const byteCapacity = options.byteCapacity ?? getHeapStatistics().heap_size_limit * 0.8
    const slots = Math.floor((byteCapacity * (1 - options.byteCapacityBufferPercentage * 0.01)) / slotBytes)
    return new MemoryChannel(
      {
        name: context.name,
        capacity,
        transactionCapacity,
        keepAliveMs: options['keep-alive'] * 1000,
        byteSlots: slots < 1 ? 2 ** 31 - 1 : slots,
      },
      context.clock,
    )
  },
})

/** Bodies are accounted for in slots of so many bytes; an event takes at least one. */
const slotBytes = 100

export interface MemoryChannelOptions {
  readonly name: string
  readonly capacity: number
  readonly transactionCapacity: number
  readonly keepAliveMs: number
  readonly byteSlots: number
}

export class MemoryChannel implements Channel {
  readonly options: MemoryChannelOptions
  readonly clock: Clock
  readonly room: Permits
  readonly bytes: Permits
  readonly arrivals = new Arrivals()
  readonly counts = { putAttempts: 0, putSuccesses: 0, takeAttempts: 0, takeSuccesses: 0 }
  #queue: EventBatch[] = []
  /** Batches before this index were taken; the array is cut now and then. */
  #head = 0
  #size = 0

  constructor(options: MemoryChannelOptions, clock: Clock) {
    this.options = options
    this.clock = clock
    this.room = new Permits(options.capacity)
    this.bytes = new Permits(options.byteSlots)
  }

  get name(): string {
    return this.options.name
  }

  get transactionCapacity(): number {
    return this.options.transactionCapacity
  }

  get freeRoom(): number {
    return Math.max(0, this.room.available)
  }

  /** Counters begin at 0; what is queued stays over stop and start (a reload keeps it). */
  async start(): Promise<void> {
    Object.assign(this.counts, { putAttempts: 0, putSuccesses: 0, takeAttempts: 0, takeSuccesses: 0 })
  }

  async stop(): Promise<void> {}

  transaction(): Transaction {
    return new MemoryTransaction(this)
  }

  async whenAvailable(signal: AbortSignal): Promise<void> {
    if (this.#size === 0) await this.arrivals.next(signal)
  }

  gauges(): ChannelGauges {
    return {
      channelSize: this.#size,
      channelCapacity: this.options.capacity,
      eventPutAttemptCount: this.counts.putAttempts,
      eventPutSuccessCount: this.counts.putSuccesses,
      eventTakeAttemptCount: this.counts.takeAttempts,
      eventTakeSuccessCount: this.counts.takeSuccesses,
    }
  }

  get size(): number {
    return this.#size
  }

  append(batches: readonly EventBatch[]): void {
    for (const batch of batches) {
      this.#queue.push(batch)
      this.#size += batch.count
    }
    this.arrivals.announce()
  }

  /** Puts taken batches back before everything else, in their order. */
  giveBack(batches: readonly EventBatch[]): void {
    if (batches.length === 0) return
    this.#queue = [...batches, ...this.#queue.slice(this.#head)]
    this.#head = 0
    for (const batch of batches) this.#size += batch.count
    this.arrivals.announce()
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
      this.#queue[this.#head - 1] = nothing
      return
    }
    this.#queue = this.#queue.slice(this.#head)
    this.#head = 0
  }
}

const nothing: EventBatch = { count: 0, bodies: new Uint8Array(0), ends: new Uint32Array(0), terminated: false, shared: {}, columns: [] }

class MemoryTransaction extends BasicTransaction {
  readonly #channel: MemoryChannel
  #puts: EventBatch[] = []
  #putCount = 0
  #putSlots = 0
  #taken: EventBatch[] = []
  #takeCount = 0
  #takeSlots = 0

  constructor(channel: MemoryChannel) {
    super()
    this.#channel = channel
  }

  protected override async doPut(batch: EventBatch): Promise<void> {
    const { options, counts } = this.#channel
    counts.putAttempts += batch.count
    if (this.#putCount + batch.count > options.transactionCapacity) {
      throw new MillraceError(
        'CHANNEL_EXCEPTION',
        `Put queue for MemoryTransaction of capacity ${options.transactionCapacity} full, consider committing more frequently, increasing capacity or increasing thread count`,
      )
    }
    if (batch.count === 0) return
    this.#puts.push(batch)
    this.#putCount += batch.count
    this.#putSlots += slotsOf(batch)
  }

  protected override async doTake(limit: TakeLimit): Promise<EventBatch | null> {
    const { options, counts, clock } = this.#channel
    const left = options.transactionCapacity - this.#takeCount
    if (left > 0 && this.#channel.size === 0) await this.#waitForEvent(options.keepAliveMs, clock, limit.signal)
    // As in Flume, which takes one by one: the take after the last that fits fails, whether or not there is a further event.
    if (left === 0 || (limit.events > left && this.#channel.size >= left)) {
      counts.takeAttempts++
      throw new MillraceError(
        'CHANNEL_EXCEPTION',
        `Take list for MemoryTransaction, capacity ${options.transactionCapacity} full, consider committing more frequently, increasing capacity, or increasing thread count`,
      )
    }
    const parts = this.#channel.remove(limit)
    if (parts.length === 0) {
      counts.takeAttempts++
      return null
    }
    const batch = parts.length === 1 ? parts[0]! : concatBatches(parts)
    counts.takeAttempts += batch.count < limit.events ? batch.count + 1 : batch.count
    this.#taken.push(...parts)
    this.#takeCount += batch.count
    this.#takeSlots += slotsOf(batch)
    return batch
  }

  async #waitForEvent(keepAliveMs: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
    const until = clock.monotonic() + keepAliveMs
    for (let left = keepAliveMs; left > 0 && this.#channel.size === 0; left = until - clock.monotonic()) {
      if (signal?.aborted === true) return
      await this.#channel.arrivals.nextWithin(left, clock, signal)
    }
  }

  protected override async doCommit(): Promise<void> {
    const { options, counts, clock, room, bytes } = this.#channel
    const growth = this.#putCount - this.#takeCount
    if (growth > 0) {
      if (!(await bytes.acquire(this.#putSlots, options.keepAliveMs, clock))) {
        throw new MillraceError(
          'CHANNEL_EXCEPTION',
          `Cannot commit transaction. Byte capacity allocated to store event body ${options.byteSlots * slotBytes}reached. Please increase heap space/byte capacity allocated to the channel as the sinks may not be keeping up with the sources`,
        )
      }
      if (!(await room.acquire(growth, options.keepAliveMs, clock))) {
        bytes.release(this.#putSlots)
        throw new MillraceError(
          'CHANNEL_FULL',
          "Space for commit to queue couldn't be acquired. Sinks are likely not keeping up with sources, or the buffer size is too tight",
        )
      }
    } else {
      // Flume never accounts for these; their slots would be freed twice.
      bytes.take(this.#putSlots)
    }
    this.#channel.append(this.#puts)
    bytes.release(this.#takeSlots)
    if (growth < 0) room.release(-growth)
    counts.putSuccesses += this.#putCount
    counts.takeSuccesses += this.#takeCount
  }

  protected override async doRollback(): Promise<void> {
    this.#channel.giveBack(this.#taken)
  }
}

/** How many events from the front of `batch` keep within both limits. */
function fitting(batch: EventBatch, events: number, bytes: number): number {
  let count = Math.min(batch.count, events)
  while (count > 0 && batch.ends[count - 1]! > bytes) count = batch.ends[count - 1]! > bytes * 2 ? count >> 1 : count - 1
  return count
}

function slotsOf(batch: EventBatch): number {
  let slots = 0
  for (let index = 0; index < batch.count; index++) {
    slots += Math.ceil(Math.max(1, batch.ends[index]! - startOf(batch, index)) / slotBytes)
  }
  return slots
}
