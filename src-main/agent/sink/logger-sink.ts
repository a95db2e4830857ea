// sink `logger`: writes each event to the log, as Flume prints it.
import { eventsOf, type FlumeEvent } from '../../../src-shared/event/event-batch.ts'
import { int, string } from '../../../src-shared/spec/property.ts'
import { defineSink } from '../../component/define.ts'
import { headersText, hexDump } from '../serialization/java-text.ts'
import { takeTransaction } from './take-events.ts'

/** Flume takes one event per transaction; a hundred look the same in the log. */
const eventsPerTransaction = 100

export const definition = defineSink({
  type: 'logger',
  className: 'org.apache.flume.sink.LoggerSink',
  summary: 'Writes each event to the log: its headers and the first bytes of its body.',
  withoutMetrics: true,
  rules: ['logger-max-bytes'],
  properties: {
    channel: string().optional().describe('Channel to take from.'),
    maxBytesToLog: int().min(0).default(16).unit('bytes').describe('How many bytes of each body are shown.'),
  },
  examples: [{ title: 'Look at events', properties: 'channel = c1\nmaxBytesToLog = 64' }],
  create: ({ maxBytesToLog }, { channel, log, counters, signal }) => ({
    async process() {
      const most = Math.min(eventsPerTransaction, channel.transactionCapacity ?? eventsPerTransaction)
      const count = await takeTransaction(channel, most, signal, async ({ batches }) => {
        for (const batch of batches) for (const event of eventsOf(batch)) log.info(eventLine(event, maxBytesToLog))
      })
      counters.add('EventDrainSuccessCount', count)
      return count === 0 ? 'BACKOFF' : 'READY'
    },
  }),
})

/** The line that Flume 1.11 logs: `Event: { headers:{} body: 48 65 … Hello }`. */
export function eventLine(event: FlumeEvent, maxBytesToLog: number): string {
  return `Event: { headers:${headersText(event.headers)} body:${hexDump(event.body, maxBytesToLog)} }`
}
