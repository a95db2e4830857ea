// The first batch of a context: the one that follows its zero time, on which the alignment of every window and checkpoint rests.
import { expect, test } from 'vitest'
import type { Time } from '../../../src-main/streaming/api.ts'
import { StreamingTestDriver, TestInputDStream } from '../../../src-main/streaming/testing.ts'

/** An input during whose making the clock goes on. */
class SlowInput extends TestInputDStream<string> {
  takes = 0

  override initialize(zeroTime: Time): void {
    super.initialize(zeroTime)
    ;(this.context.host.clock as StreamingTestDriver['clock']).advance(this.takes)
  }
}

test.each([0, 1000, 2500])('no batch is left out by a start that takes %i ms', async (takes) => {
  const driver = new StreamingTestDriver()
  const began = driver.clock.now()
  const input = new SlowInput(driver.context, [['a'], ['b'], ['c'], ['d']])
  input.takes = takes
  const batches: [number, string[]][] = []
  input.foreachRDD(async (rdd, time) => {
    batches.push([time.milliseconds - began, await rdd.collect()])
  })
  driver.start()
  while (driver.clock.now() < began + 4000) await driver.advance()
  await driver.stop()
  expect(batches.slice(0, 4)).toEqual([
    [1000, ['a']],
    [2000, ['b']],
    [3000, ['c']],
    [4000, ['d']],
  ])
})
