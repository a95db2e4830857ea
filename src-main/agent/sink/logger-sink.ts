// sink `logger`: writes each event to the log, as Flume prints it.
import { eventsOf, type FlumeEvent } from '../../../src-shared/event/event-batch.ts'
import { int, string } from '../../../src-shared/spec/property.ts'
import { defineSink } from '../../component/define.ts'
import { headersText, hexDump } from '../serialization/java-text.ts'
import { takeTransaction } from './take-events.ts'

export const definition = defineSink({
  type: 'logger',
  className: 'org.apache.flume.sink.LoggerSink',
  summary: 'Writes each event to the log: its headers and the first bytes of its body.',
  withoutMetrics: true,
  properties: {
    channel: string().optional().describe('Channel to take from.'),
    maxBytesToLog: string().noEffect('Flume documents it and shows 16 bytes whatever it says; write shownBytes.'),
    shownBytes: int().min(0).default(16).unit('bytes').extension().describe('How many bytes of each body are shown.'),
  },
  examples: [{ title: 'Look at events', properties: 'channel = c1\nshownBytes = 64' }],
  create: ({ shownBytes }, { channel, log, counters, signal }) => ({
    async process() {
      // One event, as Flume: a group of sinks takes turns after each.
      const count = await takeTransaction(channel, 1, signal, async ({ batches }) => {
        for (const batch of batches) for (const event of eventsOf(batch)) log.info(eventLine(event, shownBytes))
      })
      counters.add('EventDrainSuccessCount', count)
      return count === 0 ? 'BACKOFF' : 'READY'
    },
  }),
})

/** The line that Flume 1.11 logs: `Event: { headers:{} body: 48 65 … Hello }`. */
function eventLine(event: FlumeEvent, shownBytes: number): string {
  return `Event: { headers:${headersText(event.headers)} body:${hexDump(event.body, shownBytes)} }`
}
