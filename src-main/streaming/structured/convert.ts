// One type read as another. What cannot be read is null.
import type { FieldType } from '../../../src-shared/streaming/structured/schema.ts'
import { BooleanColumn, type Column, FALSE, NULL_START, NumberColumn, TextBuilder, TextColumn, TRUE, UNKNOWN } from './column.ts'

const numberSyntax = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const timeSyntax = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/

/** A decimal number, blanks around it allowed; NaN where the text is none, or none that is finite. */
function numberOfText(text: string): number {
  const trimmed = text.trim()
  const value = numberSyntax.test(trimmed) ? Number(trimmed) : Number.NaN
  return Number.isFinite(value) ? value : Number.NaN
}

/** ISO 8601 (in UTC where it names no zone) or milliseconds since 1970; NaN where the text is neither. */
export function timeOfText(text: string): number {
  const trimmed = text.trim()
  const [, date, time, zone] = timeSyntax.exec(trimmed) ?? []
  if (date === undefined) return numberOfText(trimmed)
  return Date.parse(`${date}T${(time ?? '00:00').replace(',', '.')}${zone === undefined ? 'Z' : zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`)
}

/** The number that the bytes write; whole numbers, which most are, without making a string. */
function numberOfBytes(bytes: Buffer, start: number, end: number): number {
  const length = end - start
  if (length === 0 || length > 15) return numberOfText(bytes.toString('latin1', start, end))
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 48
    if (digit < 0 || digit > 9) return numberOfText(bytes.toString('latin1', start, end))
    value = value * 10 + digit
  }
  return value
}

export function textOfTime(value: number): string | null {
  return Math.abs(value) <= 8.64e15 ? new Date(value).toISOString() : null
}

export function asNumbers(column: Column): Float64Array {
  if (column instanceof NumberColumn) return column.values
  return column instanceof TextColumn
    ? eachText(column, (bytes, start, end) => numberOfBytes(bytes, start, end))
    : Float64Array.from(column.values, (value) => (value === UNKNOWN ? Number.NaN : value))
}

function eachText(column: TextColumn, read: (bytes: Buffer, start: number, end: number) => number): Float64Array {
  const values = new Float64Array(column.count)
  for (let row = 0; row < values.length; row++) {
    const start = column.starts[row]!
    values[row] = start === NULL_START ? Number.NaN : read(column.bytes, start, column.ends[row]!)
  }
  return values
}

function asTexts(column: Column): TextColumn {
  if (column instanceof TextColumn) return column
  const builder = new TextBuilder(column.count)
  for (let row = 0; row < column.count; row++) {
    const value = column.at(row)
    builder.add(value === null ? null : column.type === 'time' ? textOfTime(value as number) : String(value))
  }
  return builder.build()
}

function asBooleans(column: Column): BooleanColumn {
  if (column instanceof BooleanColumn) return column
  if (column instanceof NumberColumn)
    return new BooleanColumn(Uint8Array.from(column.values, (value) => (Number.isNaN(value) ? UNKNOWN : value !== 0 ? TRUE : FALSE)))
  const values = new Uint8Array(column.count)
  for (let row = 0; row < values.length; row++) {
    const text = column.at(row)
    values[row] = text === 'true' ? TRUE : text === 'false' ? FALSE : UNKNOWN
  }
  return new BooleanColumn(values)
}

/** The column as this type. */
export function convert(column: Column, type: FieldType): Column {
  if (type === 'text') return asTexts(column)
  if (type === 'boolean') return asBooleans(column)
  if (column.type === type) return column
  if (type === 'time' && column instanceof TextColumn)
    return new NumberColumn(
      eachText(column, (bytes, start, end) => timeOfText(bytes.toString('latin1', start, end))),
      'time',
    )
  return new NumberColumn(asNumbers(column), type)
}
