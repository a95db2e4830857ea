// deserializer BlobDeserializer: a whole file as one event, cut at maxBlobLength (Morphline's BlobDeserializer).
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { int } from '../../../src-shared/spec/property.ts'
import { defineDeserializer } from '../../component/define.ts'

export const definition = defineDeserializer({
  type: 'BLOB',
  className: 'org.apache.flume.sink.solr.morphline.BlobDeserializer$Builder',
  summary: 'A whole file as one event.',
  properties: {
    maxBlobLength: int().min(1).default(100_000_000).unit('bytes').describe('Longest event; a longer file becomes several.'),
  },
  examples: [{ title: 'Pictures', properties: 'maxBlobLength = 20000000' }],
  create: (options, { stream }) => ({
    async read(offset) {
      if (offset >= stream.size) return null
      const body = await stream.read(offset, Math.min(options.maxBlobLength, stream.size - offset))
      return { batch: batchOf([{ headers: {}, body }]), next: offset + body.length }
    },
  }),
})
