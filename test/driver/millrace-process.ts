// The built command line as a process, as a person starts it.
import { type ChildProcess, spawn } from 'node:child_process'
import { onTestFailed, onTestFinished } from 'vitest'
import { entryPoint } from '../../src-main/entry-point.ts'

export interface MillraceProcess {
  readonly child: ChildProcess
  readonly pid: number
  stdout(): string
  stderr(): string
  /** Exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>
}

export function startMillrace(
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): MillraceProcess {
  const child = spawn(process.execPath, [entryPoint('cli'), ...args], {
    env: { ...process.env, ...options.env },
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const exited = new Promise<number | NodeJS.Signals>((resolve) => child.on('close', (code, signal) => resolve(signal ?? code ?? -1)))
  onTestFinished(() => void child.kill('SIGKILL'))
  onTestFailed(() => console.error(`millrace ${args.join(' ')} said:\n${stdout}\nand on standard error:\n${stderr}`))
  return { child, pid: child.pid!, stdout: () => stdout, stderr: () => stderr, exited }
}

/** Runs a command to its end. */
export async function runMillrace(args: readonly string[], options?: Parameters<typeof startMillrace>[1]) {
  const millrace = startMillrace(args, options)
  const code = await millrace.exited
  return { code, stdout: millrace.stdout(), stderr: millrace.stderr() }
}

/** The process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
