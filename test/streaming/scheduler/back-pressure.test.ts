// A stream that is too slow: its batches queue where everybody sees them, and with back-pressure they become as small as they have to be.
import { afterEach, expect, test } from 'vitest'
import { type BatchInfo, numRecords, StreamingContext, schedulingDelay, seconds } from '../../../src-main/streaming/api.ts'
import type { Conf } from '../../../src-main/streaming/scheduler/settings.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'

afterEach(() => StreamingContext.getActive()?.stop())

const msPerRecord = 10

interface SlowStream {
  readonly driver: StreamingTestDriver
  readonly completed: readonly BatchInfo[]
  /** Lines in the order in which they were processed. */
  readonly lines: readonly string[]
  /** Batches that waited or ran, whenever one was submitted. */
  readonly pending: readonly number[]
  readonly push: (count: number) => void
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A stream of 1 s batches that can process 100 records a second: its time is the test's clock, moved by its output. */
function slowStream(conf: Conf): SlowStream {
  const driver = new StreamingTestDriver({ batchDuration: seconds(1), conf })
  const channel = driver.channel('c1')
  const [completed, pending, lines]: [BatchInfo[], number[], string[]] = [[], [], []]
  driver.context.addStreamingListener({
    onBatchSubmitted: () => pending.push(driver.context.scheduler.pendingBatches + 1),
    onBatchCompleted: ({ batchInfo }) => completed.push(batchInfo),
  })
  driver.context
    .channelStream('c1')
    .text()
    .foreachRDD(async (rdd) => {
      const batch = await rdd.collect()
      lines.push(...batch)
      // In steps, so that each tick of that time comes at its own.
      for (let left = batch.length * msPerRecord; left > 0; left -= 500) {
        driver.clock.advance(Math.min(left, 500))
        await turns()
      }
    })
  driver.start()
  let pushed = 0
  const push = (count: number): void => channel.push(...Array.from({ length: count }, () => `line ${pushed++}`))
  return { driver, completed, lines, pending, push }
}

test('batches of a stream that is too slow queue, with a scheduling delay that grows, and none is left out', async () => {
  const { driver, completed, lines, pending, push } = slowStream({ 'spark.streaming.receiver.maxRate': 200 })
  push(1000)
  for (let second = 0; second < 12; second++) await driver.advance()
  const full = completed.slice(0, 5)
  expect(full.map(numRecords)).toEqual([200, 200, 200, 200, 200])
  expect(full.map(schedulingDelay)).toEqual([0, 1000, 2000, 3000, 4000])
  expect(Math.max(...pending)).toBeGreaterThan(3)
  expect(lines).toEqual(Array.from({ length: 1000 }, (_, line) => `line ${line}`))
  await driver.stop()
})

test('with back-pressure batches become so small that the stream keeps up, and what is not yet read waits in its channel', async () => {
  const { driver, completed, lines, push } = slowStream({
    'spark.streaming.backpressure.enabled': true,
    'spark.streaming.backpressure.initialRate': 400,
    'spark.streaming.backpressure.pid.minRate': 10,
  })
  push(10_000)
  while (completed.length < 65) await driver.advance()
  const settled = completed.slice(45, 65)
  expect(completed.slice(0, 2).map(numRecords)).toEqual([400, 400])
  for (const info of settled) {
    expect(numRecords(info)).toBeGreaterThan(80)
    expect(numRecords(info)).toBeLessThanOrEqual(100)
    expect(schedulingDelay(info)).toBe(0)
  }
  expect(lines).toEqual(Array.from({ length: lines.length }, (_, line) => `line ${line}`))
  await driver.stop()
})

test('when every tick is to be replayed, those of a long time wait on the clock: a thousand batches at most wait to be run', async () => {
  const { driver, completed, pending, lines, push } = slowStream({ 'millrace.streaming.missedTicks': 'replay' })
  push(10)
  driver.clock.advance(2_500_000)
  await driver.context.untilBatch(2_500_000)
  expect(completed.slice(0, 2500).map((info) => info.batchTime)).toEqual(Array.from({ length: 2500 }, (_, batch) => (batch + 1) * 1000))
  expect(Math.max(...pending)).toBeLessThanOrEqual(1001)
  expect(lines.length).toBe(10)
  await driver.stop()
})
