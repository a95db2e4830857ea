// What every durable channel can be told beyond Flume's keys, and the defaults that nobody needs to change.
import { join, resolve } from 'node:path'
import { double, int, list, long, oneOf } from '../../../../src-shared/spec/property.ts'
import type { ChannelContext } from '../../../component/context.ts'
import { LogChannel, type LogChannelOptions } from './log-channel.ts'
import type { LogFolder } from './log-folder.ts'

/** Retention, in the durable channels' property maps. */
export const retentionProperties = {
  retentionBytes: long()
    .min(0)
    .default(2 ** 30)
    .unit('bytes')
    .extension()
    .describe('How much of what every consumer has consumed is kept, for look-back and replay. 0: nothing.'),
  retentionHours: double().min(0).default(24).unit('h').extension().describe('How long what every consumer has consumed is kept at most.'),
} as const

/** Encryption at rest, in the durable channels' property maps. */
export const encryptionProperties = {
  encryptionKeys: list()
    .default([])
    .extension()
    .describe(
      'Names of keys (32 bytes, hexadecimal or base64): environment variables, or keychain:NAME for an entry of the system’s keychain (`millrace channel make-key NAME`). Rows are encrypted with the first (AES-256-GCM); name former keys after it for as long as their rows are kept.',
    ),
} as const

export const durabilityProperties = {
  durability: oneOf('commit', 'interval', 'none')
    .default('commit')
    .describe(
      'commit: a put is on the disk when it is answered. interval: a power cut may take the last syncInterval. none: the operating system decides. A killed process loses nothing in any case.',
    ),
  syncInterval: int().min(1).default(5).unit('s').describe('How often puts are made durable when durability is interval.'),
} as const

/** Of a channel's newest rows, for sinks that keep up. One that is further behind reads the segments, at the same rate as measured. */
export const recentBytes = 8 * 2 ** 20

type Given = Pick<
  LogChannelOptions,
  'log' | 'capacity' | 'transactionCapacity' | 'keepAliveMs' | 'nullHeadersAreEmpty' | 'durability' | 'syncIntervalMs'
> & {
  readonly retentionBytes: number
  readonly retentionHours: number
  readonly segmentBytes?: number
}

/** A log channel for a component of an agent. */
export function createLogChannel(given: Given, context: ChannelContext): LogChannel {
  const options: LogChannelOptions = {
    ...given,
    name: context.name,
    retention: { bytes: given.retentionBytes, ageMs: given.retentionHours * 3_600_000 },
    segmentBytes: given.segmentBytes ?? 256 * 2 ** 20,
    recentBytes,
    reserveBytes: 4 * 2 ** 20,
  }
  const { clock, log } = context
  return new LogChannel(options, {
    clock,
    log,
    trouble: (sentence) => (sentence === undefined ? undefined : context.status(sentence, { severity: 'warning' })),
  })
}

/** Where a channel's log lies: an index folder and data folders as given, by default a folder of the agent's own. */
export function logFolderFor(
  context: ChannelContext,
  given: { readonly index?: string | undefined; readonly data?: readonly string[]; readonly keyNames: readonly string[] },
): LogFolder {
  const data = (given.data ?? []).map((folder) => resolve(folder))
  const folder = resolve(given.index ?? data[0] ?? join(context.workDir, 'channels', context.name))
  return { folder, dataFolders: data.length > 0 ? data : [folder], keyNames: given.keyNames }
}
