// Random rows and random well-typed expressions over them.

import type { Expression, FunctionName } from '../../../src-shared/streaming/structured/expression.ts'
import type { Value } from '../../../src-shared/streaming/structured/schema.ts'
import { fc } from '../../driver/property.ts'
import { type TestType, testSchema } from './naive.ts'

const words = fc.constantFrom('', ' ', 'a', 'b', 'ab', 'aab', 'é', '😀', '12', '-3.5', '1e3', '0', 'A b ', 'ba')
const text = fc.oneof(
  words,
  fc.array(words, { maxLength: 4 }).map((parts) => parts.join('')),
)
const number = fc.oneof(
  fc.constantFrom(0, 1, -1, 2.5, -2.5, 12, 1e300, 1e-300),
  fc.integer({ min: -5, max: 5 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
)
const values: Record<TestType, fc.Arbitrary<Value>> = { text, number, boolean: fc.boolean() }
const nullable = (type: TestType): fc.Arbitrary<Value> => fc.option(values[type], { nil: null, freq: 4 })

/** Rows in the order of testSchema. */
export const rows = fc.array(fc.tuple(...Object.values(testSchema).map(nullable)), { maxLength: 30 })

const fieldsOf = (type: TestType): string[] => Object.entries(testSchema).flatMap(([name, its]) => (its === type ? [name] : []))

/** Argument types and result of each function that is tried. */
const signatures: readonly (readonly [FunctionName, TestType, readonly TestType[]])[] = [
  ...(['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const).flatMap((fn) => [
    [fn, 'boolean', ['text', 'text']] as const,
    [fn, 'boolean', ['number', 'number']] as const,
    [fn, 'boolean', ['text', 'number']] as const,
    [fn, 'boolean', ['boolean', 'boolean']] as const,
  ]),
  ['in', 'boolean', ['text', 'text', 'text']],
  ['and', 'boolean', ['boolean', 'boolean']],
  ['or', 'boolean', ['boolean', 'boolean', 'boolean']],
  ['not', 'boolean', ['boolean']],
  ['isNull', 'boolean', ['text']],
  ['isNull', 'boolean', ['number']],
  ['coalesce', 'text', ['text', 'text']],
  ['coalesce', 'number', ['number', 'number']],
  ['coalesce', 'boolean', ['boolean', 'boolean']],
  ['contains', 'boolean', ['text', 'text']],
  ['startsWith', 'boolean', ['text', 'text']],
  ['endsWith', 'boolean', ['text', 'text']],
  ['lower', 'text', ['text']],
  ['upper', 'text', ['text']],
  ['trim', 'text', ['text']],
  ['length', 'number', ['text']],
  ['concat', 'text', ['text', 'text']],
  ...(['add', 'sub', 'mul', 'div', 'mod'] as const).map((fn) => [fn, 'number', ['number', 'number']] as const),
  ...(['floor', 'round', 'abs'] as const).map((fn) => [fn, 'number', ['number']] as const),
  ['text', 'text', ['number']],
  ['text', 'text', ['boolean']],
  ['number', 'number', ['text']],
  ['number', 'number', ['boolean']],
]

/** Expressions of a type, some levels deep. */
export function expressions(type: TestType, depth = 3): fc.Arbitrary<Expression> {
  const leaf = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...fieldsOf(type)).map((field): Expression => ({ field })) },
    { weight: 1, arbitrary: nullable(type).map((value): Expression => ({ value })) },
  )
  if (depth === 0) return leaf
  const fitting = signatures.filter(([, gives]) => gives === type)
  const call = fc
    .constantFrom(...fitting)
    .chain(([fn, , takes]) => fc.tuple(...takes.map((each) => expressions(each, depth - 1))).map((args): Expression => ({ fn, args })))
  const literalSearch = fc.tuple(fc.constantFrom('t', 'u'), fc.constantFrom('contains', 'startsWith', 'endsWith', 'eq'), words)
  const search = literalSearch.map(([field, fn, value]): Expression => ({ fn: fn as FunctionName, args: [{ field }, { value }] }))
  return type === 'boolean' ? fc.oneof(leaf, call, call, search) : fc.oneof(leaf, call)
}
