// How a source that can hold its sender back hands over: it tries until the channels take the events, where Flume drops them (rule
// syslog-tcp-holds). The sender is not read meanwhile, so TCP slows it down.
import { messageOf } from '../../../src-shared/errors.ts'
import { sliceBatch } from '../../../src-shared/event/build-batch.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { SourceContext } from '../../component/context.ts'

const firstWaitMs = 250
const longestWaitMs = 4000

/** Resolves true when every event is in the channels, false when the source is stopped before: then the events were not taken, and are counted as dropped. */
export async function putUntilTaken(
  context: SourceContext,
  batch: EventBatch,
  rule: 'syslog-tcp-holds' | 'exec-holds' = 'syslog-tcp-holds',
): Promise<boolean> {
  const { channelProcessor, clock, counters, log, signal, status } = context
  let from = 0
  let waitMs = firstWaitMs
  while (from < batch.count) {
    const to = Math.min(batch.count, from + channelProcessor.batchRoom())
    try {
      await channelProcessor.processEventBatch(sliceBatch(batch, from, to))
      counters.add('EventAcceptedCount', to - from)
      if (waitMs > firstWaitMs) status('Delivering again')
      waitMs = firstWaitMs
      from = to
    } catch (error) {
      counters.add('ChannelWriteFail', 1)
      context.departs(rule)
      status(`The channel does not take events: ${messageOf(error)}`, {
        severity: 'warning',
        retrying: true,
        hint: 'Senders are held back until it has room again.',
      })
      log.warn('The channel does not take events; senders are held back.', { error: messageOf(error), waitMs })
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
