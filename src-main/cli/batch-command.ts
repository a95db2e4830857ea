// `millrace batch`: past batches of streams: list them, look into one, run one again. Also while the stream runs.
import { existsSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { BatchRecord, BatchSummary } from '../../src-shared/contract/streams.ts'
import { MillraceError } from '../../src-shared/errors.ts'
import { systemClock } from '../clock.ts'
import { BatchStore } from '../inspection/batch-store.ts'
import { batchId, recordOf, summaryOf } from '../inspection/batch-view.ts'
import { PastBatches } from '../inspection/past-batches.ts'
import { readDescription } from '../inspection/stream-description.ts'
import { silentLogger } from '../log.ts'
import { spawnProgram } from '../streaming/program/spawn-program.ts'
import { batchPage, batchTable } from './batch-text.ts'
import { streamIdOf, streamsFolder } from './stream-folder.ts'

interface WhereFlags {
  readonly workDir?: string
  readonly json?: boolean
}

const workDirOption = ['--work-dir <dir>', "the stream's --work-dir, where it was given one"] as const
const jsonOption = ['--json', 'as JSON'] as const
const replayDiffers = 3

export function batchCommand(): Command {
  const command = new Command('batch')
    .description('Past batches of streams: list, show, replay.')
    .helpOption('-h, --help', 'display help')
    .addHelpText('after', '\nExit codes: 0 done (replay: the same output), 1 failed, 2 wrong usage, 3 the replay gave another output.')
  command
    .command('list')
    .description('The newest batches of a stream, or of all of them, newest first.')
    .argument('[program]', 'program of the stream')
    .option(...workDirOption)
    .addOption(new Option('--status <status>', 'only these').choices(['completed', 'failed']))
    .option('--limit <n>', 'at most so many of each stream', positive, 20)
    .option(...jsonOption)
    .action((program: string | undefined, flags: WhereFlags & { limit: number; status?: 'completed' | 'failed' }) => {
      const batches: BatchSummary[] = []
      for (const folder of foldersOf(program, flags.workDir)) {
        using store = BatchStore.openToRead(folder)
        const id = idOf(folder)
        for (const stored of store.list(flags.limit, flags.status === undefined ? {} : { status: flags.status }))
          batches.push(summaryOf(id, stored))
      }
      print(batches, flags.json, () => batchTable(batches))
    })
  command
    .command('show')
    .description('One batch: its range, what each operator took and gave, its output, its errors.')
    .argument('<id>', 'STREAM/TIME as listed')
    .option(...workDirOption)
    .option(...jsonOption)
    .action((id: string, flags: WhereFlags) => {
      const { folder, stream, batchTime } = find(id, flags.workDir)
      using store = BatchStore.openToRead(folder)
      const stored = store.batch(batchTime)
      if (stored === undefined) throw notKept(id, store, stream)
      const record: BatchRecord = recordOf(stream, stored, store.version(stored.record.programVersion)?.files ?? new Map())
      print(record, flags.json, () => batchPage(record))
    })
  command
    .command('replay')
    .description('Run a past batch again, over the same range, through outputs that write nothing.')
    .argument('<id>', 'STREAM/TIME as listed')
    .option('--current', 'with the program as it is now, instead of the version that the batch was run by')
    .option(...workDirOption)
    .option(...jsonOption)
    .action(async (id: string, flags: WhereFlags & { readonly current?: boolean }) => {
      const { folder, batchTime } = find(id, flags.workDir)
      using batches = PastBatches.open({ spawn: spawnProgram, clock: systemClock, log: silentLogger }, folder)
      const { replay, ...result } = await batches.replay(batchTime, flags.current === true ? 'current' : 'recorded')
      const output = replay.collected.map((collected) => collected.text ?? `wrote ${collected.directory}\n`).join('')
      print({ ...result, output, printed: replay.printed, programChanged: replay.programChanged }, flags.json, () => {
        const version = replay.programChanged ? ' The program has changed since.' : ''
        return `${output}${replay.printed}${result.same ? 'The same output as before.' : `Another output than before: ${result.difference}.`}${version}\n`
      })
      if (!result.same) process.exitCode = replayDiffers
    })
  return command
}

function positive(value: string): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('Give a whole number above 0.')
  return number
}

function print(value: unknown, json: boolean | undefined, text: () => string): void {
  process.stdout.write(json === true ? `${JSON.stringify(value, null, 2)}\n` : text())
}

/** State folders that hold batches. */
function foldersOf(program: string | undefined, workDir: string | undefined): string[] {
  if (workDir !== undefined) return [resolve(workDir)]
  const parent = streamsFolder(process.env)
  if (program !== undefined) return [join(parent, streamIdOf(program))]
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .sort()
    .map((name) => join(parent, name))
    .filter((folder) => existsSync(join(folder, 'batches.db')))
}

function idOf(folder: string): string {
  return readDescription(folder)?.id ?? basename(folder)
}

function find(id: string, workDir: string | undefined): { folder: string; stream: string; batchTime: number } {
  const [, stream, time] = /^(.+)\/(\d+)$/.exec(id) ?? []
  if (stream === undefined)
    throw new MillraceError('BAD_ARGUMENT', `${id} is not the id of a batch: STREAM/TIME, as "millrace batch list" prints it.`)
  const folder = workDir === undefined ? join(streamsFolder(process.env), stream) : resolve(workDir)
  return { folder, stream, batchTime: Number(time) }
}

function notKept(id: string, store: BatchStore, stream: string): MillraceError {
  const newest = store.list(1)[0]
  const hint =
    newest === undefined ? 'It has recorded none yet.' : `The newest that is kept is ${batchId(stream, newest.record.batchTime)}.`
  return new MillraceError('NOT_FOUND', `The batch ${id} is not kept. ${hint}`)
}
