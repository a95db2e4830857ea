// A counting semaphore with time-outs: room in a channel. First come, first served, so that a large transaction is not starved.
import type { Clock } from '../../clock.ts'

export class Permits {
  #available: number
  readonly #waiting: { readonly count: number; readonly grant: () => void }[] = []

  constructor(available: number) {
    this.#available = available
  }

  get available(): number {
    return this.#available
  }

  /** Takes `count` permits when they are there and nobody waits for some. */
  tryAcquire(count: number): boolean {
    if (this.#waiting.length > 0 || count > this.#available) return false
    this.#available -= count
    return true
  }

  /** True when `count` permits could be had within `timeoutMs`. */
  async acquire(count: number, timeoutMs: number, clock: Clock): Promise<boolean> {
    if (this.tryAcquire(count)) return true
    if (timeoutMs <= 0) return false
    const granted = new AbortController()
    const waiter = { count, grant: () => granted.abort('granted') }
    this.#waiting.push(waiter)
    await clock.sleep(timeoutMs, granted.signal)
    if (granted.signal.aborted) return true
    this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
    // Whoever queued behind may fit now.
    this.release(0)
    return false
  }

  /** Takes permits without asking; what is available may fall below zero. */
  take(count: number): void {
    this.#available -= count
  }

  release(count: number): void {
    this.#available += count
    while (this.#waiting.length > 0 && this.#waiting[0]!.count <= this.#available) {
      const waiter = this.#waiting.shift()!
      this.#available -= waiter.count
      waiter.grant()
    }
  }
}
