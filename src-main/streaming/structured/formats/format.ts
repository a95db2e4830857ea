// What a format is: it finds the fields of one text, as ranges of its bytes wherever it can.
import type { FieldType, Schema } from '../../../../src-shared/streaming/structured/schema.ts'
import { type Column, NULL_START, NumberColumn, TextBuilder, TextColumn } from '../column.ts'
import { convert } from '../convert.ts'

export interface Format {
  /** Field → type, in the order in which `read` numbers them. */
  readonly schema: Schema
  /** Reads one text. What it does not set stays null. Returns what is wrong when the text is not of this format. */
  read(bytes: Buffer, start: number, end: number, fields: FieldWriter): string | undefined
  /** How to read a field's text where that is not the usual way; NaN for null. `batchTime`: of the batch that the row is in. */
  readonly times?: Readonly<Record<string, (text: string, batchTime: number) => number>>
}

/** Where the fields of each row lie. */
export class FieldWriter {
  readonly #source: Buffer
  readonly #starts: readonly Uint32Array[]
  readonly #ends: readonly Uint32Array[]
  /** Texts that do not stand in the source as they are, by field and row. */
  readonly #decoded: (Map<number, string> | undefined)[]
  row = 0

  constructor(source: Buffer, rows: number, fields: number) {
    this.#source = source
    this.#starts = Array.from({ length: fields }, () => new Uint32Array(rows).fill(NULL_START))
    this.#ends = Array.from({ length: fields }, () => new Uint32Array(rows))
    this.#decoded = new Array(fields)
  }

  set(field: number, start: number, end: number): void {
    this.#starts[field]![this.row] = start
    this.#ends[field]![this.row] = end
    this.#decoded[field]?.delete(this.row)
  }

  setText(field: number, text: string): void {
    this.set(field, 0, 0)
    this.#decoded[field] ??= new Map()
    this.#decoded[field].set(this.row, text)
  }

  setNull(field: number): void {
    this.set(field, NULL_START, 0)
  }

  /** Makes the row null again. */
  clear(): void {
    for (let field = 0; field < this.#starts.length; field++) this.setNull(field)
  }

  /** The texts of a field. */
  column(field: number): TextColumn {
    const starts = this.#starts[field]!
    const ends = this.#ends[field]!
    const decoded = this.#decoded[field]
    if (decoded === undefined || decoded.size === 0) return new TextColumn(this.#source, starts, ends)
    const builder = new TextBuilder(starts.length)
    for (let row = 0; row < starts.length; row++) {
      const text = decoded.get(row)
      if (text !== undefined) builder.add(text)
      else if (starts[row] === NULL_START) builder.addNull()
      else builder.addBytes(this.#source.subarray(starts[row], ends[row]))
    }
    return builder.build()
  }
}

/** Texts as values of a type; every text that is none is told. `time`: how this field writes times. */
export function typed(texts: TextColumn, type: FieldType, told: (row: number) => void, time?: (text: string) => number): Column {
  if (type === 'text') return texts
  const column = type === 'time' && time !== undefined ? timesOf(texts, time) : convert(texts, type)
  for (let row = 0; row < column.count; row++) if (texts.starts[row] !== NULL_START && column.at(row) === null) told(row)
  return column
}

/** Neighbouring rows mostly have the same text: it is read once. */
function timesOf(texts: TextColumn, read: (text: string) => number): NumberColumn {
  const values = new Float64Array(texts.count)
  let last: string | null = null
  let value = Number.NaN
  for (let row = 0; row < values.length; row++) {
    const text = texts.at(row)
    if (text !== last) value = text === null ? Number.NaN : read(text)
    last = text
    values[row] = value
  }
  return new NumberColumn(values, 'time')
}
