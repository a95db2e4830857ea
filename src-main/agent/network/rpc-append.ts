// What Flume's RPC sources do with an append: counters, one channel transaction, OK or FAILED.
import { messageOf } from '../../../src-shared/errors.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { SourceContext } from '../../component/context.ts'

/** OK after the channels' commit. FAILED asks the client to send again; the reason is logged and counted. */
export function rpcAppend(context: SourceContext): (batch: EventBatch, kind: 'append' | 'appendBatch') => Promise<'OK' | 'FAILED'> {
  const { channelProcessor, counters, log } = context
  return async (batch, kind) => {
    counters.add(kind === 'append' ? 'AppendReceivedCount' : 'AppendBatchReceivedCount', 1)
    counters.add('EventReceivedCount', batch.count)
    try {
      if (batch.count > 0) await channelProcessor.processEventBatch(batch)
    } catch (error) {
      counters.add('ChannelWriteFail', 1)
      log.warn('A batch could not be stored; the client is told to send it again.', { error: messageOf(error) })
      return 'FAILED'
    }
    counters.add(kind === 'append' ? 'AppendAcceptedCount' : 'AppendBatchAcceptedCount', 1)
    counters.add('EventAcceptedCount', batch.count)
    return 'OK'
  }
}
