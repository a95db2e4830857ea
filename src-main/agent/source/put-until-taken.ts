// How a source that can hold its sender back hands over: it tries until the channels take the events, where Flume drops them (rules
// syslog-tcp-holds, exec-holds). The sender is not read meanwhile, so TCP or the pipe slows it down.
import { messageOf } from '../../../src-shared/errors.ts'
import { sliceBatch } from '../../../src-shared/event/build-batch.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { SourceContext } from '../../component/context.ts'
import { isInterceptorFailure } from '../interceptor/interceptor-chain.ts'

const firstWaitMs = 250
const longestWaitMs = 4000

/**
 * Resolves true when every event is in the channels, false when the source is stopped before: then the events were not taken, and are counted as
 * dropped. An event that an interceptor cannot change is dropped alone with syslog-tcp-holds: one sender's message must not stop him for good.
 * With exec-holds it is held like the others, as Flume reads no more of the command either.
 */
export async function putUntilTaken(
  context: SourceContext,
  batch: EventBatch,
  rule: 'syslog-tcp-holds' | 'exec-holds' = 'syslog-tcp-holds',
  of: 'batches' | 'events' = 'batches',
): Promise<boolean> {
  const { channelProcessor, clock, counters, log, signal, status } = context
  let from = 0
  let waitMs = firstWaitMs
  let singly = false
  while (from < batch.count) {
    const to = Math.min(batch.count, from + (singly ? 1 : channelProcessor.batchRoom(of)))
    try {
      await channelProcessor.processEventBatch(sliceBatch(batch, from, to))
      counters.add('EventAcceptedCount', to - from)
      if (waitMs > firstWaitMs) status('Delivering again')
      waitMs = firstWaitMs
      from = to
    } catch (error) {
      const failed = isInterceptorFailure(error)
      context.departs(failed ? 'interceptor-failure-spares-the-rest' : rule)
      if (failed && rule === 'syslog-tcp-holds') {
        if (to - from === 1) {
          counters.drop(1, 'an interceptor failed', false)
          log.error(`An event was dropped: ${messageOf(error)}`)
          from = to
        }
        singly = true
        continue
      }
      counters.add('ChannelWriteFail', 1)
      const sentence = failed ? 'Events wait' : 'The channel does not take events'
      status(`${sentence}: ${messageOf(error)}`, {
        severity: failed ? 'error' : 'warning',
        retrying: true,
        hint: failed ? 'Change the interceptor.' : 'Senders are held back until it has room again.',
      })
      log.warn(`${sentence}; senders are held back.`, { error: messageOf(error), waitMs })
      await clock.sleep(waitMs, signal)
      waitMs = Math.min(longestWaitMs, waitMs * 2)
      if (signal.aborted) {
        counters.drop(batch.count - from, 'stopped while the channel took no events', false)
        return false
      }
    }
  }
  return true
}
