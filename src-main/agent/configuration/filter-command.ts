// The external process configuration filter: values that a command says.
import { execFileSync } from 'node:child_process'

/** Runs the command of an external configuration filter, without a shell; the first line of its output, undefined when there is none. Throws with a sentence. */
export function runFilterCommand(command: readonly string[]): string | undefined {
  const [program, ...args] = command
  try {
    const output = execFileSync(program!, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
      maxBuffer: 1024 * 1024,
    })
    return output === '' ? undefined : output.split(/\r\n|\r|\n/)[0]
  } catch (error) {
    const { status, stderr, code, signal } = error as { status?: number | null; stderr?: string; code?: string; signal?: string | null }
    if (code === 'ENOENT') throw new Error(`there is no program ${program}`, { cause: error })
    if (code === 'ETIMEDOUT' || signal === 'SIGTERM') throw new Error(`${program} did not answer within 30 s`, { cause: error })
    if (typeof status === 'number')
      throw new Error(`${program} ended with ${status}${stderr ? `: ${stderr.trim().split('\n')[0]}` : ''}`, { cause: error })
    throw error
  }
}
