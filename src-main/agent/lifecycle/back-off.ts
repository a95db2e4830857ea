// The back-off that both runners share: n-th BACKOFF in a row sleeps min(n × increment, longest), as Flume 1.11, but ends as soon as
// something is there.
import type { Clock } from '../../clock.ts'

export interface BackOffOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly incrementMs: number
  readonly longestMs: number
  /** Resolves when waiting has become pointless. Absent: sleeps the whole time. */
  readonly whenReady?: ((signal: AbortSignal) => Promise<void>) | undefined
}

/** A `whenReady` that has nothing to wait for: the whole back-off is slept. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Without a reason of its own each abort would make an exception with its stack. */
const over = 'over'

/** Counts BACKOFFs in a row and sleeps for them. */
export class BackOff {
  readonly #options: BackOffOptions
  #inARow = 0

  constructor(options: BackOffOptions) {
    this.#options = options
  }

  reset(): void {
    this.#inARow = 0
  }

  async wait(): Promise<void> {
    const { incrementMs, longestMs, whenReady } = this.#options
    this.#inARow += 1
    await this.sleep(Math.min(this.#inARow * incrementMs, longestMs), whenReady)
  }

  /** Sleeps `ms`, or until `whenReady` or the runner's stop. */
  async sleep(ms: number, whenReady?: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, signal } = this.#options
    if (whenReady === undefined) return clock.sleep(ms, signal)
    const waiting = new AbortController()
    const end = (): void => waiting.abort(over)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    try {
      await Promise.race([clock.sleep(ms, waiting.signal), whenReady(waiting.signal)])
    } finally {
      end()
      signal.removeEventListener('abort', end)
    }
  }
}
