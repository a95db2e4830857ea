// A channel as sources, sinks and streams see it: Flume's Channel and Transaction over EventBatches, asynchronous from the first commit.
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'

/** How much a take may bring. It ends at the first limit reached, but brings at least one event when there is one. */
export interface TakeLimit {
  readonly events: number
  readonly bytes: number
  /** Ends a memory channel's wait for an event (Flume's interrupted take). Already aborted: takes what is there without waiting. */
  readonly signal?: AbortSignal
}

/** NEW --begin--> OPEN --commit | rollback--> COMPLETED --close--> CLOSED; close is also legal from NEW (Flume BasicTransactionSemantics). */
export type TransactionState = 'NEW' | 'OPEN' | 'COMPLETED' | 'CLOSED'

/**
 * One transaction of one caller. A call in a state that does not allow it throws MillraceError TRANSACTION_STATE.
 * A commit that rejects leaves the transaction OPEN: the caller rolls back.
 */
export interface Transaction {
  readonly state: TransactionState
  begin(): void
  /**
   * Adds events to what commit will store. The batch must not be changed until the transaction has ended; then the memory of its bodies may
   * be used again, the channel has a copy. More events than the channel's transactionCapacity:
   * CHANNEL_EXCEPTION. Where a channel reserves room at put (file), waits up to keep-alive and then rejects with CHANNEL_FULL.
   */
  put(batch: EventBatch): Promise<void>
  /**
   * Leases events from the front and returns them, or null when there is none (a memory channel waits keep-alive first, as in Flume). The
   * batch is there until the transaction has ended: a channel may use the memory of its bodies again.
   */
  take(limit: TakeLimit): Promise<EventBatch | null>
  /** Puts: stored as the channel's durability says, then visible. Takes: consumed. */
  commit(): Promise<void>
  /** Puts are forgotten; taken events return to the front in their order. `why`: what failed, where no error is thrown that says so. */
  rollback(why?: unknown): Promise<void>
  /** From OPEN it throws: commit or roll back first. */
  close(): void
  /** Durable channels: ordinals of the taken events, in order, ends exclusive. */
  readonly takenOrdinals?: readonly (readonly [from: number, to: number])[] | undefined
}

/** What a channel says of itself, for metrics and the window. Counter names are Flume's (ChannelCounter). */
export interface ChannelGauges {
  readonly channelSize: number
  readonly channelCapacity: number
  readonly eventPutAttemptCount: number
  readonly eventPutSuccessCount: number
  readonly eventTakeAttemptCount: number
  readonly eventTakeSuccessCount: number
}

export interface Channel {
  readonly name: string
  /** Most events of one transaction; undefined where the channel has no such limit. */
  readonly transactionCapacity: number | undefined
  /** Free room in events at this moment: what an adaptive batch keeps below. */
  readonly freeRoom: number
  start(): Promise<void>
  /** Waits for commits under way; open transactions are rolled back by their owners. */
  stop(): Promise<void>
  /** A new transaction of the sinks' shared cursor (competing takes), or for putting. */
  transaction(): Transaction
  /**
   * A whole transaction of one put in one call, for channels that need not wait for anything to commit it. False: it would have to wait, or
   * must be refused; nothing has happened then, and a transaction of the ordinary kind waits or says why.
   */
  putNow?(batch: EventBatch): boolean
  /** Resolves when a take may find something, or when `signal` aborts. Lets a runner end its back-off early. */
  whenAvailable(signal: AbortSignal): Promise<void>
  gauges(): ChannelGauges
}
