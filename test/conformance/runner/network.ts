// Sockets as the steps of a case need them: free ports, connecting with patience, talking over TCP, UDP and HTTP.
import { createSocket } from 'node:dgram'
import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const taken = new Set<number>()

/** A port that is free for TCP and UDP on all addresses, never the same twice in one run. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await new Promise<number>((resolve, reject) => {
      const server = createServer().on('error', reject)
      server.listen(0, '0.0.0.0', () => {
        const { port } = server.address() as { port: number }
        const udp = createSocket('udp4').on('error', () => server.close(() => resolve(0)))
        udp.bind(port, '0.0.0.0', () => udp.close(() => server.close(() => resolve(port))))
      })
    })
    if (port === 0 || taken.has(port)) continue
    taken.add(port)
    return port
  }
}

/** Connects to 127.0.0.1, trying again every 50 ms for 30 s. `alive` throws when waiting has no sense any more. */
export async function connectPatiently(port: number, alive: () => void): Promise<Socket> {
  const end = Date.now() + 30_000
  for (;;) {
    const socket = await new Promise<Socket | undefined>((resolve) => {
      const attempt = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      attempt.once('error', () => resolve(undefined))
      attempt.once('connect', () => {
        attempt.removeAllListeners('error')
        resolve(attempt)
      })
    })
    // In the range of ephemeral ports an attempt can meet itself.
    if (socket !== undefined && socket.localPort !== port) return socket
    socket?.destroy()
    alive()
    if (Date.now() > end) throw new Error(`cannot connect to port ${port}`)
    await sleep(50)
  }
}

/** A connected socket that is read in pieces. */
export class Conversation {
  readonly #socket: Socket
  readonly #received: Buffer[] = []
  #ended = false
  #error: Error | undefined
  #wake: () => void = () => undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (data: Buffer) => {
      this.#received.push(data)
      this.#wake()
    })
    socket.on('end', () => {
      this.#ended = true
      this.#wake()
    })
    socket.on('error', (error) => {
      this.#error = error
      this.#wake()
    })
    socket.on('close', () => {
      this.#ended = true
      this.#wake()
    })
  }

  get received(): Buffer {
    return Buffer.concat(this.#received)
  }

  async send(data: Buffer): Promise<void> {
    if (this.#error !== undefined) throw this.#error
    await new Promise<void>((resolve, reject) => this.#socket.write(data, (error) => (error ? reject(error) : resolve())))
  }

  endSending(): void {
    this.#socket.end()
  }

  /** Until the peer closes ('ended') or nothing came for `quietMs` ('quiet'). Throws the socket's error. */
  async read(quietMs: number): Promise<'ended' | 'quiet'> {
    let seen = -1
    for (;;) {
      if (this.#error !== undefined) throw this.#error
      if (this.#ended) return 'ended'
      if (seen === this.#received.length) return 'quiet'
      seen = this.#received.length
      await Promise.race([new Promise<void>((resolve) => (this.#wake = resolve)), sleep(quietMs)])
    }
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** Waits until a UDP port is bound (Linux), and 300 ms more. */
export async function waitForUdp(port: number, alive: () => void): Promise<void> {
  const end = Date.now() + 30_000
  const sought = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
  while (!['/proc/net/udp', '/proc/net/udp6'].some((file) => existsSync(file) && readFileSync(file, 'utf8').includes(sought))) {
    alive()
    if (Date.now() > end) throw new Error(`udp port ${port} never bound`)
    await sleep(50)
  }
  await sleep(300)
}

/** Datagrams to 127.0.0.1, 50 ms after each. */
export async function sendDatagrams(port: number, datagrams: readonly Buffer[]): Promise<void> {
  const socket = createSocket('udp4')
  for (const datagram of datagrams) {
    await new Promise<void>((resolve, reject) => socket.send(datagram, port, '127.0.0.1', (error) => (error ? reject(error) : resolve())))
    await sleep(50)
  }
  socket.close()
}

/** One request on a connection of its own, with the given headers and Content-Length only; 30 s. */
export function httpExchange(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const all = { Host: `127.0.0.1:${port}`, 'Accept-Encoding': 'identity', 'Content-Length': String(body.length), ...headers }
    const sent = request({ host: '127.0.0.1', port, method, path, headers: all, setDefaultHeaders: false, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        sent.destroy()
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) })
      })
    })
    sent.setTimeout(30_000, () => sent.destroy(new Error('no answer within 30 s')))
    sent.on('error', reject)
    sent.end(body)
  })
}
