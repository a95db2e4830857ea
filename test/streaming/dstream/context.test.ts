import { expect, test } from 'vitest'
import { loggerTo } from '../../../src-main/log.ts'
import {
  Receiver,
  type State,
  StateSpec,
  StatsReportListener,
  StreamingContext,
  type StreamingListener,
  seconds,
} from '../../../src-main/streaming/api.ts'
import { streamingHost } from '../../../src-main/streaming/host.ts'
import { CollectingOutputs } from '../../../src-main/streaming/output-context.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'

test('listeners hear a batch in order: submitted, started, each output started and completed, completed', async () => {
  const driver = new StreamingTestDriver()
  const heard: string[] = []
  const listener: StreamingListener = {
    onStreamingStarted: ({ time }) => heard.push(`started at ${time}`),
    onBatchSubmitted: ({ batchInfo }) => heard.push(`submitted ${batchInfo.batchTime}`),
    onBatchStarted: () => heard.push('batch started'),
    onOutputOperationStarted: ({ outputOperationInfo }) => heard.push(`output ${outputOperationInfo.id} started`),
    onOutputOperationCompleted: ({ outputOperationInfo }) =>
      heard.push(`output ${outputOperationInfo.id} ${outputOperationInfo.failureReason === undefined ? 'done' : 'failed'}`),
    onBatchCompleted: ({ batchInfo }) => heard.push(`completed with ${batchInfo.streamIdToInputInfo[0]?.numRecords} records`),
  }
  driver.context.addStreamingListener(listener)
  const input = driver.input([[1, 2, 3]])
  input.print()
  input.foreachRDD(() => {
    throw new Error('no')
  })
  driver.start()
  await driver.advance()
  expect(heard).toEqual([
    'started at 0',
    'submitted 1000',
    'batch started',
    'output 0 started',
    'output 0 done',
    'output 1 started',
    'output 1 failed',
    'completed with 3 records',
  ])
  await driver.stop()
})

test('a failed output does not hinder the next one, later batches run, and awaitTermination throws its error', async () => {
  const driver = new StreamingTestDriver()
  const input = driver.input([[1], [2]])
  input.foreachRDD((_rdd, time) => {
    if (time.milliseconds === 1000) throw new Error('the first batch fails')
  })
  const collected = driver.collect(input)
  driver.start()
  await driver.advance(2)
  expect(collected.map((batch) => batch.elements)).toEqual([[1], [2]])
  await expect(driver.context.awaitTermination()).rejects.toThrow('the first batch fails')
  await driver.stop()
})

test('a context cannot be stopped by its own listener', async () => {
  const driver = new StreamingTestDriver()
  let message = ''
  driver.context.addStreamingListener({
    onBatchCompleted: () => {
      try {
        void driver.context.stop()
      } catch (thrown) {
        message = (thrown as Error).message
      }
    },
  })
  driver.input([[1]]).print()
  driver.start()
  await driver.advance()
  expect(message).toBe('Cannot stop StreamingContext within listener bus thread.')
  await driver.stop()
})

test('internal streams of an operation have no place in a batch record, and counts go from operator to operator', async () => {
  const driver = new StreamingTestDriver({ recording: true })
  driver
    .input([['a b', 'a']])
    .flatMap((line) => line.split(' '))
    .countByValue()
    .print()
  driver.start()
  await driver.advance()
  const [record] = driver.records
  expect(record?.operators.map(({ name, in: records, out }) => [name, records, out])).toEqual([
    ['testInput', 2, 2],
    ['flatMap', 2, 3],
    ['countByValue', 3, 2],
  ])
  expect(record?.operators[2]?.firstIn.map((sample) => sample.text)).toEqual(['a', 'b', 'a'])
  expect(record?.outputs[0]).toMatchObject({ status: 'succeeded', operatorId: record?.operators[2]?.id })
  expect(record?.outputs[0]?.wrote[0]?.text).toContain('(a,2)')
  await driver.stop()
})

test('an operator whose result two outputs use counts its records once', async () => {
  const driver = new StreamingTestDriver({ recording: true })
  const doubled = driver.input([[1, 2, 3]]).map((value) => value * 2)
  doubled.print()
  driver.collect(doubled)
  driver.start()
  await driver.advance()
  expect(driver.records[0]?.operators.map(({ out }) => out)).toEqual([3, 3])
  await driver.stop()
})

test('the record of a failed batch names the operator, the place and the record that threw', async () => {
  const driver = new StreamingTestDriver({ recording: true })
  driver
    .input([['1', 'x']])
    .map((text) => {
      if (text === 'x') throw new Error('not a number')
      return Number(text)
    })
    .print()
  driver.start()
  await driver.advance()
  const [record] = driver.records
  expect(record?.status).toBe('failed')
  expect(record?.errors[0]).toMatchObject({ outputId: 0, operatorId: 1, record: { text: 'x', cut: false } })
  expect(record?.errors[0]?.operator).toMatch(/^map at context\.test\.ts:\d+$/)
  expect(record?.errors[0]?.stack).toContain('not a number')
  await driver.stop()
})

