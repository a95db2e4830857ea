// spillablememory: a memory channel that overflows into a durable one when it is full for too long, and drains both first in, first out.
// What is in memory is lost when the agent ends; what overflowed is kept. Flume 1.11 SpillableMemoryChannel.
import { getHeapStatistics } from 'node:v8'
import { MillraceError } from '../../../src-shared/errors.ts'
import { concatBatches } from '../../../src-shared/event/concat-batches.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { int, long, string } from '../../../src-shared/spec/property.ts'
import type { Clock } from '../../clock.ts'
import { defineChannel } from '../../component/define.ts'
import { Arrivals } from './arrivals.ts'
import type { Channel, ChannelGauges, TakeLimit, Transaction } from './channel.ts'
import { DrainOrder, type Store } from './drain-order.ts'
import { dataFoldersOf, inHome } from './file-channel.ts'
import { createLogChannel, encryptionProperties, logFolderFor } from './log/log-settings.ts'
import { type AccountedBatch, MemoryQueue, type QueuedBatch, slotsOfAll } from './memory-queue.ts'
import { Permits } from './permits.ts'
import { putInTransaction } from './put-in-transaction.ts'
import { BasicTransaction } from './transaction.ts'

export const definition = defineChannel({
  type: 'spillablememory',
  className: 'org.apache.flume.channel.SpillableMemoryChannel',
  summary: 'Keeps events in memory and overflows to the disk when sinks fall behind. What is in memory is lost when the agent ends.',
  properties: {
    memoryCapacity: int().badIsAbsent().default(10_000).unit('events').describe('Most events in memory. 0: everything goes to the disk.'),
    overflowCapacity: int().badIsAbsent().default(100_000_000).unit('events').describe('Most events on the disk. 0: nothing overflows.'),
    overflowTimeout: int()
      .badIsAbsent()
      .default(3)
      .unit('s')
      .describe('How long memory must be full before events overflow; and how long a take waits.'),
    overflowDeactivationThreshold: int().badIsAbsent().default(5).unit('%').describe('Free share of memory at which it is used again.'),
    byteCapacity: long()
      .badIsAbsent()
      .optional()
      .unit('bytes')
      .describe('Most bytes of bodies in memory; by default 80 % of what this process may use. 0: no limit.'),
    byteCapacityBufferPercentage: int().badIsAbsent().default(20).unit('%').describe('Share of byteCapacity that is left for headers.'),
    avgEventSize: int().badIsAbsent().min(1).default(500).unit('bytes').describe('Bodies are accounted for in slots of so many bytes.'),
    checkpointDir: string().optional().describe('As in the file channel.'),
    dataDirs: string().optional().describe('As in the file channel.'),
    transactionCapacity: int().min(1).default(10_000).unit('events').describe('Most events of one transaction that overflows.'),
    ...encryptionProperties,
    capacity: long().noEffect('overflowCapacity is the capacity of the overflow.'),
    'keep-alive': int().noEffect('overflowTimeout is how long is waited.'),
  },
  examples: [{ title: 'A short memory before a large disk', properties: 'memoryCapacity = 100000\noverflowCapacity = 10000000' }],
  rules: ['file-channel-own-format', 'file-channel-default-folder'],
  create: (options, context) => {
    const byteCapacity = options.byteCapacity ?? getHeapStatistics().heap_size_limit * 0.8
    const slots = Math.floor((byteCapacity * (1 - options.byteCapacityBufferPercentage * 0.01)) / options.avgEventSize)
    const data = dataFoldersOf(options.dataDirs)
    const log = logFolderFor(context, {
      index: options.checkpointDir && inHome(options.checkpointDir),
      data,
      keyNames: options.encryptionKeys,
    })
    const overflow = createLogChannel(
      {
        log,
        capacity: options.overflowCapacity,
        transactionCapacity: options.transactionCapacity,
        keepAliveMs: 0,
        durability: 'commit',
        syncIntervalMs: 0,
        retentionBytes: 0,
        retentionHours: 0,
      },
      context,
    )
    return new SpillableMemoryChannel(
      {
        name: context.name,
        memoryCapacity: options.memoryCapacity,
        overflowTimeoutMs: options.overflowTimeout * 1000,
        deactivationShare: options.overflowDeactivationThreshold / 100,
        slotBytes: options.avgEventSize,
        byteSlots: slots < 1 ? 2 ** 31 - 1 : slots,
      },
      options.overflowCapacity > 0 ? overflow : undefined,
      context.clock,
    )
  },
})

