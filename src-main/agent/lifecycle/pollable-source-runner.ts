// Runs a source: a pollable one in a loop of process(), an event-driven one just by start and stop (Flume PollableSourceRunner,
// EventDrivenSourceRunner). Interceptors are closed when the source has stopped.
import { MillraceError, messageOf, phraseOf } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Source } from '../../component/define.ts'
import type { Logger } from '../../log.ts'
import type { LifecycleAware } from './lifecycle-supervisor.ts'
import { processLoop } from './process-loop.ts'

export interface SourceRunnerOptions {
  readonly source: Source
  readonly clock: Clock
  readonly log: Logger
  readonly backoffSleepIncrement: number
  readonly maxBackoffSleep: number
  /** Tells the component that it is to stop (its context's signal). */
  readonly stopComponent: () => void
  /** Called with what process() threw, and with undefined when it works again. */
  readonly onTrouble: (error: unknown) => void
  readonly closeInterceptors: () => void
}

export class PollableSourceRunner implements LifecycleAware {
  readonly #options: SourceRunnerOptions
  readonly #stopping = new AbortController()
  #loop: Promise<void> | undefined

  constructor(options: SourceRunnerOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    await this.#options.source.start?.()
    if (this.#options.source.process !== undefined) this.#loop = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#options.stopComponent()
    await this.#loop
    try {
      await this.#options.source.stop?.()
    } finally {
      this.#options.closeInterceptors()
    }
  }

  #run(): Promise<void> {
    const { source, clock, log, onTrouble, backoffSleepIncrement, maxBackoffSleep } = this.#options
    return processLoop({
      process: () => source.process!(),
      onTrouble,
      failed: (error) => {
        const undelivered = error instanceof MillraceError && error.code === 'EVENT_DELIVERY'
        if (undelivered) log.warn(`Unable to deliver events: ${messageOf(error)}`)
        else log.error(`The source failed: ${phraseOf(error)}. Trying again in ${maxBackoffSleep} ms.`)
        return !undelivered
      },
      clock,
      signal: this.#stopping.signal,
      incrementMs: backoffSleepIncrement,
      longestMs: maxBackoffSleep,
      whenReady: source.whenReady && ((over) => source.whenReady!(over)),
    })
  }
}
