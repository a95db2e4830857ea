// The sockets of an Avro RPC server: plain, deflate, TLS, and both. Behaviour as Flume 1.11's AvroSource (avro-ipc-netty): whole streams are
// compressed, one zlib stream per direction, flushed after each answer; a peer that speaks something else is closed without an answer.
import { createServer, type Server, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { type SecureContext, TLSSocket } from 'node:tls'
import { constants, createDeflate, createInflate } from 'node:zlib'
import { BadFrame, encodeFrame, type Frame, NettyFrameDecoder } from './netty-frame.ts'
import { type AppendHandler, KnownProtocols, RpcResponder } from './rpc-responder.ts'

export interface RpcServerOptions {
  readonly host: string
  readonly port: number
  readonly deflate: boolean
  readonly secureContext?: SecureContext
  /** Largest message buffered for a client; a larger one closes its connection. */
  readonly maxMessageBytes: number
  readonly maxConnections: number
  /** Messages of one connection worked on at once; the socket is not read meanwhile (Flume answers from 16 threads). */
  readonly maxInFlight: number
  accepts(address: string): boolean
  append: AppendHandler
  connectionsChanged(open: number): void
  /** A connection was closed for a reason that an operator may want to know. */
  refused(address: string, reason: string): void
}

export class RpcServer {
  readonly #options: RpcServerOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #known = new KnownProtocols()

  constructor(options: RpcServerOptions) {
    this.#options = options
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket))
    this.#server.maxConnections = options.maxConnections
  }

  /** Resolves with the port when the server listens. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port, this.#options.host, () => {
        this.#server.off('error', reject)
        const address = this.#server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : this.#options.port)
      })
    })
  }

  /** Stops listening and closes every connection. A call whose answer was not sent is sent again by its client. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    if (!this.#options.accepts(address)) {
      this.#options.refused(address, 'ipFilterRules deny it')
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    this.#options.connectionsChanged(this.#sockets.size)
    const connection = new Connection(this.#options, new RpcResponder(this.#known, this.#options.append), (reason) => {
      this.#options.refused(address, reason)
      socket.destroy()
    })
    socket.on('error', (error) => connection.fail(error.message))
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.#options.connectionsChanged(this.#sockets.size)
      connection.closed()
    })
    connection.serve(socket)
  }
}

/** One connection: layers of compression and TLS, frames in, answers out. */
class Connection {
  readonly #options: RpcServerOptions
  readonly #responder: RpcResponder
  readonly #refuse: (reason: string) => void
  readonly #decoder: NettyFrameDecoder
  readonly #waiting: Frame[] = []
  #inFlight = 0
  #handshaken = false
  #ended = false
  #stream: Duplex | undefined

  constructor(options: RpcServerOptions, responder: RpcResponder, refuse: (reason: string) => void) {
    this.#options = options
    this.#responder = responder
    this.#refuse = refuse
    this.#decoder = new NettyFrameDecoder(options.maxMessageBytes)
  }

  /** TLS with deflate: 1.10 and 1.11 put TLS records inside zlib, 1.9 compresses inside TLS. The first byte tells which (0x16 is a TLS record). */
  serve(socket: Socket): void {
    const { deflate, secureContext } = this.#options
    if (secureContext === undefined || !deflate) {
      this.#attach(deflate ? deflated(socket, 6) : secureContext ? this.#secured(socket) : socket)
      return
    }
    socket.once('readable', () => {
      const first = socket.read(1) as Buffer | null
      if (first === null) return
      socket.unshift(first)
      this.#attach(first[0] === 0x16 ? deflated(this.#secured(socket), 6) : this.#secured(deflated(socket, 6)))
    })
  }

  fail(reason: string): void {
    if (!this.#ended) this.#refuse(reason)
  }

  closed(): void {
    this.#ended = true
    this.#waiting.length = 0
  }

  #attach(stream: Duplex): void {
    this.#stream = stream
    stream.on('data', (chunk: Buffer) => this.#received(chunk))
    stream.on('end', () => stream.end())
    stream.on('error', (error: Error) => this.fail(error.message))
  }

  #received(chunk: Buffer): void {
    try {
      this.#waiting.push(...this.#decoder.push(chunk))
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error
      this.fail(error.message)
      return
    }
    this.#work()
  }

  /** Until the handshake is answered, one message at a time: what the second one means depends on the first. */
  #work(): void {
    while (this.#waiting.length > 0 && this.#inFlight < (this.#handshaken ? this.#options.maxInFlight : 1))
      void this.#answer(this.#waiting.shift()!)
    if (this.#waiting.length > 0) this.#stream?.pause()
    else this.#stream?.resume()
  }

  async #answer(frame: Frame): Promise<void> {
    this.#inFlight++
    const buffers = await this.#responder.respond(frame.message)
    this.#inFlight--
    this.#handshaken = true
    if (this.#ended) return
    this.#stream?.write(encodeFrame(frame.serial, buffers))
    this.#work()
  }

  #secured(transport: Duplex): Duplex {
    return new TLSSocket(transport, { isServer: true, secureContext: this.#options.secureContext! })
  }
}

/** A duplex that inflates what comes and deflates what goes over `transport`, each direction one zlib stream, flushed after each write. */
export function deflated(transport: Duplex, level: number): Duplex {
  const inflate = createInflate({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH })
  const deflate = createDeflate({ level, flush: constants.Z_SYNC_FLUSH })
  transport.pipe(inflate)
  deflate.pipe(transport)
  return Duplex.from({ readable: inflate, writable: deflate })
}
