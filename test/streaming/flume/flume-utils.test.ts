// Flume's receivers against our own other side: the Avro client of a sink pushes, SparkSink answers pulls. Real Flume: test/interop.

import { expect, onTestFinished, test } from 'vitest'
import { FlumeClient } from '../../../src-main/agent/avro/flume-client.ts'
import { MemoryChannel } from '../../../src-main/agent/channel/memory-channel.ts'
import { definition as sparkSink } from '../../../src-main/agent/sink/spark-sink.ts'
import { systemClock } from '../../../src-main/clock.ts'
import { FlumeUtils, type SparkFlumeEvent } from '../../../src-main/streaming/api.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import { componentContext } from '../../driver/component-context.ts'
import { freePort } from '../../driver/free-port.ts'
import { until } from '../../driver/until.ts'

const events = (...bodies: readonly string[]) =>
  batchOf(bodies.map((body, index) => ({ headers: { number: String(index) }, body: Buffer.from(body) })))

const seen = (event: SparkFlumeEvent): string => `${event.event.headers['number']}=${event.text()}`

async function drain(driver: StreamingTestDriver, collected: readonly { elements: readonly string[] }[], count: number): Promise<string[]> {
  await until(`${count} events are in batches`, async () => {
    await driver.advance()
    return collected.reduce((sum, { elements }) => sum + elements.length, 0) >= count
  })
  return collected.flatMap(({ elements }) => elements)
}

/** A SparkSink of ours on a memory channel. */
async function agent(port: number): Promise<{ channel: MemoryChannel; stop: () => Promise<void> }> {
  const channel = new MemoryChannel({ name: 'c1', capacity: 1000, transactionCapacity: 1000, keepAliveMs: 0, byteSlots: 1e9 }, systemClock)
  await channel.start()
  const stopping = new AbortController()
  const { options } = parseOptions(sparkSink.properties, { port: String(port), backoffInterval: '5' }, ['channel'])
  const context = { ...componentContext(), clock: systemClock, signal: stopping.signal }
  const sink = sparkSink.create(options!, { ...context, channel, serializer: () => () => ({ serialize: () => [] }) })
  await sink.start?.()
  const stop = async (): Promise<void> => {
    stopping.abort()
    await sink.stop?.()
  }
  onTestFinished(stop)
  return { channel, stop }
}

async function put(channel: MemoryChannel, ...bodies: readonly string[]): Promise<void> {
  const transaction = channel.transaction()
  transaction.begin()
  await transaction.put(events(...bodies))
  await transaction.commit()
  transaction.close()
}

for (const deflate of [false, true]) {
  test(`createStream takes what an avro sink pushes, headers and bodies${deflate ? ', decompressed when asked' : ''}`, async () => {
    const port = await freePort()
    const driver = new StreamingTestDriver()
    const stream = FlumeUtils.createStream(driver.context, '127.0.0.1', port, undefined, deflate)
    const collected = driver.collect(stream.map(seen))
    driver.start()
    onTestFinished(() => driver.stop())
    let client: FlumeClient | undefined
    await until('the receiver listens', async () => {
      const to = { host: '127.0.0.1', port, connectTimeoutMs: 1000, requestTimeoutMs: 10_000, ...(deflate && { compressionLevel: 6 }) }
      client = await FlumeClient.connect(to).catch(() => undefined)
      return client !== undefined
    })
    await client!.appendBatch(events('one', 'zwei ü', ''))
    expect(await drain(driver, collected, 3)).toEqual(['0=one', '1=zwei ü', '2='])
    client!.close()
  })
}

test('createStream refuses a message beyond the limits that sources have, with a sentence, and takes the next', async () => {
  const port = await freePort()
  const driver = new StreamingTestDriver()
  const collected = driver.collect(FlumeUtils.createStream(driver.context, '127.0.0.1', port).map((event) => event.text()))
  driver.start()
  onTestFinished(() => driver.stop())
  const connected = (): Promise<FlumeClient | undefined> =>
    FlumeClient.connect({ host: '127.0.0.1', port, connectTimeoutMs: 1000, requestTimeoutMs: 10_000 }).catch(() => undefined)
  let client: FlumeClient | undefined
  await until('the receiver listens', async () => {
    client = await connected()
    return client !== undefined
  })
  const many = batchOf(Array.from({ length: 1001 }, (_, row) => ({ headers: { [`h${row}`]: '' }, body: Buffer.from('x') })))
  await expect(client!.appendBatch(many)).rejects.toMatchObject({ cause: { message: expect.stringContaining('maxHeaders') } })
  client = await connected()
  await client!.appendBatch(events('next'))
  expect(await drain(driver, collected, 1)).toEqual(['next'])
  client!.close()
})

test('createPollingStream pulls from a SparkSink and acknowledges what it stored: the channel is empty afterwards', async () => {
  const port = await freePort()
  const { channel } = await agent(port)
  await put(channel, 'a', 'b', 'c')
  const driver = new StreamingTestDriver()
  const collected = driver.collect(FlumeUtils.createPollingStream(driver.context, [{ host: '127.0.0.1', port }], undefined, 2).map(seen))
  driver.start()
  expect(await drain(driver, collected, 3)).toEqual(['0=a', '1=b', '2=c'])
  await until('both batches are acknowledged', () => channel.gauges().channelSize === 0)
  await driver.stop()
})

test('an agent that is not there, comes, goes and comes back is pulled from whenever it is there, and nothing is lost', async () => {
  const port = await freePort()
  const driver = new StreamingTestDriver()
  const lost: string[] = []
  driver.context.addStreamingListener({ onReceiverError: ({ receiverInfo }) => lost.push(receiverInfo.lastErrorMessage) })
  const collected = driver.collect(FlumeUtils.createPollingStream(driver.context, [{ host: '127.0.0.1', port }]).map(seen))
  driver.start()
  onTestFinished(() => driver.stop())
  await until('it says that there is no sink', () => lost.length > 0)
  const first = await agent(port)
  await put(first.channel, 'early')
  expect(await drain(driver, collected, 1)).toEqual(['0=early'])
  await until('it is acknowledged', () => first.channel.gauges().channelSize === 0)
  await first.stop()
  const second = await agent(port)
  await put(second.channel, 'late')
  expect(await drain(driver, collected, 2)).toEqual(['0=early', '0=late'])
})

test('createPollingStream without an address is refused', () => {
  const { context } = new StreamingTestDriver()
  expect(() => FlumeUtils.createPollingStream(context, [])).toThrow('needs the address of at least one SparkSink')
})

test('with a write-ahead log, createStream answers a request when its events are in it', async () => {
  const port = await freePort()
  const driver = new StreamingTestDriver({ conf: { 'spark.streaming.receiver.writeAheadLog.enable': true } })
  const stream = FlumeUtils.createStream(driver.context, '127.0.0.1', port)
  const collected = driver.collect(stream.map(seen))
  driver.start()
  onTestFinished(() => driver.stop())
  let client: FlumeClient | undefined
  await until('the receiver listens', async () => {
    client = await FlumeClient.connect({ host: '127.0.0.1', port, connectTimeoutMs: 1000, requestTimeoutMs: 10_000 }).catch(() => undefined)
    return client !== undefined
  })
  await client!.appendBatch(events('one', 'two'))
  expect(stream.log?.backlog().records).toBe(2)
  client!.close()
  await driver.advance()
  expect(collected[0]?.partitions).toEqual([['0=one', '1=two']])
})
