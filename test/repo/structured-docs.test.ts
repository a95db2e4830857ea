// docs/structured-operators.md against the code: a page that somebody writes forgets what somebody else adds.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as api from '../../src-main/streaming/api.ts'
import { BooleanExpr, Expr, NumberExpr, TextExpr } from '../../src-shared/streaming/structured/build-expression.ts'
import { formatFields } from '../../src-shared/streaming/structured/plan.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/structured-operators.md'), 'utf8')
const code = [...page.matchAll(/`([^`]+)`/g)].map(([, text]) => text!).join(' ')
const methodsOf = (...classes: readonly { readonly prototype: object }[]): string[] =>
  classes.flatMap((each) => Object.getOwnPropertyNames(each.prototype).filter((name) => name !== 'constructor'))

test('every operator of a structured stream is on its page', () => {
  const named = methodsOf(api.StructuredStream).filter((name) => !new RegExp(`\\b${name}\\b`).test(code))
  expect(named.filter((name) => name !== 'apply')).toEqual([])
})

test('every method of expressions, every aggregate and every field of the fixed formats is on its page', () => {
  const aggregates = ['count', 'sum', 'min', 'max', 'avg', 'distinct', 'percentile']
  expect(aggregates.filter((name) => !(name in api))).toEqual([])
  const names = [...methodsOf(Expr, BooleanExpr, TextExpr, NumberExpr), ...aggregates, ...Object.values(formatFields).flatMap(Object.keys)]
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([])
})
