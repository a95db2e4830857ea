// What the RPC sinks do while the next hop is down, half-open, slow, refuses or answers garbage: events wait in the channel and go on when it
// is well again. docs/delivery.md states it.
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FlumeClient } from '../../../src-main/agent/avro/flume-client.ts'
import { rpcServer } from '../../../src-main/agent/avro/rpc-server.ts'
import { sourceService } from '../../../src-main/agent/avro/source-service.ts'
import { defaultLimits } from '../../../src-main/agent/network/limits.ts'
import { ThriftClient } from '../../../src-main/agent/thrift/thrift-client.ts'
import { thriftServer } from '../../../src-main/agent/thrift/thrift-server.ts'
import { ManualClock, systemClock } from '../../../src-main/clock.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { type EventBatch, eventsOf } from '../../../src-shared/event/event-batch.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'
import { until } from '../../driver/until.ts'

let driver: AgentTestDriver
let port: number
const ends: (() => unknown)[] = []
beforeEach(async () => {
  driver = new AgentTestDriver()
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  port = (probe.address() as { port: number }).port
  await new Promise((resolve) => probe.close(resolve))
})
afterEach(async () => {
  await driver.end()
  for (const end of ends.splice(0)) await end()
})

const bodies = ['one', 'two', 'three']
const batch = batchOf(bodies.map((body) => ({ headers: {}, body: Buffer.from(body) })))
const waiting = (): number => driver.fakeChannels.get('c1')!.size

async function start(type: string): Promise<void> {
  await driver.start(`
a1.channels = c1
a1.sinks = k1
a1.channels.c1.type = fake
a1.sinks.k1.type = ${type}
a1.sinks.k1.channel = c1
a1.sinks.k1.hostname = 127.0.0.1
a1.sinks.k1.port = ${port}
a1.sinks.k1.request-timeout = 1000`)
  driver.fakeChannels.get('c1')!.store([batch])
}

/** The next hop as it should be; `store` may take its time or refuse. */
async function goodHop(type: string, store: (batch: EventBatch) => Promise<'OK' | 'FAILED'> | 'OK' = () => 'OK') {
  const received: string[] = []
  const append = async (taken: EventBatch): Promise<'OK' | 'FAILED'> => {
    received.push(...[...eventsOf(taken)].map(({ body }) => Buffer.from(body).toString()))
    return store(taken)
  }
  const common = { host: '127.0.0.1', port, maxMessageBytes: 1 << 20, limits: defaultLimits, clock: systemClock }
  const server =
    type === 'avro'
      ? rpcServer({ ...common, deflate: false, maxInFlight: 16, service: sourceService(append, defaultLimits) })
      : thriftServer({ ...common, protocol: 'compact', append, eventLimits: defaultLimits })
  await server.listen()
  let closed = false
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    await server.close()
  }
  ends.push(close)
  return { received, close }
}

/** The next hop is as it should be now: all events come to it. */
async function arriveAtGoodHop(type: string): Promise<void> {
  const { received } = await goodHop(type)
  await driver.until(() => driver.counter('k1', 'EventDrainSuccessCount') === 3)
  expect(received).toEqual(bodies)
}

/** A next hop that does with a connection what the test says. */
async function badHop(serve: (socket: Socket) => void): Promise<{ connections: () => number; close: () => Promise<void> }> {
  const sockets = new Set<Socket>()
  let count = 0
  const server: Server = createServer((socket) => {
    count++
    sockets.add(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  ends.push(() => server.listening && close())
  return { connections: () => count, close }
}

describe.each(['avro', 'thrift'])('%s sink', (type) => {
  test('next hop down: events stay in the channel, the node says where it cannot connect, and they go on when it is up', async () => {
    await start(type)
    await driver.until(() => Number(driver.counter('k1', 'EventWriteFail')) >= 3)
    await driver.until(() => waiting() === 3)
    expect(driver.component('k1').status?.severity).not.toBe('info')
    await arriveAtGoodHop(type)
  })

  test('next hop half-open (takes the connection, answers nothing): given up after request-timeout, the events come again', async () => {
    const hop = await badHop((socket) => socket.resume())
    await start(type)
    await driver.until(() => hop.connections() >= 2)
    await driver.until(() => waiting() === 3)
    await hop.close()
    await arriveAtGoodHop(type)
  })

  test.each([
    ['random bytes', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a frame of 2 GiB', Buffer.from([0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
    ['a short frame of nothing', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9])],
  ])('next hop answers %s: the connection is closed, the events come again', async (_what, garbage) => {
    const hop = await badHop((socket) => socket.once('data', () => socket.write(garbage)))
    await start(type)
    await driver.until(() => hop.connections() >= 2)
    await driver.until(() => waiting() === 3)
    await hop.close()
    await arriveAtGoodHop(type)
  })

  test('next hop refuses (FAILED): the events stay in the channel until it takes them', async () => {
    let refusals = 3
    const { received } = await goodHop(type, async () => (refusals-- > 0 ? 'FAILED' : 'OK'))
    await start(type)
    await driver.until(() => driver.counter('k1', 'EventDrainSuccessCount') === 3)
    expect(received).toEqual([...bodies, ...bodies, ...bodies, ...bodies])
    expect(driver.counter('k1', 'EventDrainSuccessCount')).toBe(3)
  })

  test('next hop slower than request-timeout: what it stored without an answer comes twice, nothing is lost', async () => {
    let slow = true
    const { received } = await goodHop(type, () => (slow ? new Promise(() => {}) : 'OK'))
    await start(type)
    await driver.until(() => received.length === 3)
    slow = false
    await driver.until(() => driver.counter('k1', 'EventDrainSuccessCount') === 3)
    expect(received).toEqual([...bodies, ...bodies])
  })

  test('a machine that sleeps for an hour within a request still takes the answer that waits', async () => {
    const clock = new ManualClock()
    let answer = (): void => {}
    const { received } = await goodHop(
      type,
      () =>
        new Promise((resolve) => {
          answer = () => resolve('OK')
        }),
    )
    const to = { host: '127.0.0.1', port, connectTimeoutMs: 20_000, requestTimeoutMs: 20_000, clock }
    const client = type === 'avro' ? await FlumeClient.connect(to) : await ThriftClient.connect({ ...to, protocol: 'compact' })
    ends.push(() => client.close())
    const sent = client.appendBatch(batch)
    await until('the request is there', () => received.length === 3)
    clock.advance(3_600_000)
    await new Promise((resolve) => setImmediate(resolve))
    answer()
    await expect(sent).resolves.toBeUndefined()
    // Awake, the time-out holds.
    const late = client.appendBatch(batch)
    late.catch(() => {})
    await until('the second request is there', () => received.length === 6)
    for (let step = 0; step < 5; step++) {
      clock.advance(5000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await expect(late).rejects.toMatchObject({ code: 'EVENT_DELIVERY' })
  })
})
