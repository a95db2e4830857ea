// Events per second from counters that only grow: over the last two seconds, so that a figure is steady and still follows; and a history
// of the last minute, hour and day, each in points of its own length.
import type { RatePoint, RateSpan } from '../../../src-shared/contract/pipelines.ts'

const windowMs = 2000
const minuteMs = 60_000

/** Length of a point; how many are kept. */
const spans: Readonly<Record<RateSpan, { readonly stepMs: number; readonly points: number }>> = {
  minute: { stepMs: 1000, points: 60 },
  hour: { stepMs: minuteMs, points: 60 },
  day: { stepMs: 15 * minuteMs, points: 96 },
}

export class RateMeter {
  #samples: { at: number; count: number }[] = []
  /** Of all series together. */
  #events = 0
  readonly #histories: Readonly<Record<RateSpan, RateHistory>> = {
    minute: new RateHistory(spans.minute),
    hour: new RateHistory(spans.hour),
    day: new RateHistory(spans.day),
  }

  /** `at` is monotonic ms, `now` the wall clock. A count that went back (the component started anew) begins a new series. */
  sample(count: number, at: number, now: number): void {
    const last = this.#samples.at(-1)
    if (last !== undefined) this.#events += count < last.count ? count : count - last.count
    if (last !== undefined && count < last.count) this.#samples = []
    this.#samples.push({ at, count })
    while (this.#samples.length > 2 && this.#samples[1]!.at <= at - windowMs) this.#samples.shift()
    for (const history of Object.values(this.#histories)) history.sample(this.#events, at, now)
  }

  get eventsPerSecond(): number {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (first === undefined || last === undefined || last.at <= first.at) return 0
    return ((last.count - first.count) / (last.at - first.at)) * 1000
  }

  history(span: RateSpan): readonly RatePoint[] {
    return this.#histories[span].points
  }
}

/** Mean rates of steps of one length, the step under way last. */
class RateHistory {
  readonly #stepMs: number
  readonly #most: number
  readonly #points: RatePoint[] = []
  #step: { readonly at: number; readonly now: number; readonly events: number } | undefined
  #underWay: RatePoint | undefined

  constructor({ stepMs, points }: { readonly stepMs: number; readonly points: number }) {
    this.#stepMs = stepMs
    this.#most = points
  }

  sample(events: number, at: number, now: number): void {
    this.#step ??= { at, now, events }
    const lastedMs = at - this.#step.at
    if (lastedMs <= 0) return
    this.#underWay = { at: this.#step.now, eventsPerSecond: ((events - this.#step.events) / lastedMs) * 1000 }
    if (lastedMs < this.#stepMs) return
    this.#points.push(this.#underWay)
    if (this.#points.length >= this.#most) this.#points.shift()
    this.#underWay = undefined
    this.#step = { at, now, events }
  }

  get points(): readonly RatePoint[] {
    return this.#underWay === undefined ? [...this.#points] : [...this.#points, this.#underWay]
  }
}
