// A transaction on the durable channel: Flume's FileBackedTransaction. It only puts or only takes; room is reserved at put.

import { MillraceError } from '../../../../src-shared/errors.ts'
import { type EventBatch, withEmptyForNull } from '../../../../src-shared/event/event-batch.ts'
import type { Clock } from '../../../clock.ts'
import type { TakeLimit } from '../channel.ts'
import { BasicTransaction } from '../transaction.ts'
import type { Range } from './consumed.ts'
import type { OpenLog } from './open-log.ts'

/** Flume's ChannelCounter, shared by all transactions of one start. */
export interface ChannelCounts {
  putAttempts: number
  putSuccesses: number
  takeAttempts: number
  takeSuccesses: number
}

export interface LogTransactionDeps {
  readonly name: string
  readonly capacity: number
  readonly keepAliveMs: number
  readonly nullHeadersAreEmpty: boolean
  readonly clock: Clock
  readonly counts: ChannelCounts
  /** The open log; throws when the channel is closed. */
  readonly log: () => OpenLog
  /** What the channel waits for before it closes. */
  readonly underWay: <T>(work: Promise<T>) => Promise<T>
}

export class LogTransaction extends BasicTransaction {
  readonly #deps: LogTransactionDeps
  readonly #puts: EventBatch[] = []
  #putCount = 0
  readonly #taken: Range[] = []
  #takeCount = 0

  constructor(deps: LogTransactionDeps) {
    super()
    this.#deps = deps
  }

  get takenOrdinals(): readonly Range[] {
    return this.#taken
  }

  protected override async doPut(batch: EventBatch): Promise<void> {
    const { capacity, counts, clock, keepAliveMs, name, nullHeadersAreEmpty } = this.#deps
    const { room } = this.#deps.log()
    counts.putAttempts += batch.count
    if (batch.count === 0) return
    if (this.#putCount + batch.count > capacity) {
      throw new MillraceError(
        'CHANNEL_EXCEPTION',
        `Put queue for FileBackedTransaction of capacity ${capacity} full, consider committing more frequently, increasing capacity or increasing thread count. [channel=${name}]`,
      )
    }
    if (!(await room.acquire(batch.count, keepAliveMs, clock))) {
      throw new MillraceError(
        'CHANNEL_FULL',
        `The channel has reached it's capacity. This might be the result of a sink on the channel having too low of batch size, a downstream system running slower than normal, or that the channel capacity is just too low. [channel=${name}]`,
      )
    }
    this.#puts.push(nullHeadersAreEmpty ? withEmptyForNull(batch) : batch)
    this.#putCount += batch.count
  }

  protected override async doTake(limit: TakeLimit): Promise<EventBatch | null> {
    const { capacity, counts, name } = this.#deps
    const log = this.#deps.log()
    const left = capacity - this.#takeCount
    // As in Flume, which takes one by one: the take after the last that fits fails, whether or not there is a further event.
    if (left === 0 || (limit.events > left && log.availableCount >= left)) {
      counts.takeAttempts++
      throw new MillraceError(
        'CHANNEL_EXCEPTION',
        `Take list for FileBackedTransaction, capacity ${capacity} full, consider committing more frequently, increasing capacity, or increasing thread count. [channel=${name}]`,
      )
    }
    const { batch, ranges } = log.take(limit)
    this.#taken.push(...ranges)
    const count = batch?.count ?? 0
    counts.takeAttempts += count < limit.events ? count + 1 : count
    this.#takeCount += count
    return batch
  }

  protected override doCommit(): Promise<void> {
    return this.#deps.underWay(this.#commit())
  }

  async #commit(): Promise<void> {
    const { counts, name } = this.#deps
    const log = this.#deps.log()
    if (this.#puts.length > 0 && this.#taken.length > 0) {
      throw new MillraceError('TRANSACTION_STATE', `nonzero puts and takes [channel=${name}]`)
    }
    if (this.#puts.length > 0) {
      await log.put(this.#puts)
      counts.putSuccesses += this.#putCount
    }
    if (this.#taken.length > 0) {
      await log.consume(this.#taken)
      counts.takeSuccesses += this.#takeCount
    }
  }

  protected override async doRollback(): Promise<void> {
    // A channel that was closed in between has no leases any more; what was taken is there when it opens again.
    const log = this.#openLog()
    log?.room.release(this.#putCount)
    log?.giveBack(this.#taken)
    this.#puts.length = 0
    this.#taken.length = 0
  }

  #openLog(): OpenLog | undefined {
    try {
      return this.#deps.log()
    } catch {
      return undefined
    }
  }
}
