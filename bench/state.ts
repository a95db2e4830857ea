// state: one batch of 10,000 updates on 1,000,000 keys (5,000,000 for the second mapWithState), and one batch of a window 60 batches deep
// with an inverse function, against the same window 10 deep. Batches follow each other on a clock that the bench moves; the state is there
// before the first one is measured.
import { type DStream, type RDD, type SparkContext, StateSpec, seconds } from '../src-main/streaming/api.ts'
import { StreamingTestDriver } from '../src-main/streaming/testing.ts'
import type { Bench } from './runner/bench.ts'
import { median } from './runner/measure.ts'

const updates = 10_000
const measured = 25

type Pairs = DStream<[string, number]>

/** 10,000 keys spread over all of them, other ones each batch. */
const batchOfUpdates = (batch: number, keys: number): [string, number][] =>
  Array.from({ length: updates }, (_, index): [string, number] => [`key-${(index * 9973 + batch * 7919) % keys}`, 1])

const initial = (sc: SparkContext, keys: number): RDD<[string, number]> =>
  sc.parallelize(
    Array.from({ length: keys }, (_, index): [string, number] => [`key-${index}`, 0]),
    1,
  )

/** Median ms of a batch after the first three. */
async function batchMs(keys: number, warmUp: number, build: (pairs: Pairs, sc: SparkContext) => DStream<unknown>): Promise<number> {
  const driver = new StreamingTestDriver({ conf: { 'spark.default.parallelism': 1 } })
  const input = driver.input<[string, number]>([], 1)
  build(input, driver.context.sparkContext).foreachRDD(async (rdd) => {
    await rdd.take(1)
  })
  driver.start()
  const times: number[] = []
  for (let batch = 0; batch < warmUp + measured; batch++) {
    input.push(...batchOfUpdates(batch, keys))
    const began = performance.now()
    await driver.advance(1)
    if (batch >= warmUp) times.push(performance.now() - began)
  }
  await driver.stop()
  return median(times)
}

const summing =
  (keys: number) =>
  (pairs: Pairs, sc: SparkContext): DStream<unknown> =>
    pairs.mapWithState(
      StateSpec.function<string, number, number, number>((_key, value, state) => {
        const sum = (state.getOption() ?? 0) + (value ?? 0)
        state.update(sum)
        return sum
      }).initialState(initial(sc, keys)),
    ) as DStream<unknown>

const window =
  (depth: number) =>
  (pairs: Pairs): DStream<unknown> =>
    pairs.reduceByKeyAndWindow(
      (a, b) => a + b,
      (a, b) => a - b,
      seconds(depth),
      seconds(1),
      1,
      ([, count]) => count !== 0,
    ) as DStream<unknown>

export const bench: Bench = {
  summary: 'A batch of 10,000 updates on a million keys, by operator (Spark local[2]: mapWithState 121 ms, updateStateByKey 1,585 ms).',
  unit: 'ms a batch',
  variants: {
    'mapWithState, 1 M keys': () => batchMs(1_000_000, 3, summing(1_000_000)),
    'mapWithState, 5 M keys': () => batchMs(5_000_000, 3, summing(5_000_000)),
    'updateStateByKey, 1 M keys': () =>
      batchMs(
        1_000_000,
        3,
        (pairs, sc) =>
          pairs.updateStateByKey(
            (values: number[], state: number | undefined) => (values.length === 0 ? state : (state ?? 0) + values.length),
            1,
            initial(sc, 1_000_000),
          ) as DStream<unknown>,
      ),
    'window of 10 batches': () => batchMs(20_000, 63, window(10)),
    'window of 60 batches': () => batchMs(20_000, 63, window(60)),
  },
  ratios: [
    { name: 'mapWithState at 5 M keys against 1 M', of: 'mapWithState, 5 M keys', against: 'mapWithState, 1 M keys', most: 2 },
    { name: 'a window 60 deep against one 10 deep', of: 'window of 60 batches', against: 'window of 10 batches', most: 1.3 },
  ],
  rounds: 3,
}
