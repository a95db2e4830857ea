// pipe: every partition goes through a command of its own, one element a line; the lines it writes are the result.
import { type SpawnSyncOptions, spawn } from 'node:child_process'
import { SparkException } from '../../../src-shared/streaming/exceptions.ts'
import { andThen, inTurn, narrow, type RddDefinition } from './definition.ts'
import type { RDD } from './rdd.ts'
import { newStage, runAsyncTask } from './task.ts'
import { show } from './value.ts'

export interface PipeOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: SpawnSyncOptions['cwd']
}

/** A string is split at blanks, as in Spark; an exit code other than 0 fails the task. */
export function piped<T>(parent: RDD<T>, command: string | readonly string[], options: PipeOptions): RddDefinition<string> {
  const [program, ...args] = typeof command === 'string' ? command.split(/\s+/).filter((word) => word !== '') : command
  const results = new Map<number, readonly string[]>()
  const run = async (partition: number): Promise<void> => {
    if (results.has(partition)) return
    const lines: string[] = []
    parent.each(partition, (element) => {
      lines.push(`${show(element)}\n`)
    })
    const text = await through(program ?? '', args, lines.join(''), options)
    const output = text.split('\n')
    if (output.at(-1) === '') output.pop()
    results.set(partition, output)
  }
  return {
    className: 'PipedRDD',
    dependencies: [narrow(parent as RDD<unknown>)],
    partitions: () => parent.getNumPartitions(),
    prepare: (partitions) =>
      andThen(parent.prepare(partitions), () => {
        const stage = newStage()
        return inTurn(partitions, (partition) => runAsyncTask(stage, partition, () => run(partition)))
      }),
    each(partition, push) {
      for (const line of results.get(partition)!) push(line)
    },
  }
}

function through(program: string, args: readonly string[], input: string, options: PipeOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ['pipe', 'pipe', 'inherit'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    // A command may end before it has read everything (`head`): its exit code decides.
    child.stdin.on('error', () => {})
    child.on('error', (error) => reject(new SparkException(`Cannot run program "${program}": ${error.message}`, { cause: error })))
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'))
      else reject(new SparkException(`Subprocess exited with status ${code}. Command ran: ${[program, ...args].join(' ')}`))
    })
    child.stdin.end(input)
  })
}
