// file: Flume's name for a durable channel. It is Millrace's SQLite log under Flume's keys; format and invariants: log/log-channel.ts.
import { homedir } from 'node:os'
import { MillraceError } from '../../../src-shared/errors.ts'
import { boolean, int, long, string } from '../../../src-shared/spec/property.ts'
import { defineChannel } from '../../component/define.ts'
import { createLogChannel, encryptionProperties, logFolderFor, retentionProperties } from './log/log-settings.ts'

const noCheckpoint = 'the log has no checkpoint to replay from; it opens at once, whatever its size.'
const noKeyStore = 'keys come from environment variables or the system’s keychain; name them in encryptionKeys.'

export const definition = defineChannel({
  type: 'file',
  durable: true,
  className: 'org.apache.flume.channel.file.FileChannel',
  summary: 'Flume’s durable channel: every event is on the disk before a put is answered. Kept in Millrace’s own SQLite log.',
  properties: {
    checkpointDir: string().optional().describe('Folder of cursors and settings. By default one of its own in the agent’s work folder.'),
    dataDirs: string().optional().describe('Folders of the log’s segments, separated by commas. By default the folder of the cursors.'),
    capacity: long().min(1).default(1_000_000).unit('events').describe('Most events in the channel.'),
    transactionCapacity: int().min(1).default(10_000).unit('events').describe('Most events of one transaction, at most the capacity.'),
    'keep-alive': int().min(0).default(3).unit('s').describe('How long a put waits for room.'),
    fsyncPerTransaction: boolean().default(true).describe('False: puts are made durable every fsyncInterval only.'),
    fsyncInterval: int().min(1).default(5).unit('s').describe('See fsyncPerTransaction.'),
    ...retentionProperties,
    ...encryptionProperties,
    useDualCheckpoints: boolean().noEffect(noCheckpoint),
    backupCheckpointDir: string().noEffect(noCheckpoint),
    compressBackupCheckpoint: boolean().noEffect(noCheckpoint),
    checkpointInterval: long().unit('ms').noEffect(noCheckpoint),
    checkpointOnClose: boolean().noEffect(noCheckpoint),
    'use-log-replay-v1': boolean().noEffect(noCheckpoint),
    'use-fast-replay': boolean().noEffect(noCheckpoint),
    maxFileSize: long().unit('bytes').noEffect('segments are about 256 MB each.'),
    minimumRequiredSpace: long().unit('bytes').noEffect('puts go on until the disk is full, and takes go on then, from a reserve.'),
    'encryption.activeKey': string().noEffect(noKeyStore),
    'encryption.cipherProvider': string().noEffect('rows are encrypted with AES-256-GCM.'),
    'encryption.keyProvider': string().noEffect(noKeyStore),
    'encryption.keyProvider.keyStoreFile': string().noEffect(noKeyStore),
    'encryption.keyProvider.keyStorePasswordFile': string().noEffect(noKeyStore),
    'encryption.keyProvider.keys': string().noEffect(noKeyStore),
  },
  examples: [{ title: 'As in Flume', properties: 'checkpointDir = /var/lib/flume/checkpoint\ndataDirs = /var/lib/flume/data' }],
  rules: ['file-channel-own-format', 'file-channel-default-folder'],
  create: (options, context) => {
    if (options.transactionCapacity > options.capacity) {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        `File Channel transaction capacity cannot be greater than the capacity of the channel: transactionCapacity ${options.transactionCapacity}, capacity ${options.capacity}.`,
      )
    }
    // Nobody's events are written in clear because a key store cannot be read here.
    if (options['encryption.activeKey'] !== undefined && options.encryptionKeys.length === 0) {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        'encryption.activeKey asks for encryption with a Java key store, which Millrace cannot read: name environment variables or keychain entries (keychain:NAME) that hold keys in encryptionKeys.',
      )
    }
    const log = logFolderFor(context, {
      index: options.checkpointDir === undefined ? undefined : inHome(options.checkpointDir.trim()),
      data: dataFoldersOf(options.dataDirs),
      keyNames: options.encryptionKeys,
    })
    return createLogChannel(
      {
        ...options,
        log,
        keepAliveMs: options['keep-alive'] * 1000,
        nullHeadersAreEmpty: true,
        durability: options.fsyncPerTransaction ? 'commit' : 'interval',
        syncIntervalMs: options.fsyncInterval * 1000,
      },
      context,
    )
  },
})

/** Flume's `dataDirs`: folders separated by commas. */
export function dataFoldersOf(text: string | undefined): string[] {
  const folders = (text ?? '').split(',').map((folder) => folder.trim())
  return folders.filter((folder) => folder !== '').map(inHome)
}

/** Flume replaces `~` by the user's home. */
export function inHome(folder: string): string {
  return folder.replace(/^~(?=$|[/\\])/, homedir())
}
