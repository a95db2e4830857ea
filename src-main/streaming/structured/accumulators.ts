// What an aggregate computes for each of its groups: one accumulator per value, arrays by group number.
import type { Aggregate } from '../../../src-shared/streaming/structured/plan.ts'
import type { FieldType, Schema } from '../../../src-shared/streaming/structured/schema.ts'
import { type Column, NULL_START, NumberColumn, TextColumn } from './column.ts'
import { asNumbers } from './convert.ts'
import type { Frame } from './frame.ts'
import { RowKeys } from './row-keys.ts'

export interface Accumulator {
  /** Row i of the frame belongs to group `groups[i]`; there are `size` groups now. */
  add(frame: Frame, groups: Uint32Array, size: number): void
  /** Takes in another accumulator of the same kind: its group i is group `groups[i]` here. */
  merge(other: this, groups: Uint32Array, size: number): void
  column(size: number): Column
}

export function accumulatorOf(aggregate: Aggregate, schema: Schema): Accumulator {
  switch (aggregate.fn) {
    case 'count':
      return new Count(aggregate.field)
    case 'sum':
    case 'avg':
      return new Sum(aggregate.field, aggregate.fn === 'avg')
    case 'min':
    case 'max':
      return new Extreme(aggregate.field, aggregate.fn, schema[aggregate.field] === 'time' ? 'time' : 'number')
    case 'distinct':
      return new Distinct(aggregate.field, schema)
    case 'percentile':
      return new Percentile(aggregate.field, aggregate.at)
  }
}

function grown(values: Float64Array<ArrayBuffer>, size: number, fill = 0): Float64Array<ArrayBuffer> {
  if (size <= values.length) return values
  const larger = new Float64Array(Math.max(size, values.length * 2)).fill(fill, values.length)
  larger.set(values)
  return larger
}

class Count implements Accumulator {
  readonly #field: string | undefined
  #counts = new Float64Array(16)

  constructor(field: string | undefined) {
    this.#field = field
  }

