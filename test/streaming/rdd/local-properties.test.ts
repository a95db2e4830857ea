import { expect, test } from 'vitest'
import { SparkContext } from '../../../src-main/streaming/api.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'

test('a job group is three properties, which are cleared together', () => {
  const context = new SparkContext()
  const group = (): unknown[] =>
    ['spark.jobGroup.id', 'spark.job.description', 'spark.job.interruptOnCancel'].map((key) => context.getLocalProperty(key))
  context.setJobGroup('g', 'what it does')
  expect(group()).toEqual(['g', 'what it does', 'false'])
  context.setJobDescription('other')
  expect(group()).toEqual(['g', 'other', 'false'])
  context.clearJobGroup()
  expect(group()).toEqual([undefined, undefined, undefined])
})

test('a batch’s jobs see what was set before the start, without the group; what they set is their own', async () => {
  const driver = new StreamingTestDriver()
  const sc = driver.context.sparkContext
  const keys = ['mine', 'later', 'spark.jobGroup.id', 'spark.streaming.internal.batchTime', 'spark.streaming.internal.outputOpId']
  const seen: unknown[] = []
  for (const name of ['one', 'two']) {
    driver.input([[1], [2]]).foreachRDD(async (rdd) => {
      await rdd.count()
      seen.push(keys.map((key) => sc.getLocalProperty(key)))
      sc.setLocalProperty('mine', `of ${name}`)
    })
  }
  sc.setLocalProperty('mine', 'early')
  sc.setJobGroup('group', 'text')
  driver.start()
  sc.setLocalProperty('later', 'late')
  await driver.advance(2)
  expect(seen).toEqual([
    ['early', undefined, undefined, '1000', '0'],
    ['early', undefined, undefined, '1000', '1'],
    ['early', undefined, undefined, '2000', '0'],
    ['early', undefined, undefined, '2000', '1'],
  ])
  expect([sc.getLocalProperty('mine'), sc.getLocalProperty('later')]).toEqual(['early', 'late'])
  await driver.stop()
})

test('the description of a batch’s job is Spark’s', async () => {
  const driver = new StreamingTestDriver({ startAt: 1_500_000_000_000 })
  let description: string | undefined
  driver.input([[1]]).foreachRDD((rdd) => {
    description = rdd.sparkContext.getLocalProperty('spark.job.description')
  })
  driver.start()
  await driver.advance(1)
  expect(description).toMatch(
    /^Streaming job from <a href="\/streaming\/batch\/\?id=1500000001000">\[output operation 0, batch time \d\d:\d\d:01\]<\/a>$/,
  )
  await driver.stop()
})

test('a context says when it was made, and that it is local', () => {
  const context = new SparkContext()
  expect([context.applicationId, context.isLocal, context.isStopped]).toEqual([`local-${context.startTime}`, true, false])
  context.stop()
  expect(context.isStopped).toBe(true)
  context.setCheckpointDir('here')
  expect(context.getCheckpointDir()).toBe('here')
})
