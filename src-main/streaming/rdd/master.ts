// Where a program runs: Spark's master URL, of which Millrace has the local ones.
import { availableParallelism } from 'node:os'
import { IllegalArgumentException, SparkException } from '../../../src-shared/streaming/exceptions.ts'

/**
 * How many threads `local`, `local[n]`, `local[*]` or `local[n,failures]` asks for. Throws Spark's IllegalArgumentException for any other
 * text, and for failures above 1: a task that failed is not run again.
 */
export function threadsOf(master: string): number {
  if (master === 'local') return 1
  const [, count, failures = '1'] = /^local\[\s*(\*|\d+)\s*(?:,\s*(\d+)\s*)?\]$/.exec(master) ?? []
  if (count === undefined) {
    throw new IllegalArgumentException(
      `Could not parse Master URL: '${master}'. Millrace runs a program on this machine: give local, local[n] (n threads) or local[*] (a thread for each processor).`,
    )
  }
  const threads = count === '*' ? availableParallelism() : Number(count)
  if (threads < 1) throw new SparkException(`Asked to run locally with ${threads} threads`)
  if (Number(failures) > 1) {
    throw new IllegalArgumentException(
      `The master ${master} asks for tasks to be run up to ${failures} times; Millrace does not run a failed task again. Give local[${count}].`,
    )
  }
  return threads
}
