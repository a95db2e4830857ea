// The Flume–Spark bridge against the originals, both ways: Spark's SparkSink in a real Flume, polled by us; our SparkSink, polled by a real
// Spark 2.4.7 and by Avro's own client; a real Flume's avro sink, pushing to our receiver.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { FlumeClient } from '../../src-main/agent/avro/flume-client.ts'
import { describeChannel } from '../../src-main/agent/channel/log/describe-channel.ts'
import { FlumeUtils, type SparkFlumeEvent, StorageLevel } from '../../src-main/streaming/api.ts'
import { FlumePollingReceiver } from '../../src-main/streaming/flume/polling-receiver.ts'
import type { ReceiverSupervisor } from '../../src-main/streaming/receiver/receiver.ts'
import { type CollectedBatch, StreamingTestDriver } from '../../src-main/streaming/testing.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import type { FlumeEvent } from '../../src-shared/event/event-batch.ts'
import { freePort } from '../driver/free-port.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { until } from '../driver/until.ts'
import { component, ending, write } from './agents.ts'
import { listening } from './ports.ts'
import { type Run, sendBySdk, startFlumeAgent, startMillraceAgent } from './real-flume.ts'
import { startProbe, startSparkPull, startSparkSinkAgent } from './real-spark.ts'
import { firstDifference, sampleEvent } from './sample-events.ts'

const generousMs = 120_000

// ---- Spark's SparkSink in a real Flume, polled by FlumeUtils.createPollingStream

test('20,000 events of a real SparkSink come through createPollingStream once, in order, and leave the agent’s channel', async () => {
  const agent = await sparkSinkAgent()
  await sendSamples(agent, 20_000)
  const { driver, collected } = polling(agent.port)
  expect(firstDifference(await eventsOf(driver, collected, 20_000), 20_000), agent.run.output().slice(-2000)).toBeUndefined()
  await until('every batch is acknowledged', async () => (await acknowledged(agent)) === 20_000, generousMs)
})

test('a batch that could not be stored goes back to a real SparkSink and comes again', async () => {
  const agent = await sparkSinkAgent()
  await sendSamples(agent, 250)
  let refusals = 2
  const stored = storing(agent.port, 100, async () => {
    if (refusals-- > 0) throw new Error('No room.')
  })
  await until('all events are stored', () => stored.events.length >= 250, generousMs)
  expect(firstDifference(stored.events, 250)).toBeUndefined()
  expect(stored.errors).toEqual([expect.stringContaining('No room.'), expect.stringContaining('No room.')])
  await until('every batch is acknowledged', async () => (await acknowledged(agent)) === 250, generousMs)
})

test('a batch that is stored after a real SparkSink’s time-out comes again: nothing is lost', async () => {
  const agent = await sparkSinkAgent({ timeout: '1' })
  await sendSamples(agent, 250)
  let first = true
  const stored = storing(agent.port, 100, async () => {
    if (!first) return
    first = false
    await until('the sink has given up waiting', () => agent.run.output().includes('NACK received'), generousMs)
  })
  await until('all events are stored', () => stored.events.length >= 350, generousMs)
  expect(firstDifference(stored.events.slice(0, 100), 100)).toBeUndefined()
  expect(firstDifference(stored.events.slice(100), 250)).toBeUndefined()
})

test('a real Flume with a SparkSink that is killed and started again while it is polled loses nothing', async () => {
  const channel = { type: 'file', capacity: '100000', transactionCapacity: '1000', ...fileChannelFolders() }
  const first = await sparkSinkAgent({}, channel)
  await sendSamples(first, 5000)
  const { driver, collected } = polling(first.port, 100)
  await eventsOf(driver, collected, 1000)
  first.run.process.kill('SIGKILL')
  await first.run.ended
  await sparkSinkAgent({ port: `${first.port}` }, channel)
  await untilNothingIsMissing(driver, () => flumeEventsOf(collected), 5000)
})

