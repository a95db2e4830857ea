// parse, join and alert in a running context, and what a batch's record says of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { avg, count, parsePlan, planText, structured } from '../../../src-main/streaming/api.ts'
import { frameOf } from '../../../src-main/streaming/structured/frame.ts'
import { joinWith } from '../../../src-main/streaming/structured/join.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import type { Schema, Value } from '../../../src-shared/streaming/structured/schema.ts'
import { fc } from '../../driver/property.ts'

const line = (status: number, bytes: number | '-', path = '/') =>
  `h - - [10/Oct/2000:13:55:36 +0000] "GET ${path} HTTP/1.1" ${status} ${bytes}`

test('an access log is parsed, filtered and aggregated; rows that cannot be read stand in the record, counted and with samples', async () => {
  const driver = new StreamingTestDriver({ recording: true })
  const log = driver.context
    .channelStream('c1')
    .structured({ headers: ['host'] })
    .parse('common')
  const slow = log.where((row) => row.status.ge(500)).aggregate({ by: ['path'], values: { errors: count(), size: avg('bytes') } })
  const seen = driver.collect(slow.rows())
  driver.channel('c1').push(line(500, 10, '/a'), 'garbage', line(200, 1), line(503, '-', '/a'), line(500, 30, '/b'), 'more garbage')
  driver.start()
  await driver.advance()
  expect(seen[0]!.elements).toEqual([
    { path: '/a', errors: 2, size: 10 },
    { path: '/b', errors: 1, size: 30 },
  ])
  const [record] = driver.records
  expect(record!.rejected).toEqual([
    {
      operatorId: 2,
      operator: expect.stringMatching(/^parse at operators\.test\.ts:\d+$/),
      reason: 'it does not begin with host, identity and user',
      count: 2,
      samples: [
        { text: 'garbage', cut: false, origin: { channel: 'c1', ordinal: 1 } },
        { text: 'more garbage', cut: false, origin: { channel: 'c1', ordinal: 5 } },
      ],
    },
  ])
  expect(record!.operators.map(({ name, in: into, out }) => [name, into, out])).toEqual([
    ['channelStream', 6, 6],
    ['structured', 6, 6],
    ['parse', 6, 4],
    ['where', 4, 3],
    ['aggregate', 3, 2],
    ['rows', 2, 2],
  ])
  expect(record!.operators[3]!.firstOut.map((sample) => JSON.parse(sample.text).path)).toEqual(['/a', '/a', '/b'])
  await driver.stop()
})

test('rows that cannot be read are counted once when two outputs use them, and without recording too', async () => {
  const driver = new StreamingTestDriver()
  const parsed = driver.context
    .channelStream('c1')
    .structured()
    .parse('json', { fields: { n: 'number' } })
  parsed.print()
  parsed.aggregate({ values: { rows: count() } }).print()
  driver.channel('c1').push('{"n":1}', '{', '{"n":"x"}')
  driver.start()
  await driver.advance(2)
  expect(driver.records.map((record) => record.rejected?.map(({ reason, count: times }) => [reason, times]))).toEqual([
    [
      ['it is not a JSON object: character 2', 1],
      ['n is not a number', 1],
    ],
    undefined,
  ])
  await driver.stop()
})

test('a row that cannot be read fails the batch where the program wants that, and the record names the row and the operator', async () => {
  const driver = new StreamingTestDriver()
  driver.context
    .channelStream('c1')
    .structured()
    .parse('json', { fields: { n: 'number' }, onError: 'fail' })
    .print()
  driver.channel('c1').push('{"n":1}', 'no')
  driver.start()
  await driver.advance()
  expect(driver.records[0]).toMatchObject({ status: 'failed', errors: [{ record: { text: 'no' } }] })
  expect(driver.records[0]!.errors[0]!.message).toContain('A row cannot be read as json: it is not a JSON object')
  await driver.stop().catch(() => {})
})

const left = { k: 'text', n: 'number' } as const satisfies Schema
const right = { its: 'text', m: 'number', v: 'text' } as const satisfies Schema
const key = fc.constantFrom<Value>('a', 'b', '', null)
const number = fc.constantFrom<Value>(0, 1, null)

