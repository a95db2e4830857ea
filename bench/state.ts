// state: one batch of 10,000 updates on 1,000,000 keys (5,000,000 for the second mapWithState), what writing it down costs, what the state
// has in memory; and one batch of a window with an inverse function, 6, 60 and 600 batches deep. Batches follow each other on a clock that
// the bench moves; the state is there before the first one is measured.
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type DStream, type RDD, type SparkContext, StateSpec, seconds } from '../src-main/streaming/api.ts'
import { StateFile } from '../src-main/streaming/checkpoint/state-file.ts'
import { StreamingTestDriver } from '../src-main/streaming/testing.ts'
import type { Bench, Variant } from './runner/bench.ts'
import { median } from './runner/measure.ts'

const updates = 10_000
const measured = 25
const warmUp = 5
const million = 1_000_000

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

type Pairs = DStream<[string, number]>
type Build = (pairs: Pairs, sc: SparkContext) => DStream<unknown>

/** 10,000 keys spread over all of them, other ones each batch. */
const batchOfUpdates = (batch: number, keys: number): [string, number][] =>
  Array.from({ length: updates }, (_, index): [string, number] => [`key-${(index * 9973 + batch * 7919) % keys}`, 1])

const initial = (sc: SparkContext, keys: number): RDD<[string, number]> =>
  sc.parallelize(
    Array.from({ length: keys }, (_, index): [string, number] => [`key-${index}`, 0]),
    1,
  )

function heapMiB(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 2 ** 20
}

/** Of a batch in ms, without what is done when it has completed; `warmUp` batches come before those that are measured. */
async function batchMs(driver: StreamingTestDriver, build: Build, keys: number, warmUp: number): Promise<number> {
  const input = driver.input<[string, number]>([], 1)
  build(input, driver.context.sparkContext).foreachRDD(async (rdd) => {
    await rdd.take(1)
  })
  driver.start()
  const times: number[] = []
  for (let batch = 0; batch < warmUp + measured; batch++) {
    input.push(...batchOfUpdates(batch, keys))
    driver.records.length = 0
    const began = performance.now()
    await driver.advance(1)
    if (batch >= warmUp) times.push(performance.now() - began)
  }
  return median(times)
}

const conf = { 'spark.default.parallelism': 1 }

function state(keys: number, build: Build): Variant {
  return async () => {
    const before = heapMiB()
    const driver = new StreamingTestDriver({ conf })
    const batch = await batchMs(driver, build, keys, warmUp)
    const memory = heapMiB() - before
    await driver.stop()
    return { 'a batch, ms': batch, 'memory, MiB': memory }
  }
}

/** What a batch costs more when its state is written down with it, as in a process of its own; and when all of it is written. */
function checkpoint(keys: number, build: Build): Variant {
  return async ({ scratch }) => {
    const file = StateFile.open(join(scratch))
    const times: number[] = []
    const driver = new StreamingTestDriver({
      conf,
      host: {
        onBatchCompleted: (batchTime, _record, { states }) => {
          const began = performance.now()
          file.save(batchTime, states, () => 'state')
          times.push(performance.now() - began)
        },
      },
    })
    await batchMs(driver, build, keys, warmUp)
    await driver.stop()
    file.close()
    // The first batch writes all entries, and so does one whenever what changed since outweighs them.
    return { 'changes of a batch, ms': median(times.slice(1)), 'all entries, ms': times[0]! }
  }
}

const summing =
  (keys: number): Build =>
  (pairs, sc) =>
    pairs.mapWithState(
      StateSpec.function<string, number, number, number>((_key, value, state) => {
        const sum = (state.getOption() ?? 0) + (value ?? 0)
        state.update(sum)
        return sum
      }).initialState(initial(sc, keys)),
    ) as DStream<unknown>

const updating: Build = (pairs, sc) =>
  pairs.updateStateByKey(
    (values: number[], state: number | undefined) => (values.length === 0 ? state : (state ?? 0) + values.length),
    1,
    initial(sc, million),
  ) as DStream<unknown>

function window(depth: number): Variant {
  const build: Build = (pairs) =>
    pairs.reduceByKeyAndWindow(
      (a, b) => a + b,
      (a, b) => a - b,
      seconds(depth),
      seconds(1),
      1,
      ([, count]) => count !== 0,
    ) as DStream<unknown>
  return async () => {
    const driver = new StreamingTestDriver({ conf })
    const batch = await batchMs(driver, build, 20_000, depth + 3)
    await driver.stop()
    return batch
  }
}

export const bench: Bench = {
  summary: 'A batch of 10,000 updates on a million keys, by operator (Spark local[2]: mapWithState 121 ms, updateStateByKey 1,585 ms).',
  unit: 'ms a batch, or as the row says',
  variants: {
    'mapWithState, 1 M keys': state(million, summing(million)),
    'mapWithState, 5 M keys': state(5 * million, summing(5 * million)),
    'updateStateByKey, 1 M keys': state(million, updating),
    'checkpoint of mapWithState, 1 M keys': checkpoint(million, summing(million)),
    'window of 6 batches': window(6),
    'window of 60 batches': window(60),
    'window of 600 batches': window(600),
    'most for mapWithState': async () => 20,
    'most for updateStateByKey': async () => 400,
  },
  ratios: [
    { name: 'mapWithState against 20 ms', of: 'mapWithState, 1 M keys: a batch, ms', against: 'most for mapWithState', most: 1 },
    {
      name: 'mapWithState at 5 M keys against 1 M',
      of: 'mapWithState, 5 M keys: a batch, ms',
      against: 'mapWithState, 1 M keys: a batch, ms',
      most: 2,
    },
    {
      name: 'updateStateByKey against 400 ms',
      of: 'updateStateByKey, 1 M keys: a batch, ms',
      against: 'most for updateStateByKey',
      most: 1,
    },
    { name: 'a window 60 deep against one 6 deep', of: 'window of 60 batches', against: 'window of 6 batches', most: 1.3 },
    { name: 'a window 600 deep against one 6 deep', of: 'window of 600 batches', against: 'window of 6 batches', most: 1.3 },
  ],
  warmUp: false,
  rounds: 3,
}
