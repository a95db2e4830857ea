// Our Avro source over real sockets: our client, and raw bytes of clients that speak something else.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { FlumeClient, type FlumeClientOptions } from '../../../src-main/agent/avro/flume-client.ts'
import { encodeFrame, NettyFrameDecoder } from '../../../src-main/agent/avro/netty-frame.ts'
import { type RpcServerOptions, rpcServer } from '../../../src-main/agent/avro/rpc-server.ts'
import { sourceService } from '../../../src-main/agent/avro/source-service.ts'
import { defaultLimits } from '../../../src-main/agent/network/limits.ts'
import { clientSecureContext, serverSecureContext } from '../../../src-main/agent/network/tls.ts'
import { systemClock } from '../../../src-main/clock.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { type EventBatch, eventsOf } from '../../../src-shared/event/event-batch.ts'

const fixture = (name: string): string => join(import.meta.dirname, '../../fixtures', name)
const stops: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function serve(options: Partial<RpcServerOptions> = {}): Promise<{ port: number; received: EventBatch[]; refusals: string[] }> {
  const received: EventBatch[] = []
  const refusals: string[] = []
  const server = rpcServer({
    host: '127.0.0.1',
    port: 0,
    deflate: false,
    maxMessageBytes: 1 << 24,
    limits: { ...defaultLimits, maxConnections: 100 },
    clock: systemClock,
    maxInFlight: 16,
    accepts: () => true,
    service: sourceService(async (batch) => {
      received.push(batch)
      return 'OK' as const
    }, defaultLimits),
    connectionsChanged: () => {},
    refused: (_address, reason) => refusals.push(reason),
    ...options,
  })
  const port = await server.listen()
  stops.push(() => server.close())
  return { port, received, refusals }
}

async function client(port: number, options: Partial<FlumeClientOptions> = {}): Promise<FlumeClient> {
  const opened = await FlumeClient.connect({ host: '127.0.0.1', port, connectTimeoutMs: 20_000, requestTimeoutMs: 20_000, ...options })
  stops.push(() => opened.close())
  return opened
}

const lists = { 'exclude-protocols': [], 'include-protocols': [], 'exclude-cipher-suites': [], 'include-cipher-suites': [] }
const serverTls = (keystore: string, type: string) =>
  serverSecureContext({ ...lists, keystore: fixture(`tls/${keystore}`), 'keystore-password': 'changeit', 'keystore-type': type })
const trust = {
  ...lists,
  'trust-all-certs': false,
  truststore: fixture('tls/trust.jks'),
  'truststore-password': 'changeit',
  'truststore-type': 'JKS',
}

const sample = batchOf([
  { headers: { k: 'v', ümläut: '€' }, body: Buffer.from('Grüße € 😀') },
  { headers: {}, body: Buffer.from([0, 1, 0x7f, 0x80, 0xfe, 0xff, 10, 0]) },
  { headers: { empty: '' }, body: Buffer.alloc(0) },
])
const plainEvents = (batches: EventBatch[]) =>
  batches.flatMap((batch) =>
    [...eventsOf(batch)].map((event) => ({ headers: event.headers, body: Buffer.from(event.body).toString('hex') })),
  )

test.each([
  ['plain', {}, {}],
  ['deflate', { deflate: true }, { compressionLevel: 6 }],
  ['deflate at level 0', { deflate: true }, { compressionLevel: 0 }],
])('events arrive as they were sent: %s', async (_title, server, sender) => {
  const { port, received } = await serve(server)
  const sending = await client(port, sender)
  for (let round = 0; round < 3; round++) await sending.appendBatch(sample)
  expect(plainEvents(received)).toEqual(plainEvents([sample, sample, sample]))
})

test.each([
  ['server.jks', 'JKS', false],
  ['server.p12', 'PKCS12', false],
  ['server.jks', 'JKS', true],
])('events arrive as they were sent: TLS with %s (%s), deflate %s', async (keystore, type, deflate) => {
  const { port, received } = await serve({ secureContext: await serverTls(keystore, type), deflate })
  const sending = await client(port, {
    tls: { secureContext: await clientSecureContext(trust), rejectUnauthorized: true },
    ...(deflate && { compressionLevel: 6 }),
  })
  await sending.appendBatch(sample)
  expect(plainEvents(received)).toEqual(plainEvents([sample]))
})

test('a client that does not trust the certificate is refused and says why', async () => {
  const { port } = await serve({ secureContext: await serverTls('server.jks', 'JKS') })
  const untrusting = await clientSecureContext({ ...trust, truststore: undefined })
  await expect(client(port, { tls: { secureContext: untrusting, rejectUnauthorized: true } })).rejects.toMatchObject({
    code: 'EVENT_DELIVERY',
    cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  })
})

test('a refused batch rejects with FAILED and closes the client', async () => {
  const { port } = await serve({ service: sourceService(async () => 'FAILED' as const, defaultLimits) })
  const sending = await client(port)
  await expect(sending.appendBatch(sample)).rejects.toMatchObject({ cause: { message: 'Avro RPC call returned Status: FAILED' } })
  expect(sending.active).toBe(false)
})

