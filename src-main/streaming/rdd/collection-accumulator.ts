// An accumulator that keeps what is added, in the order of tasks.
import { UnsupportedOperationException } from '../../../src-shared/streaming/exceptions.ts'
import { AccumulatorV2 } from './accumulator.ts'
import { show } from './value.ts'

export class CollectionAccumulator<T> extends AccumulatorV2<T, readonly T[]> {
  #items: T[] = []

  get isZero(): boolean {
    return this.#items.length === 0
  }

  /** What was added so far; later additions are not in it. */
  get value(): readonly T[] {
    return [...this.#items]
  }

  add(value: T): void {
    this.#items.push(value)
  }

  reset(): void {
    this.#items = []
  }

  copy(): CollectionAccumulator<T> {
    const copy = this.copyAndReset()
    copy.#items = [...this.#items]
    return copy
  }

  override copyAndReset(): CollectionAccumulator<T> {
    return new CollectionAccumulator()
  }

  merge(other: AccumulatorV2<T, readonly T[]>): void {
    if (!(other instanceof CollectionAccumulator)) {
      throw new UnsupportedOperationException(`Cannot merge CollectionAccumulator with ${other.constructor.name}`)
    }
    for (const item of other.#items) this.#items.push(item)
  }

  /** As a Java list prints. */
  protected override valueText(): string {
    return `[${this.#items.map(show).join(', ')}]`
  }
}
