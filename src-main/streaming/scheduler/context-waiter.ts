// Where a program waits for the end of its context, and where the last error of a batch reaches it.
import type { Clock } from '../../clock.ts'

export class ContextWaiter {
  #stopped = false
  #error: { readonly thrown: unknown } | undefined
  #waiters: (() => void)[] = []

  notifyError(thrown: unknown): void {
    this.#error = { thrown }
    this.#wake()
  }

  notifyStop(): void {
    this.#stopped = true
    this.#wake()
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }

  #check(): boolean {
    if (this.#error !== undefined) throw this.#error.thrown
    return this.#stopped
  }

  async untilStopped(): Promise<void> {
    while (!this.#check()) await new Promise<void>((resolve) => this.#waiters.push(resolve))
  }

  async untilStoppedOrTimeout(clock: Clock, timeoutMs: number): Promise<boolean> {
    const ended = new AbortController()
    let late = false
    void clock.sleep(timeoutMs, ended.signal).then(() => {
      late = !ended.signal.aborted
      this.#wake()
    })
    try {
      while (!this.#check() && !late) await new Promise<void>((resolve) => this.#waiters.push(resolve))
      return this.#stopped
    } finally {
      ended.abort()
    }
  }
}
