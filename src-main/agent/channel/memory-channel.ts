// memory: events in a queue of this process, gone when it ends. Flume 1.11 MemoryChannel in its accounting and its error sentences.
import { getHeapStatistics } from 'node:v8'
import { MillraceError } from '../../../src-shared/errors.ts'
import { concatBatches } from '../../../src-shared/event/concat-batches.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { int, long } from '../../../src-shared/spec/property.ts'
import type { Clock } from '../../clock.ts'
import { defineChannel } from '../../component/define.ts'
import { Arrivals } from './arrivals.ts'
import type { Channel, ChannelGauges, TakeLimit, Transaction } from './channel.ts'
import { type AccountedBatch, MemoryQueue, type QueuedBatch, slotsOfAll } from './memory-queue.ts'
import { Permits } from './permits.ts'
import { BasicTransaction } from './transaction.ts'

export const definition = defineChannel({
  type: 'memory',
  className: 'org.apache.flume.channel.MemoryChannel',
  summary: 'Keeps events in memory: the fastest channel. What it holds is lost when the agent ends.',
  properties: {
    capacity: int().badIsAbsent().default(100).unit('events').describe('Most events in the channel. 0 or less gives 100.'),
    transactionCapacity: int()
      .badIsAbsent()
      .default(100)
      .unit('events')
      .describe('Most events of one transaction, at most the capacity. 0 or less gives 100.'),
    'keep-alive': int().badIsAbsent().default(3).unit('s').describe('How long a put waits for room and a take for an event.'),
    byteCapacity: long()
      .badIsAbsent()
      .optional()
      .unit('bytes')
      .describe('Most bytes of bodies in the channel; by default 80 % of the memory that this process may use. 0: no limit.'),
    byteCapacityBufferPercentage: int().badIsAbsent().default(20).unit('%').describe('Share of byteCapacity that is left for headers.'),
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
  /** Told when events that were taken come back. */
  readonly takesRolledBack?: () => void
}

export class MemoryChannel implements Channel {
  readonly options: MemoryChannelOptions
  readonly clock: Clock
  readonly room: Permits
  readonly bytes: Permits
  readonly arrivals = new Arrivals()
  readonly counts = { putAttempts: 0, putSuccesses: 0, takeAttempts: 0, takeSuccesses: 0 }
  readonly queue = new MemoryQueue(slotBytes)

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

  putNow(batch: EventBatch): boolean {
    const { bytes, counts, options, queue, room } = this
    if (batch.count > options.transactionCapacity) return false
    const put = queue.accounted(batch)
    if (!bytes.tryAcquire(put.slots)) return false
    if (!room.tryAcquire(batch.count)) {
      bytes.release(put.slots)
      return false
    }
    counts.putAttempts += batch.count
    queue.append([put])
    this.arrivals.announce()
    counts.putSuccesses += batch.count
    return true
  }

  async whenAvailable(signal: AbortSignal): Promise<void> {
    if (this.queue.size === 0) await this.arrivals.next(signal)
  }

  gauges(): ChannelGauges {
    return {
      channelSize: this.queue.size,
      channelCapacity: this.options.capacity,
      eventPutAttemptCount: this.counts.putAttempts,
      eventPutSuccessCount: this.counts.putSuccesses,
      eventTakeAttemptCount: this.counts.takeAttempts,
      eventTakeSuccessCount: this.counts.takeSuccesses,
    }
  }
}

class MemoryTransaction extends BasicTransaction {
  readonly #channel: MemoryChannel
  readonly #puts: AccountedBatch[] = []
  #putCount = 0
  #putSlots = 0
  readonly #taken: QueuedBatch[] = []
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
    const put = this.#channel.queue.accounted(batch)
    this.#puts.push(put)
    this.#putCount += batch.count
    this.#putSlots += put.slots
  }

  protected override async doTake(limit: TakeLimit): Promise<EventBatch | null> {
    const { options, counts, clock } = this.#channel
    const left = options.transactionCapacity - this.#takeCount
    if (left > 0 && this.#channel.queue.size === 0) await this.#waitForEvent(options.keepAliveMs, clock, limit.signal)
    // As in Flume, which takes one by one: the take after the last that fits fails, whether or not there is a further event.
    if (left === 0 || (limit.events > left && this.#channel.queue.size >= left)) {
      counts.takeAttempts++
      throw new MillraceError(
        'CHANNEL_EXCEPTION',
        `Take list for MemoryTransaction, capacity ${options.transactionCapacity} full, consider committing more frequently, increasing capacity, or increasing thread count`,
      )
    }
    const parts = this.#channel.queue.remove(limit)
    if (parts.length === 0) {
      counts.takeAttempts++
      return null
    }
    const batch = concatBatches(parts.map((part) => part.batch))
    counts.takeAttempts += batch.count < limit.events ? batch.count + 1 : batch.count
    this.#taken.push(...parts)
    this.#takeCount += batch.count
    this.#takeSlots += slotsOfAll(parts)
    return batch
  }

  async #waitForEvent(keepAliveMs: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
    const until = clock.monotonic() + keepAliveMs
    for (let left = keepAliveMs; left > 0 && this.#channel.queue.size === 0; left = until - clock.monotonic()) {
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
    this.#channel.queue.append(this.#puts)
    this.#channel.queue.release(this.#taken)
    this.#channel.arrivals.announce()
    bytes.release(this.#takeSlots)
    if (growth < 0) room.release(-growth)
    counts.putSuccesses += this.#putCount
    counts.takeSuccesses += this.#takeCount
  }

  protected override async doRollback(): Promise<void> {
    if (this.#taken.length > 0) this.#channel.options.takesRolledBack?.()
    this.#channel.queue.giveBack(this.#taken)
    this.#channel.arrivals.announce()
  }
}
