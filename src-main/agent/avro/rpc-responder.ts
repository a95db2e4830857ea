// What an Avro RPC server does with one message of one connection: handshake, call, answer. No sockets here: bytes in, buffers out, so that
// recorded conversations can be replayed against it. Behaviour as recorded from Flume 1.11 (avro-ipc-netty 1.11.0) and SparkSink (Avro 1.8.2).
import { AvroEndOfData, AvroMalformed, AvroReader, AvroWriter } from './avro-binary.ts'
import { type AvroProtocol, encodeHandshakeResponse, readHandshakeRequest, skipMetadata } from './handshake.ts'

/** A protocol with what its messages do. */
export interface RpcService {
  readonly protocol: AvroProtocol
  /** The encoded result, now or later; undefined when there is no such message. What it throws or rejects with goes to the client as an RPC error. */
  call(name: string, parameters: AvroReader): Uint8Array | Promise<Uint8Array> | undefined
}

/** Client protocols that a server has met, by the hash the client claims. One per server, shared by its connections, bounded. */
export class KnownProtocols {
  readonly #hashes: Set<string>
  static readonly limit = 1000

  constructor(own: AvroProtocol) {
    this.#hashes = new Set([hex(own.hash)])
  }

  has(hash: Uint8Array): boolean {
    return this.#hashes.has(hex(hash))
  }

  add(hash: Uint8Array): void {
    if (this.#hashes.size < KnownProtocols.limit) this.#hashes.add(hex(hash))
  }
}

const emptyBuffer = Buffer.alloc(0)
const noMetadata = Buffer.from([0])
const noError = Buffer.from([0])
/** Avro's ByteBufferOutputStream cuts an answer into buffers of this size. */
const bufferBytes = 8192

export class RpcResponder {
  readonly #service: RpcService
  readonly #known: KnownProtocols
  #established = false

  constructor(service: RpcService, known: KnownProtocols) {
    this.#service = service
    this.#known = known
  }

  /** The buffers of the answer to one message, at once when its call needs no time. Never throws or rejects. */
  respond(message: Uint8Array): Uint8Array[] | Promise<Uint8Array[]> {
    let handshake: Uint8Array = emptyBuffer
    const failed = (error: unknown): Uint8Array[] => [handshake, noMetadata, errorPayload(error)]
    try {
      const reader = new AvroReader(message)
      if (!this.#established) {
        handshake = this.#shakeHands(reader)
        if (!this.#established) return [handshake]
      }
      skipMetadata(reader)
      const name = reader.readText()
      if (name === '') return [handshake]
      const result = this.#service.call(name, reader)
      if (result === undefined) throw new Error(`org.apache.avro.AvroRuntimeException: No such remote message: ${name}`)
      const answered = (value: Uint8Array): Uint8Array[] => [handshake, noMetadata, ...cut(Buffer.concat([noError, value]))]
      return result instanceof Promise ? result.then(answered, failed) : answered(result)
    } catch (error) {
      return failed(error)
    }
  }

  /** Answers NONE while the client's protocol is unknown: no call is executed until it has sent its text. */
  #shakeHands(reader: AvroReader): Buffer {
    const { protocol } = this.#service
    const request = readHandshakeRequest(reader)
    if (request.clientProtocol !== null) this.#known.add(request.clientHash)
    else if (!this.#known.has(request.clientHash)) return encodeHandshakeResponse(protocol, 'NONE')
    this.#established = true
    return encodeHandshakeResponse(protocol, protocol.hash.equals(request.serverHash) ? 'BOTH' : 'CLIENT')
  }
}

function cut(payload: Buffer): Buffer[] {
  const buffers: Buffer[] = []
  for (let at = 0; at < payload.length; at += bufferBytes) buffers.push(payload.subarray(at, at + bufferBytes))
  return buffers
}

/** Error flag, index 0 of the error union (the system error), its text as Java's toString() gives it. */
function errorPayload(error: unknown): Buffer {
  const writer = new AvroWriter()
  writer.writeByte(1)
  writer.writeLong(0)
  writer.writeText(javaText(error))
  return writer.finish()
}

function javaText(error: unknown): string {
  if (error instanceof AvroEndOfData || !(error instanceof Error)) return 'java.io.EOFException'
  return error instanceof AvroMalformed ? `${error.javaClass}: ${error.message}` : error.message
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