test('a sort in a function of transform that meets a record that throws fails the batch, and its record names both', async () => {
  const driver = new StreamingTestDriver({ recording: true })
  const input = driver.input([[1, 2, 3, 4], [5]])
  const failing = (value: number): number => {
    if (value === 3) throw new Error('no threes')
    return value
  }
  driver.collect(input.transform((rdd) => rdd.map(failing).sortBy((value) => value)))
  const other = driver.collect(input)
  driver.start()
  await driver.advance(2)
  // As in Spark the jobs of the batch could not be made, those of its other outputs neither.
  expect(other.map(({ elements }) => elements)).toEqual([[5]])
  expect(driver.records[0]?.outputs).toEqual([])
  const [error] = driver.records[0]!.errors
  expect(error).toMatchObject({ message: expect.stringContaining('no threes'), record: { text: '3' } })
  expect(error?.operator).toMatch(/^transform at context\.test\.ts:\d+$/)
  await expect(driver.context.awaitTermination()).rejects.toThrow('Job aborted due to stage failure')
  await driver.stop()
})

test('a sort of a state that an earlier batch is still computing waits for it', async () => {
  const driver = new StreamingTestDriver()
  const gate = Promise.withResolvers<void>()
  const counts = driver
    .input([['b', 'a'], ['a']])
    .mapPartitions(async (partition) => {
      await gate.promise
      return Array.from(partition, (word): [string, number] => [word, 1])
    })
    .updateStateByKey((values, state: number | undefined) => (state ?? 0) + values.length)
  driver.collect(counts)
  const sorted = driver.collect(counts.transform((rdd) => rdd.sortByKey()))
  driver.start()
  const batches = driver.advance(2)
  gate.resolve()
  await batches
  expect(sorted.map(({ elements }) => elements)).toEqual([
    [
      ['a', 1],
      ['b', 1],
    ],
    [
      ['a', 2],
      ['b', 1],
    ],
  ])
  await driver.stop()
})

test('of a stopped context everything is refused for that, whatever else is wrong', async () => {
  const driver = new StreamingTestDriver()
  const input = driver.input([[1]])
  const slow = input.window(seconds(2), seconds(2))
  await driver.stop()
  for (const join of [() => input.union(slow), () => input.transformWith(slow, (one) => one)]) {
    expect(join).toThrow('Adding new inputs, transformations, and output operations after stopping a context is not supported')
  }
})

test('the record of a batch that failed while a key timed out names the operator and the key', async () => {
  const driver = new StreamingTestDriver({ recording: true })
  driver.context.checkpoint('here')
  const spec = StateSpec.function((key: string, _value: number | undefined, state: State<number>) => {
    if (state.isTimingOut()) throw new Error(`${key} is gone`)
    state.update(1)
  })
  driver
    .input([[['a', 1] as [string, number]]])
    .mapWithState(spec.timeout(seconds(5)))
    .print()
  driver.start()
  for (let batch = 1; batch <= 10; batch++) await driver.advance()
  const [error] = driver.records.at(-1)!.errors
  expect(error).toMatchObject({ outputId: 0, record: { text: '(a,1)' } })
  expect(error?.operator).toMatch(/^mapWithState at context\.test\.ts:\d+$/)
  await driver.stop()
})

test('samples are bounded by count and bytes', async () => {
  const driver = new StreamingTestDriver({ recording: true })
  driver.input([Array.from({ length: 50 }, () => 'ü'.repeat(5000))], 1).print(1)
  driver.start()
  await driver.advance()
  const samples = driver.records[0]!.operators[0]!.firstOut
  expect(samples.length).toBeLessThanOrEqual(20)
  expect(samples.every((sample) => sample.cut && Buffer.byteLength(sample.text) <= 4096)).toBe(true)
  await driver.stop()
})

test('an element that is not there in time is still printed with the frame of its batch', async () => {
  const driver = new StreamingTestDriver()
  driver.input<number>([[]]).print()
  driver.start()
  await driver.advance()
  expect(driver.stdout()).toBe(`${'-'.repeat(43)}\nTime: 1000 ms\n${'-'.repeat(43)}\n\n`)
  await driver.stop()
})

test('saveAsTextFiles writes a directory per batch, named by prefix, time and suffix', async () => {
  const outputs = new CollectingOutputs()
  const driver = new StreamingTestDriver({ host: { outputs } })
  driver.input([[1], []]).saveAsTextFiles('/nowhere/counts', 'txt')
  driver.start()
  await driver.advance(2)
  expect(outputs.collected.map((output) => output.directory)).toEqual(['/nowhere/counts-1000.txt', '/nowhere/counts-2000.txt'])
  await driver.stop()
})

test('concurrent jobs run side by side when a program asks for them', async () => {
  const driver = new StreamingTestDriver({ conf: { 'spark.streaming.concurrentJobs': 2 } })
  const input = driver.input([[1]])
  let release = (): void => {}
  const second = new Promise<void>((resolve) => {
    release = resolve
  })
  input.foreachRDD(() => second)
  input.foreachRDD(() => release())
  driver.start()
  await driver.advance()
  expect(driver.records[0]?.status).toBe('completed')
  await driver.stop()
})

