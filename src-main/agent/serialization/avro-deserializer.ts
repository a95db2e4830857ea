// deserializer `AVRO`: an event per datum of an Avro container file; its body is the datum in Avro's binary form (Flume AvroEventDeserializer).
//
// A place in the file is block offset × 2^20 + number of the datum in its block, so that reading goes on exactly where it was.

import { inflateRawSync, zstdDecompressSync } from 'node:zlib'
import avro from 'avsc'
import { messageOf } from '../../../src-shared/errors.ts'
import { BatchBuilder } from '../../../src-shared/event/batch-builder.ts'
import { oneOf } from '../../../src-shared/spec/property.ts'
import { defineDeserializer, type EventStream } from '../../component/define.ts'
import { AvroReader } from '../avro/avro-binary.ts'
import { avroCodecs } from './avro-container.ts'
import { avroFingerprint } from './avro-fingerprint.ts'
import { skipDatum } from './avro-skip.ts'
import { uncompressSnappy } from './snappy.ts'

const perBlock = 2 ** 20
const syncBytes = 16

export const definition = defineDeserializer({
  type: 'AVRO',
  className: 'org.apache.flume.serialization.AvroEventDeserializer$Builder',
  summary: 'An event per datum of an Avro container file.',
  properties: {
    schemaType: oneOf('HASH', 'LITERAL')
      .default('HASH')
      .describe('How each event tells its schema: its fingerprint in flume.avro.schema.hash, or its text in flume.avro.schema.literal.'),
  },
  examples: [{ title: 'The schema on each event', properties: 'schemaType = LITERAL' }],
  create: (options, { stream }) => {
    let opened: Promise<Container> | undefined
    let block: Block | undefined
    const readOn = async (offset: number, events: number) => {
      opened ??= openContainer(stream, options.schemaType)
      const container = await opened
      let at = offset === 0 ? container.firstBlock : Math.floor(offset / perBlock)
      let index = offset === 0 ? 0 : offset % perBlock
      const builder = new BatchBuilder()
      while (builder.count < events && at < stream.size) {
        if (block?.at !== at) block = await readBlock(stream, container, at)
        while (index < block.data.length && builder.count < events) builder.add(container.headers, block.data[index++]!)
        if (index < block.data.length) break
        at = block.next
        index = 0
      }
      return builder.count === 0 ? null : { batch: builder.build(), next: at * perBlock + index }
    }
    return {
      async read(offset, events) {
        try {
          return await readOn(offset, events)
        } catch (error) {
          throw new Error(`${stream.path} cannot be read as an Avro container file: ${messageOf(error)}`, { cause: error })
        }
      },
    }
  },
})

interface Container {
  readonly type: avro.Type
  readonly codec: string
  readonly firstBlock: number
  readonly headers: Readonly<Record<string, string>>
}

interface Block {
  readonly at: number
  readonly next: number
  readonly data: readonly Uint8Array[]
}

async function openContainer(stream: EventStream, schemaType: 'HASH' | 'LITERAL'): Promise<Container> {
  const reader = new AvroReader(await stream.read(0, Math.min(stream.size, 16 * 1024 * 1024)))
  if (Buffer.from(reader.readFixed(4)).toString('latin1') !== 'Obj\u0001') throw new Error('it does not begin as one')
  const metadata = new Map<string, Uint8Array>()
  for (let count = reader.readBlockCount(); count > 0; count = reader.readBlockCount()) {
    for (let entry = 0; entry < count; entry++) metadata.set(reader.readText(), reader.readBytes())
  }
  reader.readFixed(syncBytes)
  const schema: unknown = JSON.parse(Buffer.from(metadata.get('avro.schema') ?? []).toString())
  const type = avro.Type.forSchema(schema as avro.Schema)
  const headers =
    schemaType === 'LITERAL' ? { 'flume.avro.schema.literal': JSON.stringify(schema) } : { 'flume.avro.schema.hash': avroFingerprint(type) }
  return { type, codec: Buffer.from(metadata.get('avro.codec') ?? 'null').toString(), firstBlock: reader.position, headers }
}

async function readBlock(stream: EventStream, { type, codec }: Container, at: number): Promise<Block> {
  const head = new AvroReader(await stream.read(at, 20))
  const count = head.readLong()
  const size = head.readLong()
  if (count < 0 || count >= perBlock || size < 0) throw new Error(`the block at byte ${at} says that it has ${count} data in ${size} bytes`)
  const stored = await stream.read(at + head.position, size)
  if (stored.length < size) throw new Error('it ends in the middle of a block')
  const bytes = decompressed(codec, stored)
  const reader = new AvroReader(bytes)
  const data: Uint8Array[] = []
  for (let index = 0; index < count; index++) {
    const start = reader.position
    skipDatum(type, reader)
    data.push(bytes.subarray(start, reader.position))
  }
  return { at, next: at + head.position + size + syncBytes, data }
}

/** A block of this size is a bomb: writers make blocks of 16 KiB to a few MiB. */
const mostBlockBytes = 256 * 1024 * 1024

function decompressed(codec: string, bytes: Uint8Array): Uint8Array {
  if (codec === 'null') return bytes
  if (codec === 'deflate') return inflateRawSync(bytes, { maxOutputLength: mostBlockBytes })
  if (codec === 'zstandard') return zstdDecompressSync(bytes, { maxOutputLength: mostBlockBytes })
  if (codec === 'snappy') return uncompressSnappy(bytes.subarray(0, -4))
  throw new Error(`The Avro codec ${codec} is not known here; ${avroCodecs.join(', ')} are.`)
}
