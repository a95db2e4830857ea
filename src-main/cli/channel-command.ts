// `millrace channel`: durable channels from outside, by folder, whether their agent runs or not.
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { MillraceError } from '../../src-shared/errors.ts'
import { checkChannel } from '../agent/channel/log/check-channel.ts'
import { type ChannelDescription, describeChannel } from '../agent/channel/log/describe-channel.ts'
import { indexPath, listSegments, readLogFolder, segmentBytes } from '../agent/channel/log/log-folder.ts'
import { repairChannel } from '../agent/channel/log/repair-channel.ts'
import { systemKeychain } from '../storage/keychain.ts'
import { defaultWorkspace } from '../workspace/folders.ts'
import { existingFolder } from './named-path.ts'

interface Flags {
  readonly json?: boolean
}

export function channelCommand(): Command {
  const command = new Command('channel')
    .description('Look at durable channels (sqlite, file): which there are, what they hold, whether they are sound; mend one.')
    .helpOption('-h, --help', 'display help')
    .addHelpText('after', '\nExit codes: 0 done (check: sound), 1 failed or damaged, 2 wrong usage.')
  const json = ['--json', 'as JSON'] as const
  const folderArgument = ['<folder>', "the channel's folder"] as const
  command
    .command('list')
    .description('Durable channels below a folder; by default those of the workspace.')
    .argument('[folder]', 'folder to look in')
    .option(...json)
    .action(list)
  command
    .command('show')
    .description('One channel: its ordinals, who has consumed how much, its segments.')
    .argument(...folderArgument)
    .option(...json)
    .action(show)
  command
    .command('check')
    .description('Reads every event and compares checksums. Changes nothing.')
    .argument(...folderArgument)
    .option(...json)
    .action(check)
  command
    .command('make-key')
    .description('Makes a key in the system’s keychain, for encryptionKeys = keychain:<name>. One that is there is not changed.')
    .argument('<name>', 'letters, digits, ".", "_" and "-"')
    .action(makeKey)
  command
    .command('repair')
    .description('Writes what can be read of a damaged channel anew and moves the damaged files aside. Nothing may be using the channel.')
    .argument(...folderArgument)
    .option(...json)
    .action(repair)
  return command
}

function list(folder: string | undefined, flags: Flags): void {
  const channels = channelFolders(existingFolder(folder ?? defaultWorkspace(process.env))).map(describeChannel)
  print(channels, flags, channels.map(line).join(''))
}

function show(folder: string, flags: Flags): void {
  const channel = describeChannel(resolve(folder))
  const segments = listSegments(readLogFolder(channel.folder)).map(({ path, first }) => ({ file: path, first, bytes: segmentBytes(path) }))
  const cursors = channel.cursors.map(
    (cursor) => `  ${cursor.kind} ${cursor.name} at ${cursor.position}, ${cursor.pinnedEvents} events not consumed\n`,
  )
  const files = segments.map((segment) => `  ${segment.file} from ${segment.first}, ${segment.bytes} bytes\n`)
  print({ ...channel, segments }, flags, [line(channel), ...cursors, ...files].join(''))
}

function check(folder: string, flags: Flags): void {
  const report = checkChannel(existingChannel(folder))
  const { damage, events, segments } = report
  const sound = `${report.folder} is sound: ${events} events in ${segments} segments were read and every checksum matches.\n`
  const damaged = `${damage.map(({ message }) => `${message}\n`).join('')}It was left untouched. Stop what uses it, then: millrace channel repair ${report.folder}\n`
  print(report, flags, damage.length === 0 ? sound : damaged)
  if (damage.length > 0) process.exitCode = 1
}

function makeKey(name: string): void {
  const keychain = systemKeychain()
  if (keychain.read(name) !== undefined)
    throw new MillraceError(
      'CONFLICT',
      `The keychain has a key ${name} already. To rotate, make one of another name and write encryptionKeys = keychain:<new> keychain:${name}.`,
    )
  keychain.write(name, randomBytes(32).toString('hex'))
  process.stdout.write(
    `Made. Write encryptionKeys = keychain:${name} on the channel. Without this key its events cannot be read: keep a copy.\n`,
  )
}

function repair(folder: string, flags: Flags): void {
  const report = repairChannel(existingChannel(folder))
  const { damage, lostEvents, moved, cursorsLost } = report
  const lines = [
    ...damage.map(({ message }) => message),
    `${lostEvents} events are lost. The damaged files lie in ${moved.join(', ')}.`,
    ...(cursorsLost
      ? ['The cursors were lost too: every consumer begins at the oldest event that is kept, so events may come twice.']
      : []),
  ]
  print(report, flags, damage.length === 0 ? `${report.folder} is sound; nothing was changed.\n` : `${lines.join('\n')}\n`)
}

function existingChannel(folder: string): string {
  const path = resolve(folder)
  if (!existsSync(indexPath(path)))
    throw new MillraceError('NOT_FOUND', `There is no durable channel in ${path}. \`millrace channel list\` shows which there are.`)
  return path
}

function channelFolders(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && indexPath(entry.parentPath) === join(entry.parentPath, entry.name))
    .map((entry) => entry.parentPath)
    .sort()
}

function line({ folder, extent, bytes, segments, cursors }: ChannelDescription): string {
  const waiting = Math.max(0, ...cursors.map((cursor) => cursor.pinnedEvents))
  return `${folder}  ${extent.next - extent.first} events kept (ordinals ${extent.first} to ${extent.next}), ${waiting} not consumed, ${bytes} bytes in ${segments} segments\n`
}

function print(value: unknown, flags: Flags, text: string): void {
  process.stdout.write(flags.json === true ? `${JSON.stringify(value, null, 2)}\n` : text)
}
