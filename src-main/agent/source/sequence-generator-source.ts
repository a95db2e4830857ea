// source `seq`: events whose bodies count upwards from zero.

import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { int, list, long } from '../../../src-shared/spec/property.ts'
import { defineSource } from '../../component/define.ts'
import { isInterceptorFailure } from '../interceptor/interceptor-chain.ts'
import { pollBackOff } from './poll-back-off.ts'

export const definition = defineSource({
  type: 'seq',
  className: 'org.apache.flume.source.SequenceGeneratorSource',
  summary: 'Emits events whose bodies count upwards from zero.',
  properties: {
    channels: list().default([]).describe('Channels to write to.'),
    batchSize: int()
      .min(1)
      .optional()
      .unit('events')
      .describe('Events of one transaction. When absent as many as the channel takes, each counted by itself, as with 1.'),
    totalEvents: long().optional().unit('events').describe('Stops after so many; runs for ever when absent.'),
    ...pollBackOff,
  },
  examples: [{ title: 'Fill a channel', properties: 'batchSize = 100\ntotalEvents = 1000000' }],
  create: ({ batchSize, totalEvents = Number.POSITIVE_INFINITY }, { channelProcessor, counters, log }) => {
    let next = 0
    let singly = false
    return {
      async process() {
        if (next >= totalEvents) return 'BACKOFF'
        const count = Math.min(batchSize ?? (singly ? 1 : Math.min(1000, channelProcessor.batchRoom())), totalEvents - next)
        try {
          await channelProcessor.processEventBatch(numbers(next, count))
        } catch (error) {
          // As Flume: the counter stays, and the same numbers are tried again; at once where the channel has waited for room itself.
          counters.add('ChannelWriteFail', 1)
          if (!(error instanceof MillraceError)) throw error
          if (isInterceptorFailure(error) && batchSize === undefined && !singly) {
            singly = true
            return 'READY'
          }
          log.warn(`The same numbers are tried again: ${messageOf(error)}`)
          return error.code === 'CHANNEL_FULL' ? 'READY' : 'BACKOFF'
        }
        next += count
        counters.add('EventAcceptedCount', count)
        if (batchSize !== undefined && batchSize > 1) counters.add('AppendBatchAcceptedCount', 1)
        return 'READY'
      },
    }
  },
})

function numbers(first: number, count: number): EventBatch {
  const headers = {}
  return batchOf(Array.from({ length: count }, (_, index) => ({ headers, body: Buffer.from(String(first + index)) })))
}
