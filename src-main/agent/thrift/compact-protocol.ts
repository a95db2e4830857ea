// Thrift's compact protocol (TCompactProtocol): 0x82, version and type in a byte, varints; field ids as deltas; types of four bits.
import { AvroWriter as ByteWriter } from '../avro/avro-binary.ts'
import { javaUtf8Text } from '../serialization/charset.ts'
import {
  BadThrift,
  notNegative,
  ProtocolError,
  skipValue,
  ThriftInput,
  type ThriftMessage,
  type ThriftReader,
  type ThriftWriter,
  TType,
} from './thrift-protocol.ts'

/** Compact type → TType. Booleans carry their value in the type: 1 true, 2 false. */
const types = [
  TType.stop,
  TType.bool,
  TType.bool,
  TType.byte,
  TType.i16,
  TType.i32,
  TType.i64,
  TType.double,
  TType.binary,
  TType.list,
  TType.set,
  TType.map,
  TType.struct,
]

const typeOf = (compact: number): number => {
  const type = types[compact]
  if (type === undefined) throw new ProtocolError(`don't know what type: ${compact}`)
  return type
}

/** The fewest bytes that a value of a type takes: its varint's one. */
const leastBytes = (type: number): number => (type === TType.stop || type === TType.struct ? 0 : type === TType.double ? 8 : 1)

export function compactReader(bytes: Uint8Array): ThriftReader {
  const input = new ThriftInput(bytes)
  const ids: number[] = []
  let lastId = 0
  let booleanField = false
  const zigzag = (): number => {
    const value = input.varint()
    return (value >>> 1) ^ -(value & 1)
  }
  const reader: ThriftReader = {
    message(): ThriftMessage {
      if (input.byte() !== 0x82) throw new BadThrift('The message is not of the compact protocol.')
      const head = input.byte()
      if ((head & 0x1f) !== 1) throw new BadThrift(`The message is of version ${head & 0x1f} of the compact protocol, not 1.`)
      const serial = input.varint()
      return { type: (head >> 5) & 7, serial, name: javaUtf8Text(reader.text()) }
    },
    structBegin() {
      ids.push(lastId)
      lastId = 0
    },
    field() {
      const head = input.byte()
      if (head === 0) return undefined
      const delta = head >> 4
      lastId = int16(delta === 0 ? zigzag() : lastId + delta)
      const type = typeOf(head & 0xf)
      booleanField = type === TType.bool
      return type === TType.stop ? undefined : { type, id: lastId }
    },
    structEnd() {
      lastId = ids.pop() ?? 0
    },
    list() {
      const head = input.byte()
      const size = head >> 4
      const count = notNegative(size === 15 ? input.varint() : size)
      const type = typeOf(head & 0xf)
      input.checkRoom(Math.imul(count, leastBytes(type)))
      return { type, size: count }
    },
    map() {
      const size = notNegative(input.varint())
      const kinds = size === 0 ? 0 : input.byte()
      const [keyType, valueType] = [typeOf(kinds >> 4), typeOf(kinds & 0xf)]
      input.checkRoom(size * (leastBytes(keyType) + leastBytes(valueType)))
      return { size, keyType, valueType }
    },
    // A negative length is a protocol error here, and ends a call of Java's there.
    text: () => input.take(notNegative(input.varint())),
    binary: () => input.take(input.varint()),
    i32: zigzag,
    skip: (type) =>
      skipValue(reader, type, (kind) => {
        // Integers are varints here, whatever their width; a boolean field has no bytes of its own.
        if (kind === TType.double) input.take(8)
        else if (kind === TType.bool && booleanField) booleanField = false
        else if (kind === TType.bool || kind === TType.byte) input.take(1)
        else input.varint()
      }),
  }
  return reader
}

const int16 = (value: number): number => (value << 16) >> 16

export function compactWriter(): ThriftWriter {
  const out = new ByteWriter()
  const ids: number[] = []
  let lastId = 0
  const varint = (value: number): void => {
    let rest = value >>> 0
    while (rest >= 0x80) {
      out.writeByte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    out.writeByte(rest)
  }
  const zigzag = (value: number): void => varint((value << 1) ^ (value >> 31))
  const binary = (bytes: Uint8Array): void => {
    varint(bytes.length)
    out.writeFixed(bytes)
  }
  return {
    message({ name, type, serial }) {
      out.writeByte(0x82)
      out.writeByte((type << 5) | 1)
      varint(serial)
      binary(Buffer.from(name))
    },
    structBegin() {
      ids.push(lastId)
      lastId = 0
    },
    field(type, id) {
      const compact = types.lastIndexOf(type as (typeof types)[number])
      const delta = id - lastId
      if (delta > 0 && delta <= 15) out.writeByte((delta << 4) | compact)
      else {
        out.writeByte(compact)
        zigzag(id)
      }
      lastId = id
    },
    structEnd() {
      out.writeByte(0)
      lastId = ids.pop() ?? 0
    },
    list(type, size) {
      const compact = types.lastIndexOf(type as (typeof types)[number])
      out.writeByte((Math.min(size, 15) << 4) | compact)
      if (size >= 15) varint(size)
    },
    map(keyType, valueType, size) {
      varint(size)
      if (size > 0)
        out.writeByte((types.lastIndexOf(keyType as (typeof types)[number]) << 4) | types.lastIndexOf(valueType as (typeof types)[number]))
    },
    binary,
    i32: zigzag,
    finish: () => out.finish(),
  }
}
