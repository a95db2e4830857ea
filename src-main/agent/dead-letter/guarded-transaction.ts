// A sink's transaction as the poison guard sees it: takes at most what the guard allows, and tells it how it ended.
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { TakeLimit, Transaction } from '../channel/channel.ts'
import { BasicTransaction } from '../channel/transaction.ts'

/** An event that is taken and neither delivered nor given back. */
export interface HeldEvent {
  readonly transaction: Transaction
  readonly event: EventBatch
}

export interface TransactionWatcher {
  /** Most events that the transaction may take. */
  readonly quota: number
  committed(taken: readonly EventBatch[]): void
  /** Answers whether it keeps the transaction open, with what was taken. */
  rolledBack(taken: readonly EventBatch[], transaction: Transaction, why: unknown): boolean
}

export class GuardedTransaction extends BasicTransaction {
  readonly #watcher: TransactionWatcher
  readonly #real: Transaction
  readonly #held: EventBatch | undefined
  readonly #taken: EventBatch[] = []
  #count = 0
  #kept = false

  /** `held`: what this transaction is to find, in place of what the channel has. */
  constructor(watcher: TransactionWatcher, real: Transaction, held?: EventBatch) {
    super()
    this.#watcher = watcher
    this.#real = real
    this.#held = held
  }

  get takenOrdinals(): Transaction['takenOrdinals'] {
    return this.#real.takenOrdinals
  }

  override begin(): void {
    super.begin()
    if (this.#held === undefined) this.#real.begin()
  }

  override close(): void {
    super.close()
    if (!this.#kept) this.#real.close()
  }

  protected override doPut(batch: EventBatch): Promise<void> {
    return this.#real.put(batch)
  }

  protected override async doTake(limit: TakeLimit): Promise<EventBatch | null> {
    const left = this.#watcher.quota - this.#count
    if (left <= 0) return null
    const batch = this.#held ?? (await this.#real.take({ ...limit, events: Math.min(limit.events, left) }))
    if (batch === null) return null
    this.#taken.push(batch)
    this.#count += batch.count
    return batch
  }

  protected override async doCommit(): Promise<void> {
    await this.#real.commit()
    this.#watcher.committed(this.#taken)
  }

  protected override async doRollback(why?: unknown): Promise<void> {
    this.#kept = this.#watcher.rolledBack(this.#taken, this.#real, why)
    if (!this.#kept) await this.#real.rollback(why)
  }
}
