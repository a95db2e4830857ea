// Thrift's binary protocol (TBinaryProtocol): everything fixed-width and big-endian. Strict messages: int32 0x8001 << 16 | type, name, serial.
import { AvroWriter as ByteWriter } from '../avro/avro-binary.ts'
import { BadThrift, skipValue, ThriftInput, type ThriftMessage, type ThriftReader, type ThriftWriter, TType } from './thrift-protocol.ts'

export function binaryReader(bytes: Uint8Array): ThriftReader {
  const input = new ThriftInput(bytes)
  const reader: ThriftReader = {
    message(): ThriftMessage {
      const head = input.int32()
      if (head >= 0) {
        // Without strict headers: name, type byte, serial.
        const name = input.text(head)
        return { name, type: input.byte(), serial: input.int32() }
      }
      if ((head & 0xffff0000) !== (0x80010000 | 0)) throw new BadThrift('The message is not of version 1 of the binary protocol.')
      return { type: head & 0xff, name: input.text(input.int32()), serial: input.int32() }
    },
    structBegin() {},
    field() {
      const type = input.byte()
      return type === TType.stop ? undefined : { type, id: input.int16() }
    },
    structEnd() {},
    list: () => ({ type: input.byte(), size: input.size(input.int32()) }),
    map: () => ({ keyType: input.byte(), valueType: input.byte(), size: input.size(input.int32()) }),
    binary: () => input.take(input.int32()),
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
