// Expressions over frames, a column at a time. compile() decides once, by types and literals, how; what it gives runs for every frame.

import { javaRegex } from '../../../src-shared/regex/java-regex.ts'
import { type Expression, type FunctionName, typeOf } from '../../../src-shared/streaming/structured/expression.ts'
import type { FieldType, Schema, Value } from '../../../src-shared/streaming/structured/schema.ts'
import { BooleanColumn, type Column, FALSE, NULL_START, NumberColumn, TextBuilder, TextColumn, TRUE, UNKNOWN } from './column.ts'
import { asNumbers, convert } from './convert.ts'
import type { Frame } from './frame.ts'
import { compareRows, containing, endingWith, equalTo, startingWith, testEach } from './scan.ts'

export type Evaluate = (frame: Frame) => Column
type Args = readonly Expression[]

/** How to compute a checked expression over frames of this schema. */
export function compile(expression: Expression, schema: Schema): Evaluate {
  if ('field' in expression) {
    const { field } = expression
    return (frame) => frame.column(field)
  }
  if ('value' in expression) {
    const { value } = expression
    return (frame) => constant(value, frame.count)
  }
  return compileCall(expression.fn, expression.args, schema)
}

function compileCall(fn: FunctionName, args: Args, schema: Schema): Evaluate {
  const compiled = args.map((argument) => compile(argument, schema))
  const [first, second] = compiled
  switch (fn) {
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return compileComparison(fn, args, schema)
    case 'in':
      return compileCall(
        'or',
        args.slice(1).map((other) => ({ fn: 'eq', args: [args[0]!, other] })),
        schema,
      )
    case 'and':
      return (frame) => logical(compiled, frame, FALSE, TRUE)
    case 'or':
      return (frame) => logical(compiled, frame, TRUE, FALSE)
    case 'not':
      return (frame) => new BooleanColumn(booleans(first!, frame).map((value) => (value === UNKNOWN ? UNKNOWN : 1 - value)))
    case 'isNull':
      return (frame) => new BooleanColumn(nullsOf(first!(frame)))
    case 'coalesce':
      return compileCoalesce(compiled, typeOf({ fn, args }, schema) ?? 'text')
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return compileSearch(fn, compiled, args[1]!)
    case 'matches':
      return compileMatches(first!, (args[1] as { value: string }).value)
    case 'lower':
      return rewritten(first!, (text) => text.toLowerCase())
    case 'upper':
      return rewritten(first!, (text) => text.toUpperCase())
    case 'trim':
      return rewritten(first!, (text) => text.replace(/^ +| +$/g, ''))
    case 'length':
      return (frame) => lengths(texts(first!, frame))
    case 'concat':
      return (frame) => concatenated(compiled.map((each) => texts(each, frame)))
    case 'add':
      return numeric(first!, second!, (one, other) => one + other)
    case 'sub':
      return numeric(first!, second!, (one, other) => one - other)
    case 'mul':
      return numeric(first!, second!, (one, other) => one * other)
    case 'div':
      return numeric(first!, second!, (one, other) => one / other)
    case 'mod':
      return numeric(first!, second!, (one, other) => one % other)
    case 'floor':
      return (frame) => new NumberColumn(asNumbers(first!(frame)).map(Math.floor))
    case 'round':
      return (frame) => new NumberColumn(asNumbers(first!(frame)).map((value) => Math.sign(value) * Math.round(Math.abs(value))))
    case 'abs':
      return (frame) => new NumberColumn(asNumbers(first!(frame)).map(Math.abs))
    case 'text':
    case 'number':
    case 'time':
      return (frame) => convert(first!(frame), fn)
  }
}

/** Every row this value. */
function constant(value: Value, count: number): Column {
  if (typeof value === 'number') return new NumberColumn(new Float64Array(count).fill(value))
  if (typeof value === 'boolean') return new BooleanColumn(new Uint8Array(count).fill(value ? TRUE : FALSE))
  const bytes = Buffer.from(value ?? '')
  return new TextColumn(bytes, new Uint32Array(count).fill(value === null ? NULL_START : 0), new Uint32Array(count).fill(bytes.length))
}

