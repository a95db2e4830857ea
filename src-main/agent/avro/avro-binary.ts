// Avro's binary primitives on a byte array: zig-zag integers, length-prefixed bytes and text, blocks of maps and arrays.
// Records come and go here without an object per datum, which is why avsc is not used on this path (it is for schemas and files).

/** The bytes end before the datum does. Java's decoder answers java.io.EOFException. */
export class AvroEndOfData extends Error {
  constructor() {
    super('java.io.EOFException')
    this.name = 'AvroEndOfData'
  }
}

/** The bytes are no Avro: a length below zero, an integer without an end. */
export class AvroMalformed extends Error {}

const textDecoder = new TextDecoder('utf-8', { ignoreBOM: true })

export class AvroReader {
  readonly bytes: Uint8Array
  position: number

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes
    this.position = position
  }

  /** A zig-zag int or long, exact up to 2^53. Throws AvroEndOfData when the bytes end, AvroMalformed when it is longer than 10 bytes. */
  readLong(): number {
    const bytes = this.bytes
    let byte = this.#next()
    let value = byte & 0x7f
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    let scale = 128
    for (let count = 1; byte >= 0x80; count++) {
      if (count === 10) throw new AvroMalformed('An integer is longer than ten bytes.')
      if (this.position >= bytes.length) throw new AvroEndOfData()
      byte = bytes[this.position++]!
      value += (byte & 0x7f) * scale
      scale *= 128
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** Length of bytes or text that follow; they are known to be there. */
  readLength(): number {
    const length = this.readLong()
    if (length < 0) throw new AvroMalformed(`Malformed data. Length is negative: ${length}`)
    if (length > this.bytes.length - this.position) throw new AvroEndOfData()
    return length
  }

  readBytes(): Uint8Array {
    const length = this.readLength()
    const start = this.position
    this.position += length
    return this.bytes.subarray(start, this.position)
  }

  readFixed(length: number): Uint8Array {
    if (length > this.bytes.length - this.position) throw new AvroEndOfData()
    this.position += length
    return this.bytes.subarray(this.position - length, this.position)
  }

  readText(): string {
    return textDecoder.decode(this.readBytes())
  }

  readBoolean(): boolean {
    return this.#next() !== 0
  }

  /** Number of items in the next block of a map or array; 0 ends it. A negative count is followed by the block's size, which is not needed. */
  readBlockCount(): number {
    const count = this.readLong()
    if (count >= 0) return count
    this.readLong()
    return -count
  }

  #next(): number {
    if (this.position >= this.bytes.length) throw new AvroEndOfData()
    return this.bytes[this.position++]!
  }
}

/** A growing byte array to write Avro's primitives into. */
export class AvroWriter {
  #bytes: Buffer
  #end = 0

  constructor(capacity = 256) {
    this.#bytes = Buffer.allocUnsafe(capacity)
  }

  writeLong(value: number): void {
    this.#reserve(10)
    let rest = value >= 0 ? value * 2 : -value * 2 - 1
    while (rest >= 0x80) {
      this.#bytes[this.#end++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#end++] = rest
  }

  writeFixed(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#end)
    this.#end += bytes.length
  }

  writeBytes(bytes: Uint8Array): void {
    this.writeLong(bytes.length)
    this.writeFixed(bytes)
  }

  writeText(text: string): void {
    const length = Buffer.byteLength(text)
    this.writeLong(length)
    this.#reserve(length)
    this.#end += this.#bytes.write(text, this.#end)
  }

  writeByte(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#end++] = byte
  }

  /** What was written; the writer must not be used afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#end)
  }

  #reserve(more: number): void {
    if (this.#end + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + more))
    this.#bytes.copy(grown, 0, 0, this.#end)
    this.#bytes = grown
  }
}