test('a join gives, for each row of this side, its partners in their order; null equals nothing', () => {
  const mine = fc.array(fc.tuple(key, number), { maxLength: 8 })
  const others = fc.array(fc.array(fc.tuple(key, number, fc.constantFrom<Value>('x', 'y')), { maxLength: 5 }), { maxLength: 3 })
  const on = fc.constantFrom<Record<string, string>>({ k: 'its' }, { n: 'm' }, { k: 'its', n: 'm' })
  fc.assert(
    fc.property(mine, others, on, fc.constantFrom('inner' as const, 'left' as const), (rows, partners, keys, kind) => {
      const table = { fields: right, rows: [] }
      const frames = partners.map((part) => frameOf(right, part))
      const joined = joinWith(
        { op: 'join', with: { table }, on: keys, kind },
        frames.length === 0 ? [frameOf(right, [])] : frames,
      )(frameOf(left, rows))
      const added = Object.keys(right).filter((name) => !Object.values(keys).includes(name))
      const other = partners.flat().map((row) => Object.fromEntries(Object.keys(right).map((name, index) => [name, row[index]!])))
      const expected = rows.flatMap(([k, n]) => {
        const row: Record<string, Value> = { k: k!, n: n! }
        const found = other.filter((each) => Object.entries(keys).every(([name, its]) => row[name] !== null && row[name] === each[its]))
        if (found.length === 0 && kind === 'left') return [{ ...row, ...Object.fromEntries(added.map((name) => [name, null])) }]
        return found.map((each) => ({ ...row, ...Object.fromEntries(added.map((name) => [name, each[name]!])) }))
      })
      expect([...joined.objects()]).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})

test('rows are joined with a table in the program, a table in a file and another stream of the same batch', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-table-'))
  writeFileSync(join(folder, 'cities.csv'), 'de,Berlin\r\nfr,Paris\r\n')
  const driver = new StreamingTestDriver()
  const { context } = driver
  const users = context
    .channelStream('users')
    .structured()
    .parse('csv', { fields: { user: 'text', country: 'text' } })
  const names = context
    .channelStream('names')
    .structured()
    .parse('csv', { fields: { id: 'text', name: 'text' } })
  const joined = users
    .join({ fields: { code: 'text', land: 'text' }, rows: [['de', 'Germany']] }, { on: { country: 'code' }, kind: 'left' })
    .join({ fields: { code: 'text', capital: 'text' }, file: join(folder, 'cities.csv'), format: 'csv' }, { on: { country: 'code' } })
    .join(names, { on: { user: 'id' }, kind: 'left' })
  const seen = driver.collect(joined.rows())
  driver.channel('users').push('u1,de', 'u2,fr', 'u3,es')
  driver.channel('names').push('u2,Bo', 'u1,Al', 'u2,Bob')
  driver.start()
  await driver.advance(2)
  expect(seen.map((batch) => batch.elements)).toEqual([
    [
      { user: 'u1', country: 'de', land: 'Germany', capital: 'Berlin', name: 'Al' },
      { user: 'u2', country: 'fr', land: null, capital: 'Paris', name: 'Bo' },
      { user: 'u2', country: 'fr', land: null, capital: 'Paris', name: 'Bob' },
    ],
    [],
  ])
  await driver.stop()
  rmSync(folder, { recursive: true })
})

test('a table whose file is not there, or has a line that is not as its fields say, is refused with a sentence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-table-'))
  const file = join(folder, 'numbers.csv')
  writeFileSync(file, '1,a\nx,b\n')
  const lines = new StreamingTestDriver().context.channelStream('c1').structured()
  const table = { fields: { n: 'number', body2: 'text' }, format: 'csv' } as const
  const on = { on: { body: 'body2' } } as const
  expect(() => lines.join({ ...table, file: join(folder, 'none.csv') }, on)).toThrow(/^The table .*none\.csv cannot be read\.$/)
  expect(() => lines.join({ ...table, file }, on)).toThrow(
    /^1 line\(s\) of the table .* are not as its fields say: n is not a number\. The first: x,b$/,
  )
  rmSync(folder, { recursive: true })
})

test('alerts are counted, sampled and told; the rows go on', async () => {
  const driver = new StreamingTestDriver()
  const counted = driver.context
    .channelStream('c1')
    .structured()
    .aggregate({ by: ['body'], values: { times: count() } })
    .alert({ name: 'often', severity: 'error', when: (row) => row.times.gt(1), message: '{body} came {times} times' })
  const seen = driver.collect(counted.rows())
  driver.channel('c1').push('a', 'b', 'a')
  driver.start()
  await driver.advance(2)
  expect(seen[0]!.elements).toHaveLength(2)
  expect(driver.records.map((record) => record.alerts)).toEqual([
    [
      {
        outputId: 0,
        count: 1,
        alerts: [{ name: 'often', severity: 'error', message: 'a came 2 times', row: { text: '{"body":"a","times":2}', cut: false } }],
      },
    ],
    undefined,
  ])
  expect(driver.outputs.collected.flatMap((output) => output.alerts?.count ?? [])).toEqual([1])
  await driver.stop()
})

test('of many alerts in a batch all are counted and the first hundred kept', async () => {
  const driver = new StreamingTestDriver()
  driver.context.channelStream('c1').structured().alert({ name: 'each', message: 'line {body}' })
  driver.channel('c1').push(...Array.from({ length: 250 }, (_, index) => String(index)))
  driver.start()
  await driver.advance()
  const [alerts] = driver.records[0]!.alerts!
  expect([alerts!.count, alerts!.alerts.length, alerts!.alerts[99]!.message]).toEqual([250, 100, 'line 99'])
  await driver.stop()
})

test('a plan read from text runs, with a join of two streams of one channel', async () => {
  const build = (driver: StreamingTestDriver) => {
    const lines = driver.context.channelStream('c1').structured()
    const counts = lines.aggregate({ by: ['body'], values: { times: count() } }).select((row) => ({ line: row.body, times: row.times }))
    return lines.join(counts, { on: { body: 'line' } })
  }
  const text = planText(build(new StreamingTestDriver()).plan)
  const driver = new StreamingTestDriver()
  const seen = driver.collect(driver.context.structured(parsePlan(text).plan!).rows())
  driver.channel('c1').push('a', 'b', 'a')
  driver.start()
  await driver.advance()
  expect(seen[0]!.elements).toEqual([
    { body: 'a', times: 2 },
    { body: 'b', times: 1 },
    { body: 'a', times: 2 },
  ])
  await driver.stop()
})

test('texts of any stream can be structured', async () => {
  const driver = new StreamingTestDriver()
  const input = driver.input([['x 1', 'y 2'], []])
  const rows = structured(input).parse('regex', { pattern: '(?<name>\\w) (?<n>\\d)', fields: { n: 'number' } })
  const seen = driver.collect(rows.rows())
  driver.start()
  await driver.advance(2)
  expect(seen.map((batch) => batch.elements)).toEqual([
    [
      { name: 'x', n: 1 },
      { name: 'y', n: 2 },
    ],
    [],
  ])
  await driver.stop()
})
