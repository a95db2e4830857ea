// `millrace stream`: runs one stream program, in the foreground, without a window.
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { MillraceError, messageOf, phraseOf } from '../../src-shared/errors.ts'
import { formatFailure } from '../../src-shared/streaming/program-failure.ts'
import { leaveWish } from '../agent/channel/log/stream-mailbox.ts'
import { systemClock } from '../clock.ts'
import { StreamHandle } from '../inspection/stream-handle.ts'
import type { Logger } from '../log.ts'
import { folderChannel } from '../streaming/input/folder-channel.ts'
import { defaultRestartPolicy } from '../streaming/program/restart-policy.ts'
import { spawnProgram } from '../streaming/program/spawn-program.ts'
import { threadsOf } from '../streaming/rdd/master.ts'
import { startBesideAgent } from './beside-agent.ts'
import { logLines } from './log-lines.ts'
import { repeated } from './repeated-option.ts'
import { type ChannelFlags, channelsOf, namedAgent } from './stream-channels.ts'
import { streamIdOf, streamsFolder } from './stream-folder.ts'

interface StreamFlags extends ChannelFlags {
  readonly workDir?: string
  readonly from: 'oldest' | 'now'
  readonly memory: number
  readonly master?: string
  readonly maxFailures: number
  readonly record: boolean
  readonly giveUpPending?: boolean
  readonly release?: boolean
  readonly runAgent?: boolean
}

const exitCodes = { done: 0, failed: 1, usage: 2 } as const

function atLeast(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (!Number.isInteger(number) || number < least) throw new InvalidArgumentError(`Give a whole number of at least ${least}.`)
    return number
  }
}

function masterUrl(value: string): string {
  try {
    threadsOf(value)
    return value
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error))
  }
}

export function streamCommand(): Command {
  return new Command('stream')
    .description('Run a stream program, in the foreground: micro-batches over the channels of an agent.')
    .helpOption('-h, --help', 'display help')
    .argument('<program>', 'the program: a .ts or .js file')
    .option('--channel <[name=]folder>', 'folder of a durable channel that the program may read; may be repeated', repeated)
    .option('-f, --conf <file>', 'configuration of an agent whose durable channels the program may read; may be repeated', repeated)
    .option('-n, --name <name>', 'name of the agent in that file')
    .option('--run-agent', 'also run that agent, in this process, as long as the program runs')
    .option('--agent-work-dir <dir>', "the agent's --work-dir, where it was given one")
    .option(
      '--work-dir <dir>',
      "where the stream's ranges and batch records are kept (default: a folder of its own under your data folder)",
    )
    .addOption(new Option('--from <where>', 'where a new stream begins in a channel').choices(['oldest', 'now']).default('oldest'))
    .option('--memory <MiB>', "limit of the program's heap", atLeast(16), 1024)
    .option('--master <url>', 'local, local[n] or local[*]: threads that run partitions, where the program does not say itself', masterUrl)
    .option('--max-failures <n>', 'failures in a row after which it is not started again', atLeast(1), defaultRestartPolicy.maxFailures)
    .option('--no-record', 'keep counts and errors of batches, but no samples of records')
    .option('--release', 'end the stream: its channels keep nothing for it any more; the program does not run')
    .option('--give-up-pending', 'do not run again what has not completed: those ranges are left out')
    .addHelpText(
      'after',
      '\nWhat the program prints goes to stdout, log lines to stderr. SIGTERM or SIGINT finish the batch under way and stop; again: at once.\n' +
        'A range is written down before its batch runs: killed at any moment, the next run goes on with exactly the batches that were not done.\n' +
        '`millrace batch list` shows its batches.\n' +
        'Exit code: 0 the program came to its end or was stopped by a signal, 1 it failed, 2 wrong usage.',
    )
    .action(async (program: string, flags: StreamFlags) => {
      const log = logLines({ clock: systemClock, write: (text) => process.stderr.write(text), least: 'warn' })
      try {
        process.exitCode = await run(resolve(program), flags, log)
      } catch (error) {
        process.stderr.write(`millrace stream: ${messageOf(error)}\n`)
        process.exitCode = error instanceof MillraceError && error.code === 'BAD_ARGUMENT' ? exitCodes.usage : exitCodes.failed
      }
    })
}

