import { afterEach, expect, test } from 'vitest'
import type { DirectInput, Restored, StreamingHost } from '../../../src-main/streaming/host.ts'
import { StreamingContext } from '../../../src-main/streaming/streaming-context.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { NumberedBatch } from '../../../src-shared/event/event-batch.ts'
import type { InputRange } from '../../../src-shared/streaming/batch-record.ts'
import { seconds } from '../../../src-shared/streaming/time.ts'

afterEach(() => StreamingContext.getActive()?.stop())

/** A channel whose log is an array of lines. */
class ArrayInput implements DirectInput {
  readonly name = 'c1'
  readonly lines: string[] = []
  position = 0

  choose(limit: { readonly records: number; readonly bytes: number }): InputRange {
    const from = this.position
    const until = Math.min(this.lines.length, from + Math.min(limit.records, 3))
    this.position = until
    return { input: this.name, from, until, records: until - from, bytes: 0 }
  }

  *read(range: InputRange): Generator<NumberedBatch> {
    yield {
      from: range.from,
      batch: batchOf(this.lines.slice(range.from, range.until).map((line) => ({ headers: {}, body: Buffer.from(line) }))),
    }
  }

  backlog(): { readonly records: number; readonly bytes: number } {
    return { records: this.lines.length - this.position, bytes: 0 }
  }
}

function drive(input: ArrayInput, host: Partial<StreamingHost> = {}, startAt = 0, conf = {}): StreamingTestDriver {
  return new StreamingTestDriver({ startAt, recording: true, conf, host: { openDirectInput: () => input, ...host } })
}

test('ranges are made durable before jobs run, outputs are reported one by one, and the completion comes last', async () => {
  const input = new ArrayInput()
  input.lines.push('a', 'b', 'c', 'd')
  const steps: string[] = []
  const driver = drive(input, {
    onRangesChosen: async (time, ranges, zeroTime) => {
      await Promise.resolve()
      steps.push(`${time}: chosen ${ranges[0]?.from}-${ranges[0]?.until} from zero ${zeroTime}`)
    },
    onOutputDone: (time, outputId) => {
      steps.push(`${time}: output ${outputId}`)
    },
    onBatchCompleted: (time, record, { succeeded }) => {
      steps.push(`${time}: ${record.status} ${succeeded}`)
    },
  })
  const texts = driver.context.channelStream('c1').text()
  texts.foreachRDD(async (rdd, time) => {
    steps.push(`${time.milliseconds}: ran on ${(await rdd.collect()).join('')}`)
  })
  texts.foreachRDD((_rdd, time) => {
    if (time.milliseconds === 2000) throw new Error('no')
  })
  driver.start()
  await driver.advance(2)
  await driver.stop()
  expect(steps).toEqual([
    '1000: chosen 0-3 from zero 0',
    '1000: ran on abc',
    '1000: output 0',
    '1000: output 1',
    '1000: completed true',
    '2000: chosen 3-4 from zero 0',
    '2000: ran on d',
    '2000: output 0',
    '2000: failed false',
  ])
  expect(driver.records[0]?.inputs[0]).toMatchObject({ records: 3, range: { from: 0, until: 3 } })
  expect(driver.records[0]?.operators.map(({ name, out }) => [name, out])).toEqual([
    ['channelStream', 3],
    ['text', 3],
  ])
})

test('after a restart pending batches run first, at their own time and with the same ranges, and windows see what came before', async () => {
  const input = new ArrayInput()
  input.lines.push('a', 'b', 'c', 'd', 'e')
  input.position = 3
  const range = (from: number, until: number): InputRange => ({ input: 'c1', from, until, records: until - from, bytes: 0 })
  const restored: Restored = {
    zeroTime: 5000,
    pending: [{ batchTime: 7000, ranges: [range(2, 3)] }],
    remembered: [{ batchTime: 6000, ranges: [range(0, 2)] }],
  }
  const chosen: number[] = []
  const driver = drive(input, { restore: async () => restored, onRangesChosen: (time) => void chosen.push(time) }, 7500)
  const collected = driver.collect(driver.context.channelStream('c1').text().window(seconds(2), seconds(1)))
  driver.start()
  await driver.advance(1)
  expect(collected.map(({ time, elements }) => [time, elements.join('')])).toEqual([
    [7000, 'abc'],
    [8000, 'cde'],
  ])
  expect(chosen).toEqual([8000])
  await driver.stop()
})

test('ticks that a laptop slept through are left out, but input that waits is worked off at the times that were missed', async () => {
  const input = new ArrayInput()
  const driver = drive(input, {}, 0, { 'millrace.streaming.missedTicks': 'auto' })
  const texts = driver.context.channelStream('c1').text()
  const collected = driver.collect(texts)
  const counts = driver.collect(
    texts.map((line) => [line, 1]).updateStateByKey((values: number[], state: number | undefined) => (state ?? 0) + values.length),
  )
  driver.start()
  await driver.advance(1)
  input.lines.push(...'abcdefgh')
  driver.clock.advance(3_600_000)
  await driver.context.untilBatch(3_601_000)
  expect(collected.map(({ time, elements }) => [time, elements.join('')])).toEqual([
    [1000, ''],
    [2000, 'abc'],
    [3000, 'def'],
    [4000, 'gh'],
    [3_601_000, ''],
  ])
  expect(counts.at(-1)?.elements.length).toBe(8)
  await driver.stop()
})

test('a range that a function fails on stays with its batch, and the batch after it goes on behind it', async () => {
  const input = new ArrayInput()
  input.lines.push('a', 'b', 'x', 'd')
  const driver = drive(input)
  driver.context
    .channelStream('c1')
    .map((event) => {
      const text = event.text()
      if (text === 'x') throw new Error('bad event')
      return text
    })
    .print()
  driver.start()
  await driver.advance(2)
  expect(driver.records.map((record) => [record.status, record.inputs[0]?.range?.from, record.inputs[0]?.range?.until])).toEqual([
    ['failed', 0, 3],
    ['completed', 3, 4],
  ])
  expect(driver.records[0]?.errors[0]).toMatchObject({ record: { text: 'x' } })
  await driver.stop()
})
