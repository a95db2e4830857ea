// The external process configuration filter: values that a command says.
import { execFile, execFileSync } from 'node:child_process'

type RunFilterCommand = (command: readonly string[]) => string | undefined
type Answer = { readonly value: string | undefined } | { readonly error: Error }

const limits = { encoding: 'utf8', timeout: 30_000, maxBuffer: 1024 * 1024 } as const

/**
 * Runs the command of an external configuration filter, without a shell; the first line of its output, undefined when there is none. Throws with
 * a sentence. It holds this thread up: for what does nothing else meanwhile.
 */
export const runFilterCommand: RunFilterCommand = ([program, ...args]) => {
  try {
    return firstLine(execFileSync(program!, args, { ...limits, stdio: ['ignore', 'pipe', 'pipe'] }))
  } catch (error) {
    const { status, ...rest } = error as Failure & { readonly status?: number | null }
    throw failed(program!, { ...rest, code: typeof status === 'number' ? status : rest.code }, error)
  }
}

/**
 * What `load` makes of a configuration whose filters run commands, without holding this thread up: `load` is called again, with the answers, for as
 * long as it has asked for something new. A command is run once, whatever asks for it.
 */
export async function withFilterCommands<T>(load: (run: RunFilterCommand) => T): Promise<T> {
  const answers = new Map<string, Answer>()
  for (;;) {
    const asked = new Map<string, readonly string[]>()
    const loaded = load((command) => {
      const key = command.join('\0')
      const answer = answers.get(key)
      if (answer === undefined) asked.set(key, command)
      else if ('error' in answer) throw answer.error
      return answer?.value
    })
    if (asked.size === 0) return loaded
    await Promise.all([...asked].map(async ([key, command]) => answers.set(key, await answerTo(command))))
  }
}

function answerTo([program, ...args]: readonly string[]): Promise<Answer> {
  return new Promise<Answer>((resolve) => {
    const child = execFile(program!, args, limits, (error, stdout, stderr) =>
      resolve(error === null ? { value: firstLine(stdout) } : { error: failed(program!, { ...(error as Failure), stderr }, error) }),
    )
    child.stdin?.end()
  }).catch((error: unknown) => ({ error: failed(program!, {}, error) }))
}

interface Failure {
  /** The exit code, or why it could not be run. */
  readonly code?: string | number | null | undefined
  readonly signal?: string | null | undefined
  readonly stderr?: string | undefined
}

function failed(program: string, { code, signal, stderr }: Failure, cause: unknown): Error {
  if (code === 'ENOENT') return new Error(`there is no program ${program}`, { cause })
  if (code === 'ETIMEDOUT' || signal === 'SIGTERM') return new Error(`${program} did not answer within 30 s`, { cause })
  if (typeof code === 'number')
    return new Error(`${program} ended with ${code}${stderr ? `: ${stderr.trim().split('\n')[0]}` : ''}`, { cause })
  return cause instanceof Error ? cause : new Error(String(cause))
}

const firstLine = (output: string): string | undefined => (output === '' ? undefined : output.split(/\r\n|\r|\n/)[0])
