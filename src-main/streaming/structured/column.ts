// The columns of a frame. Text is never a string here: it is a range of bytes in a buffer that it shares with the rows it came from, so that
// reading, filtering and grouping a million lines makes no object for any of them.
import type { FieldType, Value } from '../../../src-shared/streaming/structured/schema.ts'

/** In `starts`: the value is null. */
export const NULL_START = 0xffffffff

/** In a BooleanColumn. */
export const FALSE = 0
export const TRUE = 1
export const UNKNOWN = 2

/** Row i is `bytes[starts[i], ends[i])`, UTF-8. */
export class TextColumn {
  readonly type = 'text'
  readonly bytes: Buffer
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  /** Rows lie in the buffer one after another, so that one search over the bytes meets each of them once. */
  readonly ordered: boolean

  constructor(bytes: Buffer, starts: Uint32Array, ends: Uint32Array, ordered = false) {
    this.bytes = bytes
    this.starts = starts
    this.ends = ends
    this.ordered = ordered
  }

  get count(): number {
    return this.starts.length
  }

  at(row: number): string | null {
    const start = this.starts[row]!
    return start === NULL_START ? null : this.bytes.toString('utf8', start, this.ends[row]!)
  }
}

/** NaN is null: no value of a frame is not a number otherwise. */
export class NumberColumn {
  readonly type: 'number' | 'time'
  readonly values: Float64Array

  constructor(values: Float64Array, type: 'number' | 'time' = 'number') {
    this.values = values
    this.type = type
  }

  get count(): number {
    return this.values.length
  }

  at(row: number): number | null {
    const value = this.values[row]!
    return Number.isNaN(value) ? null : value
  }
}

/** FALSE, TRUE or UNKNOWN (null). */
export class BooleanColumn {
  readonly type = 'boolean'
  readonly values: Uint8Array

  constructor(values: Uint8Array) {
    this.values = values
  }

  get count(): number {
    return this.values.length
  }

  at(row: number): boolean | null {
    const value = this.values[row]!
    return value === UNKNOWN ? null : value === TRUE
  }
}

export type Column = TextColumn | NumberColumn | BooleanColumn

/** The rows at `rows`: each once and in order, or, with `anyOrder`, as they are; NO_ROW then makes null. */
export function gather(column: Column, rows: Uint32Array, anyOrder = false): Column {
  if (column instanceof TextColumn) {
    const starts = new Uint32Array(rows.length)
    const ends = new Uint32Array(rows.length)
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index]!
      starts[index] = row === NO_ROW ? NULL_START : column.starts[row]!
      ends[index] = row === NO_ROW ? 0 : column.ends[row]!
    }
    return new TextColumn(column.bytes, starts, ends, column.ordered && !anyOrder)
  }
  if (column instanceof NumberColumn) {
    const values = new Float64Array(rows.length)
    for (let index = 0; index < rows.length; index++) values[index] = rows[index] === NO_ROW ? Number.NaN : column.values[rows[index]!]!
    return new NumberColumn(values, column.type)
  }
  const values = new Uint8Array(rows.length)
  for (let index = 0; index < rows.length; index++) values[index] = rows[index] === NO_ROW ? UNKNOWN : column.values[rows[index]!]!
  return new BooleanColumn(values)
}

/** For gather(): a row that is not there. */
export const NO_ROW = 0xffffffff

/** Collects texts into one buffer. */
export class TextBuilder {
  #bytes: Buffer
  #end = 0
  readonly #starts: Uint32Array
  readonly #ends: Uint32Array
  #rows = 0

  constructor(rows: number, bytes = rows * 16) {
    this.#bytes = Buffer.allocUnsafe(Math.max(64, bytes))
    this.#starts = new Uint32Array(rows)
    this.#ends = new Uint32Array(rows)
  }

  add(text: string | null): void {
    if (text === null) {
      this.addNull()
      return
    }
    this.#room(text.length * 3)
    const start = this.#end
    this.#end += this.#bytes.write(text, start)
    this.#close(start)
  }

  addBytes(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#end)
    const start = this.#end
    this.#end += bytes.length
    this.#close(start)
  }

  addNull(): void {
    this.#starts[this.#rows] = NULL_START
    this.#rows += 1
  }

  build(): TextColumn {
    return new TextColumn(this.#bytes.subarray(0, this.#end), this.#starts, this.#ends)
  }

  #close(start: number): void {
    this.#starts[this.#rows] = start
    this.#ends[this.#rows] = this.#end
    this.#rows += 1
  }

  #room(more: number): void {
    if (this.#end + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + more))
    this.#bytes.copy(grown, 0, 0, this.#end)
    this.#bytes = grown
  }
}

/** A column of these values, which fit the type or are null. */
export function columnOfValues(type: FieldType, values: readonly Value[]): Column {
  if (type === 'text') {
    const builder = new TextBuilder(values.length)
    for (const value of values) builder.add(value as string | null)
    return builder.build()
  }
  if (type === 'boolean') return new BooleanColumn(Uint8Array.from(values, (value) => (value === null ? UNKNOWN : value ? TRUE : FALSE)))
  return new NumberColumn(
    Float64Array.from(values, (value) => (value === null ? Number.NaN : (value as number))),
    type,
  )
}
