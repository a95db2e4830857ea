// Messages and answers of the recorded runs of Flume 1.11 (r072 to r078, r158), and the rules of its SyslogParser.

import { expect, test } from 'vitest'
import { parseKeepFields } from '../../../src-main/agent/syslog/keep-fields.ts'
import { SizedLines } from '../../../src-main/agent/syslog/sized-lines.ts'
import { parseSyslogMessage } from '../../../src-main/agent/syslog/syslog-parser.ts'
import { fc } from '../../driver/property.ts'

const now = Date.UTC(2026, 10, 22)
const parse = (message: string, keep = 'none') => parseSyslogMessage(message, parseKeepFields(keep), now)

test.each([
  ['<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - a', 1_061_727_255_000, 'myproc 8710 - - a'],
  ['<13>2012-04-13T08:08:08.0001+00:00 h b', 1_334_304_488_000, 'b'],
  ['<13>1985-04-12T19:20:50.52-04:00 h c', 482_196_050_520, 'c'],
  ['<13>2012-04-13T08:08:08.251+00:00 h d', 1_334_304_488_251, 'd'],
])('%s is read with its fraction and zone', (message, timestamp, body) => {
  const parsed = parse(message)
  expect(parsed.body).toBe(body)
  expect(parsed.headers['timestamp']).toBe(`${timestamp}`)
})

test('header names are spelt Priority and Version here; a nil time is now, a nil host stays a dash', () => {
  expect(parse('<10>1 - - blah blam foo')).toEqual({
    headers: { Priority: '10', Facility: '1', Severity: '2', Version: '1', timestamp: `${now}`, host: '-' },
    body: 'blah blam foo',
  })
})

test('RFC 3164 times are UTC here', () => {
  expect(parse('<13>Feb  5 17:32:18 h text').headers['timestamp']).toBe(`${Date.UTC(2026, 1, 5, 17, 32, 18)}`)
})

test.each([
  'text',
  '<abc>text',
  '<1234567>text',
  '<10>',
  '<10>1 2012-04-13T11:11:11 h bare time',
  '<10>1 2012-04-13T11:11:11Z',
  '<10>1 2012-13-41T11:11:11Z h no such date',
  '<10>1 2012-04-13T11:11:11+0200 h no such zone',
  '<10>Foo  5 17:32',
  '',
])('%j is refused', (message) => {
  expect(() => parse(message)).toThrow(RangeError)
})

test.each([
  ['<13>Foo  5 17:32:18 h x', { timestamp: '0', host: 'h' }, 'x'],
  ['<13>Feb 31 17:32:18 h x', { timestamp: '0', host: 'h' }, 'x'],
  ['<13>Feb 5 17:32:18 h m', { timestamp: '0', host: '' }, 'm'],
  ['<13>1 2012-04-13T11:11:11z h x', { timestamp: '1334315471000', host: 'h' }, 'x'],
  ['<13>1 2012-04-13T11:11:11Z\th a', { timestamp: '1334315471000', host: 'a' }, '<13>1 2012-04-13T11:11:11Z\th a '],
  ['<13>12012-04-13T11:11:11Z h x', { timestamp: '316903835461000', host: 'h' }, 'x'],
])('%s is read by its columns, as recorded', (message, headers, body) => {
  const parsed = parse(body.startsWith('<') ? body : message)
  expect(parsed.headers).toMatchObject(headers)
  expect(parsed.body).toBe(body)
})

test('lines are cut at the longest length, marked, and do not depend on packets', () => {
  const bytes = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 60 }).map((text) => Buffer.from(text))
  const lines = (reader: SizedLines, chunk: Uint8Array) =>
    reader.read(chunk).map(({ line, incomplete }) => [Buffer.from(line).toString(), incomplete] as const)
  expect(lines(new SizedLines(5), Buffer.from('abc\nabcdefg\n\nx\n'))).toEqual([
    ['abc', false],
    ['abcde', true],
    ['fg', false],
    ['x', false],
  ])
  fc.assert(
    fc.property(bytes, fc.nat(60), (whole, at) => {
      const cut = new SizedLines(5)
      expect([...lines(cut, whole.subarray(0, at)), ...lines(cut, whole.subarray(at))]).toEqual(lines(new SizedLines(5), whole))
    }),
  )
})
