// The formats of parse: each against another reader of the same format, or against the rules that its file states.

import { expect, test } from 'vitest'
import { accessLogLine, seededRandom } from '../../../src-main/engine/demo/access-log.ts'
import { columnOfValues } from '../../../src-main/streaming/structured/column.ts'
import { Frame } from '../../../src-main/streaming/structured/frame.ts'
import { parseFrames } from '../../../src-main/streaming/structured/parse.ts'
import { RejectionTally } from '../../../src-main/streaming/structured/rejections.ts'
import type { ParseOperator } from '../../../src-shared/streaming/structured/plan.ts'
import type { Value } from '../../../src-shared/streaming/structured/schema.ts'
import { fc } from '../../driver/property.ts'

type Options = ParseOperator extends infer O ? (O extends ParseOperator ? Omit<O, 'op'> : never) : never

function parse(
  options: Options,
  texts: readonly (string | null)[],
  batchTime = 0,
): { rows: Record<string, Value>[]; rejected: [string, number][] } {
  const tally = new RejectionTally()
  const frame = new Frame(texts.length, [['body', columnOfValues('text', texts)]])
  const parsed = parseFrames({ op: 'parse', ...options } as ParseOperator)(frame, batchTime, tally)
  return { rows: [...parsed.objects()], rejected: [...tally.entries].map(([reason, { count }]) => [reason, count]) }
}

const jsonFields = { t: 'text', n: 'number', b: 'boolean', 'o.x': 'text', 'o.y.z': 'number' } as const

function naiveJson(text: string): Record<string, unknown> | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
}

test('json reads what JSON.parse reads and refuses what it refuses, whatever the bytes are', () => {
  const object = fc.dictionary(fc.constantFrom('t', 'a', 'né', '"', 'b\\'), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
  const text = fc.oneof(
    fc.tuple(object, fc.constantFrom(undefined, 1, '\t')).map(([value, indent]) => JSON.stringify(value, null, indent)),
    // A character more, less or other.
    fc
      .tuple(object, fc.nat(), fc.constantFrom('', '"', '{', '}', ',', ':', '0', '-', '.', 'e', '\\', '\\u12', ' ', '\u0001', 'tru'))
      .map(([value, at, char]) => {
        const whole = JSON.stringify(value)
        const cut = at % (whole.length + 1)
        return whole.slice(0, cut) + char + whole.slice(cut + 1)
      }),
    fc.json(),
  )
  fc.assert(
    fc.property(text, (line) => {
      const known = naiveJson(line)
      const { rows, rejected } = parse({ format: 'json', fields: { t: 'text' } }, [line])
      expect(rejected).toEqual(known === undefined ? [[expect.stringMatching(/^it is not a JSON object: character \d+$/), 1]] : [])
      expect(rows).toHaveLength(known === undefined ? 0 : 1)
      if (known === undefined) return
      const found = rows[0]!['t']!
      const wanted = Object.hasOwn(known, 't') ? known['t'] : null
      if (typeof wanted === 'string' || wanted === null) expect(found).toBe(wanted)
      else expect(JSON.parse(found as string)).toEqual(wanted)
    }),
    { numRuns: 4000 },
  )
})

test('json: dotted fields reach into objects, values are read as their types, and what is of another type is null and counted', () => {
  const lines = [
    '{"t":"a\\u00e9\\n","n":12,"b":true,"o":{"x":"in","y":{"z":-1.5e2}}}',
    '{"t":7,"n":"12","b":"false","o.x":"flat","o":{"y.z":3}}',
    '{"t":null,"n":"many","b":1,"o":[1,2]}',
    '{"n":1e999,"t":{"k" : [1, null]},"o":{"x":null}}',
  ]
  const { rows, rejected } = parse({ format: 'json', fields: jsonFields }, lines)
  expect(rows).toEqual([
    { t: 'aé\n', n: 12, b: true, 'o.x': 'in', 'o.y.z': -150 },
    { t: '7', n: 12, b: false, 'o.x': 'flat', 'o.y.z': 3 },
    { t: null, n: null, b: null, 'o.x': null, 'o.y.z': null },
    { t: '{"k" : [1, null]}', n: null, b: null, 'o.x': null, 'o.y.z': null },
  ])
  expect(rejected).toEqual([
    ['n is not a number', 2],
    ['b is not a boolean', 1],
  ])
})

test('csv gives back what was written with its quotes, whatever is in the columns', () => {
  const value = fc.option(fc.string({ unit: fc.constantFrom('a', ',', '"', ' ', 'é', '\n', ';') }), { nil: null })
  const written = (text: string | null, always: boolean): string =>
    text === null ? '' : always || text === '' || /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, value), { maxLength: 5 }), fc.boolean(), (records, always) => {
      const lines = records.map((record) => record.map((text) => written(text, always)).join(','))
      const { rows, rejected } = parse({ format: 'csv', fields: { a: 'text', b: 'text', c: 'text' } }, lines)
      expect(rows).toEqual(records.map(([a, b, c]) => ({ a, b, c })))
      expect(rejected).toEqual([])
    }),
  )
})

