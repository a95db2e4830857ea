// Thrift's framed transport: int32 BE length, then a message.
import { BadThrift } from './thrift-protocol.ts'

export class FramedDecoder {
  readonly #maxMessageBytes: number
  #held: Uint8Array[] = []
  #heldBytes = 0
  #wanted = 4

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes
  }

  /** Bytes of a message that is not whole yet. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Complete messages. Throws BadThrift for an announced length that is negative or over the limit, before it is buffered. */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
    const messages: Uint8Array[] = []
    while (this.#heldBytes >= this.#wanted) {
      const bytes = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held, this.#heldBytes)
      const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(0)
      if (length < 0 || length > this.#maxMessageBytes)
        throw new BadThrift(`A frame announces ${length} bytes; the limit is ${this.#maxMessageBytes}.`)
      this.#held = [bytes]
      this.#wanted = 4 + length
      if (bytes.length < this.#wanted) break
      messages.push(bytes.subarray(4, this.#wanted))
      this.#held = [bytes.subarray(this.#wanted)]
      this.#heldBytes = bytes.length - this.#wanted
      this.#wanted = 4
    }
    return messages
  }
}

export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(4 + message.length)
  frame.writeInt32BE(message.length, 0)
  frame.set(message, 4)
  return frame
}
