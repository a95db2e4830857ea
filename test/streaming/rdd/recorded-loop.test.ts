// A recorded loop yields what the same loop yields unrecorded, counts everything and samples what comes first, wherever its limits lie.

import { expect, test } from 'vitest'
import type { RDD } from '../../../src-main/streaming/rdd/rdd.ts'
import type { OperatorRun, OperatorTap } from '../../../src-main/streaming/rdd/recorded-loop.ts'
import { SparkContext } from '../../../src-main/streaming/rdd/spark-context.ts'
import { enough } from '../../../src-main/streaming/rdd/task.ts'
import { fc } from '../../driver/property.ts'

const wanted = 20

class Watching implements OperatorTap {
  readonly seen: unknown[] = []
  readonly runs: OperatorRun[] = []

  begin(): ReturnType<OperatorTap['begin']> {
    let open = 0
    const see = (element: unknown): void => {
      this.seen.push(element)
      open += 1
    }
    const passed = (): void => {
      open -= 1
      expect(open).toBeGreaterThanOrEqual(0)
    }
    return { wanted, see, passed, ended: (run) => this.runs.push(run) }
  }
}

type Numbers = RDD<number>
interface StepOf {
  readonly name: string
  readonly recorded: (rdd: Numbers) => Numbers
  readonly plain: (numbers: number[]) => number[]
}

function* generated(value: number, copies: number): Generator<number> {
  for (let copy = 0; copy < copies; copy++) yield value + copy
}

const stepOf: fc.Arbitrary<StepOf> = fc.oneof(
  fc.constant<StepOf>({ name: 'map', recorded: (rdd) => rdd.map((value) => value + 1), plain: (all) => all.map((value) => value + 1) }),
  fc.integer({ min: 1, max: 700 }).map(
    (every): StepOf => ({
      name: `filter ${every}`,
      recorded: (rdd) => rdd.filter((value) => value % every === 0),
      plain: (all) => all.filter((value) => value % every === 0),
    }),
  ),
  fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()).map(
    ([copies, lazily]): StepOf => ({
      name: `flatMap ${copies} ${lazily}`,
      recorded: (rdd) => rdd.flatMap((value) => (lazily ? generated(value, copies) : [...generated(value, copies)])),
      plain: (all) => all.flatMap((value) => [...generated(value, copies)]),
    }),
  ),
)

test('whatever the steps: elements are the same as unrecorded, every operator counts all of its own and sees the first ones', () => {
  const cases = fc.record({ count: fc.integer({ min: 0, max: 3000 }), steps: fc.array(stepOf, { maxLength: 4 }) })
  fc.assert(
    fc.property(cases, ({ count, steps }) => {
      const numbers = Array.from({ length: count }, (_, index) => index)
      const expected = [numbers]
      for (const { plain } of steps) {
        expected.push(plain(expected.at(-1)!))
        // Before the next step multiplies them.
        fc.pre(expected.at(-1)!.length < 20_000)
      }
      const rdds: Numbers[] = [new SparkContext().parallelize(numbers, 1)]
      for (const { recorded } of steps) rdds.push(recorded(rdds.at(-1)!))
      const taps = rdds.map((rdd) => {
        rdd.tap = new Watching()
        return rdd.tap as Watching
      })
      const elements: number[] = []
      rdds.at(-1)!.each(0, (element) => elements.push(element))
      expect(elements).toEqual(expected.at(-1))
      taps.forEach(({ seen, runs: [run] }, at) => {
        expect(run?.count).toBe(expected[at]!.length)
        expect(seen).toEqual(expected[at]!.slice(0, wanted))
        expect(Math.min(run!.ownMs, run!.handedOnMs)).toBeGreaterThanOrEqual(0)
      })
    }),
    { numRuns: 100 },
  )
})

test.each([3, 500, 5000])('a step that throws on element %i leaves the counts up to there, and the record it threw on', (at) => {
  const numbers = new SparkContext().parallelize(
    Array.from({ length: 6000 }, (_, index) => index),
    1,
  )
  const thrown = numbers.map((value) => {
    if (value === at) throw new Error('that one')
    return value
  })
  const [before, after] = [new Watching(), new Watching()]
  numbers.tap = before
  thrown.tap = after
  expect(() => thrown.each(0, () => {})).toThrow('that one')
  expect([before.runs[0]?.count, after.runs[0]?.count]).toEqual([at + 1, at])
})

test.each([5, 3000])('an action that has enough after %i elements ends the loop, and the counts are those of what ran', (limit) => {
  const numbers = new SparkContext().parallelize(
    Array.from({ length: 6000 }, (_, index) => index),
    1,
  )
  const doubled = numbers.flatMap((value) => generated(value, 2))
  const [source, steps] = [new Watching(), new Watching()]
  numbers.tap = source
  doubled.tap = steps
  let taken = 0
  const take = (): void => {
    taken += 1
    if (taken === limit) throw enough
  }
  expect(() => doubled.each(0, take)).toThrow(enough)
  expect([source.runs[0]?.count, steps.runs[0]?.count]).toEqual([Math.ceil(limit / 2), limit])
})

test('what is kept, an operator that is not recorded, and a loop inside a loop are all gone through', () => {
  const context = new SparkContext()
  const numbers = context.parallelize([1, 2, 3], 1)
  const kept = numbers.map((value) => value * 2).cache()
  const unrecorded = kept.map((value) => value + 1)
  const both = unrecorded.union(numbers)
  const last = both.filter((value) => value > 2)
  const taps = [numbers, kept, both, last].map((rdd) => {
    rdd.tap = new Watching()
    return rdd.tap as Watching
  })
  const found: number[] = []
  for (const partition of [0, 1]) last.each(partition, (value) => found.push(value))
  expect(found).toEqual([3, 5, 7, 3])
  expect(taps.map(({ runs }) => runs.map((run) => run.count))).toEqual([[3, 3], [3], [3, 3], [3, 1]])
  expect(taps.map(({ seen }) => seen)).toEqual([
    [1, 2, 3, 1, 2, 3],
    [2, 4, 6],
    [3, 5, 7, 1, 2, 3],
    [3, 5, 7, 3],
  ])
})