test('csv: too few or too many columns and broken quotes are told, with a separator and quote of one’s own', () => {
  const options = { format: 'csv', fields: { a: 'text', n: 'number' }, separator: ';', quote: "'" } as const
  const { rows, rejected } = parse(options, ["'it''s';1", 'x', 'x;1;2', "'x;1", "'x'y;1", 'x;one'])
  expect(rows).toEqual([
    { a: "it's", n: 1 },
    { a: 'x', n: null },
  ])
  expect(rejected).toEqual([
    ['it has 1 column, not 2', 1],
    ['it has 3 columns, not 2', 1],
    ['the quote of column 1 does not end', 1],
    ['there is text behind the quote of column 1', 1],
    ['n is not a number', 1],
  ])
})

test('combined reads every line of the demo’s access log', () => {
  const random = seededRandom(7)
  const pattern = /^(\S+) - - \[([^\]]+)\] "(\S+) (\S+) (\S+)" (\d+) (\d+) "-" "([^"]*)"$/
  for (let index = 0; index < 500; index++) {
    const now = Date.UTC(2026, 0, 31, 23, 59, 0) + index * 1000
    const line = accessLogLine(now, random)
    const [, host, , method, path, protocol, status, bytes, agent] = pattern.exec(line)!
    const expected = {
      host,
      identity: null,
      user: null,
      at: now,
      method,
      path,
      protocol,
      status: Number(status),
      bytes: Number(bytes),
      referrer: null,
      agent,
    }
    expect(parse({ format: 'combined' }, [line]).rows).toEqual([expected])
  }
})

test('access logs: users with blanks, zones, escaped quotes, odd requests, no bytes; and lines that are none', () => {
  const lines = [
    '::1 - a b [10/Oct/2000:13:55:36 -0700] "GET /x y?q=\\"1\\" HTTP/1.0" 200 -',
    'h i u [10/Oct/2000:13:55:36 +0530] "-" 408 0 and more',
    'h - - [99/Foo/2000:13:55:36 +0000] "\\x16\\x03" 400 12',
    'h - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1 200 5',
    'no access log',
    '',
  ]
  const { rows, rejected } = parse({ format: 'common' }, lines)
  expect(rows).toEqual([
    {
      host: '::1',
      identity: null,
      user: 'a b',
      at: Date.UTC(2000, 9, 10, 20, 55, 36),
      method: 'GET',
      path: '/x y?q=\\"1\\"',
      protocol: 'HTTP/1.0',
      status: 200,
      bytes: null,
    },
    {
      host: 'h',
      identity: 'i',
      user: 'u',
      at: Date.UTC(2000, 9, 10, 8, 25, 36),
      method: null,
      path: null,
      protocol: null,
      status: 408,
      bytes: 0,
    },
    { host: 'h', identity: null, user: null, at: null, method: null, path: '\\x16\\x03', protocol: null, status: 400, bytes: 12 },
  ])
  expect(rejected).toEqual([
    ['there is no "request" after the time', 1],
    ['there is no [time] after the user', 1],
    ['it does not begin with host, identity and user', 1],
    ['at is not a time', 1],
  ])
})

