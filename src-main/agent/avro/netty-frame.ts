// Avro's Netty transceiver frame, in both directions: int32 BE serial, int32 BE n, then n × (int32 BE length, bytes). The message is the
// concatenation of the buffers; where they are cut means nothing. One decoder per connection.
//
// n = 0 never completes in Java's decoder, nor does anything after it on that connection: we keep the same silence ("zero-buffers" recording).

/** A frame that no Flume would send: the connection is closed without an answer, as Java does. */
export class BadFrame extends Error {}

export interface Frame {
  readonly serial: number
  readonly message: Uint8Array
}

export class NettyFrameDecoder {
  readonly #maxMessageBytes: number
  #chunks: Uint8Array[] = []
  #held = 0
  #wanted = 8
  #stuck = false

  /** Throws BadFrame for a message that is announced to be larger than `maxMessageBytes`, before it is buffered. */
  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes
  }

  /** Takes what the connection brought, returns the frames that are complete. */
  push(chunk: Uint8Array): Frame[] {
    if (this.#stuck) return []
    this.#chunks.push(chunk)
    this.#held += chunk.length
    const frames: Frame[] = []
    while (this.#held >= this.#wanted) {
      const bytes = this.#joined()
      const size = this.#frameSize(bytes)
      if (size === undefined) break
      frames.push(frameOf(bytes.subarray(0, size)))
      this.#chunks = size === bytes.length ? [] : [bytes.subarray(size)]
      this.#held = bytes.length - size
      this.#wanted = 8
    }
    return frames
  }

  #joined(): Uint8Array {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks, this.#held)]
    return this.#chunks[0] ?? new Uint8Array(0)
  }

  /** Bytes of the first frame, or undefined when more must come; then #wanted says how many are needed to look again. */
  #frameSize(bytes: Uint8Array): number | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const buffers = view.getInt32(4)
    if (buffers === 0) {
      this.#stuck = true
      this.#chunks = []
      this.#held = 0
      return undefined
    }
    if (buffers < 0 || buffers > this.#maxMessageBytes / 4) throw new BadFrame(`A frame announces ${buffers} buffers.`)
    let position = 8
    for (let index = 0; index < buffers; index++) {
      if (position + 4 > bytes.length) {
        this.#wanted = position + 4
        return undefined
      }
      const length = view.getInt32(position)
      position += 4 + length
      if (length < 0 || position > this.#maxMessageBytes)
        throw new BadFrame(`A frame announces a buffer of ${length} bytes; the limit for a message is ${this.#maxMessageBytes}.`)
    }
    if (position <= bytes.length) return position
    this.#wanted = position
    return undefined
  }
}

function frameOf(bytes: Uint8Array): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const buffers = view.getInt32(4)
  const serial = view.getInt32(0)
  if (buffers === 1) return { serial, message: bytes.subarray(12) }
  const parts: Uint8Array[] = []
  let position = 8
  for (let index = 0; index < buffers; index++) {
    const length = view.getInt32(position)
    parts.push(bytes.subarray(position + 4, position + 4 + length))
    position += 4 + length
  }
  return { serial, message: Buffer.concat(parts) }
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
