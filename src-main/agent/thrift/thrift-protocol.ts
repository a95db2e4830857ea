// What Flume's Thrift service needs of Thrift's two protocols, compact and binary: reading fields, maps, lists and binary; skipping what is unknown.
// Type numbers are those of the binary protocol (TType); compact ones are translated.

export const TType = {
  stop: 0,
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  binary: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
} as const

export const MessageType = { call: 1, reply: 2, exception: 3, oneway: 4 } as const

/** Bytes that are no message of this protocol. The connection is closed without an answer, as Flume's server does. */
export class BadThrift extends Error {}

/**
 * What Flume's Thrift library calls a TProtocolException. Where it comes while arguments are read, the client hears it in these words and the
 * connection stays; anywhere else it is closed.
 */
export class ProtocolError extends BadThrift {}

export interface ThriftMessage {
  readonly name: string
  readonly type: number
  readonly serial: number
}

export interface ThriftReader {
  message(): ThriftMessage
  structBegin(): void
  /** The next field, or undefined at the struct's end. */
  field(): { type: number; id: number } | undefined
  structEnd(): void
  list(): { type: number; size: number }
  map(): { keyType: number; valueType: number; size: number }
  /** A view of text in UTF-8. */
  text(): Uint8Array
  /** A view. */
  binary(): Uint8Array
  i32(): number
  skip(type: number): void
}

export interface ThriftWriter {
  message(message: ThriftMessage): void
  structBegin(): void
  field(type: number, id: number): void
  /** Ends a struct: its stop byte. */
  structEnd(): void
  list(type: number, size: number): void
  map(keyType: number, valueType: number, size: number): void
  binary(bytes: Uint8Array): void
  i32(value: number): void
  finish(): Buffer
}

export type ThriftProtocolName = 'compact' | 'binary'

/** What a message may hold to Flume's Thrift library, by what its collections announce. */
const mostBytes = 100 * 1024 * 1024

/** Bounds-checked bytes under both readers. */
export class ThriftInput {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  take(length: number): Uint8Array {
    if (length < 0 || length > this.#bytes.length - this.#at)
      throw new BadThrift(`A value of ${length} bytes does not fit into its message.`)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  byte(): number {
    return this.take(1)[0]!
  }

  int16(): number {
    this.take(2)
    return this.#view.getInt16(this.#at - 2)
  }

  int32(): number {
    this.take(4)
    return this.#view.getInt32(this.#at - 4)
  }

  /** A variable-length 32-bit integer. However long it is, it goes on as Java shifts it. */
  varint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }

  /** Refuses a collection of more bytes than any message has. Elements that are not there are missed when they are read. */
  checkRoom(bytes: number): void {
    if (bytes > mostBytes - 4 - this.#bytes.length)
      throw new BadThrift(`A collection announces ${bytes} bytes, more than a message may have.`)
  }
}

/** A length or a count as Flume's Thrift library takes it. */
export function notNegative(length: number): number {
  if (length < 0) throw new ProtocolError(`Negative length: ${length}`)
  return length
}

/** Java's stack holds some thousands. */
const maxDepth = 1000

const fixedBytes: Readonly<Record<number, number>> = {
  [TType.bool]: 1,
  [TType.byte]: 1,
  [TType.double]: 8,
  [TType.i16]: 2,
  [TType.i32]: 4,
  [TType.i64]: 8,
}

/** Passes over a value of any type; `fixed` over one whose width in the binary protocol is given. */
export function skipValue(reader: ThriftReader, type: number, fixed: (type: number, bytes: number) => void, depth = 0): void {
  if (depth > maxDepth) throw new BadThrift(`Structs are nested deeper than ${maxDepth}.`)
  const again = (inner: number): void => skipValue(reader, inner, fixed, depth + 1)
  const width = fixedBytes[type]
  if (width !== undefined) fixed(type, width)
  else if (type === TType.binary) reader.binary()
  else if (type === TType.struct) {
    reader.structBegin()
    for (let field = reader.field(); field !== undefined; field = reader.field()) again(field.type)
    reader.structEnd()
  } else if (type === TType.map) {
    const { keyType, valueType, size } = reader.map()
    for (let entry = 0; entry < size; entry++) {
      again(keyType)
      again(valueType)
    }
  } else if (type === TType.set || type === TType.list) {
    const list = reader.list()
    for (let entry = 0; entry < list.size; entry++) again(list.type)
  } else throw new ProtocolError(`Unrecognized type ${(type << 24) >> 24}`)
}