export interface SpillableOptions {
  readonly name: string
  readonly memoryCapacity: number
  readonly overflowTimeoutMs: number
  readonly deactivationShare: number
  readonly slotBytes: number
  readonly byteSlots: number
}

export class SpillableMemoryChannel implements Channel {
  readonly options: SpillableOptions
  readonly overflow: Channel | undefined
  readonly clock: Clock
  readonly memory: MemoryQueue
  readonly order = new DrainOrder()
  readonly room: Permits
  readonly bytes: Permits
  readonly arrivals = new Arrivals()
  readonly counts = { putAttempts: 0, putSuccesses: 0, takeAttempts: 0, takeSuccesses: 0 }
  /** Memory was full for too long: puts go to the disk until enough of memory is free. */
  overflowing = false

  constructor(options: SpillableOptions, overflow: Channel | undefined, clock: Clock) {
    this.options = options
    this.overflow = overflow
    this.clock = clock
    this.memory = new MemoryQueue(options.slotBytes)
    this.room = new Permits(options.memoryCapacity)
    this.bytes = new Permits(options.byteSlots)
  }

  get name(): string {
    return this.options.name
  }

  get transactionCapacity(): number | undefined {
    return this.overflow?.transactionCapacity
  }

  get freeRoom(): number {
    return Math.max(0, this.room.available) + (this.overflow?.freeRoom ?? 0)
  }

  async start(): Promise<void> {
    Object.assign(this.counts, { putAttempts: 0, putSuccesses: 0, takeAttempts: 0, takeSuccesses: 0 })
    await this.overflow?.start()
    // What overflowed before is older than anything in memory only when memory is empty, as after a start of the agent.
    if (this.order.countIn('overflow') === 0) this.order.put('overflow', this.overflow?.gauges().channelSize ?? 0)
  }

  async stop(): Promise<void> {
    await this.overflow?.stop()
  }

  transaction(): Transaction {
    return new SpillableTransaction(this)
  }

  async whenAvailable(signal: AbortSignal): Promise<void> {
    if (this.order.front === undefined) await this.arrivals.next(signal)
  }

  gauges(): ChannelGauges {
    return {
      channelSize: this.order.countIn('memory') + this.order.countIn('overflow'),
      channelCapacity: this.options.memoryCapacity + (this.overflow?.gauges().channelCapacity ?? 0),
      eventPutAttemptCount: this.counts.putAttempts,
      eventPutSuccessCount: this.counts.putSuccesses,
      eventTakeAttemptCount: this.counts.takeAttempts,
      eventTakeSuccessCount: this.counts.takeSuccesses,
    }
  }
}

class SpillableTransaction extends BasicTransaction {
  readonly #channel: SpillableMemoryChannel
  readonly #puts: AccountedBatch[] = []
  #putCount = 0
  readonly #taken: QueuedBatch[] = []
  #takeCount = 0
  /** A transaction takes from one store only. */
  #from: Store | undefined
  #overflowTake: Transaction | undefined

  constructor(channel: SpillableMemoryChannel) {
    super()
    this.#channel = channel
  }

  protected override async doPut(batch: EventBatch): Promise<void> {
    this.#channel.counts.putAttempts += batch.count
    if (batch.count === 0) return
    this.#puts.push(this.#channel.memory.accounted(batch))
    this.#putCount += batch.count
  }

