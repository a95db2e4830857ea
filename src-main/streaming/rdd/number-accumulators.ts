// Accumulators of numbers: sum, count and average.

import { showDouble } from '../../../src-shared/java-double.ts'
import { IllegalArgumentException, UnsupportedOperationException } from '../../../src-shared/streaming/exceptions.ts'
import { AccumulatorV2 } from './accumulator.ts'
import { show } from './value.ts'

abstract class NumberAccumulator extends AccumulatorV2<number, number> {
  #sum = 0
  #count = 0

  get isZero(): boolean {
    return this.#sum === 0 && this.#count === 0
  }

  get value(): number {
    return this.#sum
  }

  get sum(): number {
    return this.#sum
  }

  /** How many numbers were added. */
  get count(): number {
    return this.#count
  }

  /** NaN where nothing was added. */
  get avg(): number {
    return this.#sum / this.#count
  }

  add(value: number): void {
    this.addAll(value, 1)
  }

  /** Adds so many numbers of this sum. */
  addAll(sum: number, count: number): void {
    this.#sum += sum
    this.#count += count
  }

  reset(): void {
    this.#sum = 0
    this.#count = 0
  }

  copy(): this {
    const copy = new (this.constructor as new () => this)()
    copy.addAll(this.#sum, this.#count)
    return copy
  }

  merge(other: AccumulatorV2<number, number>): void {
    if (!(other instanceof NumberAccumulator) || !this.merges(other)) {
      throw new UnsupportedOperationException(`Cannot merge ${this.constructor.name} with ${other.constructor.name}`)
    }
    this.addAll(other.sum, other.count)
  }

  protected abstract merges(other: NumberAccumulator): boolean
}

/** Of whole numbers; exact up to 2^53, where Java's long goes on. */
export class LongAccumulator extends NumberAccumulator {
  override add(value: number): void {
    if (!Number.isInteger(value)) {
      throw new IllegalArgumentException(`A LongAccumulator adds whole numbers, and not ${show(value)}. Take a doubleAccumulator.`)
    }
    this.addAll(value, 1)
  }

  protected merges(other: NumberAccumulator): boolean {
    return other instanceof LongAccumulator
  }
}

export class DoubleAccumulator extends NumberAccumulator {
  protected merges(other: NumberAccumulator): boolean {
    return other instanceof DoubleAccumulator
  }

  protected override valueText(): string {
    return showDouble(this.value)
  }
}
