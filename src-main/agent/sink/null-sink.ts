// sink `null`: takes events and forgets them.
import { int, string } from '../../../src-shared/spec/property.ts'
import { defineSink } from '../../component/define.ts'
import { takeTransaction } from './take-events.ts'

export const definition = defineSink({
  type: 'null',
  className: 'org.apache.flume.sink.NullSink',
  summary: 'Takes events and forgets them.',
  withoutMetrics: true,
  properties: {
    channel: string().optional().describe('Channel to take from.'),
    batchSize: int()
      .min(1)
      .default(100)
      .unit('events')
      .describe('Most events of one transaction, and never more than one of the channel holds.'),
    logEveryNEvents: int().min(1).default(10_000).unit('events').describe('Says how many were taken, each time so many more were.'),
  },
  examples: [{ title: 'Measure a source', properties: 'channel = c1' }],
  create: ({ batchSize, logEveryNEvents }, { channel, log, counters, signal }) => {
    let total = 0
    return {
      async process() {
        const count = await takeTransaction(channel, batchSize, signal, async () => {})
        counters.add('EventDrainSuccessCount', count)
        const before = total
        total += count
        if (Math.floor(total / logEveryNEvents) > Math.floor(before / logEveryNEvents)) log.info(`Null sink took ${total} events so far.`)
        return count === 0 ? 'BACKOFF' : 'READY'
      },
    }
  },
})
