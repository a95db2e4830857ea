// An agent with every kind of listening source is attacked by clients that want its memory: it stays far below what they send, and goes on
// serving honest ones.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AvroWriter } from '../../src-main/agent/avro/avro-binary.ts'
import { encodeEvents } from '../../src-main/agent/avro/event-codec.ts'
import { FlumeClient } from '../../src-main/agent/avro/flume-client.ts'
import { writeHandshakeRequest } from '../../src-main/agent/avro/handshake.ts'
import { encodeFrame } from '../../src-main/agent/avro/netty-frame.ts'
import { sourceProtocol } from '../../src-main/agent/avro/source-protocol.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import { freePort } from '../driver/free-port.ts'
import { KilledAgent } from '../driver/killed-agent.ts'
import { until } from '../driver/until.ts'

/** Far below what any of the attacks would take; far above what an agent needs. */
const mostMiB = 2048

const folder = mkdtempSync(join(tmpdir(), 'millrace-hostile-'))
const ports = { avro: 0, deflate: 0, thrift: 0, http: 0, netcat: 0, syslog: 0 }
const sockets = new Set<Socket>()
let agent: KilledAgent

beforeAll(async () => {
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort()
  agent = new KilledAgent(folder, configuration())
  agent.start()
  await until('it listens', async () => (await tries(ports.syslog)) && (await tries(ports.avro)) && (await tries(ports.http)))
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await agent.end('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** The most that the process had resident since this was reset, in MiB (Linux). */
const resetPeak = (): void => writeFileSync(`/proc/${agent.pid}/clear_refs`, '5')
const peakMiB = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8'))?.[1]) / 1024

async function client(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  sockets.add(socket)
  socket.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('close', () => reject(new Error('refused')))
  })
  return socket
}

/** Resolves at the event, or when the connection is closed. */
function orClosed(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off(event, done)
      socket.off('close', done)
      resolve()
    }
    if (socket.destroyed) return resolve()
    socket.on(event, done)
    socket.on('close', done)
  })
}

/** Writes all of it, or as much as is taken before the connection is closed. */
async function send(socket: Socket, pieces: Iterable<Uint8Array>): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed || !socket.writable) return
    if (!socket.write(piece)) await orClosed(socket, 'drain')
  }
}

/** Resolves when the other side has not taken anything for a while. */
async function stalled(socket: Socket): Promise<void> {
  let left = -1
  let since = performance.now()
  await until('the agent stops reading', () => {
    if (socket.writableLength !== left) since = performance.now()
    left = socket.writableLength
    return socket.destroyed || performance.now() - since > 500
  })
}

function* times(count: number, piece: Uint8Array): Generator<Uint8Array> {
  for (let n = 0; n < count; n++) yield piece
}

const mebibyte = new Uint8Array(1 << 20)
const avroHead = (bytes: number): Buffer => {
  const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0])
  head.writeInt32BE(bytes, 8)
  return head
}

function avroCall(parameters: Uint8Array): Buffer {
  const head = new AvroWriter()
  writeHandshakeRequest(head, sourceProtocol, true, sourceProtocol.hash)
  head.writeLong(0)
  head.writeText('appendBatch')
  return encodeFrame(1, [head.finish(), parameters])
}

