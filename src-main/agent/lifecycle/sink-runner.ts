// Runs a sink, or a group of sinks behind a processor, in a loop of process() (Flume SinkRunner). Its back-off is Flume's,
// min(n × 1 s, 5 s), but ends when the channel has something; after an error it sleeps the whole 5 s.
import { phraseOf } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Sink, SinkProcessor } from '../../component/define.ts'
import type { Logger } from '../../log.ts'
import type { LifecycleAware } from './lifecycle-supervisor.ts'
import { processLoop } from './process-loop.ts'

const incrementMs = 1000
const longestMs = 5000

export interface SinkRunnerOptions {
  readonly processor: SinkProcessor
  readonly sinks: readonly Sink[]
  readonly clock: Clock
  readonly log: Logger
  /** Resolves when one of the sinks may do better than at its last BACKOFF. */
  readonly whenAvailable: (signal: AbortSignal) => Promise<void>
  readonly stopComponents: () => void
  readonly onTrouble: (error: unknown) => void
}

export class SinkRunner implements LifecycleAware {
  readonly #options: SinkRunnerOptions
  readonly #stopping = new AbortController()
  readonly #started = new Set<Sink>()
  #loop: Promise<void> | undefined

  constructor(options: SinkRunnerOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    for (const sink of this.#options.sinks) {
      if (this.#started.has(sink)) continue
      await sink.start?.()
      this.#started.add(sink)
    }
    this.#loop = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#options.stopComponents()
    await this.#loop
    const results = await Promise.allSettled([...this.#started].map(async (sink) => sink.stop?.()))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  #run(): Promise<void> {
    const { processor, clock, log, onTrouble, whenAvailable } = this.#options
    return processLoop({
      process: () => processor.process(),
      onTrouble,
      failed: (error) => {
        log.error(`Unable to deliver event: ${phraseOf(error)}. Trying again in ${longestMs} ms.`)
        return true
      },
      clock,
      signal: this.#stopping.signal,
      incrementMs,
      longestMs,
      whenReady: whenAvailable,
    })
  }
}
