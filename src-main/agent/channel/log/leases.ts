// The sinks' shared cursor in memory: which ordinals a taker may have next. Competing takers lease ranges; what is rolled back goes to
// the front again, in ordinal order. Pure.
import type { Consumed, Range } from './consumed.ts'

export class Leases {
  readonly consumed: Consumed
  /** Nothing at or above was ever leased. */
  #head: number
  /** Given back, or never consumed although something above was: ascending, disjoint. */
  #returned: Range[]

  constructor(consumed: Consumed) {
    this.consumed = consumed
    this.#returned = consumed.gaps()
    this.#head = consumed.above.at(-1)?.[1] ?? consumed.low
  }

  /** The first range that nobody has, below `next`. */
  available(next: number): Range | undefined {
    return this.#returned[0] ?? (this.#head < next ? [this.#head, next] : undefined)
  }

  /** Events that nobody has, below `next`. */
  countAvailable(next: number): number {
    let count = Math.max(0, next - this.#head)
    for (const [from, to] of this.#returned) count += to - from
    return count
  }

  /** Leases from the start of what available() said, up to `to`. */
  lease(to: number): Range {
    const returned = this.#returned[0]
    if (returned === undefined) {
      const range: Range = [this.#head, to]
      this.#head = to
      return range
    }
    if (to === returned[1]) this.#returned.shift()
    else this.#returned[0] = [to, returned[1]]
    return [returned[0], to]
  }

  /** Rolls leases back. */
  giveBack(ranges: readonly Range[]): void {
    for (const range of ranges) {
      let index = this.#returned.findIndex((other) => other[0] > range[0])
      if (index < 0) index = this.#returned.length
      this.#returned.splice(index, 0, range)
    }
  }

  /** Leased ranges are consumed for good. */
  commit(ranges: readonly Range[]): void {
    for (const range of ranges) this.consumed.add(range)
  }

  /** Skips what lies below `ordinal`, which is gone. */
  skipTo(ordinal: number): void {
    this.consumed.add([0, ordinal])
    this.#head = Math.max(this.#head, ordinal)
    this.#returned = this.#returned.flatMap(([from, to]): Range[] => (to <= ordinal ? [] : [[Math.max(from, ordinal), to]]))
  }
}
