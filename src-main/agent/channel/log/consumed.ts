// What a consumer has consumed: everything below a low-water ordinal, and ranges above it that other takers committed first. Pure.

/** Ordinals `from` (inclusive) to `to` (exclusive). */
export type Range = readonly [from: number, to: number]

/** A set of ordinals that grows from the bottom. Kept in both the engine (what takers may have) and the writer (what the disk says). */
export class Consumed {
  #low: number
  #above: Range[]

  constructor(low: number, above: readonly Range[] = []) {
    this.#low = low
    this.#above = []
    for (const range of above) this.add(range)
  }

  /** Everything below is consumed; the event at `low` is not. */
  get low(): number {
    return this.#low
  }

  /** Ascending, disjoint, not touching, all above `low`. */
  get above(): readonly Range[] {
    return this.#above
  }

  add([from, to]: Range): void {
    if (from <= this.#low) {
      if (to > this.#low) this.#low = to
    } else {
      const index = this.#above.findIndex((range) => range[1] >= from)
      if (index < 0) this.#above.push([from, to])
      else this.#merge(index, from, to)
    }
    while (this.#above.length > 0 && this.#above[0]![0] <= this.#low) this.#low = Math.max(this.#low, this.#above.shift()![1])
  }

  /** How many ordinals below `limit` are not consumed. */
  missingBelow(limit: number): number {
    let missing = Math.max(0, limit - this.#low)
    for (const [from, to] of this.#above) missing -= Math.max(0, Math.min(to, limit) - from)
    return missing
  }

  /** The gaps between `low` and the last consumed range: what takers may have before anything new. */
  gaps(): Range[] {
    const gaps: Range[] = []
    let at = this.#low
    for (const [from, to] of this.#above) {
      gaps.push([at, from])
      at = to
    }
    return gaps
  }

  copy(): Consumed {
    return new Consumed(this.#low, this.#above)
  }

  #merge(index: number, from: number, to: number): void {
    let last = index
    while (last < this.#above.length && this.#above[last]![0] <= to) last++
    if (last > index) {
      from = Math.min(from, this.#above[index]![0])
      to = Math.max(to, this.#above[last - 1]![1])
    }
    this.#above.splice(index, last - index, [from, to])
  }
}
