// Rows by the values of some fields: the groups of an aggregate, the keys of a join. A key of one text field is that field's bytes; any
// other key is an encoding of its values, which decodes again:
//   null: 0 · text: 1, length (u32, little-endian), bytes · number or time: 2, the number (f64) · boolean: 3, 0 or 1
import type { Schema } from '../../../src-shared/streaming/structured/schema.ts'
import { BooleanColumn, type Column, NO_ROW, NULL_START, NumberColumn, TextColumn, UNKNOWN } from './column.ts'
import type { Frame } from './frame.ts'
import { KeyTable } from './key-table.ts'

/** Numbers the combinations of values of `names`, from 0 in the order of their arrival. */
export class RowKeys {
  readonly #schema: Schema
  readonly #names: readonly string[]
  readonly #table = new KeyTable()
  readonly #plainText: boolean
  /** With a plain text key: the number of null, which no bytes say. */
  #nullKey = NO_ROW
  #scratch = Buffer.allocUnsafe(256)

  constructor(schema: Schema, names: readonly string[]) {
    this.#schema = schema
    this.#names = names
    this.#plainText = names.length === 1 && schema[names[0]!] === 'text'
  }

  get size(): number {
    return this.#names.length === 0 ? 1 : this.#table.size
  }

  /** The number of each row's key; keys that were not there get new ones. */
  numbersOf(frame: Frame): Uint32Array {
    const numbers = new Uint32Array(frame.count)
    if (this.#names.length === 0) return numbers
    const table = this.#table
    if (this.#plainText) {
      const { bytes, starts, ends } = frame.text(this.#names[0]!)
      for (let row = 0; row < numbers.length; row++) {
        const start = starts[row]!
        numbers[row] = start === NULL_START ? this.#null() : table.insert(bytes, start, ends[row]!)
      }
      return numbers
    }
    return this.numbersOfColumns(this.#names.map((name) => frame.column(name)))
  }

  /** The same, of columns that are at hand, for keys that are not one text. */
  numbersOfColumns(columns: readonly Column[]): Uint32Array {
    const numbers = new Uint32Array(columns[0]!.count)
    for (let row = 0; row < numbers.length; row++) {
      // First: encoding may move the scratch to a larger buffer.
      const end = this.#encode(columns, row)
      numbers[row] = this.#table.insert(this.#scratch, 0, end)
    }
    return numbers
  }

  /** The same for fields of other names; NO_ROW for a key that is not there, or that has a null. */
  find(frame: Frame, names: readonly string[]): Uint32Array {
    const columns = names.map((name) => frame.column(name))
    const numbers = new Uint32Array(frame.count)
    for (let row = 0; row < numbers.length; row++) numbers[row] = hasNull(columns, row) ? NO_ROW : this.#find(columns, row)
    return numbers
  }

  #find(columns: readonly Column[], row: number): number {
    const [text] = columns as [TextColumn]
    const end = this.#plainText ? 0 : this.#encode(columns, row)
    const number = this.#plainText
      ? this.#table.find(text.bytes, text.starts[row]!, text.ends[row]!)
      : this.#table.find(this.#scratch, 0, end)
    return number < 0 ? NO_ROW : number
  }

  #null(): number {
    if (this.#nullKey === NO_ROW) this.#nullKey = this.#table.addNameless()
    return this.#nullKey
  }

  #encode(columns: readonly Column[], row: number): number {
    let end = 0
    for (const column of columns) {
      if (column instanceof TextColumn) {
        const start = column.starts[row]!
        const length = start === NULL_START ? 0 : column.ends[row]! - start
        this.#room(end + 5 + length)
        if (start === NULL_START) this.#scratch[end++] = 0
        else {
          this.#scratch[end] = 1
          this.#scratch.writeUInt32LE(length, end + 1)
          column.bytes.copy(this.#scratch, end + 5, start, start + length)
          end += 5 + length
        }
        continue
      }
      this.#room(end + 9)
      if (column instanceof NumberColumn) {
        const value = column.values[row]!
        if (Number.isNaN(value)) this.#scratch[end++] = 0
        else {
          this.#scratch[end] = 2
          // -0 and 0 are one number.
          this.#scratch.writeDoubleLE(value + 0, end + 1)
          end += 9
        }
      } else {
        const value = column.values[row]!
        if (value === UNKNOWN) this.#scratch[end++] = 0
        else {
          this.#scratch[end] = 3
          this.#scratch[end + 1] = value
          end += 2
        }
      }
    }
    return end
  }

  #room(bytes: number): void {
    if (bytes <= this.#scratch.length) return
    const grown = Buffer.allocUnsafe(bytes * 2)
    this.#scratch.copy(grown)
    this.#scratch = grown
  }

  /** The keys as columns, in the order of their numbers. Texts are views on the table, which must not get more keys. */
  columns(): [string, Column][] {
    const { bytes, starts, size } = this.#table
    if (this.#plainText) {
      const from = starts.slice(0, size)
      if (this.#nullKey !== NO_ROW) from[this.#nullKey] = NULL_START
      return [[this.#names[0]!, new TextColumn(bytes, from, starts.slice(1, size + 1))]]
    }
    const columns = this.#names.map((name) => emptyColumn(this.#schema[name]!, size, bytes))
    for (let key = 0; key < size; key++) {
      let at = starts[key]!
      for (const column of columns) at = decodeInto(column, key, bytes, at)
    }
    return columns.map((column, index) => [this.#names[index]!, column])
  }
}

function hasNull(columns: readonly Column[], row: number): boolean {
  for (const column of columns) if (column.at(row) === null) return true
  return false
}

function emptyColumn(type: Schema[string], count: number, bytes: Buffer): Column {
  if (type === 'text') return new TextColumn(bytes, new Uint32Array(count), new Uint32Array(count))
  return type === 'boolean' ? new BooleanColumn(new Uint8Array(count)) : new NumberColumn(new Float64Array(count), type)
}

/** Reads the value at `at`; returns where the next one begins. */
function decodeInto(column: Column, row: number, bytes: Buffer, at: number): number {
  const isNull = bytes[at] === 0
  if (column instanceof TextColumn) {
    column.starts[row] = isNull ? NULL_START : at + 5
    if (isNull) return at + 1
    column.ends[row] = at + 5 + bytes.readUInt32LE(at + 1)
    return column.ends[row]!
  }
  if (column instanceof NumberColumn) {
    column.values[row] = isNull ? Number.NaN : bytes.readDoubleLE(at + 1)
    return at + (isNull ? 1 : 9)
  }
  column.values[row] = isNull ? UNKNOWN : bytes[at + 1]!
  return at + (isNull ? 1 : 2)
}
