// Expressions over the fields of a row: plain data, so that a plan can be stored, drawn, exported and checked before anything runs.
//
// Rules, the same as Spark SQL's where Spark has the function:
// * null in, null out, but for isNull, coalesce, and `and`/`or`, which are three-valued (false and null is false; true or null is true).
// * A comparison of text with a number or a time reads the text as one; text that is none makes null.
// * A result that is no finite number (a division by zero, an overflow) is null.
// * Text is compared by its bytes. contains, startsWith, endsWith and eq work on bytes, without decoding.
import { javaRegex } from '../../regex/java-regex.ts'
import { aType, type FieldType, namesOf, type PlanProblem, type Schema, type Value } from './schema.ts'

export type Expression =
  | { readonly field: string }
  | { readonly value: Value }
  | { readonly fn: FunctionName; readonly args: readonly Expression[] }

/** What a function takes and gives. `least`/`most`: how many arguments. */
interface FunctionSpec {
  readonly least: number
  readonly most: number
  /** The type that every argument must have; `any` where it may be of any type; `comparable`: all of types that compare with each other. */
  readonly takes: FieldType | 'any' | 'comparable'
  /** `first`: the type of the first argument that is not null. */
  readonly gives: FieldType | 'first'
}

const many = Number.POSITIVE_INFINITY
const comparison: FunctionSpec = { least: 2, most: 2, takes: 'comparable', gives: 'boolean' }
const search: FunctionSpec = { least: 2, most: 2, takes: 'text', gives: 'boolean' }
const arithmetic: FunctionSpec = { least: 2, most: 2, takes: 'number', gives: 'number' }
const rounding: FunctionSpec = { least: 1, most: 1, takes: 'number', gives: 'number' }
const rewriting: FunctionSpec = { least: 1, most: 1, takes: 'text', gives: 'text' }
const cast = (gives: FieldType): FunctionSpec => ({ least: 1, most: 1, takes: 'any', gives })

const functions = {
  eq: comparison,
  ne: comparison,
  lt: comparison,
  le: comparison,
  gt: comparison,
  ge: comparison,
  in: { least: 2, most: many, takes: 'comparable', gives: 'boolean' },
  and: { least: 1, most: many, takes: 'boolean', gives: 'boolean' },
  or: { least: 1, most: many, takes: 'boolean', gives: 'boolean' },
  not: { least: 1, most: 1, takes: 'boolean', gives: 'boolean' },
  isNull: { least: 1, most: 1, takes: 'any', gives: 'boolean' },
  coalesce: { least: 1, most: many, takes: 'comparable', gives: 'first' },
  contains: search,
  startsWith: search,
  endsWith: search,
  matches: search,
  lower: rewriting,
  upper: rewriting,
  trim: rewriting,
  length: { least: 1, most: 1, takes: 'text', gives: 'number' },
  concat: { least: 1, most: many, takes: 'text', gives: 'text' },
  add: arithmetic,
  sub: arithmetic,
  mul: arithmetic,
  div: arithmetic,
  mod: arithmetic,
  floor: rounding,
  round: rounding,
  abs: rounding,
  text: cast('text'),
  number: cast('number'),
  time: cast('time'),
} as const satisfies Record<string, FunctionSpec>

export type FunctionName = keyof typeof functions

function isFunctionName(name: unknown): name is FunctionName {
  return typeof name === 'string' && Object.hasOwn(functions, name)
}

const isNumeric = (type: FieldType): boolean => type === 'number' || type === 'time'

/** May values of these types be compared? Text with a number, yes: the text is read as one. */
function comparable(one: FieldType, other: FieldType): boolean {
  return one === other || (one !== 'boolean' && other !== 'boolean')
}

/** The type of a checked expression; undefined: always null. */
export function typeOf(expression: Expression, schema: Schema): FieldType | undefined {
  if ('field' in expression) return schema[expression.field]
  if ('value' in expression) return typeOfValue(expression.value)
  const { gives } = functions[expression.fn]
  if (gives !== 'first') return gives
  return expression.args.map((argument) => typeOf(argument, schema)).find((type) => type !== undefined)
}

