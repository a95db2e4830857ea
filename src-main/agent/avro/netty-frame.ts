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

const nothing = Buffer.alloc(0)

export class NettyFrameDecoder {
  readonly #maxMessageBytes: number
  /** What came of a frame that is not whole: the first `#heldBytes` bytes of `#held`, which grows by doubling. */
  #held: Buffer = nothing
  #heldBytes = 0
  /** How far the frame has been looked through: buffers passed, and where the next one begins. */
  #passed = 0
  #position = 8
  #stuck = false

  /** Throws BadFrame for a message that is announced to be larger than `maxMessageBytes`, before it is buffered. */
  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes
  }

  /** Bytes of a frame that is not whole yet. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Takes what the connection brought, returns the frames that are complete. */
  push(chunk: Uint8Array): Frame[] {
    if (this.#stuck) return []
    const bytes = this.#heldBytes === 0 ? chunk : this.#append(chunk)
    const frames: Frame[] = []
    let start = 0
    for (let end = this.#endOfFrame(bytes); end !== undefined; end = this.#endOfFrame(bytes.subarray(start))) {
      frames.push(frameOf(bytes.subarray(start, start + end)))
      start += end
      this.#passed = 0
      this.#position = 8
    }
    this.#keep(bytes, start)
    return frames
  }

  #append(chunk: Uint8Array): Buffer {
    const length = this.#heldBytes + chunk.length
    if (length > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, Math.min(this.#held.length * 2, this.#maxMessageBytes + 8)))
      this.#held.copy(grown, 0, 0, this.#heldBytes)
      this.#held = grown
    }
    this.#held.set(chunk, this.#heldBytes)
    this.#heldBytes = length
    return this.#held.subarray(0, length)
  }

  /** Keeps what begins at `start`. Frames that were returned are views of the bytes before it, which are left alone. */
  #keep(bytes: Uint8Array, start: number): void {
    if (this.#stuck || start === bytes.length) {
      this.#held = nothing
      this.#heldBytes = 0
    } else if (start > 0 || this.#heldBytes === 0) {
      this.#held = Buffer.from(bytes.subarray(start))
      this.#heldBytes = this.#held.length
    }
  }

  /** Where the frame that `bytes` begins with ends, or undefined when more must come. */
  #endOfFrame(bytes: Uint8Array): number | undefined {
    if (bytes.length < 8) return undefined
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const buffers = view.getInt32(4)
    if (buffers === 0) {
      this.#stuck = true
      return undefined
    }
    if (buffers < 0 || buffers > this.#maxMessageBytes / 4) throw new BadFrame(`A frame announces ${buffers} buffers.`)
    while (this.#passed < buffers && this.#position + 4 <= bytes.length) {
      const length = view.getInt32(this.#position)
      const end = this.#position + 4 + length
      if (length < 0 || end > this.#maxMessageBytes)
        throw new BadFrame(`A frame announces a buffer of ${length} bytes; the limit for a message is ${this.#maxMessageBytes}.`)
      if (end > bytes.length) return undefined
      this.#position = end
      this.#passed++
    }
    return this.#passed === buffers ? this.#position : undefined
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
