// How events become the bytes of one HDFS file (hdfs.fileType): a serializer's bytes, the same compressed, or a Hadoop SequenceFile.
import { randomBytes } from 'node:crypto'
import { bodyAt, type EventBatch, headerAt } from '../../../src-shared/event/event-batch.ts'
import type { EventSerializer } from '../../component/define.ts'
import type { HadoopCodec } from './hadoop-codecs.ts'

/** One file's. Everything that `encode` gave can be read by itself when the file ends there. */
export interface FileFormat {
  beginning(): Promise<Uint8Array>
  encode(batch: EventBatch): Promise<Uint8Array>
  ending(): Promise<Uint8Array>
}

const nothing = new Uint8Array(0)

export function dataStream(serializer: EventSerializer): FileFormat {
  return {
    beginning: async () => serializer.beginning?.() ?? nothing,
    encode: async (batch) => Buffer.concat(await serializer.serialize([batch])),
    ending: async () => serializer.ending?.() ?? nothing,
  }
}

/** Each batch is compressed as a whole, as Flume does at each flush. */
export function compressedStream(serializer: EventSerializer, codec: HadoopCodec): FileFormat {
  const plain = dataStream(serializer)
  const packed = async (bytes: Uint8Array): Promise<Uint8Array> => (bytes.length === 0 ? bytes : codec.compress(bytes))
  return {
    beginning: async () => packed(await plain.beginning()),
    encode: async (batch) => packed(await plain.encode(batch)),
    ending: async () => packed(await plain.ending()),
  }
}

const longWritable = 'org.apache.hadoop.io.LongWritable'
/** Bytes between sync marks; readers find the next record after damage there. */
const syncInterval = 100 * 1024

/**
 * A SequenceFile of version 6: key LongWritable (header `timestamp`, or the clock), value BytesWritable or Text. With a codec in blocks,
 * one per batch.
 */
export function sequenceFile(writeFormat: 'Writable' | 'Text', codec: HadoopCodec | null, now: () => number): FileFormat {
  const sync = randomBytes(16)
  const mark = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff]), sync])
  let sinceSync = 0

  const records = (batch: EventBatch): Uint8Array => {
    const parts: Uint8Array[] = []
    for (let row = 0; row < batch.count; row++) {
      const value = writableOf(bodyAt(batch, row), writeFormat)
      const lengths = Buffer.alloc(16)
      lengths.writeInt32BE(8 + value.length, 0)
      lengths.writeInt32BE(8, 4)
      lengths.writeBigInt64BE(keyOf(batch, row, now), 8)
      if (sinceSync >= syncInterval) {
        parts.push(mark)
        sinceSync = 0
      }
      parts.push(lengths, value)
      sinceSync += 16 + value.length
    }
    return Buffer.concat(parts)
  }

  const block = async (batch: EventBatch, by: HadoopCodec): Promise<Uint8Array> => {
    const keyLengths = Buffer.alloc(batch.count, 8)
    const keys = Buffer.alloc(batch.count * 8)
    const valueLengths: Uint8Array[] = []
    const values: Uint8Array[] = []
    for (let row = 0; row < batch.count; row++) {
      keys.writeBigInt64BE(keyOf(batch, row, now), row * 8)
      const value = writableOf(bodyAt(batch, row), writeFormat)
      valueLengths.push(vInt(value.length))
      values.push(value)
    }
    const parts: Uint8Array[] = [mark, vInt(batch.count)]
    for (const buffer of [keyLengths, keys, Buffer.concat(valueLengths), Buffer.concat(values)]) {
      const packed = await by.compress(buffer)
      parts.push(vInt(packed.length), packed)
    }
    return Buffer.concat(parts)
  }

  return {
    beginning: async () =>
      Buffer.concat([
        Buffer.from('SEQ\u0006', 'latin1'),
        text(longWritable),
        text(writeFormat === 'Text' ? 'org.apache.hadoop.io.Text' : 'org.apache.hadoop.io.BytesWritable'),
        Buffer.from(codec === null ? [0, 0] : [1, 1]),
        ...(codec === null ? [] : [text(codec.className)]),
        Buffer.alloc(4),
        sync,
      ]),
    encode: async (batch) => (codec === null ? records(batch) : block(batch, codec)),
    ending: async () => (codec === null ? nothing : mark),
  }
}

function keyOf(batch: EventBatch, row: number, now: () => number): bigint {
  const timestamp = headerAt(batch, row, 'timestamp')
  return BigInt(
    timestamp !== undefined && timestamp !== null && /^[+-]?\d+$/.test(timestamp) ? BigInt.asIntN(64, BigInt(timestamp)) : now(),
  )
}

function writableOf(body: Uint8Array, writeFormat: 'Writable' | 'Text'): Uint8Array {
  if (writeFormat === 'Text') return Buffer.concat([vInt(body.length), body])
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

/** Text.writeString of ASCII. */
function text(value: string): Uint8Array {
  return Buffer.concat([vInt(value.length), Buffer.from(value, 'latin1')])
}

/** WritableUtils.writeVInt of a number that is not negative. */
function vInt(value: number): Uint8Array {
  if (value <= 127) return Uint8Array.of(value)
  const bytes: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff)
  return Uint8Array.of(0x100 - 112 - bytes.length, ...bytes)
}
