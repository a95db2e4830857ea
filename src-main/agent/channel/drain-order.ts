// In which order a channel of two stores drains: runs of events, each from one of them. First in, first out over both.

export type Store = 'memory' | 'overflow'

export class DrainOrder {
  #runs: { readonly store: Store; count: number }[] = []

  /** Where the next event is; undefined when there is none. */
  get front(): { readonly store: Store; readonly count: number } | undefined {
    return this.#runs[0]
  }

  /** Events were stored behind all others. */
  put(store: Store, count: number): void {
    const last = this.#runs.at(-1)
    if (last?.store === store) last.count += count
    else if (count > 0) this.#runs.push({ store, count })
  }

  /** Events were taken off the front run, which has as many. */
  take(count: number): void {
    const first = this.#runs[0]
    if (first === undefined || count === 0) return
    first.count -= count
    if (first.count === 0) this.#runs.shift()
  }

  /** Taken events came back before all others. */
  putBack(store: Store, count: number): void {
    const first = this.#runs[0]
    if (first?.store === store) first.count += count
    else if (count > 0) this.#runs.unshift({ store, count })
  }

  /** Nothing is left of what was in one store. */
  forget(store: Store): void {
    this.#runs = this.#runs.filter((run) => run.store !== store)
  }

  countIn(store: Store): number {
    return this.#runs.reduce((sum, run) => (run.store === store ? sum + run.count : sum), 0)
  }
}
