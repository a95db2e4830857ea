// How events become the bytes of one HDFS file (hdfs.fileType): a serializer's bytes, the same compressed, or a Hadoop SequenceFile.
import { bodyAt, type EventBatch, headerAt } from '../../../src-shared/event/event-batch.ts'
import type { EventSerializer } from '../../component/define.ts'
import type { HadoopCodec } from '../../hadoop/hadoop-codecs.ts'
import { SequenceFileWriter, type SerializedPair } from '../../hadoop/sequence-file.ts'
import { bytes, long, text, writables } from '../../hadoop/writables.ts'

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

/**
 * A SequenceFile with keys LongWritable (header `timestamp`, or the clock) and values BytesWritable or Text. With a codec in blocks, one
 * per batch.
 */
export function sequenceFile(writeFormat: 'Writable' | 'Text', codec: HadoopCodec | null, now: () => number): FileFormat {
  const valueClass = (writeFormat === 'Text' ? writables.Text : writables.BytesWritable).className
  const serialized = writeFormat === 'Text' ? text : bytes
  const writer = new SequenceFileWriter({ keyClass: writables.LongWritable.className, valueClass, codec })
  const pairsOf = function* (batch: EventBatch): Iterable<SerializedPair> {
    for (let row = 0; row < batch.count; row++) yield [long(keyOf(batch, row, now)), serialized(bodyAt(batch, row))]
  }
  return {
    beginning: async () => writer.beginning(),
    encode: (batch) => writer.encode(pairsOf(batch)),
    ending: async () => writer.ending(),
  }
}

function keyOf(batch: EventBatch, row: number, now: () => number): bigint {
  const timestamp = headerAt(batch, row, 'timestamp')
  return BigInt(
    timestamp !== undefined && timestamp !== null && /^[+-]?\d+$/.test(timestamp) ? BigInt.asIntN(64, BigInt(timestamp)) : now(),
  )
}
