// Keeps one stream program running: starts its process, asks it to stop and then kills it, sees how it ended, and starts it again where
// that can help. It runs in the engine and is never blocked by what the program does.
import { messageOf } from '../../../src-shared/errors.ts'
import type { ProgramFailure } from '../../../src-shared/streaming/program-failure.ts'
import type { Clock } from '../../clock.ts'
import { entryPoint } from '../../entry-point.ts'
import type { Logger } from '../../log.ts'
import { notStarted } from './exit-reason.ts'
import type { Handlers, ProgramLink } from './program-link.ts'
import type { ProgramHandlers, RunOrder } from './program-messages.ts'
import { ProgramSession } from './program-session.ts'
import { type RestartPolicy, restartDelayMs } from './restart-policy.ts'
import type { ProgramProcess, SpawnProgram } from './spawn-program.ts'

export interface SuperviseDeps {
  readonly spawn: SpawnProgram
  readonly clock: Clock
  readonly log: Logger
}

export interface SuperviseOptions {
  /** What to run, asked anew before each start (pending ranges differ). Throws MillraceError when it must not run. */
  readonly order: () => RunOrder
  /** Folder in which the program's process runs: relative paths in the program start here. */
  readonly cwd: string
  readonly restart: RestartPolicy
  /** A stop that is not obeyed for this long becomes a kill. */
  readonly stopGraceMs: number
  /** What the program may call and note; asked anew for each process. */
  readonly handlers: () => Handlers
  /** What the program printed, in order. A promise holds the program's next output back until it resolves. */
  readonly onOutput: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void | Promise<void>
  /** After each process has ended, before it is decided whether to start another. */
  readonly onExit?: (failure: ProgramFailure | undefined) => void
  /** Batches completed so far: progress forgives earlier failures. */
  readonly completedBatches: () => number
}

export type ProgramPhase = 'starting' | 'running' | 'stopping' | 'waiting' | 'stopped' | 'failed'

export interface ProgramState {
  readonly phase: ProgramPhase
  /** Epoch ms since which it is in this phase. */
  readonly since: number
  readonly pid?: number
  /** Failures in a row without a completed batch between them. */
  readonly failures: number
  /** Why it failed last; kept while it waits to be started again. */
  readonly failure?: ProgramFailure
  /** While `waiting`: when it is started again, epoch ms. */
  readonly retryAt?: number
  /** The program came to its own end (`ssc.stop()`), nobody stopped it. */
  readonly finished?: boolean
}

/** One program under supervision. `start` may be called again after it stopped or failed. */
export class SupervisedProgram {
  readonly #deps: SuperviseDeps
  readonly #options: SuperviseOptions
  readonly #listeners = new Set<() => void>()
  #state: ProgramState
  #stop = new AbortController()
  #ended: Promise<ProgramState> | undefined
  #session: ProgramSession | undefined

  constructor(deps: SuperviseDeps, options: SuperviseOptions) {
    this.#deps = deps
    this.#options = options
    this.#state = { phase: 'stopped', since: deps.clock.now(), failures: 0 }
  }

  get state(): ProgramState {
    return this.#state
  }

  /** Milliseconds for which the program's thread has not answered; 0 when it answers or there is no process. */
  get busyMs(): number {
    return this.#session?.busyMs ?? 0
  }

  /** The pipe to the running process, if there is one. */
  get link(): ProgramLink<ProgramHandlers> | undefined {
    return this.#session?.link
  }

  /** The program's context has started: from now on it is running. */
  reportRunning(): void {
    if (this.#state.phase === 'starting' && this.#session !== undefined) this.#set({ phase: 'running', ...pidOf(this.#session) })
  }

  /** Calls `listener` after every change of state until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves with the last state when it is stopped or left alone. */
  get ended(): Promise<ProgramState> {
    return this.#ended ?? Promise.resolve(this.#state)
  }

  start(): void {
    if (this.#ended !== undefined) return
    this.#stop = new AbortController()
    this.#ended = this.#supervise(this.#stop.signal).finally(() => {
      this.#ended = undefined
    })
  }

  /** Asks the program to stop (the batch under way is finished), kills it after the grace; resolves when its process is gone. */
  async stop(graceMs = this.#options.stopGraceMs): Promise<void> {
    const ended = this.#ended
    if (ended === undefined) return
    this.#stop.abort()
    const session = this.#session
    if (session !== undefined) {
      this.#set({ phase: 'stopping', ...pidOf(session) })
      session.link.note('stop', { graceful: true }).catch(() => {}) // the pipe has closed: the process is ending already
      const gone = new AbortController()
      void session.outcome.then(() => gone.abort())
      await this.#deps.clock.sleep(graceMs, gone.signal)
      if (!gone.signal.aborted) {
        this.#deps.log.warn('The program did not stop when asked, and is killed.', { graceMs, pid: session.process.pid })
        session.kill({ kind: 'stopped', sentence: `The program did not stop within ${graceMs / 1000} s and was killed.` })
      }
    }
    await ended
  }

  async #supervise(stopped: AbortSignal): Promise<ProgramState> {
    let failures = 0
    for (;;) {
      const before = this.#options.completedBatches()
      const failure = await this.#runOnce()
      this.#options.onExit?.(failure)
      const told = failure === undefined ? {} : { failure }
      if (stopped.aborted) return this.#set({ phase: 'stopped', ...told })
      if (failure === undefined) return this.#set({ phase: 'stopped', finished: true })
      failures = this.#options.completedBatches() > before ? 1 : failures + 1
      const delayMs = restartDelayMs(this.#options.restart, failure, failures)
      if (delayMs === undefined) return this.#set({ phase: 'failed', failures, failure })
      this.#deps.log.warn(`${failure.sentence} It is started again.`, { failures, delayMs })
      this.#set({ phase: 'waiting', failures, failure, retryAt: this.#deps.clock.now() + delayMs })
      await this.#deps.clock.sleep(delayMs, stopped)
      if (stopped.aborted) return this.#set({ phase: 'stopped', failures, failure })
    }
  }

  async #runOnce(): Promise<ProgramFailure | undefined> {
    this.#set({ phase: 'starting' })
    let order: RunOrder
    try {
      order = this.#options.order()
    } catch (error) {
      return { kind: 'refused', sentence: messageOf(error) }
    }
    let process: ProgramProcess
    try {
      process = this.#deps.spawn({
        entry: entryPoint('program'),
        cwd: this.#options.cwd,
        heapMb: order.memoryMb,
        env: globalThis.process.env,
      })
    } catch (error) {
      return notStarted(error)
    }
    const session = new ProgramSession(process, {
      clock: this.#deps.clock,
      order,
      handlers: this.#options.handlers(),
      onOutput: this.#options.onOutput,
    })
    this.#session = session
    try {
      return await session.outcome
    } finally {
      this.#session = undefined
    }
  }

  // What a change does not name is gone, but for the count of failures.
  #set(change: Partial<ProgramState> & { readonly phase: ProgramPhase }): ProgramState {
    this.#state = { failures: this.#state.failures, since: this.#deps.clock.now(), ...change }
    for (const listener of this.#listeners) listener()
    return this.#state
  }
}

function pidOf(session: ProgramSession): { pid?: number } {
  return session.process.pid === undefined ? {} : { pid: session.process.pid }
}