test('syslog: RFC 5424, RFC 3164, files without a priority; a time without a year is the nearest to the batch', () => {
  const lines = [
    '<165>1 2026-10-11T22:14:15.003Z host.example app 42 ID47 [ex@1 a="\\]"][b c="d"] \ufeffAn event',
    '<34>Oct 11 22:14:15 mymachine su[17]: failed for root',
    'Dec 31 23:59:59 box kernel: end of the year',
    'Jan  1 00:00:01 box no tag here',
    '2026-01-02T03:04:05+01:00 box cron: hi',
    '<999>1 - - - - - -',
    'hello',
  ]
  const { rows, rejected } = parse({ format: 'syslog' }, lines, Date.UTC(2026, 0, 1, 12))
  const none = { facility: null, severity: null, messageId: null, data: null, pid: null, app: null }
  expect(rows).toEqual([
    {
      facility: 20,
      severity: 5,
      at: Date.UTC(2026, 9, 11, 22, 14, 15, 3),
      host: 'host.example',
      app: 'app',
      pid: '42',
      messageId: 'ID47',
      data: '[ex@1 a="\\]"][b c="d"]',
      message: 'An event',
    },
    {
      ...none,
      facility: 4,
      severity: 2,
      at: Date.UTC(2025, 9, 11, 22, 14, 15),
      host: 'mymachine',
      app: 'su',
      pid: '17',
      message: 'failed for root',
    },
    { ...none, at: Date.UTC(2025, 11, 31, 23, 59, 59), host: 'box', app: 'kernel', message: 'end of the year' },
    { ...none, at: Date.UTC(2026, 0, 1, 0, 0, 1), host: 'box', message: 'no tag here' },
    { ...none, at: Date.UTC(2026, 0, 2, 2, 4, 5), host: 'box', app: 'cron', message: 'hi' },
  ])
  expect(rejected.map(([, count]) => count)).toEqual([1, 1])
})

test('logfmt and key=value: quotes, flags, repeated keys, and texts that have no pair', () => {
  const logfmt = parse({ format: 'logfmt', fields: { level: 'text', msg: 'text', ms: 'number', done: 'boolean' } }, [
    'level=info msg="two \\"words\\"" ms=1.5 done',
    '  ms=1  ms=2 level= other="x y"',
    'msg="open',
    'nothing here',
  ])
  expect(logfmt.rows).toEqual([
    { level: 'info', msg: 'two "words"', ms: 1.5, done: true },
    { level: null, msg: null, ms: 2, done: null },
  ])
  expect(logfmt.rejected).toEqual([
    ['it is not key=value from character 1 on', 1],
    ['there is no key=value in it', 1],
  ])
  const pairs = parse({ format: 'key-value', fields: { a: 'number', b: 'text' }, separator: ';', assign: ':' }, ['a: 1; b: x:y; c', 'a 1'])
  expect(pairs).toEqual({ rows: [{ a: 1, b: 'x:y' }], rejected: [['there is no key:value in it', 1]] })
})

test('regex: named groups are fields, of the types that fields names; a group that took no part is null', () => {
  const { rows, rejected } = parse(
    { format: 'regex', pattern: '^(?<who>\\w+) took (?<ms>\\d+)ms(?: (?<why>.+))?', fields: { ms: 'number' } },
    ['ann took 12ms', 'bob took 7ms late', 'nobody'],
  )
  expect(rows).toEqual([
    { who: 'ann', ms: 12, why: null },
    { who: 'bob', ms: 7, why: 'late' },
  ])
  expect(rejected).toEqual([['the pattern is not in it', 1]])
})

test('onError null keeps the row with nulls and counts it; fail throws and names the row; a null text is no error', () => {
  const options = { format: 'json', fields: { t: 'text' } } as const
  expect(parse({ ...options, onError: 'null' }, ['{"t":"a"}', '{"t":"b', null])).toEqual({
    rows: [{ t: 'a' }, { t: null }, { t: null }],
    rejected: [['it is not a JSON object: character 8', 1]],
  })
  expect(() => parse({ ...options, onError: 'fail' }, ['{"t":"a"}', 'x'])).toThrow('A row cannot be read as json')
})
