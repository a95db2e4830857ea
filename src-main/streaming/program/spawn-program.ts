// How a stream program's process is started. The engine only knows `SpawnProgram`; this is the one for plain Node. The Electron face has
// its own, because there only the main process can fork.
import { fork } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Pipe } from './program-link.ts'

export interface SpawnOptions {
  /** Built entry to run (entryPoint('program')). */
  readonly entry: string
  readonly cwd: string
  /** Limit of V8's old space, MiB. */
  readonly heapMb: number
  readonly env: Readonly<Record<string, string | undefined>>
}

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** It could not be started at all. */
  readonly error?: Error
}

export interface ProgramProcess {
  readonly pid: number | undefined
  readonly pipe: Pipe
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when the process has ended and what it printed has been read. Never rejects. */
  readonly exited: Promise<ProcessExit>
  /** Ends it at once, with everything that it started. */
  kill(): void
}

export type SpawnProgram = (options: SpawnOptions) => ProgramProcess

/** Set to 1 in a program's environment when it leads a process group. */
export const groupLeaderVariable = 'MILLRACE_GROUP_LEADER'
/** Process id of the engine in a program's environment: asked of the system, it would be another's when the engine dies in these moments. */
export const parentVariable = 'MILLRACE_PARENT'

// A grandchild (`execSync('sleep 60')`) may keep the pipes open after the program is gone.
const outputGraceMs = 500

/** A process of its own in a process group of its own, so that its children end with it. */
export const spawnProgram: SpawnProgram = (options) => {
  const grouped = process.platform !== 'win32'
  const child = fork(options.entry, [], {
    cwd: options.cwd,
    env: { ...options.env, [parentVariable]: `${process.pid}`, ...(grouped && { [groupLeaderVariable]: '1' }) } as NodeJS.ProcessEnv,
    execArgv: [`--max-old-space-size=${options.heapMb}`, '--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: grouped,
  })
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }))
    child.once('exit', (code, signal) => {
      const done = (): void => resolve({ code, signal })
      const timer = setTimeout(done, outputGraceMs)
      child.once('close', () => {
        clearTimeout(timer)
        done()
      })
    })
  })
  return {
    pid: child.pid,
    pipe: {
      send: (message) =>
        new Promise((resolve, reject) => {
          if (!child.connected) return reject(new Error('The pipe to the program is closed.'))
          child.send(message as object, (error) => (error ? reject(error) : resolve()))
        }),
      onMessage: (listener) => child.on('message', listener),
    },
    stdout: child.stdout!,
    stderr: child.stderr!,
    exited,
    kill: () => {
      if (child.pid === undefined) return
      try {
        process.kill(grouped ? -child.pid : child.pid, 'SIGKILL')
      } catch {
        child.kill('SIGKILL') // the group is gone already, or never came to be
      }
    },
  }
}
