// Events that a full channel or disk does not take, in the log: never a line for each of them, which would fill the disk further.
import type { Clock } from '../../clock.ts'
import type { LogFields, Logger } from '../../log.ts'

const logEveryMs = 10_000

/** Says the first refusal at once, and then at most every 10 s how many there were. The counters have each of them. */
export class RefusalLog {
  readonly #clock: Clock
  readonly #log: Logger
  #unsaid = 0
  #logAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock
    this.#log = log
  }

  refused(events: number, reason: string, fields: LogFields): void {
    this.#unsaid += events
    const now = this.#clock.monotonic()
    if (now < this.#logAt) return
    this.#logAt = now + logEveryMs
    const what = this.#unsaid === 1 ? 'An event was refused' : `${this.#unsaid} events were refused`
    this.#unsaid = 0
    this.#log.warn(`${what}: ${reason}`, fields)
  }
}