test('a stream that stops and is started again while it polls a real SparkSink loses nothing', async () => {
  // What was on its way when the connection was closed comes back after this many seconds.
  const agent = await sparkSinkAgent({ timeout: '2' })
  await sendSamples(agent, 8000)
  const first = polling(agent.port, 100)
  await eventsOf(first.driver, first.collected, 1000)
  const stopping = first.driver.context.stop(true, true)
  await until('the stream has stopped', async () => {
    await first.driver.clock.advance(1000)
    return first.driver.context.getState() === 'STOPPED'
  })
  await stopping
  const second = polling(agent.port, 1000)
  await untilNothingIsMissing(second.driver, () => [...flumeEventsOf(first.collected), ...flumeEventsOf(second.collected)], 8000)
})

// ---- our SparkSink

test('20,000 events of our SparkSink come through a real Spark’s createPollingStream once, in order, and leave the channel', async () => {
  const agent = await ourAgent()
  await put(agent, 20_000)
  // Asked to stop, Spark would wait a minute for its fetcher, which waits for the next event.
  const spark = ending(startSparkPull(agent.port), 'SIGKILL')
  const events = await until('Spark has printed every event', () => printedEvents(spark, 20_000), generousMs)
  expect(firstDifference(events, 20_000), spark.output().slice(-2000)).toBeUndefined()
  await until('every batch is acknowledged', () => waiting(agent) === 0)
})

test('Avro’s own client gets, acknowledges, refuses and outwaits batches of our SparkSink as of Spark’s', async () => {
  const agent = await ourAgent({ timeout: '2', threads: '2' })
  await putLines(agent, 12)
  const probe = startProbe(
    agent.port,
    ...['get:3', 'nack:0', 'get:3', 'ack:1', 'ack:nonsense', 'nack:0'],
    ...['get:2', 'reconnect', 'ack:2', 'get:2', 'sleep:3000', 'ack:3', 'get:2', 'ack:4'],
    // Two at once; a third has to wait for the time-out of one of them, and gets its events.
    ...['start:2', 'start:2', 'start:2', 'wait', 'ack:7', 'get:9', 'ack:8'],
  )
  expect(await probe.ended, probe.output()).toBe(0)
  const answers = probe.output().trim().split('\n')
  const lines = (from: number, count: number): string =>
    ['batch', ...Array.from({ length: count }, (_, index) => `line ${from + index}`)].join(' ')
  expect(answers.slice(0, 14)).toEqual([
    ...[lines(0, 3), 'nack null', lines(0, 3), 'ack null', 'ack null', 'nack null'],
    ...[lines(3, 2), 'ack null', lines(5, 2), 'ack null', lines(5, 2), 'ack null'],
    ...[lines(7, 2), lines(9, 2)],
  ])
  const later = answers.slice(14).filter((answer) => answer.startsWith('batch'))
  expect(new Set(later.flatMap((answer) => answer.match(/line \d+/g)))).toEqual(
    new Set(Array.from({ length: 5 }, (_, index) => `line ${7 + index}`)),
  )
  await until('what was acknowledged is gone, and only that', () => waiting(agent) === 0)
})

test('our agent killed with batches on their way gives them again after its start', async () => {
  const agent = await ourAgent()
  await putLines(agent, 10)
  const before = startProbe(agent.port, 'get:3', 'ack:0', 'get:4')
  expect(await before.ended, before.output()).toBe(0)
  agent.run.process.kill('SIGKILL')
  await agent.run.ended
  const again = await ourAgent({}, agent)
  const after = startProbe(again.port, 'get:20', 'ack:0')
  expect(await after.ended, after.output()).toBe(0)
  expect(after.output()).toBe(`batch ${Array.from({ length: 7 }, (_, index) => `line ${3 + index}`).join(' ')}\nack null\n`)
  await until('they are consumed', () => waiting(again) === 0)
})

// ---- a real Flume's avro sink