  protected override async doTake(limit: TakeLimit): Promise<EventBatch | null> {
    const { order, memory, overflow, counts } = this.#channel
    if (order.front === undefined) await this.#waitForEvent(limit.signal)
    const front = order.front
    this.#from ??= front?.store
    // As in Flume: nothing at a boundary between the stores, although more is there; the next transaction begins behind it.
    if (front === undefined || front.store !== this.#from) {
      counts.takeAttempts++
      return null
    }
    const most = { events: Math.min(limit.events, front.count), bytes: limit.bytes }
    let batch: EventBatch | null
    if (front.store === 'memory') {
      const parts = memory.remove(most)
      this.#taken.push(...parts)
      batch = concatBatches(parts.map((part) => part.batch))
      order.take(batch.count)
    } else {
      this.#overflowTake ??= begun(overflow!)
      // Counted before it is asked for, so that nobody else counts on the same events meanwhile.
      order.take(most.events)
      batch = await this.#overflowTake.take(most).catch((error: unknown) => {
        order.putBack('overflow', most.events)
        throw error
      })
      order.putBack('overflow', most.events - (batch?.count ?? 0))
    }
    const count = batch?.count ?? 0
    counts.takeAttempts += count < limit.events ? count + 1 : count
    this.#takeCount += count
    return batch
  }

  async #waitForEvent(signal: AbortSignal | undefined): Promise<void> {
    const { clock, options, order, arrivals } = this.#channel
    const until = clock.monotonic() + options.overflowTimeoutMs
    for (let left = options.overflowTimeoutMs; left > 0 && order.front === undefined; left = until - clock.monotonic()) {
      if (signal?.aborted === true) return
      await arrivals.nextWithin(left, clock, signal)
    }
  }

  protected override async doCommit(): Promise<void> {
    const { counts } = this.#channel
    if (this.#putCount > 0 && this.#takeCount > 0) throw new MillraceError('TRANSACTION_STATE', 'nonzero puts and takes')
    if (this.#putCount > 0) {
      if (await this.#roomInMemory()) this.#putToMemory()
      else await this.#putToOverflow()
      this.#channel.arrivals.announce()
      counts.putSuccesses += this.#putCount
    }
    if (this.#takeCount > 0) {
      await this.#commitTakes()
      counts.takeSuccesses += this.#takeCount
    }
    this.#overflowTake?.close()
  }

  async #roomInMemory(): Promise<boolean> {
    const channel = this.#channel
    const { room, bytes, clock, overflow, options } = channel
    if (options.memoryCapacity === 0) return false
    const wait = channel.overflowing ? 0 : options.overflowTimeoutMs
    if (await room.acquire(this.#putCount, wait, clock)) {
      if (await bytes.acquire(slotsOfAll(this.#puts), options.overflowTimeoutMs, clock)) return true
      room.release(this.#putCount)
    }
    if (overflow === undefined) {
      throw new MillraceError(
        'CHANNEL_FULL',
        "Spillable Memory Channel's memory capacity has been reached and overflow is disabled. Consider increasing memoryCapacity.",
      )
    }
    channel.overflowing = true
    return false
  }

  #putToMemory(): void {
    this.#channel.memory.append(this.#puts)
    this.#channel.order.put('memory', this.#putCount)
  }

  async #putToOverflow(): Promise<void> {
    const { overflow, order, clock, options } = this.#channel
    const put = async (): Promise<void> => {
      await putInTransaction(overflow!, ...this.#puts.map(({ batch }) => batch))
      order.put('overflow', this.#putCount)
    }
    try {
      await put()
    } catch (error) {
      // As in Flume: tried once more, later, when the overflow itself is full.
      if (!(error instanceof MillraceError) || error.code !== 'CHANNEL_FULL') throw error
      await clock.sleep(options.overflowTimeoutMs)
      await put()
    }
  }

  async #commitTakes(): Promise<void> {
    const channel = this.#channel
    const { room, bytes, memory, options } = channel
    if (this.#from === 'overflow') await this.#overflowTake!.commit()
    else {
      room.release(this.#takeCount)
      bytes.release(slotsOfAll(this.#taken))
      memory.release(this.#taken)
    }
    const free = options.memoryCapacity === 0 ? 0 : (options.memoryCapacity - memory.size) / options.memoryCapacity
    if (free >= options.deactivationShare) channel.overflowing = false
  }

  protected override async doRollback(): Promise<void> {
    const { memory, order, arrivals } = this.#channel
    this.#puts.length = 0
    if (this.#overflowTake) {
      await this.#overflowTake.rollback()
      this.#overflowTake.close()
    }
    if (this.#from === 'memory') memory.giveBack(this.#taken)
    if (this.#from !== undefined) order.putBack(this.#from, this.#takeCount)
    if (this.#takeCount > 0) arrivals.announce()
  }
}

function begun(channel: Channel): Transaction {
  const transaction = channel.transaction()
  transaction.begin()
  return transaction
}
