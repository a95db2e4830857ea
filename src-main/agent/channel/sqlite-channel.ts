// sqlite: the durable channel. A crash-safe log on SQLite that sinks take from and streams read; format and invariants: log/log-channel.ts.
import { MillraceError } from '../../../src-shared/errors.ts'
import { int, long, string } from '../../../src-shared/spec/property.ts'
import { defineChannel } from '../../component/define.ts'
import { createLogChannel, durabilityProperties, encryptionProperties, logFolderFor, retentionProperties } from './log/log-settings.ts'

export const definition = defineChannel({
  type: 'sqlite',
  durable: true,
  summary: 'Keeps every event on the disk until all sinks and streams have had it: survives crashes, can be looked back at and replayed.',
  properties: {
    dataDir: string().optional().describe('Folder of the log. By default one of its own in the agent’s work folder.'),
    capacity: long().min(1).default(100_000_000).unit('events').describe('Most events that some sink or stream has not consumed.'),
    transactionCapacity: int()
      .min(1)
      .optional()
      .unit('events')
      .describe('Most events of one transaction: 100,000 when absent, or the capacity.'),
    'keep-alive': int().min(0).default(3).unit('s').describe('How long a put waits for room.'),
    ...durabilityProperties,
    ...retentionProperties,
    ...encryptionProperties,
    segmentBytes: long()
      .min(2 ** 16)
      .default(256 * 2 ** 20)
      .unit('bytes')
      .describe('Size at which a new segment file is begun.'),
  },
  examples: [
    { title: 'The default', properties: '' },
    { title: 'Two days of history', properties: 'retentionHours = 48\nretentionBytes = 20000000000' },
  ],
  create: (options, context) => {
    const { capacity, transactionCapacity = Math.min(100_000, capacity) } = options
    if (transactionCapacity > capacity) {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        `transactionCapacity (${transactionCapacity}) cannot be greater than capacity (${capacity}).`,
      )
    }
    const log = logFolderFor(context, { data: options.dataDir === undefined ? [] : [options.dataDir], keyNames: options.encryptionKeys })
    return createLogChannel(
      { ...options, transactionCapacity, log, keepAliveMs: options['keep-alive'] * 1000, syncIntervalMs: options.syncInterval * 1000 },
      context,
    )
  },
})
