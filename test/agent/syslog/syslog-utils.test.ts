// Messages and answers of the recorded runs of Flume 1.11 (r054 to r070), and the rules of its SyslogUtils.

import { expect, test } from 'vitest'
import { parseKeepFields } from '../../../src-main/agent/syslog/keep-fields.ts'
import { isMessage, SyslogUtils } from '../../../src-main/agent/syslog/syslog-utils.ts'
import { fc } from '../../driver/property.ts'

const now = Date.UTC(2026, 10, 22)
const parser = (options: { eventSize?: number; keep?: string } = {}): SyslogUtils =>
  new SyslogUtils({ eventSize: options.eventSize ?? 2500, keep: parseKeepFields(options.keep ?? 'none'), now: () => now })
const read = (text: string, options: { eventSize?: number; keep?: string } = {}) =>
  parser(options)
    .read(Buffer.from(text))
    .map(({ headers, body }) => ({ headers, body: Buffer.from(body).toString() }))

test('RFC 5424-like lines give priority, version, time and host; the rest is the body', () => {
  expect(
    read(
      '<34>1 2003-10-11T22:14:15Z mymachine.example.com su - ID47 - failed for lonvick\n<165>2003-08-24T05:14:15-07:00 192.0.2.1 myproc 8710 - - time\n',
    ),
  ).toEqual([
    {
      headers: { Facility: '4', Severity: '2', priority: '34', version: '1', timestamp: '1065910455000', host: 'mymachine.example.com' },
      body: 'su - ID47 - failed for lonvick',
    },
    {
      headers: { Facility: '20', Severity: '5', priority: '165', timestamp: '1061727255000', host: '192.0.2.1' },
      body: 'myproc 8710 - - time',
    },
  ])
})

test('a nil time and a nil host give no header', () => {
  expect(read('<10>1 - - text\n')).toEqual([{ headers: { Facility: '1', Severity: '2', priority: '10', version: '1' }, body: 'text' }])
})

test('a time with a fraction is this machine’s, whatever its zone, as recorded from Flume', () => {
  const [event] = read('<13>1 2012-08-16T14:34:03.123-07:00 hostx text\n')
  expect(event?.headers['timestamp']).toBe(`${new Date(2012, 7, 16, 14, 34, 3, 123).getTime()}`)
})

test('RFC 3164 lines get the year that brings them nearest to now', () => {
  const at = (line: string) => Number(read(line)[0]?.headers['timestamp'])
  expect(at('<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!\n')).toBe(new Date(2026, 1, 5, 17, 32, 18).getTime())
  expect(at('<13>Dec 31 00:00:00 h x\n')).toBe(new Date(2025, 11, 31).getTime())
})

test.each([
  ['true', '<10>1 2012-04-13T11:11:11Z ubuntu-11.example.com some msg'],
  ['hostname', 'ubuntu-11.example.com some msg'],
  ['version', '1 some msg'],
  ['priority version timestamp hostname', '<10>1 2012-04-13T11:11:11Z ubuntu-11.example.com some msg'],
  ['priority', '<10>some msg'],
  ['false', 'some msg'],
])('keepFields = %s leaves %j', (keep, body) => {
  expect(read('<10>1 2012-04-13T11:11:11Z ubuntu-11.example.com some msg\n', { keep })[0]?.body).toBe(body)
})

test.each([
  ['no priority', 'no priority at all', { Facility: '0', Severity: '0', 'flume.syslog.status': 'Invalid' }],
  ['letters in it', '<a1>text', { Facility: '0', Severity: '0', 'flume.syslog.status': 'Invalid' }],
  ['four digits', '<1234>text', { Facility: '0', Severity: '0', 'flume.syslog.status': 'Invalid' }],
  ['nothing in it', '<>text', { Facility: '0', Severity: '0', 'flume.syslog.status': 'Invalid' }],
  ['a good priority, no pattern', '<14>text', { Facility: '1', Severity: '6' }],
])('a line that cannot be read (%s) is an event of the whole line', (_what, line, headers) => {
  expect(read(`${line}\n`)).toEqual([{ headers, body: line }])
})

test('a message that reaches eventSize is cut and marked, and the rest is read as the next', () => {
  expect(read('<10>1 - - abcdefghij\n', { eventSize: 15 })).toEqual([
    { headers: { Facility: '1', Severity: '2', priority: '10', version: '1', 'flume.syslog.status': 'Incomplete' }, body: 'abcde' },
    { headers: { Facility: '0', Severity: '0', priority: '10', version: '1', 'flume.syslog.status': 'Invalid' }, body: 'fghij' },
  ])
})

test('a datagram ends its message, and what follows a line feed in it is none', () => {
  const datagrams = parser()
  const body = (text: string) => Buffer.from(datagrams.readDatagram(Buffer.from(text)).body).toString()
  expect([body('<10>1 - - one'), body('<10>1 - - two\n<10>1 - - lost\n'), body('<10>1 - - three')]).toEqual(['one', 'two', 'three'])
})

test('a datagram that ends before a digit of its priority is no message, as seen in Flume', () => {
  const read = ['<', '\n', '', '\n<', '<1', '<>', 'x', '\nx', '<\n'].map((text) => isMessage(Buffer.from(text)))
  expect(read).toEqual([false, false, false, false, true, true, true, true, true])
})

test('kept fields that a message does not have are the word null, also before an empty message', () => {
  expect(read('<10>1 - - text\n<10>1 - h \n', { keep: 'timestamp hostname' }).map(({ body }) => body)).toEqual([
    'null null text',
    'null h ',
  ])
})

test('only ASCII white space separates, and a message ends before U+0085', () => {
  expect(read('<10>1 - -\u00a0text\n<10>1 - - a\u0085b\n').map(({ body }) => body)).toEqual(['<10>1 - -\u00a0text', '<10>1 - - a\u0085b'])
})

test('years before 1582 are of the Julian calendar, as in java.util', () => {
  expect(read('<170>1 0001-05-25T04:34:59.12+24:00 host1 text\n')[0]?.headers['timestamp']).toBe('-62123311500988')
})

test('an offset that is none leaves the time to this machine’s zone', () => {
  const time = (zone: string) => read(`<10>1 2020-01-01T00:00:00${zone} h text\n`)[0]?.headers['timestamp']
  expect([time('+24:00'), time('+00:60')]).toEqual([time(''), time('')])
})

test('messages do not depend on how the bytes are cut into packets, and no bytes make it fail', () => {
  const text = fc.string({ unit: fc.constantFrom('<', '>', '1', '9', ' ', '-', 'a', '\n', 'é'), maxLength: 80 })
  fc.assert(
    fc.property(text, fc.nat(80), (whole, at) => {
      const bytes = Buffer.from(whole)
      const cut = parser()
      expect([...cut.read(bytes.subarray(0, at)), ...cut.read(bytes.subarray(at))]).toEqual(parser().read(bytes))
    }),
  )
})
