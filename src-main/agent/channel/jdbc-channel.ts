// jdbc: Flume's channel in a database. It is Millrace's SQLite log under the few of Flume's keys that have a meaning here.
import { long, string } from '../../../src-shared/spec/property.ts'
import { defineChannel } from '../../component/define.ts'
import { createLogChannel, encryptionProperties, logFolderFor, retentionProperties } from './log/log-settings.ts'

const noDatabase = 'events are kept in Millrace’s own SQLite log; there is no database to connect to.'

export const definition = defineChannel({
  type: 'jdbc',
  durable: true,
  className: 'org.apache.flume.channel.jdbc.JdbcChannel',
  summary:
    'Flume’s channel in an embedded database: every event is on the disk before a put is answered. Kept in Millrace’s own SQLite log.',
  properties: {
    'maximum.capacity': long().default(0).unit('events').describe('Most events in the channel. 0 or less: no limit.'),
    ...retentionProperties,
    ...encryptionProperties,
    'db.type': string().noEffect(noDatabase),
    'driver.class': string().noEffect(noDatabase),
    'driver.url': string().noEffect(noDatabase),
    'db.username': string().noEffect(noDatabase),
    'db.password': string().secret().noEffect(noDatabase),
    'connection.properties.file': string().noEffect(noDatabase),
    'create.schema': string().noEffect(noDatabase),
    'create.index': string().noEffect(noDatabase),
    'create.foreignkey': string().noEffect(noDatabase),
    'transaction.isolation': string().noEffect(noDatabase),
    'maximum.connections': string().noEffect(noDatabase),
    'sysprop.user.home': string().noEffect(noDatabase),
  },
  examples: [{ title: 'With a limit', properties: 'maximum.capacity = 1000000' }],
  rules: ['file-channel-own-format', 'file-channel-default-folder'],
  create: (options, context) => {
    const capacity = options['maximum.capacity'] > 0 ? options['maximum.capacity'] : Number.MAX_SAFE_INTEGER
    return createLogChannel(
      {
        ...options,
        log: logFolderFor(context, { keyNames: options.encryptionKeys }),
        capacity,
        transactionCapacity: Math.min(capacity, 1_000_000),
        keepAliveMs: 0,
        durability: 'commit',
        syncIntervalMs: 0,
      },
      context,
    )
  },
})