for (const deflate of [false, true]) {
  const how = deflate ? 'with deflate' : 'plain'
  test(`20,000 events that a real Flume’s avro sink pushes (${how}) come through createStream, once and in order`, async () => {
    const [into, port] = [await freePort(), await freePort()]
    const driver = new StreamingTestDriver()
    const collected = driver.collect(FlumeUtils.createStream(driver.context, '127.0.0.1', port, undefined, deflate))
    driver.start()
    onTestFinished(() => driver.stop())
    const folder = temporaryFolder()
    const file = write(folder, 'push.properties', {
      ...component('r1', 'sources', { type: 'avro', bind: '127.0.0.1', port: `${into}`, channels: 'c1' }),
      ...component('c1', 'channels', { type: 'memory', capacity: '100000', transactionCapacity: '1000' }),
      ...component('k1', 'sinks', {
        ...{ type: 'avro', hostname: '127.0.0.1', port: `${port}`, channel: 'c1', 'batch-size': '1000' },
        ...(deflate && { 'compression-type': 'deflate', 'compression-level': '6' }),
      }),
    })
    const run = ending(startFlumeAgent('a1', file))
    await listening(run, into)
    await sendSamples({ run, port, into, metrics: 0 }, 20_000)
    expect(firstDifference(await eventsOf(driver, collected, 20_000), 20_000), run.output().slice(-2000)).toBeUndefined()
  })
}

// ---- the ends

interface Agent {
  readonly run: Run
  /** Where its SparkSink listens. */
  readonly port: number
  /** Where its avro source listens. */
  readonly into: number
}

interface SparkSinkAgent extends Agent {
  readonly metrics: number
}

interface OurAgent extends Agent {
  readonly folder: string
}

const memoryChannel = { type: 'memory', capacity: '100000', transactionCapacity: '1000' }

async function sparkSinkAgent(
  sink: Readonly<Record<string, string>> = {},
  channel: Readonly<Record<string, string>> = memoryChannel,
): Promise<SparkSinkAgent> {
  const port = Number(sink['port'] ?? (await freePort()))
  const [into, metrics] = [await freePort(), await freePort()]
  const file = write(temporaryFolder(), 'agent.properties', {
    ...component('r1', 'sources', { type: 'avro', bind: '127.0.0.1', port: `${into}`, channels: 'c1' }),
    ...component('c1', 'channels', { 'keep-alive': '1', ...channel }),
    ...component('k1', 'sinks', {
      ...{ type: 'org.apache.spark.streaming.flume.sink.SparkSink', hostname: '127.0.0.1', channel: 'c1' },
      ...{ ...sink, port: `${port}` },
    }),
  })
  const run = ending(startSparkSinkAgent('a1', file, metrics))
  await listening(run, port)
  await listening(run, into)
  return { run, port, into, metrics }
}

function fileChannelFolders(): { checkpointDir: string; dataDirs: string } {
  const folder = temporaryFolder()
  const [checkpointDir, dataDirs] = [join(folder, 'checkpoint'), join(folder, 'data')]
  for (const path of [checkpointDir, dataDirs]) mkdirSync(path)
  return { checkpointDir, dataDirs }
}

async function sendSamples(agent: SparkSinkAgent, count: number): Promise<void> {
  const client = write(temporaryFolder(), 'client.properties', {
    ...{ hosts: 'h1', 'hosts.h1': `127.0.0.1:${agent.into}`, 'client.type': 'default', 'batch-size': '1000' },
  })
  const sending = sendBySdk(client, count)
  expect(await sending.ended, sending.output() + agent.run.output().slice(-2000)).toBe(0)
}

