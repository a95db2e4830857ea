// `millrace channel`: durable channels from outside, by folder, whether their agent runs or not. Reads only.
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import { indexPath, listSegments, readLogFolder, segmentBytes } from '../agent/channel/log/log-folder.ts'
import { openLogReader } from '../agent/channel/log/log-reader.ts'
import { defaultWorkspace } from '../workspace/folders.ts'

export function channelCommand(): Command {
  const json = ['--json', 'as JSON'] as const
  const command = new Command('channel')
    .description('Look at durable channels (sqlite, file): which there are, what they hold, whether they are sound.')
    .helpOption('-h, --help', 'display help')
    .addHelpText('after', '\nExit codes: 0 done (check: sound), 1 failed or damaged, 2 wrong usage.')
  command
    .command('list')
    .description('Durable channels below a folder; by default those of the workspace.')
    .argument('[folder]', 'folder to look in')
    .option(...json)
    .action((folder: string | undefined, flags: { readonly json?: boolean }) => {
      const root = resolve(folder ?? defaultWorkspace(process.env))
      print(
        channelFolders(root).map(describe),
        flags.json,
        (channel) =>
          `${channel.folder}  ${channel.retainedEvents} events, ${channel.diskBytes} bytes in ${channel.segments.length} segments`,
      )
    })
  command
    .command('show')
    .description('One channel: its ordinals and segments.')
    .argument('<folder>', "the channel's folder")
    .option(...json)
    .action((folder: string, flags: { readonly json?: boolean }) => {
      const channel = describe(resolve(folder))
      if (flags.json === true) process.stdout.write(`${JSON.stringify(channel, null, 2)}\n`)
      else {
        process.stdout.write(
          `${channel.folder}\nevents ${channel.firstOrdinal} to ${channel.nextOrdinal - 1} (${channel.retainedEvents} retained), ${channel.diskBytes} bytes\n`,
        )
        for (const segment of channel.segments) process.stdout.write(`  ${segment.file}  from ${segment.first}, ${segment.bytes} bytes\n`)
      }
    })
  command
    .command('check')
    .description('Reads every event and compares checksums. Changes nothing.')
    .argument('<folder>', "the channel's folder")
    .option(...json)
    .action((folder: string, flags: { readonly json?: boolean }) => {
      const report = check(resolve(folder))
      if (flags.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
      else process.stdout.write(`${report.sentence}\n`)
      if (!report.ok) process.exitCode = 1
    })
  return command
}

interface ChannelOnDisk {
  readonly folder: string
  readonly firstOrdinal: number
  readonly nextOrdinal: number
  readonly retainedEvents: number
  readonly diskBytes: number
  readonly segments: readonly { readonly file: string; readonly first: number; readonly bytes: number }[]
}

function channelFolders(root: string): string[] {
  if (!existsSync(root)) throw new MillraceError('NOT_FOUND', `There is no folder ${root}.`)
  const indexes = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && indexPath(entry.parentPath) === join(entry.parentPath, entry.name),
  )
  return indexes.map((entry) => entry.parentPath).sort()
}

function describe(folder: string): ChannelOnDisk {
  const reader = openLogReader(folder)
  try {
    const { first, next } = reader.extent()
    const segments = listSegments(readLogFolder(folder)).map((segment) => ({
      file: segment.path,
      first: segment.first,
      bytes: segmentBytes(segment.path),
    }))
    return {
      folder,
      firstOrdinal: first,
      nextOrdinal: next,
      retainedEvents: next - first,
      diskBytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
      segments,
    }
  } finally {
    reader.close()
  }
}

function check(folder: string): { ok: boolean; events: number; sentence: string } {
  const reader = openLogReader(folder)
  let events = 0
  try {
    const { first, next } = reader.extent()
    for (const { batch } of reader.read({ from: first, to: next })) events += batch.count
    return { ok: true, events, sentence: `${folder} is sound: ${events} events were read and every checksum matches.` }
  } catch (error) {
    return {
      ok: false,
      events,
      sentence: `${folder} is damaged after ${events} events that could be read: ${messageOf(error)} It was left untouched.`,
    }
  } finally {
    reader.close()
  }
}

function print<T>(values: readonly T[], json: boolean | undefined, line: (value: T) => string): void {
  if (json === true) process.stdout.write(`${JSON.stringify(values, null, 2)}\n`)
  else process.stdout.write(values.map((value) => `${line(value)}\n`).join(''))
}
