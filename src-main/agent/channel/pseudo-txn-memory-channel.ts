// PseudoTxnMemoryChannel: Flume's memory channel of tests, by class name only. Here its transactions are real: what is rolled back comes again.
import { int } from '../../../src-shared/spec/property.ts'
import { defineChannel } from '../../component/define.ts'
import { MemoryChannel } from './memory-channel.ts'

export const definition = defineChannel({
  type: 'PseudoTxnMemoryChannel',
  className: 'org.apache.flume.channel.PseudoTxnMemoryChannel',
  summary: 'The memory channel that Flume’s own tests use. Take memory instead.',
  properties: {
    capacity: int().min(1).default(50).unit('events').describe('Most events in the channel.'),
    'keep-alive': int().default(3).unit('s').describe('How long a put waits for room and a take for an event.'),
  },
  rules: ['pseudo-channel-transactions'],
  examples: [{ title: 'As in a test of Flume', properties: 'capacity = 100' }],
  create: ({ capacity, 'keep-alive': keepAlive }, { name, clock, departs }) =>
    new MemoryChannel(
      {
        name,
        capacity,
        transactionCapacity: capacity,
        keepAliveMs: keepAlive * 1000,
        byteSlots: 2 ** 31 - 1,
        takesRolledBack: () => departs('pseudo-channel-transactions'),
      },
      clock,
    ),
})
