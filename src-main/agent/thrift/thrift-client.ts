// A client of Flume's Thrift source, as Flume's ThriftRpcClient: framed transport, one call at a time. A FAILED status leaves the connection open.
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext } from 'node:tls'
import { MillraceError } from '../../../src-shared/errors.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { type Clock, sleepAwake, systemClock } from '../../clock.ts'
import { connected } from '../network/connected.ts'
import { FramedDecoder, framed } from './framed-stream.ts'
import { encodeAppendBatch, readStatus } from './source-protocol.ts'
import type { ThriftProtocolName } from './thrift-protocol.ts'

export interface ThriftClientOptions {
  readonly host: string
  readonly port: number
  readonly protocol: ThriftProtocolName
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
  /** Measures the request time-out; the machine's own when absent. */
  readonly clock?: Clock
  readonly tls?: { readonly secureContext: SecureContext; readonly rejectUnauthorized: boolean }
}

const maxAnswerBytes = 1 << 20
const statusNames = ['OK', 'FAILED', 'ERROR', 'UNKNOWN']

export class ThriftClient {
  readonly #options: ThriftClientOptions
  readonly #socket: Socket
  readonly #decoder = new FramedDecoder(maxAnswerBytes)
  #serial = 0
  #failure: Error | undefined
  #pending: { resolve: (message: Uint8Array) => void; reject: (error: Error) => void } | undefined

  private constructor(options: ThriftClientOptions, socket: Socket) {
    this.#options = options
    this.#socket = socket
    socket.on('data', (chunk) => this.#received(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('Socket is closed by peer.')))
  }

  /** Rejects with EVENT_DELIVERY when there is no connection within the time-out. */
  static async connect(options: ThriftClientOptions): Promise<ThriftClient> {
    const { host, port, tls } = options
    const socket = tls ? connectTls({ host, port, ...tls, checkServerIdentity: () => undefined }) : connect({ host, port, noDelay: true })
    await connected(
      socket,
      tls === undefined ? 'connect' : 'secureConnect',
      options.connectTimeoutMs,
      `ThriftRpcClient { host: ${host}, port: ${port} }`,
    )
    return new ThriftClient(options, socket)
  }

  get active(): boolean {
    return this.#failure === undefined
  }

  /** Resolves when the server answered OK; rejects with EVENT_DELIVERY otherwise. An empty batch sends nothing, as in Flume. */
  async appendBatch(batch: EventBatch): Promise<void> {
    if (batch.count === 0) return
    let status: number
    try {
      status = readStatus(this.#options.protocol, await this.#request(encodeAppendBatch(this.#options.protocol, ++this.#serial, batch)))
    } catch (cause) {
      this.close()
      throw new MillraceError('EVENT_DELIVERY', 'Failed to send batch.', { cause })
    }
    if (status !== 0)
      throw new MillraceError('EVENT_DELIVERY', `Failed to deliver events. Server returned status : ${statusNames[status] ?? status}`)
  }

  close(): void {
    this.#fail(new Error('The client was closed'))
  }

  #request(message: Uint8Array): Promise<Uint8Array> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      const { clock = systemClock, requestTimeoutMs } = this.#options
      const answered = new AbortController()
      const late = (): void => {
        if (!answered.signal.aborted) this.#fail(new Error(`No answer within ${requestTimeoutMs} ms`))
      }
      void sleepAwake(clock, requestTimeoutMs, answered.signal).then(late)
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          answered.abort()
          this.#pending = undefined
          then(value)
        }
      this.#pending = { resolve: settle(resolve), reject: settle(reject) }
      this.#socket.write(framed(message))
    })
  }

  #received(chunk: Buffer): void {
    try {
      for (const message of this.#decoder.push(chunk)) this.#pending?.resolve(message)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#pending?.reject(error)
    this.#socket.destroySoon()
  }
}
