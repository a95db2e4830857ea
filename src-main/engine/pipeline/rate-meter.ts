// Events per second from counters that only grow: over the last two seconds, so that a figure is steady and still follows; and a minute
// of history, one point a second.
import type { RatePoint } from '../../../src-shared/contract/pipelines.ts'

const windowMs = 2000
const historyPoints = 60

export class RateMeter {
  #samples: { at: number; count: number }[] = []
  #history: RatePoint[] = []

  /** `at` is monotonic ms, `now` the wall clock. A count that went back (the component started anew) begins a new series. */
  sample(count: number, at: number, now: number): void {
    const last = this.#samples.at(-1)
    if (last !== undefined && count < last.count) this.#samples = []
    this.#samples.push({ at, count })
    while (this.#samples.length > 2 && this.#samples[1]!.at <= at - windowMs) this.#samples.shift()
    const lastPoint = this.#history.at(-1)
    if (lastPoint === undefined || now - lastPoint.at >= 1000 || now < lastPoint.at) {
      this.#history.push({ at: now, eventsPerSecond: this.eventsPerSecond })
      if (this.#history.length > historyPoints) this.#history.shift()
    }
  }

  get eventsPerSecond(): number {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (first === undefined || last === undefined || last.at <= first.at) return 0
    return ((last.count - first.count) / (last.at - first.at)) * 1000
  }

  get history(): readonly RatePoint[] {
    return this.#history
  }
}
