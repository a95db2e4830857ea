// source StressSource: the same event again and again, to measure what comes after it. Flume knows it by its class name only.

import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { int, list, long } from '../../../src-shared/spec/property.ts'
import { defineSource } from '../../component/define.ts'
import { pollBackOff } from './poll-back-off.ts'

export const definition = defineSource({
  type: 'StressSource',
  className: 'org.apache.flume.source.StressSource',
  summary: 'Emits the same event again and again, for load tests.',
  withoutMetrics: true,
  properties: {
    channels: list().default([]).describe('Channels to write to.'),
    size: int().min(0).default(500).unit('bytes').describe('Length of the body.'),
    maxTotalEvents: long().default(-1).unit('events').describe('Stops after so many attempts; -1: never.'),
    maxSuccessfulEvents: long().default(-1).unit('events').describe('Stops after so many were delivered; -1: never.'),
    batchSize: int().min(1).default(1).unit('events').describe('Events of one transaction.'),
    maxEventsPerSecond: int().default(0).describe('Slows down to so many; 0 or less: as fast as it goes.'),
    ...pollBackOff,
  },
  examples: [{ title: 'A million small events', properties: 'size = 133\nmaxTotalEvents = 1000000\nbatchSize = 1000' }],
  create: (
    { size, maxTotalEvents, maxSuccessfulEvents, batchSize, maxEventsPerSecond },
    { channelProcessor, counters, clock, log, signal },
  ) => {
    const full = equalEvents(size, batchSize)
    const began = clock.monotonic()
    let attempted = 0
    let delivered = 0
    return {
      async process() {
        // The last batch is cut at the total, but not at the successful ones, as recorded.
        const left = maxTotalEvents < 0 ? batchSize : maxTotalEvents - attempted
        if (left <= 0 || (maxSuccessfulEvents >= 0 && delivered >= maxSuccessfulEvents)) return 'BACKOFF'
        const batch = left < batchSize ? equalEvents(size, left) : full
        if (maxEventsPerSecond > 0) await clock.sleep((attempted / maxEventsPerSecond) * 1000 - (clock.monotonic() - began), signal)
        attempted += batch.count
        try {
          await channelProcessor.processEventBatch(batch)
          delivered += batch.count
          counters.add('EventAcceptedCount', batch.count)
        } catch (error) {
          if (!(error instanceof MillraceError)) throw error
          counters.add('ChannelWriteFail', 1)
          counters.drop(batch.count, 'refused by a channel; a load test goes on', false)
          log.debug(`Events were refused: ${messageOf(error)}`)
        }
        return 'READY'
      },
    }
  },
})

/** `count` events of `size` bytes 0x7F. */
function equalEvents(size: number, count: number): EventBatch {
  return {
    count,
    bodies: new Uint8Array(size * count).fill(0x7f),
    ends: Uint32Array.from({ length: count }, (_, index) => (index + 1) * size),
    gap: 0,
    terminated: false,
    shared: {},
    columns: [],
  }
}
