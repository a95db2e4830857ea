// What a real SparkSink (Spark 2.4.7 in Flume 1.9) answered: the client's side of each recording is replayed against our handler on a real
// memory channel that holds what the recorded agent's did. Sequence numbers begin with the recorded base, so the bytes can be compared.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { AvroReader } from '../../../src-main/agent/avro/avro-binary.ts'
import { encodeFrame, NettyFrameDecoder } from '../../../src-main/agent/avro/netty-frame.ts'
import { KnownProtocols, RpcResponder } from '../../../src-main/agent/avro/rpc-responder.ts'
import { MemoryChannel } from '../../../src-main/agent/channel/memory-channel.ts'
import { SparkAvroCallbackHandler } from '../../../src-main/agent/spark/spark-avro-callback-handler.ts'
import { readSparkBatch, sparkFlumeProtocol } from '../../../src-main/agent/spark/spark-flume-protocol.ts'
import { ManualClock } from '../../../src-main/clock.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { FlumeEvent } from '../../../src-shared/event/event-batch.ts'
import { componentContext } from '../../driver/component-context.ts'

const recordings = join(import.meta.dirname, '../../fixtures/spark-sink')
const recorded = (name: string, file: string): Buffer => readFileSync(join(recordings, name, file))

const numbered = (count: number): FlumeEvent[] =>
  Array.from({ length: count }, (_, index) => ({ headers: {}, body: Buffer.from(`event ${index + 1}`) }))

const stopping: AbortController[] = []
afterEach(() => {
  for (const controller of stopping.splice(0)) controller.abort()
})

async function handlerWith(
  events: readonly FlumeEvent[],
  options: { threads?: number; sequenceBase?: string; transactionCapacity?: number } = {},
) {
  const clock = new ManualClock()
  const stop = new AbortController()
  stopping.push(stop)
  const channel = new MemoryChannel(
    { name: 'c1', capacity: 10_000, transactionCapacity: options.transactionCapacity ?? 10_000, keepAliveMs: 0, byteSlots: 2 ** 31 - 1 },
    clock,
  )
  await channel.start()
  for (let from = 0; from < events.length; from += channel.transactionCapacity) {
    const transaction = channel.transaction()
    transaction.begin()
    await transaction.put(batchOf(events.slice(from, from + channel.transactionCapacity)))
    await transaction.commit()
    transaction.close()
  }
  const context = componentContext()
  const handler = new SparkAvroCallbackHandler({
    ...context,
    clock,
    channel,
    signal: stop.signal,
    sequenceBase: options.sequenceBase ?? 'base',
    threads: options.threads ?? 10,
    timeoutMs: 60_000,
    backOffMs: 200,
  })
  return { handler, channel, clock, stop, counts: context.counts }
}

/** First eight characters of the first sequence number in a recorded conversation. */
function recordedBase(name: string): string {
  return /sequenceNumber='([0-9a-f]{8})/.exec(recorded(name, 'decoded.txt').toString())?.[1] ?? '00000000'
}

async function replay(name: string, events: readonly FlumeEvent[]): Promise<Buffer> {
  const { handler } = await handlerWith(events, { sequenceBase: recordedBase(name) })
  const responder = new RpcResponder(handler.service, new KnownProtocols(sparkFlumeProtocol))
  const answers: Buffer[] = []
  for (const frame of new NettyFrameDecoder(1 << 24).push(recorded(name, 'c2s.bin')))
    answers.push(encodeFrame(frame.serial, await responder.respond(frame.message)))
  return Buffer.concat(answers)
}

// How many numbered events the recorded channel held is in each recording's notes; where they say nothing, twelve were enough.
test.each([
  'nack',
  'wrong-seq',
  'in-flight',
  'n-zero-negative',
  'raw-client-match',
  'raw-extra-bytes',
  'raw-handshake-twice',
  'raw-many-buffers',
  'raw-meta-call',
  'raw-no-handshake',
  'raw-odd-serials',
  'raw-one-buffer',
  'raw-ping',
  'raw-bytewise',
  'raw-truncated-call',
  'raw-unknown-message',
])('answers the recorded conversation %s byte for byte', async (name) => {
  expect((await replay(name, numbered(12))).toString('hex')).toBe(recorded(name, 's2c.bin').toString('hex'))
})

