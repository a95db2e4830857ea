// Waiting for events: who finds a channel empty sleeps here until something may be there.
import type { Clock } from '../../clock.ts'

/** Without a reason of its own each abort would make an exception with its stack. */
const woken = 'woken'

export class Arrivals {
  readonly #sleepers = new Set<() => void>()

  /** Wakes everybody who waits. */
  announce(): void {
    const sleepers = [...this.#sleepers]
    this.#sleepers.clear()
    for (const wake of sleepers) wake()
  }

  /** Resolves at the next announcement, or when `signal` aborts. */
  next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#sleepers.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }

  /** Resolves at the next announcement, after `ms`, or when `signal` aborts. */
  async nextWithin(ms: number, clock: Clock, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return
    const over = new AbortController()
    const wake = (): void => over.abort(woken)
    this.#sleepers.add(wake)
    signal?.addEventListener('abort', wake, { once: true })
    await clock.sleep(ms, over.signal)
    this.#sleepers.delete(wake)
    signal?.removeEventListener('abort', wake)
  }
}
