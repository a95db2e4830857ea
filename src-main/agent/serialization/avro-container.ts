// Avro object container files: their header and blocks, with the codecs that Flume's files use.
/// <reference path="./snappyjs.d.ts" />
import { crc32, deflateRawSync, zstdCompressSync } from 'node:zlib'
import { compress } from 'snappyjs'
import { AvroWriter } from '../avro/avro-binary.ts'

export const avroCodecs = ['null', 'deflate', 'snappy', 'zstandard'] as const

export type AvroCodec = (typeof avroCodecs)[number]

/** What a container begins with. The codec is written even when it is `null`, as Java's DataFileWriter does. */
export function containerHeader(schema: string, codec: AvroCodec, sync: Uint8Array): Buffer {
  const writer = new AvroWriter(schema.length + 64)
  writer.writeFixed(Buffer.from('Obj\u0001', 'latin1'))
  writer.writeLong(2)
  writer.writeText('avro.schema')
  writer.writeText(schema)
  writer.writeText('avro.codec')
  writer.writeText(codec)
  writer.writeLong(0)
  writer.writeFixed(sync)
  return writer.finish()
}

export function containerBlock(count: number, data: Uint8Array, codec: AvroCodec, sync: Uint8Array): Buffer {
  const stored = compressed(data, codec)
  const writer = new AvroWriter(stored.length + 40)
  writer.writeLong(count)
  writer.writeBytes(stored)
  writer.writeFixed(sync)
  return writer.finish()
}

function compressed(data: Uint8Array, codec: AvroCodec): Uint8Array {
  switch (codec) {
    case 'null':
      return data
    case 'deflate':
      return deflateRawSync(data)
    case 'zstandard':
      return zstdCompressSync(data)
    case 'snappy': {
      // Followed by the CRC-32 of the uncompressed bytes, big-endian.
      const checksum = Buffer.alloc(4)
      checksum.writeUInt32BE(crc32(data))
      return Buffer.concat([compress(data), checksum])
    }
  }
}
