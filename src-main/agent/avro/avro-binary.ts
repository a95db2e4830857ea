// Avro's binary primitives on a byte array: zig-zag integers, length-prefixed bytes and text, blocks of maps and arrays.
// Records come and go here without an object per datum, which is why avsc is not used on this path (it is for schemas and files).

import { javaUtf8Text } from '../serialization/charset.ts'

/** The bytes end before the datum does. Java's decoder answers java.io.EOFException. */
export class AvroEndOfData extends Error {
  constructor() {
    super('java.io.EOFException')
    this.name = 'AvroEndOfData'
  }
}

/** The bytes are no Avro: a length below zero, an integer without an end. A peer hears it as Java says it. */
export class AvroMalformed extends Error {
  readonly javaClass: string

  constructor(message: string, javaClass = 'org.apache.avro.AvroRuntimeException') {
    super(message)
    this.javaClass = javaClass
  }
}

const endless = (kind: 'int' | 'long'): AvroMalformed =>
  new AvroMalformed(`Invalid ${kind} encoding`, 'org.apache.avro.InvalidNumberEncodingException')

/** The longest array of Java's. */
const longest = 2 ** 31 - 9

/** What Java makes of an entry's block: room for as many as the count's lower 32 bits say. */
const noRoom = {
  map: (count: number) => new AvroMalformed(`Illegal initial capacity: ${count}`, 'java.lang.IllegalArgumentException'),
  array: (count: number) => new AvroMalformed(`${count}`, 'java.lang.NegativeArraySizeException'),
}

export class AvroReader {
  readonly bytes: Uint8Array
  position: number

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes
    this.position = position
  }

  /** A zig-zag int. Throws AvroEndOfData when the bytes end, AvroMalformed when it is longer than 5 bytes. */
  readInt(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#next()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    throw endless('int')
  }

  /** A zig-zag int or long, exact up to 2^53. Throws AvroEndOfData when the bytes end, AvroMalformed when it is longer than 10 bytes. */
  readLong(): number {
    return Number(this.#long())
  }

  #long(): number | bigint {
    const first = this.#next()
    if (first < 0x80) return (first >>> 1) ^ -(first & 1)
    const start = this.position - 1
    let byte = first
    let value = first & 0x7f
    // Seven bytes are 49 bits.
    for (let scale = 128; byte >= 0x80 && this.position - start < 7; scale *= 128) {
      byte = this.#next()
      value += (byte & 0x7f) * scale
    }
    if (byte >= 0x80) return this.#restOfLong(BigInt(value))
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** What follows seven bytes. */
  #restOfLong(low: bigint): bigint {
    let value = low
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#next()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return (BigInt.asUintN(64, value) >> 1n) ^ -(value & 1n)
    }
    throw endless('long')
  }

  /** Length of bytes that follow; they are known to be there. */
  readLength(): number {
    const length = this.readInt()
    if (length > longest)
      throw new AvroMalformed(`Cannot read arrays longer than ${longest} bytes`, 'java.lang.UnsupportedOperationException')
    if (length < 0) throw new AvroMalformed(`Malformed data. Length is negative: ${length}`)
    return this.#known(length)
  }

  readBytes(): Uint8Array {
    return this.readFixed(this.readLength())
  }

  /** Text as it stands in the message: its length is a long, and refused in other words. */
  readTextBytes(): Uint8Array {
    const length = this.#long()
    if (length > longest)
      throw new AvroMalformed(`Cannot read strings longer than ${longest} bytes`, 'java.lang.UnsupportedOperationException')
    if (length < 0) throw new AvroMalformed(`Malformed data. Length is negative: ${length}`)
    return this.readFixed(Number(length))
  }

  readFixed(length: number): Uint8Array {
    this.position += this.#known(length)
    return this.bytes.subarray(this.position - length, this.position)
  }

  readText(): string {
    return javaUtf8Text(this.readTextBytes())
  }

  /** Which of so many branches of a union follows. */
  readBranch(branches: number): number {
    const index = this.readInt()
    if (index < 0 || index >= branches)
      throw new AvroMalformed(`Index ${index} out of bounds for length ${branches}`, 'java.lang.ArrayIndexOutOfBoundsException')
    return index
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

  /** As readBlockCount, of the block that a map or an array begins with. */
  readFirstBlockCount(of: keyof typeof noRoom): number {
    const count = this.readBlockCount()
    if ((count | 0) < 0) throw noRoom[of](count | 0)
    return count
  }

  #known(length: number): number {
    if (length > this.bytes.length - this.position) throw new AvroEndOfData()
    return length
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