test('a connection cut before the answer rejects, so that the caller sends again', async () => {
  let cut: () => void = () => {}
  const { port } = await serve({ service: sourceService(() => new Promise(() => cut()), defaultLimits) })
  const sending = await client(port)
  cut = () => sending.close()
  await expect(sending.appendBatch(sample)).rejects.toMatchObject({ code: 'EVENT_DELIVERY' })
})

test.each(['garbage', 'huge-list-size', 'mismatch-client-deflate-server-plain'])(
  'a client that sends %s is closed without an answer, and the next one is served',
  async (name) => {
    const { port, refusals } = await serve()
    expect(await talk(port, readFileSync(fixture(`flume/wire/${name}/c2s.bin`)))).toHaveLength(0)
    expect(refusals).toHaveLength(1)
    await (await client(port)).appendBatch(sample)
  },
)

test('a plain client of a deflate server is closed, as recorded', async () => {
  const { port } = await serve({ deflate: true })
  const answer = await talk(port, readFileSync(fixture('flume/wire/mismatch-client-plain-server-deflate/c2s.bin')))
  expect(answer.length).toBeLessThanOrEqual(8)
})

test.each([
  ['none', {}, {}],
  ['deflate', { deflate: true }, { compressionLevel: 6 }],
])(
  'messages that span many reads of several connections arrive whole, with what is kept of earlier ones (compression %s)',
  async (_, options, to) => {
    const { port, received } = await serve(options)
    const batchesOf = (connection: number): EventBatch[] =>
      Array.from({ length: 6 }, (_, turn) =>
        batchOf(
          Array.from({ length: 300 }, (_, row) => ({
            headers: { from: `${connection} ${turn}` },
            body: createHash('sha512')
              .update(`${connection} ${turn} ${row}`)
              .digest()
              .toString('hex')
              .repeat(1 + (row % 20)),
          })).map(({ headers, body }) => ({ headers, body: Buffer.from(body) })),
        ),
      )
    const sent = [0, 1, 2].map(batchesOf)
    await Promise.all(
      sent.map(async (batches) => {
        const sending = await client(port, to)
        for (const batch of batches) await sending.appendBatch(batch)
      }),
    )
    const byOrigin = (batches: EventBatch[]) =>
      Object.fromEntries(
        batches.map((batch) => {
          const bodies = [...eventsOf(batch)].map(({ body }) => createHash('md5').update(body).digest('hex'))
          return [String(batch.shared['from']), bodies]
        }),
      )
    expect(byOrigin(received)).toEqual(byOrigin(sent.flat()))
  },
)

test('a message larger than the limit closes the connection before it is buffered', async () => {
  const { port, refusals } = await serve({ maxMessageBytes: 1024 })
  const sending = await client(port)
  await expect(sending.appendBatch(batchOf([{ headers: {}, body: Buffer.alloc(5000) }]))).rejects.toMatchObject({ code: 'EVENT_DELIVERY' })
  expect(refusals.join()).toContain('1024')
})

test('thousands of calls in one packet are answered in order, at once or later', async () => {
  const session = readFileSync(fixture('flume/wire/avro-plain/c2s.bin'))
  const frames = new NettyFrameDecoder(1 << 24).push(session)
  const [handshake, call] = [frames[0]!, frames.at(-1)!]
  const packet = Buffer.concat([
    encodeFrame(-1, [handshake.message]),
    ...Array.from({ length: 20_000 }, (_, serial) => encodeFrame(serial, [call.message])),
  ])
  const { port } = await serve({
    maxInFlight: 1,
    service: sourceService(({ count }) => (count % 2 === 0 ? 'OK' : Promise.resolve('OK' as const)), defaultLimits),
  })
  const now = await serve({ service: sourceService(() => 'OK', defaultLimits) })
  const serials = [-1, ...Array.from({ length: 20_000 }, (_, serial) => serial)]
  for (const server of [port, now.port]) {
    const answers = new NettyFrameDecoder(1 << 24).push(await talk(server, packet))
    expect(answers.map(({ serial }) => serial)).toEqual(serials)
  }
})

test('an address that the rules deny is closed at once', async () => {
  const { port, refusals } = await serve({ accepts: () => false })
  const sending = await client(port)
  await expect(sending.appendBatch(sample)).rejects.toMatchObject({ code: 'EVENT_DELIVERY' })
  expect(refusals).toEqual(['ipFilterRules deny it'])
})

/** Sends bytes, half-closes, and resolves with everything the server said until it closed. */
function talk(port: number, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(chunks)))
  })
}

test('with TLS and deflate a client that only looks whether somebody listens is let go', async () => {
  const { port } = await serve({ secureContext: await serverTls('server.p12', 'PKCS12'), deflate: true })
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  socket.end()
  expect(await once(socket.resume(), 'end')).toEqual([])
})