function texts(evaluate: Evaluate, frame: Frame): TextColumn {
  return convert(evaluate(frame), 'text') as TextColumn
}

/** A literal null has the type text; as a boolean it is unknown. */
function booleans(evaluate: Evaluate, frame: Frame): Uint8Array {
  return (convert(evaluate(frame), 'boolean') as BooleanColumn).values
}

function nullsOf(column: Column): Uint8Array {
  const nulls = new Uint8Array(column.count)
  for (let row = 0; row < nulls.length; row++) {
    const isNull =
      column instanceof TextColumn
        ? column.starts[row] === NULL_START
        : column instanceof NumberColumn
          ? Number.isNaN(column.values[row])
          : column.values[row] === UNKNOWN
    nulls[row] = isNull ? TRUE : FALSE
  }
  return nulls
}

/** `decides` in any argument decides; else unknown if any is unknown; else `otherwise`. */
function logical(args: readonly Evaluate[], frame: Frame, decides: number, otherwise: number): BooleanColumn {
  const result = new Uint8Array(frame.count).fill(otherwise)
  for (const argument of args) {
    const values = booleans(argument, frame)
    for (let row = 0; row < result.length; row++) {
      const value = values[row]!
      if (value === decides) result[row] = decides
      else if (value === UNKNOWN && result[row] !== decides) result[row] = UNKNOWN
    }
  }
  return new BooleanColumn(result)
}

type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'

/** Whether a difference (less than 0, 0, more than 0) satisfies a comparison. */
const holds: Record<Comparison, (difference: number) => boolean> = {
  eq: (difference) => difference === 0,
  ne: (difference) => difference !== 0,
  lt: (difference) => difference < 0,
  le: (difference) => difference <= 0,
  gt: (difference) => difference > 0,
  ge: (difference) => difference >= 0,
}

function compileComparison(fn: Comparison, args: Args, schema: Schema): Evaluate {
  const [one, other] = args.map((argument) => compile(argument, schema)) as [Evaluate, Evaluate]
  const types = args.map((argument) => typeOf(argument, schema))
  if (types.includes(undefined)) return (frame) => new BooleanColumn(new Uint8Array(frame.count).fill(UNKNOWN))
  const test = holds[fn]
  if (types.every((type) => type === 'text')) {
    const literal = args.map((argument) => ('value' in argument ? argument.value : undefined)).find((value) => typeof value === 'string')
    const column = 'value' in args[0]! ? other : one
    if (fn === 'eq' && literal !== undefined) {
      const equal = equalTo(Buffer.from(literal as string))
      return (frame) => new BooleanColumn(testEach(column(frame) as TextColumn, equal))
    }
    return (frame) => comparedTexts(one(frame) as TextColumn, other(frame) as TextColumn, test)
  }
  // Text beside a time is read as a time, beside a number as a number.
  const read = types.includes('time') ? (column: Column) => asNumbers(convert(column, 'time')) : asNumbers
  return (frame) => {
    const left = read(one(frame))
    const right = read(other(frame))
    const result = new Uint8Array(left.length)
    for (let row = 0; row < result.length; row++) {
      const a = left[row]!
      const b = right[row]!
      result[row] = Number.isNaN(a) || Number.isNaN(b) ? UNKNOWN : test(a < b ? -1 : a > b ? 1 : 0) ? TRUE : FALSE
    }
    return new BooleanColumn(result)
  }
}

function comparedTexts(one: TextColumn, other: TextColumn, test: (difference: number) => boolean): BooleanColumn {
  const result = new Uint8Array(one.count)
  for (let row = 0; row < result.length; row++) {
    const known = one.starts[row] !== NULL_START && other.starts[row] !== NULL_START
    result[row] = known ? (test(compareRows(one, other, row)) ? TRUE : FALSE) : UNKNOWN
  }
  return new BooleanColumn(result)
}

