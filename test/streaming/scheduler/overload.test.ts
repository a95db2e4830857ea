// A stream that is slower than its input: batches queue, but not without bound, and nothing of the input is lost for it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LogInput } from '../../../src-main/streaming/input/log-input.ts'
import { MOST_PENDING } from '../../../src-main/streaming/scheduler/job-generator.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import { logBench } from '../../driver/log-bench.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-overload-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('of a stream whose batches do not end so many wait as may, and what came meanwhile is read when they do', async () => {
  const driver = new StreamingTestDriver({ conf: { 'millrace.streaming.missedTicks': 'auto' } })
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const read: string[] = []
  driver.context
    .channelStream('c1')
    .text()
    .foreachRDD(async (rdd) => {
      await released
      read.push(...(await rdd.collect()))
    })
  driver.start()
  const ticks = MOST_PENDING + 200
  for (let tick = 0; tick < ticks; tick++) {
    driver.channel('c1').push(`line ${tick}`)
    driver.clock.advance(1000)
    for (let turns = 0; turns < 3; turns++) await turn()
  }
  expect(driver.context.scheduler.pendingBatches).toBe(MOST_PENDING)
  release()
  await expect.poll(() => read.length, { timeout: 60_000 }).toBe(ticks)
  expect(read).toEqual(Array.from({ length: ticks }, (_, tick) => `line ${tick}`))
  await driver.stop()
})

test('a stream whose batch never ends can be stopped while as many wait as may', async () => {
  const driver = new StreamingTestDriver({ conf: { 'millrace.streaming.missedTicks': 'auto' } })
  driver.context
    .channelStream('c1')
    .text()
    .foreachRDD(() => new Promise<void>(() => {}))
  driver.start()
  for (let tick = 0; tick < MOST_PENDING + 10; tick++) {
    driver.clock.advance(1000)
    for (let turns = 0; turns < 3; turns++) await turn()
  }
  await driver.stop()
  expect(driver.records).toEqual([])
})

test('what came in a night off is worked off in batches of at most maxBytesPerBatch, few of which wait, all of it in order', async () => {
  const limit = 64 * 1024
  const log = await logBench(folder)
  const line = (index: number): string => `${index} `.padEnd(133, 'x')
  for (let row = 0; row < 200; row++) await log.put(Array.from({ length: 50 }, (_, index) => line(row * 50 + index)))
  await log.channel.stop()
  const driver = new StreamingTestDriver({
    conf: { 'millrace.streaming.missedTicks': 'auto', 'millrace.streaming.maxBytesPerBatch': limit },
    host: { openDirectInput: (name) => new LogInput(name, join(folder, 'c1')) },
  })
  let lines = 0
  let most = 0
  driver.context
    .channelStream('c1')
    .text()
    .foreachRDD(async (rdd) => {
      most = Math.max(most, driver.context.scheduler.pendingBatches)
      for (const text of await rdd.collect()) {
        expect(text).toBe(line(lines))
        lines += 1
      }
    })
  driver.start()
  driver.clock.advance(8 * 3_600_000)
  await expect.poll(() => lines, { timeout: 60_000 }).toBe(10_000)
  await expect.poll(() => driver.records.reduce((sum, record) => sum + record.inputs[0]!.records, 0)).toBe(10_000)
  const ranges = driver.records.map((record) => record.inputs[0]!.range!)
  expect(Math.max(...ranges.map((range) => range.bytes))).toBeLessThanOrEqual(limit)
  expect(ranges.length).toBeLessThan(200)
  expect(most).toBeLessThanOrEqual(3)
  await driver.stop()
})
