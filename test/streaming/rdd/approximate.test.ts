// The recorded numbers are of Spark's own classes: test/fixtures/spark/Approximations.java.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ManualClock } from '../../../src-main/clock.ts'
import { BoundedDouble, PartialResult, type RDD, SparkContext } from '../../../src-main/streaming/api.ts'
import { boundedCount, partialCount } from '../../../src-main/streaming/rdd/count-bounds.ts'
import { cardinality, newRegisters, offer, precisionFor } from '../../../src-main/streaming/rdd/hyper-log-log.ts'
import { hash64 } from '../../../src-main/streaming/rdd/murmur-hash64.ts'

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/spark/approximations.json'), 'utf8')) as {
  readonly hashes: readonly (readonly [string, string])[]
  readonly cardinalities: readonly (readonly [number, number, number])[]
  readonly bounds: readonly (readonly [number, number, number, number, number, number])[]
}

test('hashes are those of stream-lib', () => {
  for (const [text, hash] of recorded.hashes) {
    const { high, low } = hash64(text)
    expect(((BigInt(high) << 32n) | BigInt(low)).toString(16), text).toBe(hash)
  }
  expect(hash64(null)).toEqual({ high: 0, low: 0 })
})

test('distinct values are estimated as by Spark where no tables are needed, and otherwise within twice the deviation from that', () => {
  let same = 0
  for (const [precision, count, estimate] of recorded.cardinalities) {
    const registers = newRegisters(precision)
    for (let index = 0; index < count; index++) offer(registers, `word${index}`)
    const own = cardinality(registers)
    const zeros = registers.filter((run) => run === 0).length
    const deviation = 1.054 / Math.sqrt(2 ** precision)
    const title = `p = ${precision}, ${count} values`
    if (zeros > 0.7 * registers.length || count > 7 * registers.length) {
      expect(own, title).toBe(estimate)
      same += 1
    } else expect(Math.abs(own - estimate), title).toBeLessThanOrEqual(Math.max(1, 2 * deviation * count))
  }
  expect(same).toBeGreaterThan(40)
})

test('bounds of a count that is not finished are those of Spark', () => {
  for (const [confidence, sum, share, mean, low, high] of recorded.bounds) {
    const bounds = partialCount(sum, share, confidence)
    const title = `${confidence} ${sum} ${share}`
    expect([bounds.low, bounds.high, bounds.confidence], title).toEqual([low, high, confidence])
    expect(bounds.mean / mean, title).toBeCloseTo(1, 9)
  }
})

test('of all partitions the count is exact, of none or where nothing was found yet it has no bound', () => {
  expect(boundedCount(7, 4, 4, 0.9)).toEqual(new BoundedDouble(7, 1, 7, 7))
  expect(boundedCount(0, 2, 4, 0.9)).toEqual(new BoundedDouble(0, 0, 0, Number.POSITIVE_INFINITY))
  expect(String(boundedCount(0, 0, 4, 0.9))).toBe('[0.000, Infinity]')
  expect(boundedCount(7, 2, 4, 1)).toMatchObject({ low: 7, high: 7 + 2 ** 31 - 1 })
})

/** An RDD of so many partitions of ten, each of which takes a second of the clock. */
function slowly(clock: ManualClock, context: SparkContext, partitions: number): RDD<number> {
  const numbers = Array.from({ length: partitions * 10 }, (_, index) => index)
  return context.parallelize(numbers, partitions).map((value) => {
    if (value % 10 === 0) clock.advance(1000)
    return value
  })
}

test('an approximate count ends with the job, or with its time; the rest is counted when it is asked for', async () => {
  const clock = new ManualClock()
  const context = new SparkContext({ clock })
  const all = await slowly(clock, context, 3).countApprox(60_000)
  expect([all.isInitialValueFinal, all.initialValue, String(all)]).toEqual([
    true,
    new BoundedDouble(30, 1, 30, 30),
    '(final: [30.000, 30.000])',
  ])
  expect(await all.getFinalValue()).toBe(all.initialValue)

  const calls = context.longAccumulator()
  const some = await slowly(clock, context, 8)
    .map((value) => calls.add(value >= 0 ? 1 : 0))
    .countApprox(4000, 0.9)
  expect(calls.value).toBe(40)
  expect(some.isInitialValueFinal).toBe(false)
  expect(some.initialValue).toEqual(partialCount(40, 0.5, 0.9))
  expect(String(some)).toBe(`(partial: [${some.initialValue.low}.000, ${some.initialValue.high}.000])`)
  expect(calls.value).toBe(40)
  expect(String(await some.getFinalValue())).toBe('[80.000, 80.000]')
  expect(await some.getFinalValue()).toBe(await some.getFinalValue())
  expect([calls.value, String(some)]).toEqual([80, '(final: [80.000, 80.000])'])
})

