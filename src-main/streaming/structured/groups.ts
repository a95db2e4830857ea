// The groups of an aggregate while it runs, and merged over the batches of a window.
import type { Aggregate } from '../../../src-shared/streaming/structured/plan.ts'
import type { Schema } from '../../../src-shared/streaming/structured/schema.ts'
import { type Accumulator, accumulatorOf } from './accumulators.ts'
import type { Column } from './column.ts'
import { Frame } from './frame.ts'
import { RowKeys } from './row-keys.ts'

export interface GroupsOptions {
  readonly schema: Schema
  readonly by: readonly string[]
  readonly values: Readonly<Record<string, Aggregate>>
}

export class Groups {
  readonly #keys: RowKeys
  readonly #accumulators: ReadonlyMap<string, Accumulator>

  constructor(options: GroupsOptions) {
    this.#keys = new RowKeys(options.schema, options.by)
    this.#accumulators = new Map(
      Object.entries(options.values).map(([name, aggregate]) => [name, accumulatorOf(aggregate, options.schema)]),
    )
  }

  get size(): number {
    return this.#keys.size
  }

  add(frame: Frame): void {
    if (frame.count === 0) return
    const groups = this.#keys.numbersOf(frame)
    for (const accumulator of this.#accumulators.values()) accumulator.add(frame, groups, this.#keys.size)
  }

  merge(other: Groups): void {
    const groups = this.#keys.numbersOf(new Frame(other.size, other.#keys.columns()))
    for (const [name, accumulator] of this.#accumulators) accumulator.merge(other.#accumulators.get(name)!, groups, this.#keys.size)
  }

  /** One row per group: the keys, then the values. */
  toFrame(): Frame {
    const { size } = this
    const values = [...this.#accumulators].map(([name, accumulator]): [string, Column] => [name, accumulator.column(size)])
    return new Frame(size, [...this.#keys.columns(), ...values])
  }
}
