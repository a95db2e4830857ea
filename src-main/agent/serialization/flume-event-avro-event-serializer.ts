// serializer `avro_event`: an Avro container of Event records, headers and body (Flume FlumeEventAvroEventSerializer). Each transaction is a block
// of its own, on the disk at once; a larger one is cut at syncIntervalBytes.
import { randomBytes } from 'node:crypto'
import { sliceBatch } from '../../../src-shared/event/build-batch.ts'
import { type EventBatch, hasNullHeader } from '../../../src-shared/event/event-batch.ts'
import { int, oneOf } from '../../../src-shared/spec/property.ts'
import { defineSerializer } from '../../component/define.ts'
import { encodeRecords } from '../avro/event-codec.ts'
import { avroCodecs, containerBlock, containerHeader } from './avro-container.ts'

const schema =
  '{"type":"record","name":"Event","fields":[{"name":"headers","type":{"type":"map","values":"string"}},{"name":"body","type":"bytes"}]}'

export const definition = defineSerializer({
  type: 'avro_event',
  className: 'org.apache.flume.serialization.FlumeEventAvroEventSerializer$Builder',
  summary: 'An Avro container file of events with headers and body.',
  properties: {
    syncIntervalBytes: int().min(32).default(2_048_000).unit('bytes').describe('Roughly the largest block, before compression.'),
    compressionCodec: oneOf(...avroCodecs)
      .badIsAbsent()
      .default('null')
      .describe('How blocks are compressed.'),
  },
  rules: ['null-header-is-empty'],
  examples: [{ title: 'Compressed', properties: 'compressionCodec = deflate' }],
  create: ({ syncIntervalBytes, compressionCodec: codec }, { departs }) => {
    const sync = randomBytes(16)
    return {
      beginning: () => containerHeader(schema, codec, sync),
      serialize: (batches) => {
        if (batches.some(hasNullHeader)) departs('null-header-is-empty')
        const blocks: Uint8Array[] = []
        let records: Uint8Array[] = []
        let count = 0
        let bytes = 0
        const flush = (): void => {
          if (count > 0) blocks.push(containerBlock(count, Buffer.concat(records), codec, sync))
          records = []
          count = 0
          bytes = 0
        }
        for (const part of batches.flatMap((batch) => parts(batch, syncIntervalBytes))) {
          const encoded = encodeRecords(part)
          records.push(encoded)
          count += part.count
          bytes += encoded.length
          if (bytes >= syncIntervalBytes) flush()
        }
        flush()
        return blocks
      },
    }
  },
})

/** The batch in pieces of at most about so many bytes, at least one event each. */
function parts(batch: EventBatch, bytes: number): EventBatch[] {
  const pieces: EventBatch[] = []
  let from = 0
  for (let to = 1; to <= batch.count; to++) {
    const size = batch.ends[to - 1]! - (from === 0 ? 0 : batch.ends[from - 1]!)
    if (size < bytes && to < batch.count) continue
    pieces.push(sliceBatch(batch, from, to))
    from = to
  }
  return pieces
}
