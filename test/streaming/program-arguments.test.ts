// What a program gives wrongly, as plain JavaScript can: said at once where it gives it, or in the batch with the record.
import { expect, test } from 'vitest'
import { Duration, type RDD, StateSpec, StreamingContext, seconds } from '../../src-main/streaming/api.ts'
import { StreamingTestDriver } from '../../src-main/streaming/testing.ts'

// biome-ignore lint/suspicious/noExplicitAny: what the checker would refuse is what this is about
type Anything = any

const numbers = (driver: StreamingTestDriver): Anything => driver.input([[1, 2, 3]])

test('what is no function is refused where it is given', () => {
  const stream = numbers(new StreamingTestDriver())
  for (const operation of ['map', 'flatMap', 'filter', 'mapPartitions', 'reduce', 'transform', 'mapValues', 'reduceByKey', 'foreachRDD']) {
    expect(() => stream[operation](undefined), operation).toThrow(`${operation} takes a function, and was given undefined.`)
  }
  expect(() => stream.reduceByKeyAndWindow((a: number) => a, 'x', seconds(2))).toThrow("takes a function, and was given 'x'.")
  expect(() => StateSpec.function('x' as Anything)).toThrow("StateSpec.function takes a function, and was given 'x'.")
})

test('an async function is refused where its result is used at once', () => {
  const stream = numbers(new StreamingTestDriver())
  for (const operation of ['map', 'flatMap', 'filter', 'reduce', 'transform', 'mapValues', 'updateStateByKey']) {
    expect(() => stream[operation](async () => true), operation).toThrow(`${operation} takes a function that answers at once`)
  }
  expect(() => stream.mapPartitions(async () => [])).not.toThrow()
})

test('what is no Duration is refused, and so is a Duration of no number', () => {
  const stream = numbers(new StreamingTestDriver())
  expect(() => stream.window(1500)).toThrow('The window duration must be a Duration, as seconds(5) gives it, and is 1500.')
  expect(() =>
    stream.reduceByKeyAndWindow(
      (a: number) => a,
      (a: number) => a,
      seconds(2),
      1000,
    ),
  ).toThrow('The slide duration must be')
  expect(() => new StreamingContext({ batchDuration: 1 as Anything })).toThrow('The batchDuration must be a Duration')
  expect(() => seconds('x' as Anything)).toThrow('A Duration is a number of milliseconds')
  expect(() => new Duration('5' as Anything)).toThrow('A Duration is a number of milliseconds, and not 5.')
  expect(() => stream.print('x')).toThrow("The number of elements to print must be a whole number, and is 'x'.")
})

/** The first error of the first batch, and the record that it was on. */
async function failureOf(
  build: (stream: Anything, driver: StreamingTestDriver) => Anything,
): Promise<readonly [string, string | undefined]> {
  const driver = new StreamingTestDriver()
  build(numbers(driver), driver).print()
  driver.start()
  await driver.advance(1)
  const [error] = driver.records[0]!.errors
  await driver.stop().catch(() => {})
  return [error!.message, error!.record?.text]
}

test.each([
  ['reduceByKey', (stream: Anything) => stream.reduceByKey((a: number, b: number) => a + b)],
  ['groupByKey', (stream: Anything) => stream.groupByKey()],
  ['join', (stream: Anything) => stream.map((value: number) => [value, value]).join(stream)],
  ['mapValues', (stream: Anything) => stream.mapValues((value: number) => value)],
  ['flatMapValues', (stream: Anything) => stream.flatMapValues((value: number) => [value])],
  ['sortByKey', (stream: Anything) => stream.transform((rdd: RDD<[number, number]>) => rdd.sortByKey())],
] as const)('%s of records that are no pairs fails the batch with the record', async (_name, build) => {
  const [message, record] = await failureOf(build)
  expect(message).toContain('works on pairs [key, value], and was given 1.')
  expect(record).toBe('1')
})

test('a batch for which no RDD is given fails with what was given instead', async () => {
  const [transform] = await failureOf((stream) => stream.transform(() => [5]))
  expect(transform).toContain('transform must give an RDD for each batch, and gave [ 5 ].')
  const [queue] = await failureOf((_, driver) => driver.context.queueStream([[1, 2]] as Anything))
  expect(queue).toContain('queueStream must give an RDD for each batch, and gave [ 1, 2 ].')
})

test('a flatMap that gives nothing to go through fails the batch with the record', async () => {
  const [message, record] = await failureOf((stream) => stream.flatMap((value: number) => (value === 2 ? null : [value])))
  expect(message).toContain('The function of a flatMap must give an array or another iterable, and gave null.')
  expect(record).toBe('2')
})
