// What an Avro RPC server does with one message of one connection: handshake, call, answer. No sockets here: bytes in, buffers out, so that
// recorded conversations can be replayed against it. Behaviour as recorded from Flume 1.11 (avro-ipc-netty 1.11.0).
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { AvroEndOfData, AvroReader, AvroWriter } from './avro-binary.ts'
import { readEvents } from './event-codec.ts'
import { encodeHandshakeResponse, protocolHash, readHandshakeRequest, skipMetadata } from './source-protocol.ts'

/** Client protocols that a source has met, by the hash the client claims. One per source, shared by its connections, bounded. */
export class KnownProtocols {
  readonly #hashes = new Set<string>([hex(protocolHash)])
  static readonly limit = 1000

  has(hash: Uint8Array): boolean {
    return this.#hashes.has(hex(hash))
  }

  add(hash: Uint8Array): void {
    if (this.#hashes.size < KnownProtocols.limit) this.#hashes.add(hex(hash))
  }
}

/** Stores what a client sent. `OK` after the channel's commit; `FAILED` asks the client to send again. Rejects with what an RPC error says. */
export type AppendHandler = (batch: EventBatch, kind: 'append' | 'appendBatch') => Promise<'OK' | 'FAILED'>

const emptyBuffer = Buffer.alloc(0)
const noMetadata = Buffer.from([0])

export class RpcResponder {
  readonly #known: KnownProtocols
  readonly #append: AppendHandler
  #established = false

  constructor(known: KnownProtocols, append: AppendHandler) {
    this.#known = known
    this.#append = append
  }

  /** The buffers of the answer to one message. */
  async respond(message: Uint8Array): Promise<Buffer[]> {
    let handshake: Buffer = emptyBuffer
    try {
      const reader = new AvroReader(message)
      if (!this.#established) {
        handshake = this.#shakeHands(reader)
        if (!this.#established) return [handshake]
      }
      skipMetadata(reader)
      const name = reader.readText()
      if (name === '') return [handshake]
      return [handshake, noMetadata, await this.#call(name, reader)]
    } catch (error) {
      return [handshake, noMetadata, errorPayload(error)]
    }
  }

  /** Answers NONE while the client's protocol is unknown: no call is executed until it has sent its text. */
  #shakeHands(reader: AvroReader): Buffer {
    const request = readHandshakeRequest(reader)
    if (request.clientProtocol !== null) this.#known.add(request.clientHash)
    else if (!this.#known.has(request.clientHash)) return encodeHandshakeResponse('NONE')
    this.#established = true
    return encodeHandshakeResponse(protocolHash.equals(request.serverHash) ? 'BOTH' : 'CLIENT')
  }

  async #call(name: string, reader: AvroReader): Promise<Buffer> {
    if (name !== 'append' && name !== 'appendBatch')
      throw new Error(`org.apache.avro.AvroRuntimeException: No such remote message: ${name}`)
    const status = await this.#append(readEvents(reader, name), name)
    return Buffer.from([0, status === 'OK' ? 0 : 2])
  }
}

/** Error flag, index 0 of the error union (the system error), its text as Java's toString() gives it. */
function errorPayload(error: unknown): Buffer {
  const writer = new AvroWriter()
  writer.writeByte(1)
  writer.writeLong(0)
  writer.writeText(error instanceof AvroEndOfData || !(error instanceof Error) ? 'java.io.EOFException' : error.message)
  return writer.finish()
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