test('the protocol is the one that Spark knows by its hash', () => {
  expect(sparkFlumeProtocol.text).toHaveLength(1524)
  expect(sparkFlumeProtocol.hash.toString('hex')).toBe('45f3c2c4aa53244ceaacda6731dedffb')
})

test('a large batch is read as the real sink sent it, and ours is cut into the same buffers', async () => {
  const [frame] = new NettyFrameDecoder(1 << 24).push(recorded('get-ack', 's2c.bin'))
  const reader = new AvroReader(frame!.message, 4 + 1 + 1)
  const batch = readSparkBatch(reader)
  expect(batch.events.count).toBe(8)
  const { handler } = await handlerWith(numbered(10_000))
  const buffers = await new RpcResponder(handler.service, new KnownProtocols(sparkFlumeProtocol)).respond(
    new NettyFrameDecoder(1 << 24).push(recorded('get-ack', 'c2s.bin'))[0]!.message,
  )
  expect(buffers.slice(2).every((buffer) => buffer.length <= 8192)).toBe(true)
})

test('a batch that nobody acknowledges in time goes back to the front, and a late acknowledgement is ignored', async () => {
  const { handler, clock } = await handlerWith(numbered(5))
  const first = await handler.getEventBatch(3)
  clock.advance(60_000)
  await handler.stopped()
  await new Promise(setImmediate)
  await handler.stopped()
  await handler.decide(first.sequenceNumber, 'ack')
  const again = await handler.getEventBatch(5)
  expect(again.events.count).toBe(5)
})

test('an acknowledged batch is consumed for good, a refused one comes again in order', async () => {
  const { handler, channel, counts } = await handlerWith(numbered(6))
  await handler.decide((await handler.getEventBatch(2)).sequenceNumber, 'ack')
  await handler.decide((await handler.getEventBatch(2)).sequenceNumber, 'nack')
  const rest = await handler.getEventBatch(10)
  expect(Buffer.from(rest.events.bodies).toString()).toBe('event 3event 4event 5event 6')
  await handler.decide(rest.sequenceNumber, 'ack')
  expect(channel.gauges().channelSize).toBe(0)
  expect(counts.get('EventDrainSuccessCount')).toBe(6)
})

test('asking for more than the channel gives in one transaction gives what it can, instead of an error for ever', async () => {
  const { handler } = await handlerWith(numbered(50), { transactionCapacity: 10 })
  expect((await handler.getEventBatch(20)).events.count).toBe(10)
})

test('more calls than threads wait for a verdict; an acknowledgement of another is not held up by them', async () => {
  const { handler } = await handlerWith(numbered(4), { threads: 1 })
  const first = await handler.getEventBatch(2)
  const second = handler.getEventBatch(2)
  await handler.decide(first.sequenceNumber, 'ack')
  expect((await second).events.count).toBe(2)
})

test('a stopped sink gives its open batches back', async () => {
  const { handler, channel, stop } = await handlerWith(numbered(3))
  await handler.getEventBatch(3)
  stop.abort()
  await handler.stopped()
  expect(channel.gauges().channelSize).toBe(3)
})

test('every recording that does not depend on time or on a restart is replayed here', () => {
  const depends = [
    'empty-gives-up',
    'empty-then-event',
    'error-batches-pin-threads',
    'flume-with-avro-1.7.4',
    'get-ack',
    'get-short',
    'raw-ack-behind-get',
    'raw-garbage',
    'raw-none-then-both',
    'reconnect',
    'stop-while-unacked',
    'stop-while-waiting',
    'threads-full',
    'timeout',
    'tx-capacity',
  ]
  const source = readFileSync(import.meta.filename, 'utf8')
  expect(readdirSync(recordings).filter((name) => !depends.includes(name) && !source.includes(`'${name}'`))).toEqual([])
})
