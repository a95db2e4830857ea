// The sockets of an Avro RPC server: plain, deflate, TLS, and both. Behaviour as Flume 1.11's AvroSource (avro-ipc-netty): whole streams are
// compressed, one zlib stream per direction, flushed after each answer; a peer that speaks something else is closed without an answer.
import type { Socket } from 'node:net'
import { Duplex, type Readable, type Writable } from 'node:stream'
import type { SecureContext } from 'node:tls'
import { constants, createDeflate, createInflate } from 'node:zlib'
import { type Connection, SocketServer, type SocketServerOptions } from '../network/socket-server.ts'
import { serverSide } from '../network/tls.ts'
import { BadFrame, encodeFrame, type Frame, NettyFrameDecoder } from './netty-frame.ts'
import { KnownProtocols, RpcResponder, type RpcService } from './rpc-responder.ts'

export interface RpcServerOptions extends Omit<SocketServerOptions, 'serve'> {
  readonly deflate: boolean
  readonly secureContext?: SecureContext
  /** Largest message buffered for a client; a larger one closes its connection. */
  readonly maxMessageBytes: number
  /** Messages of one connection worked on at once; the socket is not read meanwhile (Flume answers from 16 threads). */
  readonly maxInFlight: number
  readonly service: RpcService
  /** The memory of a message is used again when it is answered: for a service that keeps nothing of it. Absent: whoever has it may keep it. */
  readonly reuseMemory?: boolean
}

/** A call whose answer was not sent before close() is sent again by its client. */
export function rpcServer(options: RpcServerOptions): SocketServer {
  const known = new KnownProtocols(options.service.protocol)
  return new SocketServer({
    ...options,
    // What is above a socket (TLS, inflating) keeps what it is given.
    reusedReads: options.secureContext === undefined && !options.deflate,
    serve: (socket, connection) => new Conversation(options, new RpcResponder(options.service, known), connection).serve(socket),
  })
}

/** One connection: layers of compression and TLS, frames in, answers out. */
class Conversation {
  readonly #options: RpcServerOptions
  readonly #responder: RpcResponder
  readonly #connection: Connection
  readonly #decoder: NettyFrameDecoder
  readonly #waiting: Frame[] = []
  #inFlight = 0
  /** Of messages that wait or are worked on. */
  #bytes = 0
  #handshaken = false
  #inputEnded = false
  #input: Readable | undefined
  #output: Writable | undefined
  /** What is being inflated into. */
  #inflated: ArrayBufferLike | undefined

  constructor(options: RpcServerOptions, responder: RpcResponder, connection: Connection) {
    this.#options = options
    this.#responder = responder
    this.#connection = connection
    this.#decoder = new NettyFrameDecoder(options.maxMessageBytes)
  }

  /** TLS with deflate: 1.10 and 1.11 put TLS records inside zlib, 1.9 compresses inside TLS. The first byte tells which (0x16 is a TLS record). */
  serve(socket: Socket): void {
    const { deflate, secureContext } = this.#options
    const secured = (transport: Duplex): Duplex =>
      secureContext === undefined ? transport : serverSide(transport, secureContext, this.#connection)
    if (secureContext === undefined || !deflate) {
      if (deflate) this.#attachInflated(socket)
      else this.#attach(secured(socket))
      return
    }
    socket.once('readable', () => {
      const first = socket.read(1) as Buffer | null
      // Who only looks whether somebody listens has left already.
      if (first === null) {
        socket.end()
        return
      }
      socket.unshift(first)
      this.#attach(first[0] === 0x16 ? deflated(secured(socket), 6) : secured(deflated(socket, 6)))
    })
  }

  #attachInflated(socket: Socket): void {
    const { input, output } = zlibPair(socket, 6)
    input.on('data', (chunk: Buffer) => this.#release(chunk.buffer))
    this.#attach(input, output)
  }

  /**
   * zlib fills fresh memory, one piece after another. Called before a chunk is looked at: when it lies in the next piece, nothing of the one
   * before is needed, as frames have their own bytes. Leaving it to the collector costs more than inflating.
   */
  #release(next: ArrayBufferLike): void {
    const last = this.#inflated
    this.#inflated = next
    if (last !== next && last instanceof ArrayBuffer && last.byteLength === inflatedBytes) last.transfer(0)
  }

  #attach(input: Readable, output: Writable = input as Duplex): void {
    this.#input = input
    this.#output = output
    input.on('data', (chunk: Buffer) => this.#received(chunk))
    for (const stream of new Set([input, output])) stream.on('error', (error: Error) => this.#connection.refuse(error.message))
    output.on('drain', () => this.#work())
    input.on('end', () => {
      this.#inputEnded = true
      this.#work()
    })
    input.resume()
  }

  #received(chunk: Buffer): void {
    let frames: Frame[]
    try {
      frames = this.#decoder.push(chunk)
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error
      this.#connection.refuse(error.message)
      return
    }
    for (const frame of frames) {
      this.#waiting.push(frame)
      this.#bytes += frame.message.length
    }
    if (frames.length > 0) this.#connection.working(this.#bytes)
    this.#connection.received(this.#decoder.heldBytes, frames.length > 0)
    this.#work()
  }

  /**
   * Until the handshake is answered, one message at a time: what the second one means depends on the first. Nothing more is read while
   * messages wait, or while the client does not read its answers.
   */
  #work(): void {
    const [input, output] = [this.#input, this.#output]
    while (this.#waiting.length > 0 && this.#inFlight < (this.#handshaken ? this.#options.maxInFlight : 1)) {
      const frame = this.#waiting.shift()!
      const answer = this.#responder.respond(frame.message)
      if (answer instanceof Promise) void this.#answerLater(frame, answer)
      else this.#answer(frame, answer)
    }
    if (this.#waiting.length > 0 || output?.writableNeedDrain === true) input?.pause()
    else input?.resume()
    if (this.#inputEnded && this.#inFlight === 0) output?.end()
  }

  async #answerLater(frame: Frame, answer: Promise<Uint8Array[]>): Promise<void> {
    this.#inFlight++
    const buffers = await answer
    this.#inFlight--
    this.#answer(frame, buffers)
    this.#work()
  }

  #answer(frame: Frame, buffers: readonly Uint8Array[]): void {
    this.#bytes -= frame.message.length
    if (this.#options.reuseMemory === true) this.#decoder.giveBack(frame)
    this.#connection.working(this.#bytes)
    this.#handshaken = true
    if (this.#output?.writable === true) this.#output.write(encodeFrame(frame.serial, buffers))
  }
}

/** What is inflated at once: each further piece is a round trip to a thread. */
const inflatedBytes = 256 * 1024

/** What inflates what comes over `transport`, and what deflates what goes: each direction one zlib stream, flushed after each write. */
function zlibPair(transport: Duplex, level: number): { input: Readable; output: Writable } {
  const inflate = createInflate({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: inflatedBytes })
  const deflate = createDeflate({ level, flush: constants.Z_SYNC_FLUSH })
  transport.pipe(inflate)
  deflate.pipe(transport)
  return { input: inflate, output: deflate }
}

/** The same as one stream. */
export function deflated(transport: Duplex, level: number): Duplex {
  const { input, output } = zlibPair(transport, level)
  return Duplex.from({ readable: input, writable: output })
}
