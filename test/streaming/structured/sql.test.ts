// sql on DuckDB: what goes in, what comes out, what is refused.
import { expect, test } from 'vitest'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import type { Schema } from '../../../src-shared/streaming/structured/schema.ts'

const fields = { who: 'text', n: 'number', ok: 'boolean', at: 'time' } as const
const lines = [
  '{"who":"ann","n":1.5,"ok":true,"at":"2026-01-02T03:04:05.678Z"}',
  '{"who":"bob","n":2}',
  '{"who":"ann","n":3,"ok":false}',
  '{"who":"é😀","at":0}',
]

async function results<F extends Schema>(query: string, result: F, batches = 1): Promise<readonly (readonly unknown[])[]> {
  const driver = new StreamingTestDriver()
  const rows = driver.context.channelStream('c1').structured().parse('json', { fields }).sql(query, result).rows()
  const seen = driver.collect(rows)
  driver.channel('c1').push(...lines)
  driver.start()
  await driver.advance(batches)
  const [error] = driver.records.flatMap((record) => record.errors)
  await driver.stop().catch(() => {})
  if (error !== undefined) throw new Error(error.message)
  return seen.map((batch) => batch.elements)
}

test('every type goes into the table and comes back, nulls too', async () => {
  expect(await results('SELECT * FROM rows', fields)).toEqual([
    [
      { who: 'ann', n: 1.5, ok: true, at: Date.UTC(2026, 0, 2, 3, 4, 5, 678) },
      { who: 'bob', n: 2, ok: null, at: null },
      { who: 'ann', n: 3, ok: false, at: null },
      { who: 'é😀', n: null, ok: null, at: 0 },
    ],
  ])
})

test('each batch is a table of its own; an empty one is empty', async () => {
  const query = 'SELECT who, sum(n) AS total, count(*) AS times FROM rows GROUP BY who ORDER BY who'
  expect(await results(query, { who: 'text', times: 'number', total: 'number' }, 2)).toEqual([
    [
      { who: 'ann', times: 2, total: 4.5 },
      { who: 'bob', times: 1, total: 2 },
      { who: 'é😀', times: 1, total: null },
    ],
    [],
  ])
})

test('more rows than fit into one of its vectors are all there, in their order', async () => {
  const driver = new StreamingTestDriver()
  const rows = driver.context.channelStream('c1').structured().sql("SELECT body FROM rows WHERE body LIKE '%9'", { body: 'text' }).rows()
  const seen = driver.collect(rows)
  driver.channel('c1').push(...Array.from({ length: 10_000 }, (_, index) => String(index)))
  driver.start()
  await driver.advance()
  expect(seen[0]!.elements.map((row) => row.body)).toEqual(Array.from({ length: 1000 }, (_, index) => String(index * 10 + 9)))
  await driver.stop()
})

test('decimals, whole numbers of any size and dates are numbers and times; a column of nothing but NULL is of any type', async () => {
  const query = "SELECT 1.25::DECIMAL(5,2) AS d, 12::HUGEINT AS h, DATE '1970-01-02' AS day, NULL AS t, 1e999 AS i FROM rows LIMIT 1"
  expect(await results(query, { d: 'number', h: 'number', day: 'time', t: 'text', i: 'number' })).toEqual([
    [{ d: 1.25, h: 12, day: 86_400_000, t: null, i: null }],
  ])
})

test.each([
  ['SELECT who FROM rows', { who: 'number' }, /it gives who as VARCHAR, and "fields" says number/],
  ['SELECT who AS name FROM rows', { who: 'text' }, /it gives the columns name, and "fields" says who/],
  ['SELECT nobody FROM rows', { nobody: 'text' }, /The query "SELECT nobody FROM rows" cannot be run: .*"nobody" not found/s],
  ['SELECT 1 AS a; SELECT 2 AS a', { a: 'number' }, /it has 2 statements, not one/],
  ['DELETE FROM rows', { a: 'number' }, /it is not a SELECT/],
  ["SELECT content AS a FROM read_text('/etc/hostname')", { a: 'text' }, /file system operations are disabled/],
] as const)('%s is refused with a sentence', async (query, result, message) => {
  await expect(results(query, result)).rejects.toThrow(message)
})
