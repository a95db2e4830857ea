// Time as a dependency. Nothing in the engine calls Date.now() or setTimeout(); it asks the clock it was given.

export interface Clock {
  /** Milliseconds since 1970 UTC. May jump (a person sets the time, a laptop wakes). */
  now(): number
  /** Milliseconds that never go back; for durations. */
  monotonic(): number
  /** Resolves after `ms`, or early when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `ring` after `ms`, unless what is returned is called before: a sleep without a promise and a signal, for waits that end early many thousand times a second. */
  alarm(ms: number, ring: () => void): () => void
}

/**
 * Resolves after `ms` in which this process could work, or early when `signal` aborts. Time in which the machine slept or the process was
 * stopped counts for little: whoever was to answer meanwhile gets time to, after it has woken up.
 */
export async function sleepAwake(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  const stepMs = Math.max(ms / 4, 1)
  for (let left = ms; left > 0 && signal?.aborted !== true; ) {
    const began = clock.monotonic()
    await clock.sleep(Math.min(left, stepMs), signal)
    left -= Math.min(clock.monotonic() - began, stepMs)
  }
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done, { once: true })
    }),
  alarm: (ms, ring) => {
    const timer = setTimeout(ring, ms)
    return () => clearTimeout(timer)
  },
}

/** A clock that stands until it is moved: for tests, and for programs that a test drives (Spark's ManualClock). */
export class ManualClock implements Clock {
  #now: number
  #monotonic = 0
  readonly #sleepers = new Set<{ readonly wakeAt: number; readonly wake: () => void }>()

  constructor(now = 0) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#monotonic
  }

  /** Moves time on and wakes, in order of time, everything that slept until then. */
  advance(ms: number): void {
    this.#now += ms
    this.#monotonic += ms
    const due = [...this.#sleepers].filter((sleeper) => sleeper.wakeAt <= this.#monotonic).sort((a, b) => a.wakeAt - b.wakeAt)
    for (const sleeper of due) if (this.#sleepers.has(sleeper)) sleeper.wake()
  }

  /** Sets the wall clock only: a jump, as when a person sets the time. */
  jumpTo(now: number): void {
    this.#now = now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (ms <= 0 || signal?.aborted === true) return resolve()
      const wake = (): void => {
        cancel()
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const cancel = this.alarm(ms, wake)
      signal?.addEventListener('abort', wake, { once: true })
    })
  }

  alarm(ms: number, ring: () => void): () => void {
    const sleeper = {
      wakeAt: this.#monotonic + ms,
      wake: (): void => {
        this.#sleepers.delete(sleeper)
        ring()
      },
    }
    this.#sleepers.add(sleeper)
    return () => void this.#sleepers.delete(sleeper)
  }
}