test('a batch duration of nothing is refused, and so is a wrong setting', () => {
  expect(() => new StreamingContext({ batchDuration: seconds(0) })).toThrow(/must be more than 0 ms/)
  expect(() => new StreamingContext({ batchDuration: seconds(1), conf: { 'spark.streaming.blockInterval': 'often' } })).toThrow(
    /blockInterval: time must be specified/,
  )
  expect(
    () => new StreamingContext({ batchDuration: seconds(1), conf: { 'spark.streaming.backpressure.rateEstimator': 'guess' } }),
  ).toThrow('Unknown rate estimator: guess')
})

test('a key of Spark that means nothing here is said to have no effect, and a key of our own that there is not is refused', () => {
  const warnings: string[] = []
  const log = loggerTo((level, sentence) => warnings.push(`${level}: ${sentence}`))
  const conf = {
    'spark.streaming.blockInterval': '100ms',
    'spark.streaming.dynamicAllocation.enabled': true,
    'spark.streaming.stopGracefullyOnShutdown': true,
    'spark.app.name': 'x',
  }
  new StreamingContext({ batchDuration: seconds(1), conf, host: Object.create(streamingHost(), { log: { value: log } }) })
  expect(warnings).toEqual(['warn: spark.streaming.dynamicAllocation.enabled has no effect in Millrace.'])
  expect(() => new StreamingContext({ batchDuration: seconds(1), conf: { 'millrace.streaming.maxBytes': 1 } })).toThrow(
    /There is no setting millrace.streaming.maxBytes. There are: .*millrace.streaming.maxBytesPerBatch/,
  )
})

test('getOrCreate builds the graph every time and gives it the directory, unless it has one; getActiveOrCreate takes the active one', async () => {
  let made = 0
  const create = (): StreamingContext => {
    made += 1
    return new StreamingContext({ batchDuration: seconds(1) })
  }
  expect(StreamingContext.getOrCreate('kept', create).sparkContext.checkpointDir).toBe('kept')
  const own = new StreamingContext({ batchDuration: seconds(1), checkpoint: 'own' })
  expect(StreamingContext.getOrCreate('kept', () => own).sparkContext.checkpointDir).toBe('own')
  expect(StreamingContext.getActiveOrCreate('kept', create).sparkContext.checkpointDir).toBe('kept')
  const driver = new StreamingTestDriver()
  driver.input().print()
  driver.start()
  expect(StreamingContext.getActiveOrCreate(create)).toBe(driver.context)
  expect(StreamingContext.getActiveOrCreate('kept', create)).toBe(driver.context)
  await driver.stop()
  expect(made).toBe(2)
})

test('stop() without arguments leaves the SparkContext alone where a program’s settings say so', async () => {
  for (const [conf, stopped] of [
    [{}, true],
    [{ 'spark.streaming.stopSparkContextByDefault': false }, false],
  ] as const) {
    const ssc = new StreamingContext({ batchDuration: seconds(1), conf })
    await ssc.stop()
    expect(ssc.sparkContext.stopped).toBe(stopped)
    await ssc.stop(true)
    expect(ssc.sparkContext.stopped).toBe(true)
  }
})

test('a StatsReportListener tells how long the last batches took, in the words of Spark', () => {
  const lines: string[] = []
  const listener = new StatsReportListener(2, (line) => lines.push(line))
  for (const [start, end] of [
    [1, 2],
    [2000, 3500],
    [0, 90_000],
  ] as const) {
    const batch = { batchTime: 0, streamIdToInputInfo: {}, outputOperationInfos: {}, submissionTime: 0 }
    listener.onBatchCompleted({ batchInfo: { ...batch, processingStartTime: start, processingEndTime: end } })
  }
  expect(lines.slice(-6)).toEqual([
    'Total delay: (count: 2, mean: 46750.000000, stdev: 43250.000000, max: 90000.000000, min: 3500.000000)',
    '\t0%\t5%\t10%\t25%\t50%\t75%\t90%\t95%\t100%',
    '\t3.5 s\t3.5 s\t3.5 s\t3.5 s\t1.5 min\t1.5 min\t1.5 min\t1.5 min\t1.5 min',
    'Processing time: (count: 2, mean: 45750.000000, stdev: 44250.000000, max: 90000.000000, min: 1500.000000)',
    '\t0%\t5%\t10%\t25%\t50%\t75%\t90%\t95%\t100%',
    '\t1.5 s\t1.5 s\t1.5 s\t1.5 s\t1.5 min\t1.5 min\t1.5 min\t1.5 min\t1.5 min',
  ])
})

test('a channel cannot be read by a program that nobody runs, and the error says how to run it', () => {
  const ssc = new StreamingContext({ batchDuration: seconds(1) })
  expect(() => ssc.channelStream('c1')).toThrow(/Run it with "millrace stream"/)
})

test('a receiver that is used outside of a context says so', () => {
  class Idle extends Receiver<string> {
    override onStart(): void {}
    override onStop(): void {}
  }
  expect(() => new Idle().store('x')).toThrow(/A ReceiverSupervisor has not been attached to the receiver yet/)
})
