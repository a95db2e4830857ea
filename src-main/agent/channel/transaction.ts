// Flume's transaction states (BasicTransactionSemantics), once for every channel. A channel supplies what happens; order is checked here.

import { MillraceError } from '../../../src-shared/errors.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { TakeLimit, Transaction, TransactionState } from './channel.ts'

/**
 * Calls in a state that does not allow them throw TRANSACTION_STATE with Flume's sentences. A commit that rejects leaves OPEN; a rollback
 * is COMPLETED before its work, so that one that rejects can still be closed. Calls do not overlap: the next waits for the last's promise.
 */
export abstract class BasicTransaction implements Transaction {
  #state: TransactionState = 'NEW'
  #under: string | undefined

  get state(): TransactionState {
    return this.#state
  }

  begin(): void {
    this.#require('begin', 'NEW')
    this.#state = 'OPEN'
  }

  put(batch: EventBatch): Promise<void> {
    return this.#while('put', () => this.doPut(batch))
  }

  take(limit: TakeLimit): Promise<EventBatch | null> {
    return this.#while('take', () => this.doTake(limit))
  }

  async commit(): Promise<void> {
    await this.#while('commit', () => this.doCommit())
    this.#state = 'COMPLETED'
  }

  rollback(why?: unknown): Promise<void> {
    return this.#while('rollback', () => {
      this.#state = 'COMPLETED'
      return this.doRollback(why)
    })
  }

  close(): void {
    if (this.#state === 'OPEN') {
      throw new MillraceError('TRANSACTION_STATE', 'close() called when transaction is OPEN - you must either commit or rollback first')
    }
    this.#state = 'CLOSED'
  }

  protected abstract doPut(batch: EventBatch): Promise<void>
  protected abstract doTake(limit: TakeLimit): Promise<EventBatch | null>
  protected abstract doCommit(): Promise<void>
  protected abstract doRollback(why?: unknown): Promise<void>

  async #while<T>(call: string, work: () => Promise<T>): Promise<T> {
    this.#require(call, 'OPEN')
    this.#under = call
    try {
      return await work()
    } finally {
      this.#under = undefined
    }
  }

  #require(call: string, state: TransactionState): void {
    if (this.#state !== state) throw new MillraceError('TRANSACTION_STATE', `${call}() called when transaction is ${this.#state}!`)
    if (this.#under !== undefined) throw new MillraceError('TRANSACTION_STATE', `${call}() called while ${this.#under}() is under way!`)
  }
}