function typeOfValue(value: Value): FieldType | undefined {
  if (value === null) return undefined
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean'
}

/** What is wrong with `given`, which may be anything, as an expression over `schema`. */
export function checkExpression(given: unknown, schema: Schema, path: PlanProblem['path']): PlanProblem[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return [{ path, message: `An expression is {"field": name}, {"value": literal} or {"fn": name, "args": [...]}, not ${shown(given)}.` }]
  }
  const stranger = Object.keys(given).find((key) => !['field', 'value', 'fn', 'args'].includes(key))
  if (stranger !== undefined) return [{ path: [...path, stranger], message: `An expression has no "${stranger}".` }]
  if ('field' in given) return checkField(given.field, schema, [...path, 'field'])
  if ('value' in given) return checkLiteral(given.value, [...path, 'value'])
  if (!('fn' in given)) return [{ path, message: 'An expression needs "field", "value" or "fn".' }]
  if (!isFunctionName(given.fn)) {
    const known = Object.keys(functions).join(', ')
    return [{ path: [...path, 'fn'], message: `There is no function ${shown(given.fn)}. There are: ${known}.` }]
  }
  const args = 'args' in given ? given.args : undefined
  if (!Array.isArray(args)) return [{ path, message: `${given.fn} needs "args", a list of expressions.` }]
  const problems = args.flatMap((argument: unknown, index) => checkExpression(argument, schema, [...path, 'args', index]))
  return problems.length > 0 ? problems : checkCall(given.fn, args as Expression[], schema, path)
}

export function checkField(name: unknown, schema: Schema, path: PlanProblem['path']): PlanProblem[] {
  if (typeof name === 'string' && Object.hasOwn(schema, name)) return []
  return [{ path, message: `There is no field ${shown(name)} here. There are: ${namesOf(schema)}.` }]
}

function checkLiteral(value: unknown, path: PlanProblem['path']): PlanProblem[] {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return []
  return [{ path, message: `A literal is text, a finite number, true, false or null, not ${shown(value)}.` }]
}

function checkCall(fn: FunctionName, args: readonly Expression[], schema: Schema, path: PlanProblem['path']): PlanProblem[] {
  const spec: FunctionSpec = functions[fn]
  if (args.length < spec.least || args.length > spec.most) {
    const wanted = spec.most === spec.least ? `${spec.least}` : `at least ${spec.least}`
    return [{ path: [...path, 'args'], message: `${fn} takes ${wanted} argument${wanted === '1' ? '' : 's'}, and got ${args.length}.` }]
  }
  const problems: PlanProblem[] = []
  const first = args.map((argument) => typeOf(argument, schema)).find((type) => type !== undefined)
  args.forEach((argument, index) => {
    const type = typeOf(argument, schema)
    if (type === undefined || spec.takes === 'any') return
    const at = [...path, 'args', index]
    if (spec.takes === 'comparable') {
      const same = fn === 'coalesce' ? type === first || (isNumeric(type) && isNumeric(first!)) : comparable(type, first!)
      if (!same) problems.push({ path: at, message: `${fn} cannot take ${aType(first!)} and ${aType(type)} together.` })
    } else if (type !== spec.takes && !(isNumeric(type) && isNumeric(spec.takes))) {
      problems.push({ path: at, message: `${fn} takes ${aType(spec.takes)} here, and this is ${aType(type)}.` })
    }
  })
  if (fn === 'matches') problems.push(...checkPattern(args[1]!, [...path, 'args', 1]))
  return problems
}

function checkPattern(argument: Expression, path: PlanProblem['path']): PlanProblem[] {
  if (!('value' in argument) || typeof argument.value !== 'string') {
    return [{ path, message: 'matches takes its regular expression as a literal: {"value": "..."}.' }]
  }
  return checkRegex(argument.value, [...path, 'value'])
}

/** Patterns are Java's, as everywhere in Millrace and in Spark. */
export function checkRegex(pattern: string, path: PlanProblem['path']): PlanProblem[] {
  try {
    javaRegex(pattern)
    return []
  } catch (thrown) {
    return [{ path, message: `"${pattern}" ${(thrown as Error).message}` }]
  }
}

export function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
