import { expect, onTestFinished, test } from 'vitest'
import { ConstantInputDStream, type DStream, type RDD } from '../../../src-main/streaming/api.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'

async function batches<T>(
  open: (driver: StreamingTestDriver) => DStream<T>,
  count: number,
): Promise<{ driver: StreamingTestDriver; elements: T[][] }> {
  const driver = new StreamingTestDriver()
  const collected = driver.collect(open(driver))
  driver.start()
  onTestFinished(() => driver.stop())
  await driver.advance(count)
  return { driver, elements: collected.map(({ elements }) => [...elements]) }
}

test('queueStream gives one RDD of its queue per batch, then its default, and reports no records', async () => {
  const { driver, elements } = await batches(({ context }) => {
    const make = (...values: number[]): RDD<number> => context.sparkContext.makeRDD(values, 2)
    return context.queueStream([make(1, 2), make(3)], true, make(0))
  }, 3)
  expect(elements).toEqual([[1, 2], [3], [0]])
  expect(driver.records.flatMap((record) => record.inputs)).toEqual([])
})

test('queueStream all at once gives the union of what waits; with null for a default an empty batch follows', async () => {
  const queue: RDD<number>[] = []
  const { driver, elements } = await batches(({ context }) => {
    queue.push(context.sparkContext.makeRDD([1, 2], 2), context.sparkContext.makeRDD([3], 1))
    return context.queueStream(queue, false, null)
  }, 2)
  expect(elements).toEqual([[1, 2, 3], []])
  queue.push(driver.context.sparkContext.makeRDD([4], 1))
  await driver.advance()
  expect(queue).toEqual([])
})

test('a ConstantInputDStream gives the same RDD in every batch, and refuses none', async () => {
  const { driver, elements } = await batches(
    ({ context }) => new ConstantInputDStream(context, context.sparkContext.makeRDD(['a', 'b'])),
    2,
  )
  expect(elements).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])
  expect(() => new ConstantInputDStream(driver.context, null as never)).toThrow()
  const fresh = new StreamingTestDriver()
  expect(() => new ConstantInputDStream(fresh.context, null as never)).toThrow(
    'parameter rdd null is illegal, which will lead to NPE in the following transformation',
  )
})
