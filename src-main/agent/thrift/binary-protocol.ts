// Thrift's binary protocol (TBinaryProtocol): everything fixed-width and big-endian. Strict messages: int32 0x8001 << 16 | type, name, serial.
import { AvroWriter as ByteWriter } from '../avro/avro-binary.ts'
import { javaUtf8Text } from '../serialization/charset.ts'
import {
  BadThrift,
  notNegative,
  skipValue,
  ThriftInput,
  type ThriftMessage,
  type ThriftReader,
  type ThriftWriter,
  TType,
} from './thrift-protocol.ts'

/** The fewest bytes that a value of a type takes, by Thrift's own table. */
const least: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 1, 4: 8, 6: 2, 8: 4, 10: 8, 11: 4, 12: 0, 13: 4, 14: 4, 15: 4 }

function leastBytes(type: number): number {
  const bytes = least[type]
  if (bytes === undefined) throw new BadThrift(`A collection has elements of an unknown type ${type}.`)
  return bytes
}

export function binaryReader(bytes: Uint8Array): ThriftReader {
  const input = new ThriftInput(bytes)
  const reader: ThriftReader = {
    message(): ThriftMessage {
      const head = input.int32()
      if (head >= 0) {
        // Without strict headers: name, type byte, serial.
        const name = javaUtf8Text(input.take(head))
        return { name, type: input.byte(), serial: input.int32() }
      }
      if ((head & 0xffff0000) !== (0x80010000 | 0)) throw new BadThrift('The message is not of version 1 of the binary protocol.')
      return { type: head & 0xff, name: javaUtf8Text(reader.text()), serial: input.int32() }
    },
    structBegin() {},
    field() {
      const type = input.byte()
      return type === TType.stop ? undefined : { type, id: input.int16() }
    },
    structEnd() {},
    list() {
      const [type, size] = [input.byte(), input.int32()]
      input.checkRoom(Math.imul(size, leastBytes(type)))
      return { type, size: notNegative(size) }
    },
    map() {
      const [keyType, valueType, size] = [input.byte(), input.byte(), input.int32()]
      input.checkRoom(size * (leastBytes(keyType) + leastBytes(valueType)))
      return { keyType, valueType, size: notNegative(size) }
    },
    // A negative length ends a call of Java's here, and is a protocol error there.
    text: () => input.take(input.int32()),
    binary: () => input.take(notNegative(input.int32())),
    i32: () => input.int32(),
    skip: (type) => skipValue(reader, type, (_type, length) => void input.take(length)),
  }
  return reader
}

export function binaryWriter(): ThriftWriter {
  const out = new ByteWriter()
  const int16 = (value: number): void => {
    out.writeByte((value >> 8) & 0xff)
    out.writeByte(value & 0xff)
  }
  const int32 = (value: number): void => {
    int16(value >> 16)
    int16(value)
  }
  const binary = (bytes: Uint8Array): void => {
    int32(bytes.length)
    out.writeFixed(bytes)
  }
  return {
    message({ name, type, serial }) {
      int32(0x80010000 | type)
      binary(Buffer.from(name))
      int32(serial)
    },
    structBegin() {},
    field(type, id) {
      out.writeByte(type)
      int16(id)
    },
    structEnd: () => out.writeByte(TType.stop),
    list(type, size) {
      out.writeByte(type)
      int32(size)
    },
    map(keyType, valueType, size) {
      out.writeByte(keyType)
      out.writeByte(valueType)
      int32(size)
    },
    binary,
    i32: int32,
    finish: () => out.finish(),
  }
}
