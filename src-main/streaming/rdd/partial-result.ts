// What approximate actions give: a number between bounds, and the way to the exact one.

/** A number that is between `low` and `high` with a probability of `confidence` (Spark's BoundedDouble). */
export class BoundedDouble {
  readonly mean: number
  readonly confidence: number
  readonly low: number
  readonly high: number

  constructor(mean: number, confidence: number, low: number, high: number) {
    this.mean = mean
    this.confidence = confidence
    this.low = low
    this.high = high
  }

  /** `[12.000, 31.000]`. */
  toString(): string {
    return `[${threeDigits(this.low)}, ${threeDigits(this.high)}]`
  }
}

function threeDigits(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : value > 0 ? 'Infinity' : String(value)
}

/**
 * What was known when an approximate action's time was up, or its end where that came first (Spark's PartialResult). For Spark's
 * onComplete and onFail there is the promise of getFinalValue().
 */
export class PartialResult<R> {
  readonly initialValue: R
  readonly #rest: (() => Promise<R>) | undefined
  #asked: Promise<R> | undefined
  #known: { readonly value: R } | undefined

  /** `rest`: goes on to the end; absent where `initialValue` is final. Called at most once. */
  constructor(initialValue: R, rest?: () => Promise<R>) {
    this.initialValue = initialValue
    this.#rest = rest
    if (rest === undefined) this.#known = { value: initialValue }
  }

  get isInitialValueFinal(): boolean {
    return this.#rest === undefined
  }

  /**
   * The exact value. Unlike Spark, which goes on by itself, partitions that were left over are computed when this is first called: a batch
   * that asked for an approximation does not pay for the rest (rule `approximate-rest-on-demand`). Rejects as the action would.
   */
  getFinalValue(): Promise<R> {
    if (this.#known !== undefined) return Promise.resolve(this.#known.value)
    this.#asked ??= this.#rest!().then((value) => {
      this.#known = { value }
      return value
    })
    return this.#asked
  }

  map<T>(f: (value: R) => T): PartialResult<T> {
    const initial = f(this.initialValue)
    return this.isInitialValueFinal ? new PartialResult(initial) : new PartialResult(initial, async () => f(await this.getFinalValue()))
  }

  /** `(partial: [12.000, 31.000])`, or `(final: …)` once that is known. */
  toString(): string {
    return this.#known === undefined ? `(partial: ${this.initialValue})` : `(final: ${this.#known.value})`
  }
}
