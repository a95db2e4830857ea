import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { plainHost } from '../../../src-main/streaming/host.ts'
import { threadsOf } from '../../../src-main/streaming/rdd/master.ts'
import { SparkContext } from '../../../src-main/streaming/rdd/spark-context.ts'
import { StreamingContext, type StreamingContextOptions } from '../../../src-main/streaming/streaming-context.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import { seconds } from '../../../src-shared/streaming/time.ts'

test('local is one thread, local[n] are n, local[*] one for each processor; a number of failures may stand behind', () => {
  expect(threadsOf('local')).toBe(1)
  expect(threadsOf('local[3]')).toBe(3)
  expect(threadsOf('local[ 3 ]')).toBe(3)
  expect(threadsOf('local[*]')).toBe(availableParallelism())
  expect(threadsOf('local[4,1]')).toBe(4)
})

test('another master is refused with what may be given; so are 0 threads, and tasks that run again', () => {
  for (const master of ['yarn', 'spark://host:7077', 'local[]', 'local[2', 'local[-1]', 'local[1.5]', '']) {
    expect(() => threadsOf(master)).toThrow(`Could not parse Master URL: '${master}'`)
  }
  expect(() => threadsOf('local[0]')).toThrow('Asked to run locally with 0 threads')
  expect(() => threadsOf('local[2,4]')).toThrow('Give local[2].')
})

test('what nothing else gives a number of partitions has as many as the master has threads', () => {
  expect(new SparkContext().parallelize([1, 2, 3]).getNumPartitions()).toBe(1)
  expect(new SparkContext({ master: 'local[3]' }).parallelize([1, 2, 3]).getNumPartitions()).toBe(3)
  expect(new SparkContext({ master: 'local[3]', defaultParallelism: 2 }).parallelize([1, 2, 3]).getNumPartitions()).toBe(2)
})

test('the program names its master before its host does, and its options go before its configuration', () => {
  const host = { ...plainHost, master: 'local[2]' }
  const threads = (options: StreamingContextOptions): number =>
    new StreamingContext({ batchDuration: seconds(1), host, ...options }).sparkContext.threads
  expect(threads({})).toBe(2)
  expect(threads({ conf: { 'spark.master': 'local[3]' } })).toBe(3)
  expect(threads({ conf: { 'spark.master': 'local[3]' }, master: 'local' })).toBe(1)
  expect(() => threads({ master: 'yarn' })).toThrow("Could not parse Master URL: 'yarn'")
})

test("a channel's range lies spread evenly over as many partitions as there are threads, in order", async () => {
  const driver = new StreamingTestDriver({ recording: true, conf: { 'spark.master': 'local[3]' } })
  driver.channel('c1').push('a', 'b', 'c', 'd', 'e', 'f', 'g')
  const collected = driver.collect(driver.context.channelStream('c1').text())
  driver.start()
  await driver.advance(2)
  await driver.stop()
  expect(collected.map(({ partitions }) => partitions)).toEqual([
    [
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f', 'g'],
    ],
    [[], [], []],
  ])
  const texts = driver.records[0]!.operators.find(({ name }) => name === 'text')!
  expect(texts.out).toBe(7)
  expect(texts.firstOut.map(({ origin }) => origin?.ordinal)).toEqual([0, 1, 2, 3, 4, 5, 6])
})
