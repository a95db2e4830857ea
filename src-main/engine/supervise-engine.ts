// Keeps an engine process running for a face (desktop, `serve`): starts it, starts it again from its durable state when it dies, hands
// out links to whichever one runs now, and stops it. Knows nothing of how a process is made: `fork` does that.
import type { EngineLink } from '../../src-shared/contract/engine-link.ts'
import { type ErrorCode, MillraceError, phraseOf } from '../../src-shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { FromEngine, ToEngine } from './process-messages.ts'
import { LinkMultiplexer } from './process-messages.ts'

/** One engine process, as fork made it. */
export interface EngineProcess {
  readonly pid: number | undefined
  send(message: ToEngine, ports?: readonly unknown[]): void
  onMessage(handler: (message: FromEngine) => void): void
  /** Once, with a sentence of how it ended. */
  onExit(handler: (how: string) => void): void
  kill(): void
}

export interface SuperviseEngineOptions {
  readonly fork: () => EngineProcess
  readonly clock: Clock
  readonly log: Logger
  /** The engine's own log lines. */
  readonly onLog?: (message: Extract<FromEngine, { kind: 'log' }>) => void
}

export type EngineRunState =
  | { readonly state: 'starting' }
  | { readonly state: 'ready'; readonly pid: number | undefined }
  /** `willRestart` false: it refused to start (another engine has the workspace …); the sentence says what to do. */
  | { readonly state: 'gone'; readonly sentence: string; readonly code: ErrorCode; readonly willRestart: boolean }

export interface SupervisedEngine {
  readonly state: EngineRunState
  onState(handler: (state: EngineRunState) => void): () => void
  /** Resolves when the engine is ready, rejects with its refusal. */
  ready(): Promise<void>
  /** A link through the pipe to the engine that runs now; rejects with ENGINE_GONE while there is none. It ends with that engine. */
  openLink(): Promise<EngineLink>
  /** Hands a message port to the engine (utility process only), which serves the contract on it. */
  passPort(port: unknown): Promise<void>
  /** Asks it to stop, and kills it after 5 s. */
  stop(): Promise<void>
}

const firstPauseMs = 100
const longestPauseMs = 5000
/** An engine that lived this long had not died of its start. */
const settledAfterMs = 10_000
const stopGraceMs = 5000

export function superviseEngine(options: SuperviseEngineOptions): SupervisedEngine {
  return new Supervisor(options)
}

class Supervisor implements SupervisedEngine {
  readonly #options: SuperviseEngineOptions
  readonly #handlers = new Set<(state: EngineRunState) => void>()
  #state: EngineRunState = { state: 'starting' }
  #process: EngineProcess | undefined
  #links: LinkMultiplexer | undefined
  #pauseMs = firstPauseMs
  readonly #stopped = new AbortController()
  #exited: Promise<void> = Promise.resolve()

  constructor(options: SuperviseEngineOptions) {
    this.#options = options
    const trouble = this.#tryStart()
    if (trouble !== undefined) void this.#restart(trouble)
  }

  get state(): EngineRunState {
    return this.#state
  }

  onState(handler: (state: EngineRunState) => void): () => void {
    this.#handlers.add(handler)
    return () => this.#handlers.delete(handler)
  }

  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (state: EngineRunState): boolean => {
        if (state.state === 'ready') resolve()
        else if (state.state === 'gone' && !state.willRestart) reject(new MillraceError(state.code, state.sentence))
        else return false
        return true
      }
      if (look(this.#state)) return
      const leave = this.onState((state) => {
        if (look(state)) leave()
      })
    })
  }

  async openLink(): Promise<EngineLink> {
    await this.#readyNow()
    return this.#links!.open()
  }

  async passPort(port: unknown): Promise<void> {
    await this.#readyNow()
    this.#process!.send({ kind: 'port' }, [port])
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    const running = this.#process
    if (running === undefined) return
    running.send({ kind: 'stop' })
    const gone = new AbortController()
    void this.#exited.then(() => gone.abort())
    await this.#options.clock.sleep(stopGraceMs, gone.signal)
    if (!gone.signal.aborted) running.kill()
    await this.#exited
  }

  async #readyNow(): Promise<void> {
    if (this.#state.state === 'starting') await this.ready()
    if (this.#state.state !== 'ready') throw new MillraceError('ENGINE_GONE', 'The engine is not running at this moment.')
  }

  #start(): void {
    const { clock } = this.#options
    this.#set({ state: 'starting' })
    const startedAt = clock.monotonic()
    const running = this.#options.fork()
    const links = new LinkMultiplexer((message) => running.send(message))
    let refusal: { code: ErrorCode; sentence: string } | undefined
    this.#process = running
    this.#links = links
    running.onMessage((message) => {
      if (message.kind === 'ready') this.#set({ state: 'ready', pid: running.pid })
      else if (message.kind === 'refused') refusal = message
      else if (message.kind === 'log') this.#options.onLog?.(message)
      else links.receive(message)
    })
    this.#exited = new Promise((resolve) => {
      running.onExit((how) => {
        this.#process = undefined
        this.#links = undefined
        links.close()
        resolve()
        if (this.#stopped.signal.aborted)
          return this.#set({ state: 'gone', code: 'ENGINE_GONE', sentence: 'The engine was stopped.', willRestart: false })
        if (refusal !== undefined) return this.#set({ state: 'gone', ...refusal, willRestart: false })
        if (clock.monotonic() - startedAt > settledAfterMs) this.#pauseMs = firstPauseMs
        void this.#restart(`The engine's process ended (${how}); it is started again from its durable state.`)
      })
    })
  }

  /** After a pause, and again after longer ones where the operating system has no room for another process at the moment. */
  async #restart(why: string): Promise<void> {
    for (let sentence: string | undefined = why; sentence !== undefined; ) {
      this.#options.log.error(sentence, { pauseMs: this.#pauseMs })
      this.#set({ state: 'gone', code: 'ENGINE_GONE', sentence, willRestart: true })
      await this.#options.clock.sleep(this.#pauseMs, this.#stopped.signal)
      if (this.#stopped.signal.aborted) return
      this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2)
      sentence = this.#tryStart()
    }
  }

  /** Answers why there is no process, when there is none. */
  #tryStart(): string | undefined {
    try {
      this.#start()
      return undefined
    } catch (error) {
      return `The engine's process could not be started (${phraseOf(error)}); it is tried again.`
    }
  }

  #set(state: EngineRunState): void {
    this.#state = state
    for (const handler of [...this.#handlers]) handler(state)
  }
}
