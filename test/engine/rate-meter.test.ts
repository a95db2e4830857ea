import { expect, test } from 'vitest'
import { RateMeter } from '../../src-main/engine/pipeline/rate-meter.ts'

const second = 1000
const began = Date.UTC(2026, 0, 1)

/** A sample every five seconds; `count` of the seconds that have passed. */
function metered(seconds: number, count: (seconds: number) => number): RateMeter {
  const meter = new RateMeter()
  for (let at = 0; at <= seconds; at += 5) meter.sample(count(at), at * second, began + at * second)
  return meter
}

const rates = (meter: RateMeter, span: 'minute' | 'hour' | 'day'): number[] => meter.history(span).map((point) => point.eventsPerSecond)

test('an hour has a point for each minute, a day one for each quarter of an hour; the one under way is the last', () => {
  const meter = metered(3630, (at) => at * 10)
  expect(rates(meter, 'hour')).toEqual(Array(60).fill(10))
  expect(meter.history('hour').at(-1)!.at).toBe(began + 3600 * second)
  expect(rates(meter, 'day')).toEqual(Array(5).fill(10))
})

test('a point is the mean of its step', () => {
  const meter = metered(120, (at) => (at <= 60 ? at * 2 : 120))
  expect(rates(meter, 'hour')).toEqual([2, 0])
})

test('a component that starts anew counts from nothing and takes nothing back', () => {
  const meter = metered(60, (at) => (at <= 30 ? at * 10 : (at - 30) * 10))
  expect(rates(meter, 'hour')).toEqual([10])
  expect(rates(meter, 'minute').every((rate) => rate >= 0)).toBe(true)
})

test('no more is kept than a span has points', () => {
  const meter = metered(26 * 3600, (at) => at)
  expect(['minute', 'hour', 'day'].map((span) => meter.history(span as 'day').length <= 96)).toEqual([true, true, true])
  expect(meter.history('hour').length).toBeLessThanOrEqual(60)
})