  add(frame: Frame, groups: Uint32Array, size: number): void {
    this.#counts = grown(this.#counts, size)
    const counts = this.#counts
    if (this.#field === undefined) {
      for (let row = 0; row < groups.length; row++) counts[groups[row]!]! += 1
      return
    }
    const column = frame.column(this.#field)
    for (let row = 0; row < groups.length; row++) if (!isNull(column, row)) counts[groups[row]!]! += 1
  }

  merge(other: this, groups: Uint32Array, size: number): void {
    this.#counts = grown(this.#counts, size)
    for (let group = 0; group < groups.length; group++) this.#counts[groups[group]!]! += other.#counts[group] ?? 0
  }

  column(size: number): Column {
    return new NumberColumn(grown(this.#counts, size).slice(0, size))
  }
}

function isNull(column: Column, row: number): boolean {
  return column instanceof TextColumn ? column.starts[row] === NULL_START : column.at(row) === null
}

class Sum implements Accumulator {
  readonly #field: string
  readonly #average: boolean
  #sums = new Float64Array(16)
  #counts = new Float64Array(16)

  constructor(field: string, average: boolean) {
    this.#field = field
    this.#average = average
  }

  add(frame: Frame, groups: Uint32Array, size: number): void {
    this.#grow(size)
    const values = asNumbers(frame.column(this.#field))
    for (let row = 0; row < groups.length; row++) {
      const value = values[row]!
      if (!Number.isNaN(value)) this.#note(groups[row]!, value, 1)
    }
  }

  merge(other: this, groups: Uint32Array, size: number): void {
    this.#grow(size)
    for (let group = 0; group < groups.length; group++) this.#note(groups[group]!, other.#sums[group] ?? 0, other.#counts[group] ?? 0)
  }

  #note(group: number, sum: number, count: number): void {
    this.#sums[group]! += sum
    this.#counts[group]! += count
  }

  #grow(size: number): void {
    this.#sums = grown(this.#sums, size)
    this.#counts = grown(this.#counts, size)
  }

  column(size: number): Column {
    this.#grow(size)
    const values = new Float64Array(size)
    for (let group = 0; group < size; group++) {
      const count = this.#counts[group]!
      const value = count === 0 ? Number.NaN : this.#average ? this.#sums[group]! / count : this.#sums[group]!
      values[group] = Number.isFinite(value) ? value : Number.NaN
    }
    return new NumberColumn(values)
  }
}

/** min and max. */
class Extreme implements Accumulator {
  readonly #field: string
  readonly #sign: 1 | -1
  readonly #type: 'number' | 'time'
  /** Of max, or of min with its sign turned; NaN: no value yet. */
  #greatest = new Float64Array(16).fill(Number.NaN)

  constructor(field: string, fn: 'min' | 'max', type: 'number' | 'time') {
    this.#field = field
    this.#sign = fn === 'max' ? 1 : -1
    this.#type = type
  }

  add(frame: Frame, groups: Uint32Array, size: number): void {
    this.#greatest = grown(this.#greatest, size, Number.NaN)
    const values = asNumbers(frame.column(this.#field))
    for (let row = 0; row < groups.length; row++) this.#note(groups[row]!, values[row]! * this.#sign)
  }

  merge(other: this, groups: Uint32Array, size: number): void {
    this.#greatest = grown(this.#greatest, size, Number.NaN)
    for (let group = 0; group < groups.length; group++) this.#note(groups[group]!, other.#greatest[group] ?? Number.NaN)
  }

  #note(group: number, value: number): void {
    const known = this.#greatest[group]!
    if (value > known || (Number.isNaN(known) && !Number.isNaN(value))) this.#greatest[group] = value
  }

  column(size: number): Column {
    const values = grown(this.#greatest, size, Number.NaN).slice(0, size)
    // + 0: no -0.
    return new NumberColumn(
      values.map((value) => value * this.#sign + 0),
      this.#type,
    )
  }
}

const groupField = 'group'
const valueField = 'value'

/** Exact: every pair of group and value is held once. */
class Distinct implements Accumulator {
  readonly #field: string
  readonly #pairs: RowKeys
  #counts = new Float64Array(16)

  constructor(field: string, schema: Schema) {
    this.#field = field
    this.#pairs = new RowKeys({ [groupField]: 'number', [valueField]: schema[field] as FieldType }, [groupField, valueField])
  }

  add(frame: Frame, groups: Uint32Array, size: number): void {
    this.#insert(frame.column(this.#field), groups, size)
  }

  merge(other: this, groups: Uint32Array, size: number): void {
    const pairs = new Map(other.#pairs.columns())
    const theirs = asNumbers(pairs.get(groupField)!)
    this.#insert(
      pairs.get(valueField)!,
      Uint32Array.from(theirs, (group) => groups[group]!),
      size,
    )
  }

  #insert(values: Column, groups: Uint32Array, size: number): void {
    this.#counts = grown(this.#counts, size)
    let known = this.#pairs.size
    const numbers = this.#pairs.numbersOfColumns([new NumberColumn(Float64Array.from(groups)), values])
    for (let row = 0; row < groups.length; row++) {
      if (numbers[row]! < known) continue
      known += 1
      if (!isNull(values, row)) this.#counts[groups[row]!]! += 1
    }
  }

  column(size: number): Column {
    return new NumberColumn(grown(this.#counts, size).slice(0, size))
  }
}

/** Exact: every value is held. */
class Percentile implements Accumulator {
  readonly #field: string
  readonly #at: number
  readonly #values: number[][] = []

  constructor(field: string, at: number) {
    this.#field = field
    this.#at = at
  }

  add(frame: Frame, groups: Uint32Array): void {
    const values = asNumbers(frame.column(this.#field))
    for (let row = 0; row < groups.length; row++) {
      const value = values[row]!
      if (!Number.isNaN(value)) this.#of(groups[row]!).push(value)
    }
  }

  merge(other: this, groups: Uint32Array): void {
    other.#values.forEach((values, group) => {
      const mine = this.#of(groups[group]!)
      for (const value of values) mine.push(value)
    })
  }

  #of(group: number): number[] {
    let values = this.#values[group]
    if (values === undefined) {
      values = []
      this.#values[group] = values
    }
    return values
  }

  column(size: number): Column {
    return new NumberColumn(Float64Array.from({ length: size }, (_, group) => percentile(this.#values[group] ?? [], this.#at)))
  }
}

/** With linear interpolation between the two nearest values; NaN of nothing. */
function percentile(values: readonly number[], at: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = Float64Array.from(values).sort()
  const position = at * (sorted.length - 1)
  const below = sorted[Math.floor(position)]!
  const above = sorted[Math.ceil(position)]!
  return below === above ? below : below + (above - below) * (position - Math.floor(position))
}