test('values and keys are counted approximately, each with bounds of its own', async () => {
  const clock = new ManualClock()
  const context = new SparkContext({ clock })
  const remainders = slowly(clock, context, 4).map((value): [number, string] => [value % 3, 'x'])
  const partial = await remainders.countByKeyApprox(2000, 0.8)
  expect(partial.initialValue).toEqual(
    new Map([
      [0, partialCount(7, 0.5, 0.8)],
      [1, partialCount(7, 0.5, 0.8)],
      [2, partialCount(6, 0.5, 0.8)],
    ]),
  )
  const exact = new Map([
    [0, new BoundedDouble(14, 1, 14, 14)],
    [1, new BoundedDouble(13, 1, 13, 13)],
    [2, new BoundedDouble(13, 1, 13, 13)],
  ])
  expect(await partial.getFinalValue()).toEqual(exact)
  expect((await remainders.keys().countByValueApprox(60_000)).initialValue).toEqual(exact)
  const pairs = await remainders.countByValueApprox(60_000)
  expect([...pairs.initialValue].map(([pair, { mean }]) => [...pair, mean])).toEqual([
    [0, 'x', 14],
    [1, 'x', 13],
    [2, 'x', 13],
  ])
  expect(pairs.map((counts) => counts.size)).toMatchObject({ initialValue: 3, isInitialValueFinal: true })
})

test('a task that fails fails the count, and after the time is up what asks for the rest', async () => {
  const clock = new ManualClock()
  const context = new SparkContext({ clock })
  const failing = slowly(clock, context, 4).map((value) => {
    if (value === 35) throw new Error('no 35')
    return value
  })
  await expect(failing.countApprox(60_000)).rejects.toThrow('no 35')
  const partial = await failing.countApprox(2000)
  expect(partial.initialValue.mean).toBe(40)
  await expect(partial.getFinalValue()).rejects.toThrow('Task 3 in stage')
  await expect(partial.map(({ mean }) => mean).getFinalValue()).rejects.toThrow('no 35')
})

test('what must be prepared counts as time too, and its error comes to who asks for the rest', async () => {
  const clock = new ManualClock()
  const context = new SparkContext({ clock })
  const gate = Promise.withResolvers<void>()
  const waiting = context.parallelize([1, 2], 2).mapPartitions(async () => {
    await gate.promise
    throw new Error('never came')
  })
  const counting = waiting.countApprox(1000)
  clock.advance(1000)
  const partial = await counting
  expect(partial.initialValue).toEqual(new BoundedDouble(0, 0, 0, Number.POSITIVE_INFINITY))
  gate.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  await expect(partial.getFinalValue()).rejects.toThrow('never came')
})

test('a confidence is a probability, and a deviation not too small', async () => {
  const rdd = new SparkContext().parallelize([1])
  expect(() => rdd.countApprox(1, 1.5)).toThrow('requirement failed: confidence (1.5) must be in [0,1]')
  expect(() => rdd.countByValueApprox(1, -1)).toThrow('requirement failed: confidence (-1.0) must be in [0,1]')
  expect(() => rdd.countApproxDistinct(0.00001)).toThrow('requirement failed: accuracy (1.0E-5) must be greater than 0.000017')
  expect([0.4, 0.05, 0.01].map(precisionFor)).toEqual([4, 9, 14])
})

test('distinct elements and distinct values of keys are estimated over partitions', async () => {
  const context = new SparkContext({ defaultParallelism: 3 })
  const words = context.parallelize(Array.from({ length: 3000 }, (_, index) => `word${index % 300}`))
  expect(await words.countApproxDistinct()).toBe(315)
  expect(await words.countApproxDistinct(0.01)).toBe(300)
  expect(await context.emptyRDD<string>().countApproxDistinct()).toBe(0)
  const pairs = words.map((word): [string, string] => [word.length > 5 ? 'long' : 'short', word]).countApproxDistinctByKey(0.01, 2)
  expect(new Map(await pairs.collect())).toEqual(
    new Map([
      ['short', 10],
      ['long', 290],
    ]),
  )
  expect(pairs.getNumPartitions()).toBe(2)
  expect(pairs).toHaveProperty('className', 'MapPartitionsRDD')
})

test('a partial result shows what is known', () => {
  expect(String(new PartialResult(1))).toBe('(final: 1)')
  expect(String(new PartialResult(1, async () => 2))).toBe('(partial: 1)')
})
