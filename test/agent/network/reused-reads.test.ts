import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { defaultLimits } from '../../../src-main/agent/network/limits.ts'
import { type Connection, SocketServer } from '../../../src-main/agent/network/socket-server.ts'
import { systemClock } from '../../../src-main/clock.ts'

async function server(
  serve: (socket: Socket, connection: Connection) => void,
  options: { readonly maxConnections?: number; readonly accepts?: () => Promise<boolean> } = {},
): Promise<{ port: number; open: number[]; refusals: string[]; server: SocketServer }> {
  const open: number[] = []
  const refusals: string[] = []
  const made = new SocketServer({
    host: '127.0.0.1',
    port: 0,
    limits: { ...defaultLimits, maxConnections: options.maxConnections ?? 100 },
    clock: systemClock,
    reusedReads: true,
    serve,
    connectionsChanged: (count) => open.push(count),
    refused: (_, reason) => refusals.push(reason),
    ...(options.accepts && { accepts: options.accepts }),
  })
  const port = await made.listen()
  onTestFinished(() => made.close())
  return { port, open, refusals, server: made }
}

/** Sends back everything when the client has ended. */
function echoAtEnd(socket: Socket): void {
  const parts: Buffer[] = []
  socket.on('data', (bytes: Buffer) => parts.push(Buffer.from(bytes)))
  socket.on('end', () => socket.end(Buffer.concat(parts)))
  socket.resume()
}

async function exchange(port: number, bytes: Buffer): Promise<Buffer> {
  const client = connect(port, '127.0.0.1')
  client.end(bytes)
  const parts: Buffer[] = []
  for await (const part of client) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

test('every connection gets its own bytes, in order, though all are read into the same memory', async () => {
  const { port } = await server(echoAtEnd)
  const sent = Array.from({ length: 8 }, (_, index) => Buffer.alloc(1_000_000 + index, index + 1))
  const back = await Promise.all(sent.map((bytes) => exchange(port, bytes)))
  expect(back.map((bytes, index) => bytes.equals(sent[index]!))).toEqual(sent.map(() => true))
})

test('what came while nobody had decided about the connection is read afterwards', async () => {
  let decide = (_: boolean): void => {}
  const decided = new Promise<boolean>((resolve) => {
    decide = resolve
  })
  const { port } = await server(echoAtEnd, { accepts: () => decided })
  const answer = exchange(port, Buffer.from('early'))
  await exchange((await server(echoAtEnd)).port, Buffer.from('another listener meanwhile'))
  decide(true)
  expect((await answer).toString()).toBe('early')
})

test('a paused socket is not read, and goes on where it was', async () => {
  let begun = (_: Socket): void => {}
  const paused = new Promise<Socket>((resolve) => {
    begun = resolve
  })
  let bytes = 0
  const { port } = await server((socket) => {
    socket.on('data', (part: Buffer) => {
      bytes += part.length
      socket.pause()
      begun(socket)
    })
    socket.on('end', () => socket.end('all'))
    socket.resume()
  })
  const answer = exchange(port, Buffer.alloc(3_000_000))
  const socket = await paused
  const before = bytes
  await exchange((await server(echoAtEnd)).port, Buffer.alloc(100_000))
  expect(bytes).toBe(before)
  socket.removeAllListeners('data')
  socket.on('data', (part: Buffer) => {
    bytes += part.length
  })
  socket.resume()
  expect((await answer).toString()).toBe('all')
  expect(bytes).toBe(3_000_000)
})

test('its connections are counted, limited and closed as any others', async () => {
  const { port, open, refusals, server: listening } = await server(echoAtEnd, { maxConnections: 1 })
  const first = connect(port, '127.0.0.1')
  first.on('error', () => {})
  await once(first, 'connect')
  const second = connect(port, '127.0.0.1').on('error', () => {})
  await once(second, 'close')
  expect(refusals).toEqual([expect.stringContaining('maxConnections')])
  const closed = once(first, 'close')
  await listening.close()
  await closed
  await vi.waitFor(() => expect(open).toEqual([1, 0]))
})
