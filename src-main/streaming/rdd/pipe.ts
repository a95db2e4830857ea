// pipe: every partition goes through a command of its own, one element a line; the lines it writes are the result.
import { type SpawnSyncOptions, spawn, spawnSync } from 'node:child_process'
import { IllegalStateException, IOException } from '../../../src-shared/streaming/exceptions.ts'
import { andThen, inTurn, narrow, type RddDefinition } from './definition.ts'
import type { RDD } from './rdd.ts'
import { newStage, runAsyncTask, runTask } from './task.ts'
import { writtenText } from './written-text.ts'

export interface PipeOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: SpawnSyncOptions['cwd']
}

/** A string is split at blanks, as in Spark; an exit code other than 0 fails the task. */
export function piped<T>(parent: RDD<T>, command: string | readonly string[], options: PipeOptions): RddDefinition<string> {
  const [program, ...args] = typeof command === 'string' ? command.split(/\s+/).filter((word) => word !== '') : command
  const results = new Map<number, readonly string[]>()
  const inputOf = (partition: number): string => {
    const lines: string[] = []
    parent.each(partition, (element) => {
      lines.push(`${writtenText(element)}\n`)
    })
    return lines.join('')
  }
  const keep = (partition: number, text: string): void => {
    const output = text.split(/\r\n|\r|\n/)
    if (output.at(-1) === '') output.pop()
    results.set(partition, output)
  }
  const call: Call = { program: program ?? '', args, options }
  return {
    className: 'PipedRDD',
    dependencies: [narrow(parent as RDD<unknown>)],
    partitions: () => parent.getNumPartitions(),
    prepare: (partitions) =>
      andThen(parent.prepare(partitions), () => {
        const stage = newStage()
        const missing = partitions.filter((partition) => !results.has(partition))
        if (parent.context.isAtOnce) {
          for (const partition of missing) runTask(stage, partition, () => keep(partition, throughAtOnce(call, inputOf(partition))))
          return undefined
        }
        return inTurn(missing, (partition) =>
          runAsyncTask(stage, partition, async () => keep(partition, await through(call, inputOf(partition)))),
        )
      }),
    each(partition, push) {
      for (const line of results.get(partition)!) push(line)
    },
  }
}

interface Call {
  readonly program: string
  readonly args: readonly string[]
  readonly options: PipeOptions
}

const surroundings = ({ cwd, env }: PipeOptions): SpawnSyncOptions => ({ cwd, env: { ...process.env, ...env } })

function through(call: Call, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(call.program, call.args, { ...surroundings(call.options), stdio: ['pipe', 'pipe', 'inherit'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    // A command may end before it has read everything (`head`): its exit code decides.
    child.stdin.on('error', () => {})
    child.on('error', (error) => reject(cannotRun(call, error)))
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'))
      else reject(failed(call, code))
    })
    child.stdin.end(input)
  })
}

/** The same, this thread waiting: for a sort, which must look at its keys at once. */
function throughAtOnce(call: Call, input: string): string {
  const ended = spawnSync(call.program, call.args, {
    ...surroundings(call.options),
    input,
    stdio: ['pipe', 'pipe', 'inherit'],
    maxBuffer: Number.POSITIVE_INFINITY,
  })
  // EPIPE: it ended before it had read everything.
  if (ended.error !== undefined && (ended.error as NodeJS.ErrnoException).code !== 'EPIPE') throw cannotRun(call, ended.error)
  if (ended.status !== 0) throw failed(call, ended.status)
  return ended.stdout.toString('utf8')
}

const reasons: Readonly<Record<string, string>> = { ENOENT: 'error=2, No such file or directory', EACCES: 'error=13, Permission denied' }

function cannotRun({ program }: Call, error: Error): IOException {
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? error.message
  return new IOException(`Cannot run program "${program}": ${reason}`, { cause: new IOException(reason, { cause: error }) })
}

const failed = ({ program, args }: Call, code: number | null): IllegalStateException =>
  new IllegalStateException(`Subprocess exited with status ${code}. Command ran: ${[program, ...args].join(' ')}`)
