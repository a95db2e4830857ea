import { expect, test } from 'vitest'
import { ManualClock } from '../../../src-main/clock.ts'
import { PidRateEstimator, RateLimiter } from '../../../src-main/streaming/receiver/rate.ts'

const defaults = { proportional: 1, integral: 0.2, derived: 0, minRate: 100 }

test('the PID estimator gives the rates that Spark formula gives', () => {
  const estimator = new PidRateEstimator(1000, defaults)
  const rows: readonly [time: number, records: number, processing: number, scheduling: number, rate: number | undefined][] = [
    [1000, 1000, 500, 0, undefined],
    [2000, 1000, 500, 0, 2000],
    [3500, 2000, 2000, 0, 1000],
    [5500, 2000, 2000, 1000, 800],
    [7600, 500, 2100, 2000, 142.857142857],
    [8000, 500, 250, 3000, 800],
    [9000, 10, 500, 0, 100],
    [9000, 10, 500, 0, undefined],
    [10_000, 0, 100, 0, undefined],
  ]
  for (const [time, records, processing, scheduling, rate] of rows) {
    const actual = estimator.compute(time, records, processing, scheduling)
    if (rate === undefined) expect(actual).toBeUndefined()
    else expect(actual).toBeCloseTo(rate, 6)
  }
})

test('with a derivative term it gives the other column of the same table', () => {
  const estimator = new PidRateEstimator(1000, { ...defaults, derived: 0.5 })
  const inputs: readonly [number, number, number, number][] = [
    [1000, 1000, 500, 0],
    [2000, 1000, 500, 0],
    [3500, 2000, 2000, 0],
    [5500, 2000, 2000, 1000],
    [7600, 500, 2100, 2000],
    [8000, 500, 250, 3000],
  ]
  const rates = inputs.map((row) => estimator.compute(...row))
  expect(rates[0]).toBeUndefined()
  for (const [index, rate] of [2000, 666.667, 1133.333, 100, 4294.0476].entries()) expect(rates[index + 1]).toBeCloseTo(rate, 3)
})

test('bad gains are refused', () => {
  expect(() => new PidRateEstimator(0, defaults)).toThrow(/batch interval 0/)
  expect(() => new PidRateEstimator(1000, { ...defaults, minRate: 0 })).toThrow(/Minimum rate/)
})

test('a limiter lets through what its rate says, and no more than a second of unused permits at once', () => {
  const clock = new ManualClock()
  const limiter = new RateLimiter(clock, undefined, 10)
  const taken = (): number => {
    let count = 0
    while (limiter.tryAcquire()) count += 1
    return count
  }
  taken()
  clock.advance(500)
  expect(taken()).toBe(5)
  clock.advance(60_000)
  expect(taken()).toBe(10)
  limiter.updateRate(100)
  expect(limiter.currentLimit).toBe(10)
  limiter.updateRate(4)
  clock.advance(1000)
  expect(taken()).toBe(4)
  limiter.updateRate(0)
  expect(limiter.currentLimit).toBe(4)
})
