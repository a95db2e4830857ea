// What a real Flume 1.11 Thrift source answered, byte for byte, and what its client sent, written by ours.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { defaultLimits } from '../../../src-main/agent/network/limits.ts'
import { FramedDecoder, framed } from '../../../src-main/agent/thrift/framed-stream.ts'
import { encodeAppendBatch, readStatus, respond } from '../../../src-main/agent/thrift/source-protocol.ts'
import { BadThrift, type ThriftProtocolName } from '../../../src-main/agent/thrift/thrift-protocol.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { type EventBatch, eventsOf } from '../../../src-shared/event/event-batch.ts'

const recordings = join(import.meta.dirname, '../../fixtures/flume/wire')
const recorded = (name: string, file: string): Buffer => readFileSync(join(recordings, name, file))

test('an event without its body is answered with an exception in the words of Thrift, as recorded', async () => {
  const call = Buffer.from('82210306617070656e641c1b000000', 'hex')
  const answer = await respond('compact', call, async () => 'OK', defaultLimits)
  expect(answer.toString('latin1')).toContain("Required field 'body' was not present! Struct: ThriftFlumeEvent(headers:{}, body:null)")
  expect(answer.subarray(0, 2).toString('hex')).toBe('8261')
})

async function replay(
  name: string,
  protocol: ThriftProtocolName,
  options: { room?: number; chunkBytes?: number } = {},
): Promise<{ answers: Buffer; received: EventBatch[] }> {
  let room = options.room ?? Number.POSITIVE_INFINITY
  const received: EventBatch[] = []
  const answers: Buffer[] = []
  const input = recorded(name, 'c2s.bin')
  const decoder = new FramedDecoder(1 << 20)
  const step = options.chunkBytes ?? input.length
  for (let at = 0; at < input.length; at += step) {
    for (const message of decoder.push(input.subarray(at, at + step))) {
      const answer = await respond(
        protocol,
        message,
        async (batch) => {
          room -= batch.count
          received.push(batch)
          return room >= 0 ? 'OK' : 'FAILED'
        },
        defaultLimits,
      )
      answers.push(framed(answer))
    }
  }
  return { answers: Buffer.concat(answers), received }
}

const cases = [
  ['thrift-compact', 'compact', undefined],
  ['thrift-compact-batch7', 'compact', undefined],
  ['thrift-binary', 'binary', undefined],
  ['thrift-refused', 'compact', 2],
  ['thrift-refused-batch', 'compact', 2],
] as const

test.each(cases)('answers the recorded conversation %s (%s) byte for byte', async (name, protocol, room) => {
  const options = room === undefined ? {} : { room }
  expect((await replay(name, protocol, options)).answers.toString('hex')).toBe(recorded(name, 's2c.bin').toString('hex'))
  expect((await replay(name, protocol, { ...options, chunkBytes: 1 })).answers.equals(recorded(name, 's2c.bin'))).toBe(true)
})

test.each([
  ['mismatch-thrift-binary-client-compact-server', 'compact'],
  ['mismatch-thrift-compact-client-binary-server', 'binary'],
] as const)('a client of the other protocol (%s) is no client: the connection is to be closed', async (name, protocol) => {
  await expect(replay(name, protocol)).rejects.toBeInstanceOf(BadThrift)
})

const sample = batchOf([
  { headers: { k: 'v', ümläut: '€' }, body: Buffer.from('Grüße € 😀') },
  { headers: {}, body: Buffer.from([0, 1, 0x7f, 0x80, 0xfe, 0xff, 10, 0]) },
  { headers: { empty: '' }, body: Buffer.alloc(0) },
])
const plain = (batch: EventBatch) =>
  [...eventsOf(batch)].map((event) => ({ headers: event.headers, body: Buffer.from(event.body).toString('hex') }))

test.each(['compact', 'binary'] as const)('events go out and come back the same in the %s protocol', async (protocol) => {
  let back: EventBatch | undefined
  const answer = await respond(
    protocol,
    encodeAppendBatch(protocol, 7, sample),
    async (batch) => {
      back = batch
      return 'OK'
    },
    defaultLimits,
  )
  expect(readStatus(protocol, answer)).toBe(0)
  expect(plain(back!)).toEqual(plain(sample))
})

test('our client writes a batch as the Java client does', () => {
  const events = Array.from({ length: 5 }, (_, index) => ({ headers: { i: `${index}` }, body: Buffer.from(`batch event ${index}`) }))
  const [first] = new FramedDecoder(1 << 20).push(recorded('thrift-compact-batch7', 'c2s.bin'))
  expect(encodeAppendBatch('compact', 1, batchOf(events)).toString('hex')).toBe(Buffer.from(first!).toString('hex'))
})

test('an unknown method is answered with an exception that names it, and a failing handler with one too', async () => {
  const call = encodeAppendBatch('compact', 1, sample)
  call.write('nosuchCalls', 4)
  const unknown = await respond('compact', call, async () => 'OK', defaultLimits)
  expect(() => readStatus('compact', unknown)).toThrow("Invalid method name: 'nosuchCalls'")
  const failing = await respond('compact', encodeAppendBatch('compact', 1, sample), () => Promise.reject(new Error('boom')), defaultLimits)
  expect(() => readStatus('compact', failing)).toThrow('Internal error processing appendBatch')
})

test('bytes behind a call in its frame are no part of the next call', async () => {
  const call = encodeAppendBatch('compact', 1, sample)
  const append = vi.fn(async (_batch: EventBatch) => 'OK' as const)
  for (const message of new FramedDecoder(1 << 20).push(Buffer.concat([framed(Buffer.concat([call, call])), framed(call)])))
    expect(readStatus('compact', await respond('compact', message, append, defaultLimits))).toBe(0)
  expect(append.mock.calls.map(([batch]) => batch.count)).toEqual([3, 3])
})

test.each(['compact', 'binary'] as const)('a %s message cut anywhere is refused, never half taken', async (protocol) => {
  const whole = encodeAppendBatch(protocol, 1, sample)
  for (let length = 0; length < whole.length; length++) {
    await expect(respond(protocol, whole.subarray(0, length), async () => 'OK', defaultLimits)).rejects.toBeInstanceOf(BadThrift)
  }
})

test('a frame over the limit is refused before it is buffered', () => {
  expect(() => new FramedDecoder(100).push(Buffer.from([0, 0, 1, 0]))).toThrow('limit is 100')
})

test('every Thrift recording is replayed here', () => {
  const replayed: string[] = [
    ...cases.map(([name]) => name),
    'mismatch-thrift-binary-client-compact-server',
    'mismatch-thrift-compact-client-binary-server',
  ]
  expect(readdirSync(recordings).filter((name) => name.includes('thrift') && !replayed.includes(name))).toEqual([])
})
