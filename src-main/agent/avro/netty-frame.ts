// Avro's Netty transceiver frame, in both directions: int32 BE serial, int32 BE n, then n × (int32 BE length, bytes). The message is the
// concatenation of the buffers; where they are cut means nothing. One decoder per connection.
//
// n = 0 never completes in Java's decoder, nor does anything after it on that connection: we keep the same silence ("zero-buffers" recording).

/** A frame that no Flume would send: the connection is closed without an answer, as Java does. */
export class BadFrame extends Error {}

export interface Frame {
  readonly serial: number
  /** Bytes of its own: whoever is given the frame may change them, and keep them unless it gives them back. */
  readonly message: Uint8Array
}

const smallestMessage = 256
/** Memory behind a message, so that a view of its end may reach a little beyond it (event-codec.ts). */
const behindMessage = 64
/** Larger ones are left to the garbage collector. */
const largestSpare = 1 << 20
const nothing = Buffer.alloc(0)
const headBytes = 8
const lengthBytes = 4

/** Copies each byte once, from what the connection brought into the message that it belongs to. */
export class NettyFrameDecoder {
  readonly #maxMessageBytes: number
  /** The frame's head, or a buffer's length, as far as it has come. */
  readonly #field = Buffer.alloc(headBytes)
  #fieldBytes = 0
  #fieldWanted = headBytes
  #serial = 0
  #buffersLeft = 0
  /** Bytes of the buffer that is being read that have not come. */
  #bufferLeft = 0
  /** The message so far; grows by doubling. The last one's size is a good guess for the next. */
  #message: Buffer = nothing
  #messageBytes = 0
  #usualBytes = smallestMessage
  /** Memory of a message that was given back: fresh memory for each would cost more than the copying, in garbage collection. */
  #spare: Buffer | undefined
  /** Of the frame, its head, its lengths and the buffers announced so far included. */
  #frameBytes = 0
  #stuck = false

  /** Throws BadFrame for a message that is announced to be larger than `maxMessageBytes`, before it is buffered. */
  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes
  }

  /** Bytes of a frame that is not whole yet. */
  get heldBytes(): number {
    const begun = this.#fieldWanted === headBytes ? 0 : this.#frameBytes - this.#bufferLeft
    return begun + this.#fieldBytes
  }

  /** Takes what the connection brought, returns the frames that are complete. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = []
    for (let at = 0; at < chunk.length && !this.#stuck; ) {
      at += this.#bufferLeft > 0 ? this.#takeBody(chunk, at) : this.#takeField(chunk, at)
      const whole = this.#fieldWanted === lengthBytes && this.#buffersLeft === 0 && this.#bufferLeft === 0
      if (whole && !this.#stuck) frames.push(this.#whole())
    }
    return frames
  }

  #takeBody(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.#bufferLeft, chunk.length - at)
    const length = this.#messageBytes + taken
    if (length > this.#message.length) this.#grow(length)
    this.#message.set(taken === chunk.length ? chunk : chunk.subarray(at, at + taken), this.#messageBytes)
    this.#messageBytes = length
    this.#bufferLeft -= taken
    return taken
  }

  #grow(length: number): void {
    const usual = this.#messageBytes === 0 ? this.#usualBytes : Math.min(this.#message.length * 2, this.#maxMessageBytes)
    const grown = this.#memory(Math.max(length, usual) + behindMessage)
    this.#message.copy(grown, 0, 0, this.#messageBytes)
    this.#message = grown
  }

  #memory(length: number): Buffer {
    const spare = this.#spare
    if (spare === undefined || spare.length < length) return Buffer.allocUnsafeSlow(length)
    this.#spare = undefined
    return spare
  }

  /** The message of a frame is needed no more: its memory is used again. */
  giveBack({ message }: Frame): void {
    if (message.buffer.byteLength <= largestSpare) this.#spare = Buffer.from(message.buffer as ArrayBuffer)
  }

  #takeField(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.#fieldWanted - this.#fieldBytes, chunk.length - at)
    for (let index = 0; index < taken; index++) this.#field[this.#fieldBytes + index] = chunk[at + index]!
    this.#fieldBytes += taken
    if (this.#fieldBytes < this.#fieldWanted) return taken
    this.#fieldBytes = 0
    if (this.#fieldWanted === headBytes) this.#begin()
    else this.#announced(this.#field.readInt32BE(0))
    return taken
  }

  #begin(): void {
    this.#serial = this.#field.readInt32BE(0)
    this.#buffersLeft = this.#field.readInt32BE(4)
    this.#fieldWanted = lengthBytes
    this.#frameBytes = headBytes
    if (this.#buffersLeft === 0) this.#stuck = true
    else if (this.#buffersLeft < 0 || this.#buffersLeft > this.#maxMessageBytes / lengthBytes)
      throw new BadFrame(`A frame announces ${this.#buffersLeft} buffers.`)
  }

  #announced(length: number): void {
    this.#frameBytes += lengthBytes + length
    if (length < 0 || this.#frameBytes > this.#maxMessageBytes)
      throw new BadFrame(`A frame announces a buffer of ${length} bytes; the limit for a message is ${this.#maxMessageBytes}.`)
    this.#bufferLeft = length
    this.#buffersLeft -= 1
  }

  #whole(): Frame {
    const frame = { serial: this.#serial, message: this.#message.subarray(0, this.#messageBytes) }
    this.#usualBytes = Math.max(smallestMessage, this.#messageBytes)
    this.#message = nothing
    this.#messageBytes = 0
    this.#fieldWanted = headBytes
    return frame
  }
}

/** A frame of these buffers. */
export function encodeFrame(serial: number, buffers: readonly Uint8Array[]): Buffer {
  let size = 8
  for (const buffer of buffers) size += 4 + buffer.length
  const frame = Buffer.allocUnsafe(size)
  frame.writeInt32BE(serial, 0)
  frame.writeInt32BE(buffers.length, 4)
  let position = 8
  for (const buffer of buffers) {
    position = frame.writeInt32BE(buffer.length, position)
    frame.set(buffer, position)
    position += buffer.length
  }
  return frame
}
