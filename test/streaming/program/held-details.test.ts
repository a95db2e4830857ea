import { expect, test } from 'vitest'
import { ManualClock } from '../../../src-main/clock.ts'
import { HeldDetails } from '../../../src-main/streaming/program/held-details.ts'

function holding(): { clock: ManualClock; late: number[][]; held: HeldDetails; add(batchTime: number, failed?: boolean): number[] } {
  const clock = new ManualClock()
  const late: number[][] = []
  const held = new HeldDetails(clock, (details) => late.push(details.map(({ batchTime }) => batchTime)))
  const add = (batchTime: number, failed = false): number[] =>
    held.add({ batchTime, failed, details: () => `of ${batchTime}` }).map((details) => {
      expect(details.text).toBe(`of ${details.batchTime}`)
      return details.batchTime
    })
  return { clock, late, held, add }
}

test('a batch that comes 100 ms after the one before, or later, takes its details along', () => {
  const { clock, add } = holding()
  expect(add(1)).toEqual([1])
  clock.advance(100)
  expect(add(2)).toEqual([2])
})

test('those of batches that follow one another closely go together, with one of them, in order', () => {
  const { clock, add, late } = holding()
  expect(add(0)).toEqual([0])
  for (let batch = 1; batch < 10; batch++) {
    clock.advance(10)
    expect(add(batch)).toEqual([])
  }
  clock.advance(10)
  expect(add(10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(late).toEqual([])
})

test('however fast they come, those of twenty batches are held at most', () => {
  const { add } = holding()
  const counts = Array.from({ length: 41 }, (_, batch) => add(batch).length)
  expect([counts[0], counts[20], counts[40]]).toEqual([1, 20, 20])
})

test('what no later batch comes for follows by itself', async () => {
  const { clock, add, late } = holding()
  add(1)
  clock.advance(10)
  add(2)
  clock.advance(10)
  add(3)
  clock.advance(129)
  await Promise.resolve()
  expect(late).toEqual([])
  clock.advance(1)
  await Promise.resolve()
  expect(late).toEqual([[2, 3]])
})

test('a batch that failed waits for nothing, and what is held can be had at any time', () => {
  const { held, add } = holding()
  add(1)
  expect(add(2)).toEqual([])
  expect(add(3, true)).toEqual([2, 3])
  add(4)
  expect(held.take().map(({ batchTime }) => batchTime)).toEqual([4])
  expect(held.take()).toEqual([])
})

test('a batch without details sends none', () => {
  const held = new HeldDetails(new ManualClock(), () => {})
  expect(held.add({ batchTime: 1, failed: false, details: () => undefined })).toEqual([])
})
