// Structured streams in a running context: what programs see.
import { expect, test } from 'vitest'
import { count, IllegalArgumentException, literal, max, parsePlan, planText, seconds, sum } from '../../../src-main/streaming/api.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'

test('words of a channel are split and counted without a closure, in the order of their arrival', async () => {
  const driver = new StreamingTestDriver()
  const words = driver.context.channelStream('c1').structured().split('body', ' ', 'word')
  const seen = driver.collect(words.aggregate({ by: ['word'], values: { times: count() } }).rows())
  driver.channel('c1').push('a b', 'b  c')
  driver.start()
  await driver.advance(2)
  expect(seen.map((batch) => batch.elements)).toEqual([
    [
      { word: 'a', times: 1 },
      { word: 'b', times: 2 },
      { word: '', times: 1 },
      { word: 'c', times: 1 },
    ],
    [],
  ])
  await driver.stop()
})

test('lines that contain a literal are counted; a batch without any counts 0', async () => {
  const driver = new StreamingTestDriver()
  const errors = driver.context
    .channelStream('c1')
    .structured()
    .where((row) => row.body.contains('ERROR').and(row.body.startsWith('#').not()))
  errors.aggregate({ values: { lines: count() } }).print()
  driver.channel('c1').push('ERROR one', '# ERROR', 'fine', 'two ERROR')
  driver.start()
  await driver.advance(2)
  expect(driver.stdout()).toMatch(/\{"lines":2\}\n\n-.*\nTime: 2000 ms\n-.*\n\{"lines":0\}\n/s)
  await driver.stop()
})

test('a sliding window adds up the batches of its time, and says which time that is', async () => {
  const driver = new StreamingTestDriver()
  const totals = driver.context
    .channelStream('c1')
    .structured()
    .select((row) => ({ size: row.body.length(), kind: row.body.startsWith('a').text() }))
    .aggregate({ by: ['kind'], values: { lines: count(), size: sum('size'), most: max('size') }, window: seconds(2), slide: seconds(1) })
  const seen = driver.collect(totals.rows())
  driver.start()
  for (const lines of [['a', 'abc'], ['b'], ['ab'], []]) {
    driver.channel('c1').push(...lines)
    await driver.advance()
  }
  const at = (from: number) => ({ windowStart: from * 1000, windowEnd: from * 1000 + 2000 })
  expect(seen.map((batch) => batch.elements)).toEqual([
    [{ ...at(-1), kind: 'true', lines: 2, size: 4, most: 3 }],
    [
      { ...at(0), kind: 'true', lines: 2, size: 4, most: 3 },
      { ...at(0), kind: 'false', lines: 1, size: 1, most: 1 },
    ],
    [
      { ...at(1), kind: 'false', lines: 1, size: 1, most: 1 },
      { ...at(1), kind: 'true', lines: 1, size: 2, most: 2 },
    ],
    [{ ...at(2), kind: 'true', lines: 1, size: 2, most: 2 }],
  ])
  await driver.stop()
})

test('a tumbling window gives its rows once, when it ends', async () => {
  const driver = new StreamingTestDriver()
  const lines = driver.context.channelStream('c1').structured()
  const seen = driver.collect(lines.aggregate({ values: { lines: count() }, window: seconds(3) }).rows())
  driver.start()
  for (let batch = 0; batch < 6; batch++) {
    driver.channel('c1').push('x')
    await driver.advance()
  }
  expect(seen.map((batch) => batch.elements)).toEqual([
    [{ windowStart: 0, windowEnd: 3000, lines: 3 }],
    [{ windowStart: 3000, windowEnd: 6000, lines: 3 }],
  ])
  await driver.stop()
})

test('headers of events are fields when they are asked for; one that an event has not is null', async () => {
  const driver = new StreamingTestDriver()
  const rows = driver.context
    .channelStream('c1')
    .structured({ headers: ['host'] })
    .rows()
  const seen = driver.collect(rows)
  driver.channel('c1').push('x')
  driver.start()
  await driver.advance()
  expect(seen[0]!.elements).toEqual([{ body: 'x', host: null }])
  await driver.stop()
})

test('the plan says what was built, and its text is read back as the same plan', () => {
  const driver = new StreamingTestDriver()
  const stream = driver.context
    .channelStream('c1')
    .structured({ headers: ['host'] })
    .where((row) => row.host.in('a', 'b').and(row.body.isNotNull()))
    .select((row) => ({ host: row.host.orElse('?'), size: row.body.length(), two: literal(2) }))
    .aggregate({ by: ['host'], values: { lines: count(), size: sum('size') }, window: seconds(10), slide: seconds(2) })
  expect(stream.plan.operators.map((operator) => operator.op)).toEqual(['where', 'select', 'aggregate'])
  expect(stream.schema).toEqual({ windowStart: 'time', windowEnd: 'time', host: 'text', lines: 'number', size: 'number' })
  expect(parsePlan(planText(stream.plan))).toEqual({ plan: stream.plan, problems: [] })
})

test('an operator that does not fit is refused where it is written, with its place and what there is', () => {
  const driver = new StreamingTestDriver()
  const lines = driver.context.channelStream('c1').structured()
  expect(() => lines.select('body', 'nobody' as 'body')).toThrow(
    new IllegalArgumentException('operators[0].fields.nobody.field: There is no field "nobody" here. There are: body.'),
  )
  expect(() => lines.aggregate({ values: { total: sum('body') } })).toThrow(
    'operators[0].values.total.field: sum takes a number, and "body" is text.',
  )
})