function compileSearch(fn: 'contains' | 'startsWith' | 'endsWith', args: readonly Evaluate[], part: Expression): Evaluate {
  const [text, sought] = args as [Evaluate, Evaluate]
  if ('value' in part && typeof part.value === 'string') {
    const bytes = Buffer.from(part.value)
    if (fn === 'contains') return (frame) => new BooleanColumn(containing(texts(text, frame), bytes))
    const test = fn === 'startsWith' ? startingWith(bytes) : endingWith(bytes)
    return (frame) => new BooleanColumn(testEach(texts(text, frame), test))
  }
  return (frame) => {
    const [where, what] = [texts(text, frame), texts(sought, frame)]
    const result = new Uint8Array(frame.count)
    for (let row = 0; row < result.length; row++) {
      const [one, other] = [where.at(row), what.at(row)]
      const found =
        fn === 'contains' ? one?.includes(other ?? '') : fn === 'startsWith' ? one?.startsWith(other ?? '') : one?.endsWith(other ?? '')
      result[row] = one === null || other === null ? UNKNOWN : found ? TRUE : FALSE
    }
    return new BooleanColumn(result)
  }
}

function compileMatches(text: Evaluate, pattern: string): Evaluate {
  const regex = javaRegex(pattern)
  return (frame) => new BooleanColumn(testEach(texts(text, frame), (bytes, start, end) => regex.test(bytes.toString('utf8', start, end))))
}

function compileCoalesce(args: readonly Evaluate[], type: FieldType): Evaluate {
  return (frame) => {
    const columns = args.map((argument) => convert(argument(frame), type))
    const nulls = columns.map(nullsOf)
    // For each row the first column that has a value, or the last.
    const chosen = Array.from({ length: frame.count }, (_, row) => {
      const index = nulls.findIndex((each) => each[row] === FALSE)
      return columns[index < 0 ? columns.length - 1 : index]!
    })
    if (type === 'text') {
      const builder = new TextBuilder(frame.count)
      for (const [row, column] of chosen.entries()) addRow(builder, column as TextColumn, row)
      return builder.build()
    }
    if (type === 'boolean') return new BooleanColumn(Uint8Array.from(chosen, (column, row) => (column as BooleanColumn).values[row]!))
    return new NumberColumn(
      Float64Array.from(chosen, (column, row) => (column as NumberColumn).values[row]!),
      type,
    )
  }
}

function addRow(builder: TextBuilder, column: TextColumn, row: number): void {
  const start = column.starts[row]!
  if (start === NULL_START) builder.addNull()
  else builder.addBytes(column.bytes.subarray(start, column.ends[row]))
}

function rewritten(text: Evaluate, rewrite: (text: string) => string): Evaluate {
  return (frame) => {
    const column = texts(text, frame)
    const builder = new TextBuilder(column.count)
    for (let row = 0; row < column.count; row++) {
      const value = column.at(row)
      builder.add(value === null ? null : rewrite(value))
    }
    return builder.build()
  }
}

function concatenated(columns: readonly TextColumn[]): TextColumn {
  const count = columns[0]!.count
  const builder = new TextBuilder(count)
  for (let row = 0; row < count; row++) {
    if (columns.some((column) => column.starts[row] === NULL_START)) builder.addNull()
    else builder.addBytes(Buffer.concat(columns.map((column) => column.bytes.subarray(column.starts[row], column.ends[row]))))
  }
  return builder.build()
}

/** Code points: bytes that do not go on with a character. */
function lengths(column: TextColumn): NumberColumn {
  const values = new Float64Array(column.count)
  for (let row = 0; row < values.length; row++) {
    const start = column.starts[row]!
    let length = 0
    if (start === NULL_START) length = Number.NaN
    else for (let at = start; at < column.ends[row]!; at++) if ((column.bytes[at]! & 0xc0) !== 0x80) length += 1
    values[row] = length
  }
  return new NumberColumn(values)
}

/** NaN (null) goes through arithmetic by itself; a result that is not finite becomes it. */
function numeric(one: Evaluate, other: Evaluate, compute: (one: number, other: number) => number): Evaluate {
  return (frame) => {
    const left = asNumbers(one(frame))
    const right = asNumbers(other(frame))
    const values = new Float64Array(left.length)
    for (let row = 0; row < values.length; row++) {
      const value = compute(left[row]!, right[row]!)
      values[row] = Number.isFinite(value) ? value : Number.NaN
    }
    return new NumberColumn(values)
  }
}
