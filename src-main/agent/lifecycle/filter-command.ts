// The command of an `external` configuration filter: runs it and answers its first line.
import { spawnSync } from 'node:child_process'

const timeoutMs = 30_000

/** Throws a sentence when it cannot be run, fails or takes too long. */
export function runFilterCommand(command: readonly string[]): string {
  const [program, ...args] = command
  if (program === undefined) throw new Error('The filter has no command.')
  const { error, status, signal, stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: timeoutMs,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (error !== undefined) throw new Error(`${program} could not be run: ${error.message}`)
  if (status !== 0) throw new Error(`${program} ended with ${status ?? signal}`)
  return stdout.split('\n', 1)[0]!.replace(/\r$/, '')
}
