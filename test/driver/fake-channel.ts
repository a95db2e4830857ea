// A channel in memory for tests of sources, sinks and runners: no keep-alive, no capacity unless given.

import type { Channel, ChannelGauges, TakeLimit, Transaction, TransactionState } from '../../src-main/agent/channel/channel.ts'
import { MillraceError } from '../../src-shared/errors.ts'
import { sliceBatch } from '../../src-shared/event/build-batch.ts'
import { concatBatches } from '../../src-shared/event/concat-batches.ts'
import type { EventBatch } from '../../src-shared/event/event-batch.ts'

export class FakeChannel implements Channel {
  readonly name: string
  readonly transactionCapacity: number | undefined
  readonly capacity: number
  /** Set to make the next commits fail. */
  failing: MillraceError | undefined
  queue: EventBatch[] = []
  readonly #waiting = new Set<() => void>()
  #puts = 0
  #takes = 0

  constructor(name: string, capacity = Number.POSITIVE_INFINITY, transactionCapacity?: number) {
    this.name = name
    this.capacity = capacity
    this.transactionCapacity = transactionCapacity
  }

  get size(): number {
    return this.queue.reduce((sum, batch) => sum + batch.count, 0)
  }

  get freeRoom(): number {
    return this.capacity - this.size
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  transaction(): Transaction {
    return new FakeTransaction(this)
  }

  async whenAvailable(signal: AbortSignal): Promise<void> {
    if (this.queue.length > 0 || signal.aborted) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done)
        resolve()
      }
      this.#waiting.add(done)
      signal.addEventListener('abort', done, { once: true })
    })
  }

  gauges(): ChannelGauges {
    return {
      channelSize: this.size,
      channelCapacity: this.capacity,
      eventPutAttemptCount: this.#puts,
      eventPutSuccessCount: this.#puts,
      eventTakeAttemptCount: this.#takes,
      eventTakeSuccessCount: this.#takes,
    }
  }

  store(batches: readonly EventBatch[]): void {
    for (const batch of batches) this.#puts += batch.count
    this.queue.push(...batches)
    for (const wake of [...this.#waiting]) wake()
  }

  taken(count: number): void {
    this.#takes += count
  }
}

class FakeTransaction implements Transaction {
  state: TransactionState = 'NEW'
  readonly #channel: FakeChannel
  readonly #puts: EventBatch[] = []
  readonly #takes: EventBatch[] = []

  constructor(channel: FakeChannel) {
    this.#channel = channel
  }

  begin(): void {
    this.state = 'OPEN'
  }

  async put(batch: EventBatch): Promise<void> {
    this.#puts.push(batch)
    const count = this.#puts.reduce((sum, put) => sum + put.count, 0)
    if (count > (this.#channel.transactionCapacity ?? count)) throw new MillraceError('CHANNEL_EXCEPTION', 'Put queue full')
  }

  async take(limit: TakeLimit): Promise<EventBatch | null> {
    const first = this.#channel.queue.shift()
    if (first === undefined) return null
    const taken = sliceBatch(first, 0, Math.min(first.count, limit.events))
    if (taken.count < first.count) this.#channel.queue.unshift(sliceBatch(first, taken.count, first.count))
    this.#takes.push(taken)
    return taken
  }

  async commit(): Promise<void> {
    const count = this.#puts.reduce((sum, put) => sum + put.count, 0)
    if (this.#channel.failing !== undefined) throw this.#channel.failing
    if (count > this.#channel.freeRoom) throw new MillraceError('CHANNEL_FULL', "Space for commit to queue couldn't be acquired")
    this.state = 'COMPLETED'
    this.#channel.store(this.#puts)
    this.#channel.taken(this.#takes.reduce((sum, take) => sum + take.count, 0))
  }

  async rollback(): Promise<void> {
    this.state = 'COMPLETED'
    if (this.#takes.length > 0) this.#channel.queue.unshift(concatBatches(this.#takes))
  }

  close(): void {
    this.state = 'CLOSED'
  }
}
