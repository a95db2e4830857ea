// What a real Flume 1.11 answered, byte for byte: the client's side of each recording is replayed against our responder.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { BadFrame, encodeFrame, type Frame, NettyFrameDecoder } from '../../../src-main/agent/avro/netty-frame.ts'
import { KnownProtocols, RpcResponder } from '../../../src-main/agent/avro/rpc-responder.ts'
import { sourceProtocol } from '../../../src-main/agent/avro/source-protocol.ts'
import { sourceService } from '../../../src-main/agent/avro/source-service.ts'
import { defaultLimits } from '../../../src-main/agent/network/limits.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'

const recordings = join(import.meta.dirname, '../../fixtures/flume/wire')
const recorded = (name: string, file: string): Buffer => readFileSync(join(recordings, name, file))

/** Answers of one connection, as one byte string; chunks of `chunkBytes` to exercise reassembly. */
async function replay(
  name: string,
  options: { room?: number; known?: KnownProtocols; inflate?: boolean; chunkBytes?: number } = {},
): Promise<Buffer> {
  let input = recorded(name, 'c2s.bin')
  if (options.inflate === true) input = inflateSync(input, { finishFlush: constants.Z_SYNC_FLUSH })
  let room = options.room ?? Number.POSITIVE_INFINITY
  const decoder = new NettyFrameDecoder(1 << 24)
  const append = async (batch: EventBatch): Promise<'OK' | 'FAILED'> => {
    room -= batch.count
    return room >= 0 ? 'OK' : 'FAILED'
  }
  const responder = new RpcResponder(sourceService(append, defaultLimits), options.known ?? new KnownProtocols(sourceProtocol))
  const answers: Buffer[] = []
  const step = options.chunkBytes ?? input.length
  for (let at = 0; at < input.length; at += step) {
    for (const frame of decoder.push(input.subarray(at, at + step)))
      answers.push(encodeFrame(frame.serial, await responder.respond(frame.message)))
  }
  return Buffer.concat(answers)
}

const plain = [
  'array-in-two-blocks',
  'avro-plain',
  'avro-plain-batch-first',
  'avro-plain-more',
  'avro-sink-0',
  'call-meta',
  'first-call-without-handshake',
  'handshake-both',
  'handshake-client',
  'handshake-meta-null',
  'handshake-nodoc-text',
  'handshake-none-call-without-retry',
  'handshake-none-then-text',
  'handshake-repeated',
  'multi-buffer',
  'negative-block-count',
  'ping-empty-name',
  'trailing-bytes',
  'truncated-params',
  'unknown-method',
  'zero-buffers',
]

test.each(plain)('answers the recorded conversation %s byte for byte', async (name) => {
  expect((await replay(name)).toString('hex')).toBe(recorded(name, 's2c.bin').toString('hex'))
})

test.each(plain)('answers %s the same when it comes byte by byte', async (name) => {
  expect((await replay(name, { chunkBytes: 1 })).equals(recorded(name, 's2c.bin'))).toBe(true)
})

test.each([
  ['avro-refused', 2],
  ['avro-refused-batch', 2],
] as const)('answers FAILED as recorded in %s when the channel has room for %i events', async (name, room) => {
  expect((await replay(name, { room })).equals(recorded(name, 's2c.bin'))).toBe(true)
})

test.each(['avro-deflate6', 'avro-deflate6-more', 'avro-deflate1'])('answers the inflated conversation %s', async (name) => {
  const expected = inflateSync(recorded(name, 's2c.bin'), { finishFlush: constants.Z_SYNC_FLUSH })
  expect((await replay(name, { inflate: true })).equals(expected)).toBe(true)
})

test('a protocol once told by its text is known by its hash on a later connection of the same source', async () => {
  const known = new KnownProtocols(sourceProtocol)
  await replay('handshake-nodoc-text', { known })
  expect((await replay('handshake-nodoc-known-later', { known })).equals(recorded('handshake-nodoc-known-later', 's2c.bin'))).toBe(true)
})

test('pipelined calls are each answered, matched by serial', async () => {
  const frames = (bytes: Buffer): Frame[] => new NettyFrameDecoder(1 << 24).push(bytes)
  const bySerial = (all: Frame[]): string[] => all.map((frame) => `${frame.serial} ${Buffer.from(frame.message).toString('hex')}`).sort()
  expect(bySerial(frames(await replay('pipelined')))).toEqual(bySerial(frames(recorded('pipelined', 's2c.bin'))))
})

test.each(['garbage', 'huge-list-size', 'mismatch-client-deflate-server-plain'])(
  'bytes that are no frame (%s) close the connection without an answer',
  (name) => {
    expect(() => new NettyFrameDecoder(1 << 24).push(recorded(name, 'c2s.bin'))).toThrow(BadFrame)
    expect(recorded(name, 's2c.bin')).toHaveLength(0)
  },
)

test('the protocol text is the one whose hash Java peers know', () => {
  expect(sourceProtocol.text).toHaveLength(1334)
  expect(sourceProtocol.hash.toString('hex')).toBe('86aadae2c45474c0fe93ffd0f2350a65')
})

test('every Avro recording is replayed here', () => {
  const replayed = new Set([
    ...plain,
    'avro-refused',
    'avro-refused-batch',
    'avro-deflate6',
    'avro-deflate6-more',
    'avro-deflate1',
    'handshake-nodoc-known-later',
    'pipelined',
    'garbage',
    'huge-list-size',
    'mismatch-client-deflate-server-plain',
  ])
  // The other mismatch and TLS are about what happens on a socket: avro-source.test.ts.
  const elsewhere = ['mismatch-client-plain-server-deflate', 'tls']
  const avro = readdirSync(recordings).filter((name) => !name.includes('thrift') && !elsewhere.includes(name))
  expect(avro.filter((name) => !replayed.has(name))).toEqual([])
})
