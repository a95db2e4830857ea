// Putting events where nothing else happens in the transaction.
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { Channel } from './channel.ts'

/** One transaction that puts all of `batches`: committed when it resolves; rolled back, and the channel as before, when it rejects. */
export async function putInTransaction(channel: Pick<Channel, 'transaction'>, ...batches: readonly EventBatch[]): Promise<void> {
  const transaction = channel.transaction()
  try {
    transaction.begin()
    for (const batch of batches) await transaction.put(batch)
    await transaction.commit()
  } catch (error) {
    if (transaction.state === 'OPEN') await transaction.rollback()
    throw error
  } finally {
    transaction.close()
  }
}
