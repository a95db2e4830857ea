// An Avro RPC client: one connection, calls matched by serial, an answer within the request time-out or the connection is given up.
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type SecureContext } from 'node:tls'
import { type Clock, sleepAwake, systemClock } from '../../clock.ts'
import { connected } from '../network/connected.ts'
import { AvroReader, AvroWriter } from './avro-binary.ts'
import { type AvroProtocol, readHandshakeResponse, skipMetadata, writeHandshakeRequest } from './handshake.ts'
import { encodeFrame, type Frame, NettyFrameDecoder } from './netty-frame.ts'
import { deflated } from './rpc-server.ts'

export interface RpcClientOptions {
  readonly protocol: AvroProtocol
  /** Who connects, for messages: `NettyAvroRpcClient { host: …, port: … }`. */
  readonly who: string
  readonly host: string
  readonly port: number
  /** A socket of this machine instead of host and port. */
  readonly path?: string
  /** A larger answer closes the connection; 1 MiB when absent. */
  readonly maxAnswerBytes?: number
  readonly connectTimeoutMs: number
  /** Infinity waits for ever. */
  readonly requestTimeoutMs: number
  /** Measures the request time-out; the machine's own when absent. */
  readonly clock?: Clock
  /** Level 0–9 when the server expects deflate. */
  readonly compressionLevel?: number
  readonly tls?: { readonly secureContext: SecureContext; readonly rejectUnauthorized: boolean }
}

const usualAnswerBytes = 1 << 20

export class RpcClient {
  readonly #options: RpcClientOptions
  readonly #socket: Socket
  readonly #stream: Duplex
  readonly #decoder: NettyFrameDecoder
  readonly #pending = new Map<number, { resolve: (frame: Frame) => void; reject: (error: Error) => void }>()
  #serial = 0
  #established = false
  #serverHash: Uint8Array
  #failure: Error | undefined

  /** `stream`: the socket with its layers. */
  private constructor(options: RpcClientOptions, socket: Socket, stream: Duplex) {
    this.#options = options
    this.#decoder = new NettyFrameDecoder(options.maxAnswerBytes ?? usualAnswerBytes)
    this.#serverHash = options.protocol.hash
    this.#socket = socket
    this.#stream = stream
    stream.on('data', (chunk: Buffer) => this.#received(chunk))
    stream.on('error', (error: Error) => this.#fail(error))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('The connection was closed by the other side')))
  }

  /** Rejects with EVENT_DELIVERY when there is no connection within the time-out. */
  static async connect(options: RpcClientOptions): Promise<RpcClient> {
    const { compressionLevel, connectTimeoutMs, tls, who } = options
    const { host, port, path } = options
    const socket = connect(path === undefined ? { host, port, noDelay: true } : { path })
    await connected(socket, 'connect', connectTimeoutMs, who)
    // Compression is the outer layer, TLS records inside it: so Flume 1.10 and 1.11 do it (1.9 did the opposite).
    const transport = compressionLevel === undefined ? socket : deflated(socket, compressionLevel)
    if (tls === undefined) return new RpcClient(options, socket, transport)
    const secure = connectTls({ socket: transport, host, ...tls, checkServerIdentity: () => undefined })
    await connected(secure, 'secureConnect', connectTimeoutMs, who)
    return new RpcClient(options, socket, secure)
  }

  get active(): boolean {
    return this.#failure === undefined
  }

  close(): void {
    this.#fail(new Error('The client was closed'))
    this.#stream.end()
    this.#socket.destroySoon()
  }

  /** The result of a call, positioned. Shakes hands with the first call, and again with the protocol's text when the server answers NONE. */
  async call(name: string, parameters: Uint8Array): Promise<AvroReader> {
    const { protocol } = this.#options
    for (const withText of [false, true]) {
      const head = new AvroWriter()
      const shaking = !this.#established
      if (shaking) writeHandshakeRequest(head, protocol, withText, this.#serverHash)
      head.writeLong(0)
      head.writeText(name)
      const reader = new AvroReader((await this.#request([head.finish(), parameters])).message)
      if (shaking) {
        const { match, serverHash } = readHandshakeResponse(reader)
        this.#serverHash = serverHash ?? this.#serverHash
        if (match === 'NONE') continue
        this.#established = true
      }
      skipMetadata(reader)
      if (!reader.readBoolean()) return reader
      reader.readLong()
      throw new Error(`The server answered with an error: ${reader.readText()}`)
    }
    throw new Error('The server does not accept our protocol')
  }

  #request(buffers: readonly Uint8Array[]): Promise<Frame> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const serial = ++this.#serial
    return new Promise((resolve, reject) => {
      const { clock = systemClock, requestTimeoutMs } = this.#options
      const answered = new AbortController()
      const late = (): void => {
        if (!answered.signal.aborted) this.#fail(new Error(`No answer within ${requestTimeoutMs} ms`))
      }
      if (Number.isFinite(requestTimeoutMs)) void sleepAwake(clock, requestTimeoutMs, answered.signal).then(late)
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          answered.abort()
          this.#pending.delete(serial)
          then(value)
        }
      this.#pending.set(serial, { resolve: settle(resolve), reject: settle(reject) })
      this.#stream.write(encodeFrame(serial, buffers))
    })
  }

  #received(chunk: Buffer): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#pending.get(frame.serial)?.resolve(frame)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const call of [...this.#pending.values()]) call.reject(error)
    this.#socket.destroySoon()
  }
}
