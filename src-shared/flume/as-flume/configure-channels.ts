// What configure() of Flume 1.11's channels accepts, refuses, and takes as transaction capacity.
import { check } from './configure-sources.ts'
import { checkArray, type FlumeContext, integerOr } from './flume-context.ts'

/** Configures a channel. Answers its transaction capacity where Flume compares that with batch sizes. Throws ConfigureError. */
export type ConfigureChannel = (context: FlumeContext) => number | undefined

/** By class name. */
export const channelClasses: Readonly<Record<string, ConfigureChannel>> = {
  'org.apache.flume.channel.MemoryChannel': (context) => {
    const capacity = positiveOr(integerOr(context, 'capacity', 100), 100)
    const transactionCapacity = positiveOr(integerOr(context, 'transactionCapacity', 100), 100)
    check(transactionCapacity <= capacity, 'Transaction Capacity of Memory Channel cannot be higher than the capacity.')
    return transactionCapacity
  },
  'org.apache.flume.channel.file.FileChannel': fileChannel,
  'org.apache.flume.channel.SpillableMemoryChannel': (context) => {
    const memoryCapacity = negativeOr(integerOr(context, 'memoryCapacity', 10_000), 10_000)
    checkArray(memoryCapacity)
    let overflowCapacity = integerOr(context, 'overflowCapacity', 100_000_000)
    if (memoryCapacity < 1 && overflowCapacity < 1) overflowCapacity = 100_000_000
    context.put('keep-alive', '0')
    context.put('capacity', String(overflowCapacity))
    return fileChannel(context)
  },
  'org.apache.flume.channel.PseudoTxnMemoryChannel': (context) => {
    const capacity = context.integer('capacity') ?? 50
    context.integer('keep-alive')
    check(capacity > 0, 'java.lang.IllegalArgumentException')
    checkArray(capacity)
    return undefined
  },
  'org.apache.flume.channel.jdbc.JdbcChannel': (context) => {
    const url = context.get('connect.url') ?? context.get('org.apache.flume.channel.jdbc.connect.url')
    if (url === undefined || url.trim() === '') return undefined
    const database = (context.get('db.type') ?? context.get('org.apache.flume.channel.jdbc.db.type') ?? '').toUpperCase()
    check(database === 'DERBY' || database === 'MYSQL', `Database ${database} not supported at this time`)
    const driver = context.get('driver.class') ?? context.get('org.apache.flume.channel.jdbc.driver.class')
    check(driver !== undefined && driver.trim() !== '', 'No jdbc driver specified')
    return undefined
  },
}

function fileChannel(context: FlumeContext): number {
  if (context.boolean('useDualCheckpoints', false)) {
    const backup = (context.get('backupCheckpointDir') ?? '').trim()
    const checkpoint = (context.get('checkpointDir') ?? '~/.flume/file-channel/checkpoint').trim()
    check(
      backup !== '',
      'Dual checkpointing is enabled, but the backup directory is not set. Please set backupCheckpointDir to enable dual checkpointing',
    )
    check(
      folder(backup) !== folder(checkpoint),
      'The checkpoint backup directory and the checkpoint directory are configured to be the same.',
    )
  }
  const capacity = positiveOr(context.integer('capacity') ?? 1_000_000, 1_000_000)
  context.integer('keep-alive')
  const transactionCapacity = positiveOr(context.integer('transactionCapacity') ?? 10_000, 10_000)
  check(transactionCapacity <= capacity, 'File Channel transaction capacity cannot be greater than the capacity of the channel.')
  for (const key of ['checkpointInterval', 'maxFileSize', 'minimumRequiredSpace']) context.long(key)
  encryption(context.sub('encryption.'))
  context.integer('fsyncInterval')
  return transactionCapacity
}

function encryption(context: FlumeContext): void {
  const provider = context.get('keyProvider')
  const activeKey = context.get('activeKey')
  const cipher = context.get('cipherProvider')
  const problem = 'Encryption configuration problem:'
  if (provider === undefined) {
    check(activeKey === undefined, `${problem} activeKey is present while key provider name is not.`)
    check(cipher === undefined, `${problem} cipherProvider is present while key provider name is not.`)
    return
  }
  check(activeKey !== undefined, `${problem} activeKey is missing`)
  check(cipher !== undefined, `${problem} cipherProvider is missing`)
  check(provider.toUpperCase() === 'JCEKSFILE', `java.lang.ClassNotFoundException: ${provider}`)
  const store = context.sub('keyProvider.')
  check(store.get('keyStoreFile') !== undefined, 'KeyStore file not specified')
  check(store.get('keyStorePasswordFile') !== undefined, 'KeyStore password file not specified')
  check(store.get('keys') !== undefined, 'Keys not specified')
}

const folder = (path: string): string => path.replace(/\/+/g, '/').replace(/\/$/, '')

const positiveOr = (value: number, otherwise: number): number => (value <= 0 ? otherwise : value)

const negativeOr = (value: number, otherwise: number): number => (value < 0 ? otherwise : value)
