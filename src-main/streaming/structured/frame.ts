// A frame: some rows of a structured stream in columns; what structured operators hand on. A column is made when it is first asked for, so
// that fields which nobody reads cost nothing.
import type { Schema, Value } from '../../../src-shared/streaming/structured/schema.ts'
import type { OriginOf } from '../rdd/record-at-hand.ts'
import { type Column, columnOfValues, gather, NO_ROW, TextColumn } from './column.ts'

export type ColumnSource = () => Column

export class Frame {
  readonly count: number
  /** Of rows that were made of one record each. */
  readonly originOf: OriginOf | undefined
  readonly #columns: Map<string, Column | ColumnSource>

  /** Columns in the order of the schema. */
  constructor(count: number, columns: Iterable<readonly [string, Column | ColumnSource]>, originOf?: OriginOf) {
    this.count = count
    this.#columns = new Map(columns)
    this.originOf = originOf
  }

  get names(): string[] {
    return [...this.#columns.keys()]
  }

  column(name: string): Column {
    const known = this.#columns.get(name)
    if (known === undefined) throw new RangeError(`a frame without the field ${name}`)
    if (typeof known !== 'function') return known
    const made = known()
    this.#columns.set(name, made)
    return made
  }

  text(name: string): TextColumn {
    const column = this.column(name)
    if (!(column instanceof TextColumn)) throw new RangeError(`the field ${name} is not text`)
    return column
  }

  /** The rows at `rows`: each once and in order, or, with `anyOrder`, as they are; NO_ROW then makes a row of nulls. */
  rows(rows: Uint32Array, anyOrder = false): Frame {
    return new Frame(
      rows.length,
      this.names.map((name) => [name, () => gather(this.column(name), rows, anyOrder)]),
      this.originsAt(rows),
    )
  }

  /** Origins of rows that were made of the rows at `rows`, one each. */
  originsAt(rows: Uint32Array): OriginOf | undefined {
    const { originOf } = this
    return originOf && ((index) => (rows[index] === NO_ROW ? undefined : originOf(rows[index]!)))
  }

  /** The same rows with these columns, and those of this frame that `keep` names, first. */
  with(columns: Iterable<readonly [string, Column | ColumnSource]>, keep: readonly string[] = this.names): Frame {
    return new Frame(this.count, [...keep.map((name) => [name, () => this.column(name)] as const), ...columns], this.originOf)
  }

  row(index: number): Record<string, Value> {
    const row: Record<string, Value> = {}
    for (const name of this.names) row[name] = this.column(name).at(index)
    return row
  }

  /** All rows as objects, or the first `limit` of them. */
  *objects(limit = this.count): Generator<Record<string, Value>> {
    for (let index = 0; index < Math.min(limit, this.count); index++) yield this.row(index)
  }
}

/** A frame of rows given as lists of values in the order of the schema. */
export function frameOf(schema: Schema, rows: readonly (readonly Value[])[]): Frame {
  return new Frame(
    rows.length,
    Object.entries(schema).map(([name, type], index) => [
      name,
      columnOfValues(
        type,
        rows.map((row) => row[index] ?? null),
      ),
    ]),
  )
}
