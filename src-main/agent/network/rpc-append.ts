// What Flume's RPC sources do with an append: counters, one channel transaction, OK or FAILED.
import { messageOf } from '../../../src-shared/errors.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { SourceContext } from '../../component/context.ts'
import { isInterceptorFailure } from '../interceptor/interceptor-chain.ts'

type Status = 'OK' | 'FAILED'
type Call = 'append' | 'appendBatch'

/**
 * OK after the channels' commit, at once where they need no time for it. FAILED asks the client to send again; the reason is logged and counted.
 * `failing`: the calls in which an interceptor's failure is thrown, for the client to hear it as an error of the protocol, as from Flume.
 */
export function rpcAppend(context: SourceContext, failing: readonly Call[]): (batch: EventBatch, kind: Call) => Status | Promise<Status> {
  const { channelProcessor, counters, log } = context
  const accepted = (events: number, kind: Call): Status => {
    counters.add(kind === 'append' ? 'AppendAcceptedCount' : 'AppendBatchAcceptedCount', 1)
    counters.add('EventAcceptedCount', events)
    return 'OK'
  }
  const failed = (error: unknown, kind: Call): Status => {
    if (isInterceptorFailure(error) && failing.includes(kind)) {
      log.error(`An event could not be stored; the client is told: ${messageOf(error)}`)
      throw error
    }
    counters.add('ChannelWriteFail', 1)
    log.warn('A batch could not be stored; the client is told to send it again.', { error: messageOf(error) })
    return 'FAILED'
  }
  return (batch, kind) => {
    const { count } = batch
    counters.add(kind === 'append' ? 'AppendReceivedCount' : 'AppendBatchReceivedCount', 1)
    counters.add('EventReceivedCount', count)
    try {
      const stored = channelProcessor.processEventBatch(batch)
      return stored === undefined
        ? accepted(count, kind)
        : stored.then(
            () => accepted(count, kind),
            (error: unknown) => failed(error, kind),
          )
    } catch (error) {
      return failed(error, kind)
    }
  }
}
