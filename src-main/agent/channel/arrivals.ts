// Waiting for events: who finds a channel empty sleeps here until something may be there.
import type { Clock } from '../../clock.ts'

export class Arrivals {
  readonly #sleepers = new Set<() => void>()

  /** Wakes everybody who waits. */
  announce(): void {
    if (this.#sleepers.size === 0) return
    const sleepers = [...this.#sleepers]
    this.#sleepers.clear()
    for (const wake of sleepers) wake()
  }

  /** Resolves at the next announcement, or when `signal` aborts. */
  next(signal: AbortSignal): Promise<void> {
    return this.#wait(signal)
  }

  /** Resolves at the next announcement, after `ms`, or when `signal` aborts. */
  nextWithin(ms: number, clock: Clock, signal?: AbortSignal): Promise<void> {
    return this.#wait(signal, (ring) => clock.alarm(ms, ring))
  }

  #wait(signal: AbortSignal | undefined, setAlarm?: (ring: () => void) => () => void): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(wake)
        cancel?.()
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const cancel = setAlarm?.(wake)
      this.#sleepers.add(wake)
      signal?.addEventListener('abort', wake, { once: true })
    })
  }
}
