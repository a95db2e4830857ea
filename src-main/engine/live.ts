// Values that change, for subscriptions: a viewer gets the newest, at most so often, and nothing is queued for one that is slow.
import type { Clock } from '../clock.ts'

/** Something to wait for: counts its changes and wakes those who wait. */
export class Changes {
  #count = 0
  readonly #waiters = new Set<() => void>()

  get count(): number {
    return this.#count
  }

  changed(): void {
    this.#count++
    for (const wake of [...this.#waiters]) wake()
  }

  /** Resolves when there was a change after `seen`, or `signal` aborts. */
  after(seen: number, signal: AbortSignal): Promise<void> {
    if (this.#count > seen || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiters.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }
}

export interface LiveOptions {
  readonly clock: Clock
  /** Least time between two values. */
  readonly everyMs: number
  readonly signal: AbortSignal | undefined
}

/** The value now, and again after each change. Ends when `signal` aborts or `read` answers undefined. */
export async function* liveValues<T>(changes: Changes, read: () => T | undefined, options: LiveOptions): AsyncGenerator<T, void, void> {
  const signal = options.signal ?? never
  while (!signal.aborted) {
    const seen = changes.count
    const value = read()
    if (value === undefined) return
    yield value
    await options.clock.sleep(options.everyMs, signal)
    await changes.after(seen, signal)
  }
}

/** A value that is computed anew every `everyMs` while somebody looks, and told when it differs. `hurry` makes it come sooner. */
export async function* sampledValues<T>(
  read: () => T | undefined,
  options: LiveOptions,
  same: (a: T, b: T) => boolean,
): AsyncGenerator<T, void, void> {
  const signal = options.signal ?? never
  let last: T | undefined
  while (!signal.aborted) {
    const value = read()
    if (value === undefined) return
    if (last === undefined || !same(last, value)) {
      last = value
      yield value
    }
    await options.clock.sleep(options.everyMs, signal)
  }
}

/** Equal as JSON: for snapshots, which are small. */
export const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const never = new AbortController().signal
