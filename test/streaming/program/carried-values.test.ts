import { expect, test } from 'vitest'
import { carry, uncarry } from '../../../src-main/streaming/program/carried-values.ts'
import { listName, namedList } from '../../../src-main/streaming/rdd/value.ts'

test('a named list of any size comes back as it was', () => {
  const list = namedList(
    'Vector',
    Array.from({ length: 300_000 }, (_, index) => index),
  )
  const [back] = uncarry(structuredClone(carry([list], []))) as [number[]]
  expect(back).toHaveLength(300_000)
  expect(back.at(-1)).toBe(299_999)
  expect(listName(back)).toBe('Vector')
})
