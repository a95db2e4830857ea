// Plans as text: what is wrong with one is found, all of it, where it stands.

import { expect, test } from 'vitest'
import { checkExpression } from '../../../src-shared/streaming/structured/expression.ts'
import type { Plan } from '../../../src-shared/streaming/structured/plan.ts'
import { parsePlan, planText } from '../../../src-shared/streaming/structured/plan-text.ts'
import { fc } from '../../driver/property.ts'
import { expressions } from './arbitraries.ts'
import { testSchema } from './naive.ts'

const parse = { op: 'parse', format: 'json', fields: testSchema } as const

/** "line:column message" of each problem of a plan with these operators. */
function problemsOf(operators: string): string[] {
  const { problems } = parsePlan(`{"version": 1, "input": {"channel": "c1"}, "operators": [\n${operators}\n]}`)
  return problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

test('a plan with random conditions survives being written and read', () => {
  fc.assert(
    fc.property(expressions('boolean'), (condition) => {
      fc.pre(checkExpression(condition, testSchema, []).length === 0)
      const plan: Plan = {
        version: 1,
        input: { channel: 'c1', headers: ['host'] },
        operators: [
          { ...parse, keep: ['host'] },
          { op: 'where', condition },
          { op: 'aggregate', by: ['t', 'host'], values: { rows: { fn: 'count' }, high: { fn: 'percentile', field: 'n', at: 0.9 } } },
          {
            op: 'join',
            with: {
              table: {
                fields: { k: 'text', v: 'number' },
                rows: [
                  ['a', 1],
                  ['b', null],
                ],
              },
            },
            on: { t: 'k' },
            kind: 'left',
          },
          { op: 'alert', name: 'much', severity: 'error', message: '{t} has {rows} {v}' },
        ],
      }
      expect(parsePlan(planText(plan))).toEqual({ plan, problems: [] })
    }),
    { numRuns: 300 },
  )
})

test.each([
  [
    '{"op": "where", "condition": {"fn": "contains", "args": [{"field": "bdoy"}, {"value": "x"}]}}',
    '1:68 There is no field "bdoy" here. There are: body.',
  ],
  ['{"op": "wear"}', '1:8 There is no operator "wear". There are: parse, split, where, select, aggregate, join, sql, alert.'],
  ['{"op": "where", "conditon": 1}', '1:29 The operator where has no "conditon". It has: op, condition.'],
  ['{"op": "where",\n "condition": {"field": "body"}}', '2:15 A condition is a boolean, and this is text.'],
  [
    '{"op": "where", "condition": {"fn": "lt", "args": [{"value": true}, {"field": "body"}]}}',
    '1:69 lt cannot take a boolean and text together.',
  ],
  [
    '{"op": "where", "condition": {"fn": "matches", "args": [{"field": "body"}, {"value": "("}]}}',
    '1:86 "(" is not a regular expression of Java: Unclosed group near index 1',
  ],
  ['{"op": "where", "condition": {"fn": "not", "args": []}}', '1:52 not takes 1 argument, and got 0.'],
  ['{"op": "parse", "format": "jsn"}', '1:27 This is one of json, csv, common, combined, syslog, logfmt, key-value, regex, not "jsn".'],
  ['{"op": "parse", "format": "json"}', '1:1 "fields" is {name: type, ...}; types are text, number, boolean, time.'],
  ['{"op": "parse", "format": "syslog", "fields": {"a": "text"}}', '1:47 The format syslog has no "fields".'],
  ['{"op": "parse", "format": "regex", "pattern": "a(b)"}', '1:47 The pattern has no named group, (?<name>...), so it gives no field.'],
  ['{"op": "parse", "format": "json", "fields": {"a": "int"}}', '1:51 This is one of text, number, boolean, time, not "int".'],
  ['{"op": "select", "fields": {"__proto__": {"value": 1}}}', '1:42 "__proto__" cannot be the name of a field.'],
  ['{"op": "aggregate", "by": ["body", "body"], "values": {"n": {"fn": "count"}}}', '1:36 "body" is there twice.'],
  ['{"op": "aggregate", "by": ["body"], "values": {"body": {"fn": "count"}}}', '1:56 "body" is already a field of the result.'],
  [
    '{"op": "aggregate", "by": [], "values": {"n": {"fn": "count"}}, "window": {"ms": 0, "slideMs": 1}}',
    '1:82 "ms" is a number of milliseconds above 0, not 0.',
  ],
  [
    '{"op": "join", "kind": "inner", "on": {"body": "v"}, "with": {"table": {"fields": {"v": "number"}, "rows": [[1]]}}}',
    '1:48 "body" is text and "v" a number: they cannot be equal.',
  ],
  [
    '{"op": "join", "kind": "inner", "on": {"body": "k"}, "with": {"table": {"fields": {"k": "text"}, "rows": [[1]]}}}',
    '1:108 1 is not text.',
  ],
  ['{"op": "alert", "name": "a", "severity": "error", "message": "{nobody}"}', '1:62 There is no field "nobody" here. There are: body.'],
  ['7', '1:1 An operator is {"op": parse, split, where, select, aggregate, join, sql, alert, ...}, not 7.'],
] as const)('%s is refused at its place', (operator, problem) => {
  const [place, ...words] = problem.split(' ')
  const [line, column] = place!.split(':').map(Number)
  expect(problemsOf(operator)).toEqual([`${line! + 1}:${column} ${words.join(' ')}`])
})

test('all problems of an operator are told at once', () => {
  expect(
    problemsOf('{"op": "aggregate", "by": ["x"], "values": {"n": {"fn": "sum", "field": "body"}, "m": {"fn": "mean", "field": "body"}}}'),
  ).toEqual([
    '2:28 There is no field "x" here. There are: body.',
    '2:73 sum takes a number, and "body" is text.',
    '2:94 This is one of count, sum, min, max, avg, distinct, percentile, not "mean".',
  ])
})

test('a join’s inner plan is checked with it', () => {
  const inner = '{"version": 2, "input": {"channel": ""}, "operators": []}'
  expect(problemsOf(`{"op": "join", "kind": "left", "on": {"body": "body"}, "with": {"plan": ${inner}}}`)).toEqual([
    '2:85 This is version 1 of plans; the plan says 2.',
    '2:109 "channel" is a channel\'s name, not "".',
  ])
})

test('text that is no JSON is refused where it stops being JSON', () => {
  expect(parsePlan('{"version": 1,\n  "input": {"channel" "c1"}}').problems).toMatchObject([
    { line: 2, column: 23, message: expect.stringMatching(/^This is not JSON: /) },
  ])
  expect(parsePlan('').problems).toMatchObject([{ line: 1, column: 1 }])
})
