// Expressions and operators by their rules, a row at a time, with JavaScript values and nothing clever: what the engine is compared with.
import type { Expression, FunctionName } from '../../../src-shared/streaming/structured/expression.ts'
import type { Aggregate, AggregateOperator } from '../../../src-shared/streaming/structured/plan.ts'
import type { FieldType, Schema, Value } from '../../../src-shared/streaming/structured/schema.ts'

export type Row = Readonly<Record<string, Value>>

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

function toNumber(value: Value): number | null {
  if (value === null) return null
  if (typeof value !== 'string') return Number(value)
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(value) ? finite(Number(value)) : null
}

function compare(one: Value, other: Value): number | null {
  if (one === null || other === null) return null
  if (typeof one === 'string' && typeof other === 'string') return Buffer.compare(Buffer.from(one), Buffer.from(other))
  const [a, b] = [toNumber(one), toNumber(other)]
  return a === null || b === null ? null : a - b
}

const strict =
  (f: (...args: never[]) => Value) =>
  (...args: readonly Value[]): Value =>
    args.includes(null) ? null : f(...(args as never[]))

const calls: Record<Exclude<FunctionName, 'time'>, (...args: Value[]) => Value> = {
  eq: (a = null, b = null) => negatable(compare(a, b), (d) => d === 0),
  ne: (a = null, b = null) => negatable(compare(a, b), (d) => d !== 0),
  lt: (a = null, b = null) => negatable(compare(a, b), (d) => d < 0),
  le: (a = null, b = null) => negatable(compare(a, b), (d) => d <= 0),
  gt: (a = null, b = null) => negatable(compare(a, b), (d) => d > 0),
  ge: (a = null, b = null) => negatable(compare(a, b), (d) => d >= 0),
  in: (a = null, ...others) => calls.or(...others.map((other) => calls.eq(a, other))),
  and: (...args) => (args.includes(false) ? false : args.includes(null) ? null : true),
  or: (...args) => (args.includes(true) ? true : args.includes(null) ? null : false),
  not: strict((a: boolean) => !a),
  isNull: (a = null) => a === null,
  coalesce: (...args) => args.find((value) => value !== null) ?? null,
  contains: strict((a: string, b: string) => a.includes(b)),
  startsWith: strict((a: string, b: string) => a.startsWith(b)),
  endsWith: strict((a: string, b: string) => a.endsWith(b)),
  matches: strict((a: string, b: string) => new RegExp(b, 'u').test(a)),
  lower: strict((a: string) => a.toLowerCase()),
  upper: strict((a: string) => a.toUpperCase()),
  trim: strict((a: string) => a.replace(/^ +/, '').replace(/ +$/, '')),
  length: strict((a: string) => [...a].length),
  concat: strict((...args: string[]) => args.join('')),
  add: strict((a: number, b: number) => finite(a + b)),
  sub: strict((a: number, b: number) => finite(a - b)),
  mul: strict((a: number, b: number) => finite(a * b)),
  div: strict((a: number, b: number) => finite(a / b)),
  mod: strict((a: number, b: number) => finite(a % b)),
  floor: strict((a: number) => Math.floor(a)),
  round: strict((a: number) => (a < 0 ? -Math.round(-a) : Math.round(a))),
  abs: strict((a: number) => Math.abs(a)),
  text: strict((a: string | number | boolean) => String(a)),
  number: (a = null) => toNumber(a),
}

function negatable(difference: number | null, holds: (difference: number) => boolean): boolean | null {
  return difference === null ? null : holds(difference)
}

export function evaluate(expression: Expression, row: Row): Value {
  if ('field' in expression) return row[expression.field] ?? null
  if ('value' in expression) return expression.value
  return calls[expression.fn as 'eq'](...expression.args.map((argument) => evaluate(argument, row)))
}

export function aggregate(operator: Pick<AggregateOperator, 'by' | 'values'>, rows: readonly Row[]): Row[] {
  const groups = new Map<string, Row[]>()
  if (operator.by.length === 0) groups.set('[]', [])
  for (const row of rows) {
    const key = JSON.stringify(operator.by.map((name) => row[name]))
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups].map(([key, members]) => ({
    ...Object.fromEntries((JSON.parse(key) as Value[]).map((value, index) => [operator.by[index]!, value])),
    ...Object.fromEntries(Object.entries(operator.values).map(([name, each]) => [name, aggregated(each, members)])),
  }))
}

function aggregated(each: Aggregate, rows: readonly Row[]): Value {
  if (each.fn === 'count' && each.field === undefined) return rows.length
  const values = rows.map((row) => row[each.field!]).filter((value) => value !== null && value !== undefined)
  if (each.fn === 'count') return values.length
  if (each.fn === 'distinct') return new Set(values).size
  const numbers = (values as number[]).toSorted((a, b) => a - b)
  if (numbers.length === 0) return null
  const sum = (values as number[]).reduce((a, b) => a + b, 0)
  if (each.fn === 'sum') return finite(sum)
  if (each.fn === 'avg') return finite(sum / numbers.length)
  if (each.fn === 'min') return numbers[0]!
  if (each.fn === 'max') return numbers.at(-1)!
  const position = (each as { at: number }).at * (numbers.length - 1)
  const [below, above] = [numbers[Math.floor(position)]!, numbers[Math.ceil(position)]!]
  return below + (above - below) * (position % 1)
}

export const testSchema = { t: 'text', u: 'text', n: 'number', m: 'number', b: 'boolean' } as const satisfies Schema
export type TestType = Exclude<FieldType, 'time'>
