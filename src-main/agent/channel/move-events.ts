// A channel that holds events in memory is replaced at a reload: what it holds goes to its successor, as Flume keeps a resized queue.
import type { Channel } from './channel.ts'
import { putInTransaction } from './put-in-transaction.ts'

const perTransaction = { events: 1000, bytes: 1 << 20 }
const noWait = AbortSignal.abort()

/** Moves everything. Rejects with the successor's error when it has no more room; what was not moved is still in `from`. Answers the number of events. */
export async function moveEvents(from: Channel, to: Channel): Promise<number> {
  const events = Math.min(
    perTransaction.events,
    from.transactionCapacity ?? perTransaction.events,
    to.transactionCapacity ?? perTransaction.events,
  )
  for (let moved = 0; ; ) {
    const taking = from.transaction()
    taking.begin()
    try {
      const batch = await taking.take({ ...perTransaction, events, signal: noWait })
      if (batch !== null) await putInTransaction(to, batch)
      await taking.commit()
      if (batch === null) return moved
      moved += batch.count
    } catch (error) {
      if (taking.state === 'OPEN') await taking.rollback()
      throw error
    } finally {
      taking.close()
    }
  }
}