/** Events that its sink has taken and that were acknowledged. */
async function acknowledged(agent: SparkSinkAgent): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${agent.metrics}/metrics`)
  const { 'CHANNEL.c1': channel } = (await answer.json()) as { 'CHANNEL.c1': { EventTakeSuccessCount: string } }
  return Number(channel.EventTakeSuccessCount)
}

function polling(port: number, batchSize?: number): { driver: StreamingTestDriver; collected: CollectedBatch<SparkFlumeEvent>[] } {
  // The clock runs ahead: only what is to be drained ends a graceful stop.
  const driver = new StreamingTestDriver({ conf: { 'spark.streaming.gracefulStopTimeout': '1000h' } })
  const stream = FlumeUtils.createPollingStream(driver.context, [{ host: '127.0.0.1', port }], undefined, batchSize)
  const collected = driver.collect(stream)
  driver.start()
  onTestFinished(() => driver.stop())
  return { driver, collected }
}

const flumeEventsOf = (collected: readonly CollectedBatch<SparkFlumeEvent>[]): FlumeEvent[] =>
  collected.flatMap(({ elements }) => elements.map(({ event }) => event))

async function eventsOf(
  driver: StreamingTestDriver,
  collected: readonly CollectedBatch<SparkFlumeEvent>[],
  count: number,
): Promise<FlumeEvent[]> {
  const arrived = async (): Promise<boolean> => {
    await driver.advance()
    return collected.reduce((sum, { elements }) => sum + elements.length, 0) >= count
  }
  await until(`${count} events are in batches`, arrived, generousMs)
  return flumeEventsOf(collected)
}

/** The polling receiver alone: each block is handed to `store` first. */
function storing(port: number, batchSize: number, store: () => Promise<void>): { events: FlumeEvent[]; errors: string[] } {
  const events: FlumeEvent[] = []
  const errors: string[] = []
  const receiver = new FlumePollingReceiver([{ host: '127.0.0.1', port }], StorageLevel.MEMORY_ONLY, batchSize, 1)
  const supervisor: ReceiverSupervisor = {
    ...{ streamId: 0, started: true, stopped: false, durable: false, restart: () => {}, stop: () => {} },
    pushSingle: () => expect.unreachable('a polling receiver stores blocks'),
    async pushBlock(items) {
      await store()
      for (const item of items) events.push((item as SparkFlumeEvent).event)
    },
    reportError: (message) => errors.push(message),
  }
  receiver.attachSupervisor(supervisor)
  receiver.onStart()
  onTestFinished(() => receiver.onStop())
  return { events, errors }
}

/** Each sample event, as it was sent, once or more. */
async function untilNothingIsMissing(driver: StreamingTestDriver, events: () => readonly FlumeEvent[], count: number): Promise<void> {
  const found = (): Map<number, FlumeEvent> => new Map(events().map((event) => [Number(event.headers['index']), event]))
  const arrived = async (): Promise<boolean> => {
    await driver.advance()
    return found().size >= count
  }
  await until(`each of ${count} events is in a batch`, arrived, generousMs)
  const each = found()
  expect(
    firstDifference(
      Array.from({ length: count }, (_, index) => each.get(index)!),
      count,
    ),
  ).toBeUndefined()
}

/** An agent of ours with a SparkSink on a durable channel; again on the folder and port of `before`. */
async function ourAgent(sink: Readonly<Record<string, string>> = {}, before?: OurAgent): Promise<OurAgent> {
  const folder = before?.folder ?? temporaryFolder()
  const [port, into] = before === undefined ? [await freePort(), await freePort()] : [before.port, before.into]
  const file = write(folder, 'agent.properties', {
    ...component('r1', 'sources', { type: 'avro', bind: '127.0.0.1', port: `${into}`, channels: 'c1' }),
    ...component('c1', 'channels', { type: 'sqlite' }),
    ...component('k1', 'sinks', { type: 'org.apache.spark.streaming.flume.sink.SparkSink', port: `${port}`, channel: 'c1', ...sink }),
  })
  const run = ending(startMillraceAgent('a1', file, join(folder, 'state')))
  await listening(run, port)
  await listening(run, into)
  return { run, port, into, folder }
}

async function putAll(agent: OurAgent, events: readonly FlumeEvent[]): Promise<void> {
  const client = await FlumeClient.connect({ host: '127.0.0.1', port: agent.into, connectTimeoutMs: 20_000, requestTimeoutMs: 20_000 })
  for (let from = 0; from < events.length; from += 1000) await client.appendBatch(batchOf(events.slice(from, from + 1000)))
  client.close()
}

const put = (agent: OurAgent, count: number): Promise<void> =>
  putAll(
    agent,
    Array.from({ length: count }, (_, index) => sampleEvent(index)),
  )

const putLines = (agent: OurAgent, count: number): Promise<void> =>
  putAll(
    agent,
    Array.from({ length: count }, (_, index) => ({ headers: {}, body: Buffer.from(`line ${index}`) })),
  )

/** Events that no sink has consumed. */
function waiting(agent: OurAgent): number {
  const { cursors } = describeChannel(join(agent.folder, 'state', 'channels', 'c1'))
  return Math.max(...cursors.map((cursor) => cursor.pinnedEvents))
}

function printedEvents(spark: Run, count: number): FlumeEvent[] | undefined {
  const lines = spark
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
  if (lines.length < count) return undefined
  return lines.map((line) => {
    const { headers, body } = JSON.parse(line) as { headers: Record<string, string>; body: string }
    return { headers, body: Buffer.from(body, 'base64') }
  })
}
