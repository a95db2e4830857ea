// LifecycleSupervisor: starts components and keeps trying those that do not start, every 3 s for ever (Flume 1.11's "always restart").
// A source whose port is busy therefore heals by itself; the log hears of it when it begins or changes, and then once a minute. Stopping never fails: what goes wrong is logged and the rest is stopped too.
import { messageOf, phraseOf } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../log.ts'

export type LifecycleState = 'IDLE' | 'START' | 'STOP' | 'ERROR'

/** What can be supervised: a channel, or the runner of a source or sink. */
export interface LifecycleAware {
  start(): Promise<void>
  stop(): Promise<void>
}

export interface SuperviseeOptions {
  readonly path: string
  readonly component: LifecycleAware
  readonly clock: Clock
  readonly log: Logger
  /** Called after each change; `error` is what the last start failed with. */
  readonly onState: (state: LifecycleState, error: Error | undefined) => void
}

const retryMs = 3000
const remindMs = 60_000

/** One supervised component. `start` resolves after the first attempt, whatever came of it. */
export class Supervisee {
  state: LifecycleState = 'IDLE'
  readonly #options: SuperviseeOptions
  readonly #stopping = new AbortController()
  #retries: Promise<void> | undefined
  #said: { readonly sentence: string; readonly at: number } | undefined

  constructor(options: SuperviseeOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    if (await this.#attempt()) return
    this.#retries = this.#retry()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#retries
    try {
      await this.#options.component.stop()
    } catch (error) {
      this.#options.log.error(`${this.#options.path} did not stop cleanly: ${messageOf(error)}`)
    }
    this.#enter('STOP')
  }

  async #retry(): Promise<void> {
    const { clock } = this.#options
    while (!this.#stopping.signal.aborted) {
      await clock.sleep(retryMs, this.#stopping.signal)
      if (this.#stopping.signal.aborted || (await this.#attempt())) return
    }
  }

  async #attempt(): Promise<boolean> {
    const { component, path } = this.#options
    try {
      await component.start()
      this.#enter('START')
      return true
    } catch (error) {
      this.#say(`Unable to start ${path}: ${phraseOf(error)}. Trying again every ${retryMs / 1000} s.`)
      this.#enter('ERROR', error instanceof Error ? error : new Error(String(error)))
      return false
    }
  }

  #say(sentence: string): void {
    const { clock, log } = this.#options
    const at = clock.monotonic()
    if (sentence === this.#said?.sentence && at - this.#said.at < remindMs) return
    this.#said = { sentence, at }
    log.error(sentence)
  }

  #enter(state: LifecycleState, error?: Error): void {
    this.state = state
    this.#options.onState(state, error)
  }
}
