// How sinks take: up to the limit in one transaction, waiting (where the channel waits at all) for the first event only.
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { Channel, Transaction } from '../channel/channel.ts'
import { adaptiveBatch } from '../channel/channel-processor.ts'

const noWait = AbortSignal.abort()

/**
 * What one transaction takes: as many events as the file says, or as many as are there (1 MiB, 10,000 events); never more than a
 * transaction of the channel holds (rule batch-above-transaction).
 */
export function takeLimit(channel: Channel, batchSize: number | 'adaptive'): { readonly events: number; readonly bytes: number } {
  const limit = batchSize === 'adaptive' ? adaptiveBatch : { events: batchSize, bytes: Number.POSITIVE_INFINITY }
  return { ...limit, events: Math.min(limit.events, channel.transactionCapacity ?? limit.events) }
}

export interface TakenEvents {
  readonly batches: readonly EventBatch[]
  readonly count: number
  /** Durable channels: ordinals of the first event and behind the last. */
  readonly ordinals?: readonly [first: number, next: number]
}

async function takeEvents(
  transaction: Transaction,
  limit: { readonly events: number; readonly bytes: number },
  signal: AbortSignal,
): Promise<TakenEvents> {
  const batches: EventBatch[] = []
  let count = 0
  let bytes = 0
  // A take brings what fits. Asking again for the few bytes that are left would cut every further row in two.
  while (count < limit.events && bytes < limit.bytes / 2) {
    const batch = await transaction.take({
      events: limit.events - count,
      bytes: limit.bytes - bytes,
      signal: count === 0 ? signal : noWait,
    })
    if (batch === null) break
    batches.push(batch)
    count += batch.count
    bytes += batch.bodies.length
  }
  const ranges = transaction.takenOrdinals
  const first = ranges?.[0]?.[0]
  const next = ranges?.at(-1)?.[1]
  return { batches, count, ...(first !== undefined && next !== undefined && { ordinals: [first, next] as const }) }
}

/**
 * One transaction of a sink: takes, hands the events to `deliver`, commits. When anything fails the events go back to the front and the
 * error goes on. `deliver` is called also when nothing was there. Answers how many events were delivered.
 */
export async function takeTransaction(
  channel: Channel,
  batchSize: number | 'adaptive',
  signal: AbortSignal,
  deliver: (taken: TakenEvents) => Promise<void>,
): Promise<number> {
  const transaction = channel.transaction()
  try {
    transaction.begin()
    const taken = await takeEvents(transaction, takeLimit(channel, batchSize), signal)
    await deliver(taken)
    await transaction.commit()
    return taken.count
  } catch (error) {
    if (transaction.state === 'OPEN') await transaction.rollback()
    throw error
  } finally {
    transaction.close()
  }
}