const attacks: Record<string, () => Promise<void>> = {
  'fifty half-sent Avro messages of 200 MiB': () =>
    all(50, async () => {
      const socket = await client(ports.avro)
      await send(socket, [avroHead(200 << 20), ...times(20, mebibyte)])
    }),
  'fifty half-sent Thrift messages of 200 MiB': () =>
    all(50, async () => {
      const socket = await client(ports.thrift)
      const head = Buffer.alloc(4)
      head.writeInt32BE(200 << 20)
      await send(socket, [head, ...times(20, mebibyte)])
    }),
  'an Avro message of 60 million empty events': async () => {
    const parameters = new AvroWriter(32)
    parameters.writeLong(60_000_000)
    const socket = await client(ports.avro)
    await send(socket, [avroCall(Buffer.concat([parameters.finish(), Buffer.alloc(120_000_000), Buffer.alloc(1)]))])
    await orClosed(socket, 'data')
  },
  'Avro events of which each has another header': async () => {
    const socket = await client(ports.avro)
    const events = batchOf(Array.from({ length: 900 }, (_, row) => ({ headers: { [`h${row}`]: '' }, body: new Uint8Array(0) })))
    const [one] = [encodeEvents(events)]
    const parameters = new AvroWriter(32)
    parameters.writeLong(900 * 200)
    // The same 900 events two hundred times: without their count and the end of their block.
    const body = one.subarray(2, -1)
    await send(socket, [avroCall(Buffer.concat([parameters.finish(), ...Array.from({ length: 200 }, () => body), Buffer.alloc(1)]))])
    await orClosed(socket, 'data')
  },
  'zip bombs to the deflating Avro source': () =>
    all(4, async () => {
      const bomb = deflateSync(Buffer.concat([avroHead(255 << 20), Buffer.alloc(250 << 20)]))
      const socket = await client(ports.deflate)
      await send(socket, [bomb.subarray(0, -10)])
    }),
  'Avro calls whose answers nobody reads': async () => {
    const socket = await client(ports.avro)
    socket.pause()
    const call = new AvroWriter()
    call.writeLong(0)
    call.writeText('nothing of this name')
    const frame = encodeFrame(2, [call.finish()])
    const many = Buffer.concat(Array.from({ length: 20_000 }, () => frame))
    void send(socket, [avroCall(encodeEvents(batchOf([{ headers: {}, body: mebibyte.subarray(0, 1) }]))), ...times(60, many)])
    await stalled(socket)
  },
  'netcat lines whose answers nobody reads': async () => {
    const socket = await client(ports.netcat)
    socket.pause()
    void send(socket, times(100, Buffer.alloc(1 << 20, 10)))
    await stalled(socket)
  },
  'a syslog line without end': async () => {
    await send(await client(ports.syslog), [Buffer.from('<13>'), ...times(100, Buffer.alloc(1 << 20, 'x'))])
  },
  'HTTP bodies of nothing but arrays, of one text, and of comments': async () => {
    const bodies = [`[${'[],'.repeat(20_000_000)}[]]`, `[{"body":"${'x'.repeat(90_000_000)}"}]`, `${'#\n'.repeat(40_000_000)}[]`]
    for (const body of bodies) {
      const response = await fetch(`http://127.0.0.1:${ports.http}/`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json' },
      })
      await response.text()
    }
  },
  'thirty half-sent HTTP requests of 90 MB': () =>
    all(30, async () => {
      const socket = await client(ports.http)
      const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n'
      await send(socket, [Buffer.from(head), ...times(40, mebibyte)])
    }),
}

const all = async (count: number, one: () => Promise<void>): Promise<void> => {
  await Promise.all(Array.from({ length: count }, () => one()))
}

test.each(Object.keys(attacks))('%s: memory stays bounded, and an honest client is served', async (name) => {
  resetPeak()
  await attacks[name]!()
  const honest = await FlumeClient.connect({ host: '127.0.0.1', port: ports.avro, connectTimeoutMs: 20_000, requestTimeoutMs: 60_000 })
  await honest.appendBatch(batchOf([{ headers: { a: 'b' }, body: Buffer.from('honest') }]))
  honest.close()
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  const peak = peakMiB()
  console.log(`${name}: peak ${Math.round(peak)} MiB`)
  expect(agent.runs).toBe(true)
  expect(peak).toBeLessThan(mostMiB)
})

async function tries(port: number): Promise<boolean> {
  return client(port).then(
    (socket) => {
      socket.destroy()
      return true
    },
    () => false,
  )
}

function configuration(): string {
  const sources: Record<keyof typeof ports, string[]> = {
    avro: ['type = avro', 'bind = 127.0.0.1'],
    deflate: ['type = avro', 'bind = 127.0.0.1', 'compression-type = deflate'],
    thrift: ['type = thrift', 'bind = 127.0.0.1'],
    http: ['type = http', 'bind = 127.0.0.1'],
    netcat: ['type = netcat', 'bind = 127.0.0.1'],
    syslog: ['type = syslogtcp', 'host = 127.0.0.1'],
  }
  const keys = Object.entries(sources).flatMap(([name, lines]) =>
    [...lines, `port = ${ports[name as keyof typeof ports]}`, 'channels = c1'].map((line) => `a1.sources.${name}.${line}`),
  )
  return `a1.sources = ${Object.keys(sources).join(' ')}
a1.channels = c1
a1.sinks = k1
${keys.join('\n')}
a1.channels.c1.type = memory
a1.channels.c1.capacity = 100000
a1.channels.c1.transactionCapacity = 100000
a1.sinks.k1.type = null
a1.sinks.k1.channel = c1
`
}
