// An Avro RPC client, as Flume's NettyAvroRpcClient: one connection, appendBatch, an answer within the request time-out or the connection is
// given up. After any failure the client is closed: what was sent may or may not have been stored, and the caller sends it again.
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type SecureContext } from 'node:tls'
import { MillraceError } from '../../../src-shared/errors.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { connected } from '../network/connected.ts'
import { AvroReader, AvroWriter } from './avro-binary.ts'
import { encodeAppendBatch } from './event-codec.ts'
import { encodeFrame, type Frame, NettyFrameDecoder } from './netty-frame.ts'
import { deflated } from './rpc-server.ts'
import { protocolHash, readHandshakeResponse, skipMetadata, writeHandshakeRequest } from './source-protocol.ts'

export interface RpcClientOptions {
  readonly host: string
  readonly port: number
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
  /** Level 0–9 when the server expects deflate. */
  readonly compressionLevel?: number
  readonly tls?: { readonly secureContext: SecureContext; readonly rejectUnauthorized: boolean }
}

const maxAnswerBytes = 1 << 20

export class RpcClient {
  readonly #options: RpcClientOptions
  readonly #socket: Socket
  readonly #stream: Duplex
  readonly #decoder = new NettyFrameDecoder(maxAnswerBytes)
  readonly #pending = new Map<number, { resolve: (frame: Frame) => void; reject: (error: Error) => void }>()
  #serial = 0
  #established = false
  #serverHash: Uint8Array = protocolHash
  #failure: Error | undefined

  private constructor(options: RpcClientOptions, socket: Socket) {
    this.#options = options
    this.#socket = socket
    this.#stream = options.compressionLevel === undefined ? socket : deflated(socket, options.compressionLevel)
    this.#stream.on('data', (chunk: Buffer) => this.#received(chunk))
    this.#stream.on('error', (error: Error) => this.#fail(error))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('The connection was closed by the other side')))
  }

  /** Rejects with EVENT_DELIVERY when there is no connection within the time-out. */
  static async connect(options: RpcClientOptions): Promise<RpcClient> {
    const { host, port, tls } = options
    const socket = tls ? connectTls({ host, port, ...tls, checkServerIdentity: () => undefined }) : connect({ host, port, noDelay: true })
    await connected(socket, options.tls === undefined ? 'connect' : 'secureConnect', options.connectTimeoutMs, describe(options))
    return new RpcClient(options, socket)
  }

  get active(): boolean {
    return this.#failure === undefined
  }

  /** Resolves when the server answered OK. Rejects with EVENT_DELIVERY otherwise, and the client is closed. An empty batch sends nothing, as in Flume. */
  async appendBatch(batch: EventBatch): Promise<void> {
    if (batch.count === 0) return
    try {
      const status = await this.#call('appendBatch', encodeAppendBatch(batch))
      if (status !== 0) throw new Error(`Avro RPC call returned Status: ${status === 1 ? 'FAILED' : 'UNKNOWN'}`)
    } catch (cause) {
      this.close()
      throw new MillraceError('EVENT_DELIVERY', `${describe(this.#options)}: Failed to send batch`, { cause })
    }
  }

  close(): void {
    this.#fail(new Error('The client was closed'))
    this.#stream.end()
    this.#socket.destroySoon()
  }

  /** A result's enum index. Shakes hands with the first call, and again with the protocol's text when the server answers NONE. */
  async #call(name: string, parameters: Buffer): Promise<number> {
    for (const withText of [false, true]) {
      const head = new AvroWriter()
      const shaking = !this.#established
      if (shaking) writeHandshakeRequest(head, withText, this.#serverHash)
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
      if (!reader.readBoolean()) return reader.readLong()
      reader.readLong()
      throw new Error(`The server answered with an error: ${reader.readText()}`)
    }
    throw new Error('The server does not accept the protocol AvroSourceProtocol')
  }

  #request(buffers: readonly Uint8Array[]): Promise<Frame> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const serial = ++this.#serial
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(
        () => this.#fail(new Error(`No answer within ${this.#options.requestTimeoutMs} ms`)),
        this.#options.requestTimeoutMs,
      )
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timeout)
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

function describe(options: RpcClientOptions): string {
  return `NettyAvroRpcClient { host: ${options.host}, port: ${options.port} }`
}