async function run(file: string, flags: StreamFlags, log: Logger): Promise<number> {
  requireProgram(file)
  const agent = flags.runAgent === true ? await startBesideAgent(namedAgent(flags), log) : undefined
  try {
    return await runBeside(file, flags, log)
  } finally {
    await agent?.stop()
  }
}

function requireProgram(file: string): void {
  if (!existsSync(file)) throw new MillraceError('BAD_ARGUMENT', `There is no program ${file}. Give the path of a .ts file.`)
  if (statSync(file).isDirectory()) throw new MillraceError('BAD_ARGUMENT', `${file} is a folder. Name the .ts file in it.`)
  if (!/\.[cm]?[jt]s$/.test(file))
    throw new MillraceError('BAD_ARGUMENT', `${file} is no program: its name must end in .ts or .js. Nothing of it was run.`)
}

async function runBeside(file: string, flags: StreamFlags, log: Logger): Promise<number> {
  const folders = await channelsOf(flags)
  const id = streamIdOf(file)
  if (flags.release === true) {
    for (const { folder } of folders) leaveWish(folder, id, { released: true })
    return exitCodes.done
  }
  const handle = new StreamHandle(
    { spawn: spawnProgram, clock: systemClock, log },
    {
      id,
      file,
      folder: flags.workDir === undefined ? join(streamsFolder(process.env), id) : resolve(flags.workDir),
      cwd: process.cwd(),
      channels: () => folders.map((folder) => folderChannel(folder, id, systemClock)),
      startAt: flags.from,
      memoryMb: flags.memory,
      ...(flags.master !== undefined && { master: flags.master }),
      restart: { ...defaultRestartPolicy, maxFailures: flags.maxFailures },
      onOutput: (stream, bytes) => printed(process[stream], bytes),
      onBatch: (batch) => {
        if (batch.status === 'failed') log.error(failedBatch(handle, batch.batchTime))
      },
      ...(!flags.record && { recording: null }),
    },
  )
  if (flags.giveUpPending === true) log.warn(`${handle.giveUpPending()} batches that had not completed are given up.`)
  handle.start()
  stopOnSignals(handle, log)
  const { phase, failure } = await handle.ended()
  await handle.close()
  if (phase !== 'failed') return exitCodes.done
  if (failure !== undefined) process.stderr.write(`${formatFailure(failure)}\n`)
  return exitCodes.failed
}

/** A terminal or pipe that is slow holds the program back, and nothing else. */
function printed(stream: NodeJS.WriteStream, bytes: Uint8Array): void | Promise<void> {
  if (!stream.write(bytes)) return new Promise((resolve) => stream.once('drain', () => resolve()))
}

function failedBatch(handle: StreamHandle, batchTime: number): string {
  const { errors } = handle.batch(batchTime)
  const error = errors[0]
  const where = error?.line === undefined ? '' : ` at ${handle.file}:${error.line}${error.column === undefined ? '' : `:${error.column}`}`
  const record = error?.record === undefined ? '' : `; the record: ${JSON.stringify(error.record.text)}`
  return (
    `The batch ${handle.id}/${batchTime} failed: ${phraseOf(error?.message ?? 'an output failed')}${where}${record}. ` +
    'Its range is kept and runs again at the next start.'
  )
}

function stopOnSignals(handle: StreamHandle, log: Logger): void {
  let signals = 0
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (signals++ === 0) log.info(`${name}: stopping. Again to end at once.`)
      void handle.stop(signals > 1 ? 0 : undefined)
    })
  }
}
