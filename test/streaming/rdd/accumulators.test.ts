// Accumulators in one thread. In threads: test/streaming/program/accumulators.test.ts.
import { expect, test } from 'vitest'
import { AccumulatorV2, DoubleAccumulator, LongAccumulator, SparkContext } from '../../../src-main/streaming/api.ts'

/** A person's own: which words were there. */
class WordSet extends AccumulatorV2<string, ReadonlySet<string>> {
  readonly #words = new Set<string>()

  get isZero(): boolean {
    return this.#words.size === 0
  }

  get value(): ReadonlySet<string> {
    return this.#words
  }

  add(word: string): void {
    this.#words.add(word)
  }

  reset(): void {
    this.#words.clear()
  }

  copy(): WordSet {
    const copy = new WordSet()
    copy.merge(this)
    return copy
  }

  merge(other: AccumulatorV2<string, ReadonlySet<string>>): void {
    for (const word of other.value) this.#words.add(word)
  }
}

test('numbers added in tasks and outside of them come together: sum, count, average', async () => {
  const context = new SparkContext()
  const long = context.longAccumulator('lengths')
  const double = context.doubleAccumulator()
  long.add(1)
  await context.parallelize([2, 3, 4], 3).foreach((value) => {
    long.add(value)
    double.add(value / 2)
  })
  expect([long.value, long.sum, long.count, long.avg]).toEqual([10, 10, 4, 2.5])
  expect([double.value, double.count, double.avg]).toEqual([4.5, 3, 1.5])
  expect([long.isZero, new LongAccumulator().isZero, new DoubleAccumulator().avg]).toEqual([false, true, Number.NaN])
  long.reset()
  expect([long.isZero, long.value, long.count]).toEqual([true, 0, 0])
})

test('accumulators print as in Spark', () => {
  const context = new SparkContext()
  const long = context.longAccumulator('lines')
  const double = context.doubleAccumulator()
  const list = context.collectionAccumulator<unknown>('kept')
  long.add(3)
  double.add(2)
  list.add('a')
  list.add([1, 2])
  expect([long, double, list].map(String)).toEqual([
    'LongAccumulator(id: 0, name: Some(lines), value: 3)',
    'DoubleAccumulator(id: 1, name: None, value: 2.0)',
    'CollectionAccumulator(id: 2, name: Some(kept), value: [a, (1,2)])',
  ])
  expect(String(new LongAccumulator())).toBe('Un-registered Accumulator: LongAccumulator')
})

test('an accumulator is registered once, and has no id before', () => {
  const context = new SparkContext()
  const long = new LongAccumulator()
  expect(() => long.id).toThrow('The metadata of this accumulator has not been assigned yet.')
  expect(long.isRegistered).toBe(false)
  expect(context.register(long, 'mine')).toBe(long)
  expect([long.isRegistered, long.id, long.name]).toEqual([true, 0, 'mine'])
  expect(() => context.register(long)).toThrow('Cannot register an Accumulator twice.')
  expect(context.longAccumulator().id).toBe(1)
})

test('accumulators of two kinds are not merged, and a fraction is no whole number', () => {
  expect(() => new LongAccumulator().merge(new DoubleAccumulator())).toThrow('Cannot merge LongAccumulator with DoubleAccumulator')
  expect(() => new LongAccumulator().add(1.5)).toThrow('A LongAccumulator adds whole numbers, and not 1.5. Take a doubleAccumulator.')
})

test('a copy has the content and is nobody else’s', () => {
  const context = new SparkContext()
  const long = context.longAccumulator()
  long.add(5)
  const copy = long.copy()
  copy.add(1)
  expect([long.value, copy.value, copy.count, copy.isRegistered, long.copyAndReset().isZero]).toEqual([5, 6, 2, false, true])
})

test('what a failed task added does not count, what tasks before it added does', async () => {
  const context = new SparkContext()
  const long = context.longAccumulator()
  const list = context.collectionAccumulator<number>()
  const words = context.register(new WordSet())
  const job = context.parallelize([1, 2, 3, 4], 2).foreach((value) => {
    long.add(value)
    list.add(value)
    words.add(`w${value}`)
    if (value === 4) throw new Error('four')
  })
  await expect(job).rejects.toThrow('four')
  expect([long.value, list.value, [...words.value]]).toEqual([3, [1, 2], ['w1', 'w2']])
})

test('functions that run again add again; behind a cache they do not', async () => {
  const context = new SparkContext()
  const calls = context.longAccumulator()
  const counted = context.parallelize([1, 2, 3], 2).map((value) => {
    calls.add(1)
    return value
  })
  await counted.count()
  await counted.count()
  expect(calls.value).toBe(6)
  const kept = counted.map((value) => value + 1).cache()
  await kept.count()
  await kept.collect()
  expect(calls.value).toBe(9)
})

test('both sides of a shuffle add', async () => {
  const context = new SparkContext({ defaultParallelism: 2 })
  const mapped = context.longAccumulator()
  const merged = context.longAccumulator()
  const counts = context
    .parallelize(['a', 'b', 'a', 'a'], 2)
    .map((word): [string, number] => {
      mapped.add(1)
      return [word, 1]
    })
    .reduceByKey((a, b) => {
      merged.add(1)
      return a + b
    })
  await counts.collect()
  expect([mapped.value, merged.value]).toEqual([4, 2])
})

test('a partition function adds once, in the task that takes what it gives', async () => {
  const context = new SparkContext()
  const seen = context.longAccumulator()
  const doubled = context.parallelize([1, 2, 3, 4], 2).mapPartitions((part) =>
    Array.from(part, (value) => {
      seen.add(1)
      return value * 2
    }),
  )
  expect(await doubled.collect()).toEqual([2, 4, 6, 8])
  expect(seen.value).toBe(4)
  const failing = doubled.map((value) => {
    if (value === 4) throw new Error('no')
    return value
  })
  await expect(failing.collect()).rejects.toThrow('no')
  expect(seen.value).toBe(4)
})

test('asynchronous tasks add to their own parts while others run, and only those that succeed count', async () => {
  const context = new SparkContext()
  const seen = context.longAccumulator()
  const gate = Promise.withResolvers<void>()
  const rdd = context.parallelize([1, 10], 2)
  const slow = rdd.foreachPartition(async (part) => {
    for (const value of part) {
      await gate.promise
      seen.add(value)
    }
    if (seen.value > 0) throw new Error('too late')
  })
  await rdd.foreach((value) => seen.add(value * 100))
  expect(seen.value).toBe(1100)
  gate.resolve()
  await expect(slow).rejects.toThrow('Job aborted due to stage failure: Task 0')
  expect(seen.value).toBe(1100)
  const generated = rdd.mapPartitions(async function* (part) {
    for (const value of part) {
      await Promise.resolve()
      seen.add(value)
      yield value
    }
  })
  expect(await generated.collect()).toEqual([1, 10])
  expect(seen.value).toBe(1111)
})

test('take adds for what it has looked at', async () => {
  const context = new SparkContext()
  const seen = context.longAccumulator()
  const rdd = context.parallelize([1, 2, 3, 4], 2).map((value) => {
    seen.add(1)
    return value
  })
  expect(await rdd.take(1)).toEqual([1])
  expect(seen.value).toBe(1)
})
