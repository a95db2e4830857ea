// The RDDs of a state are views of it: persisting them, as Spark does with each of them, copies nothing.
import { expect, test } from 'vitest'
import { type RDD, seconds } from '../../../src-main/streaming/api.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'

test('a state that is persisted is walked anew by each action, kept nowhere else, and reads as it was in each batch', async () => {
  const driver = new StreamingTestDriver({ conf: { 'spark.default.parallelism': 1 } })
  const counts = driver
    .input<[string, number]>(
      [
        [
          ['a', 1],
          ['b', 1],
        ],
        [['a', 1]],
        [['c', 1]],
      ],
      1,
    )
    .updateStateByKey((values: number[], state: number | undefined) => (state ?? 0) + values.length)
  const seen: RDD<[string, number]>[] = []
  counts.foreachRDD((rdd) => {
    seen.push(rdd)
  })
  driver.context.remember(seconds(10))
  driver.start()
  await driver.advance(3)
  expect(seen[0]!.storageLevel.isValid).toBe(true)
  const contents = await Promise.all(seen.map(async (rdd) => Object.fromEntries(await rdd.collect())))
  expect(contents).toEqual([
    { a: 1, b: 1 },
    { a: 2, b: 1 },
    { a: 2, b: 1, c: 1 },
  ])
  const [once, again] = [await seen[2]!.take(1), await seen[2]!.take(1)]
  expect(once).toEqual(again)
  expect(once[0]).not.toBe(again[0])
  await driver.stop()
})
