// Groups and their values, over one batch and merged over several, are what a naive computation gives.

import { expect, test } from 'vitest'
import { frameOf } from '../../../src-main/streaming/structured/frame.ts'
import { Groups } from '../../../src-main/streaming/structured/groups.ts'
import { KeyTable } from '../../../src-main/streaming/structured/key-table.ts'
import type { Aggregate } from '../../../src-shared/streaming/structured/plan.ts'
import type { Value } from '../../../src-shared/streaming/structured/schema.ts'
import { fc } from '../../driver/property.ts'
import { rows } from './arbitraries.ts'
import { aggregate, type Row, testSchema } from './naive.ts'

const values: Record<string, Aggregate> = {
  rows: { fn: 'count' },
  texts: { fn: 'count', field: 't' },
  total: { fn: 'sum', field: 'n' },
  least: { fn: 'min', field: 'n' },
  most: { fn: 'max', field: 'n' },
  mean: { fn: 'avg', field: 'm' },
  kinds: { fn: 'distinct', field: 'u' },
  numbers: { fn: 'distinct', field: 'n' },
  middle: { fn: 'percentile', field: 'm', at: 0.5 },
  high: { fn: 'percentile', field: 'm', at: 0.9 },
}
const by = fc.constantFrom(['t'], ['n'], ['b'], ['t', 'n'], ['b', 'u', 'm'], [])

/** Sums in another order differ in their last bits. */
function near(row: Row): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, Value]) => [
      name,
      typeof value === 'number' && !Number.isInteger(value) && Math.abs(value) < 1e290 ? expect.closeTo(value, 6) : value,
    ]),
  )
}
const tame = rows.map((given) =>
  given.map((row) => row.map((value) => (typeof value === 'number' ? Math.round((value % 1e4) * 8) / 8 + 0 : value))),
)

test('the groups of a batch, in the order of their arrival, with nulls as a group of their own', () => {
  fc.assert(
    fc.property(tame, by, (given, names) => {
      const frame = frameOf(testSchema, given)
      const groups = new Groups({ schema: testSchema, by: names, values })
      groups.add(frame)
      const expected = aggregate({ by: names, values }, [...frame.objects()])
      expect([...groups.toFrame().objects()]).toEqual(expected.map(near))
    }),
    { numRuns: 500 },
  )
})

test('groups of several frames and merged groups of several batches are those of all rows together', () => {
  fc.assert(
    fc.property(fc.array(fc.array(tame, { maxLength: 3 }), { maxLength: 4 }), by, (batches, names) => {
      const options = { schema: testSchema, by: names, values }
      const all = new Groups(options)
      for (const batch of batches) {
        const groups = new Groups(options)
        for (const given of batch) groups.add(frameOf(testSchema, given))
        all.merge(groups)
      }
      const expected = aggregate({ by: names, values }, [...frameOf(testSchema, batches.flat(2)).objects()])
      expect([...all.toFrame().objects()]).toEqual(expected.map(near))
    }),
    { numRuns: 500 },
  )
})

test('a table of a hundred thousand keys gives each its own number, and the same one again', () => {
  const table = new KeyTable()
  const key = (index: number): Buffer => Buffer.from(`key-${index * 7919}`)
  for (let index = 0; index < 100_000; index++) {
    const bytes = key(index)
    expect(table.insert(bytes, 0, bytes.length)).toBe(index)
  }
  const nameless = table.addNameless()
  for (let index = 0; index < 100_000; index += 97) expect(table.find(key(index), 0, key(index).length)).toBe(index)
  expect(table.find(Buffer.from('other'), 0, 5)).toBe(-1)
  expect(nameless).toBe(100_000)
  expect(table.insert(Buffer.alloc(0), 0, 0)).toBe(100_001)
})
