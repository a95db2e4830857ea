// The deserializers of spooldir over files in memory, and the containers that avro_event writes, read back.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import avro from 'avsc'
import { expect, test } from 'vitest'
import { definition as avroDeserializer } from '../../../src-main/agent/serialization/avro-deserializer.ts'
import { avroFingerprint } from '../../../src-main/agent/serialization/avro-fingerprint.ts'
import { definition as blobDeserializer } from '../../../src-main/agent/serialization/blob-deserializer.ts'
import { definition as avroEvent } from '../../../src-main/agent/serialization/flume-event-avro-event-serializer.ts'
import { definition as lineDeserializer } from '../../../src-main/agent/serialization/line-deserializer.ts'
import type { EventDeserializer, EventStream } from '../../../src-main/component/define.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { eventsOf } from '../../../src-shared/event/event-batch.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import type { PropertyMap } from '../../../src-shared/spec/property.ts'
import { componentContext } from '../../driver/component-context.ts'
import { fc } from '../../driver/property.ts'

const fixture = (name: string): string => join(import.meta.dirname, '../../fixtures/flume', name)

function streamOf(bytes: Buffer, more: Partial<EventStream> = {}): EventStream {
  return {
    path: '/spool/x',
    size: bytes.length,
    inputCharset: 'UTF-8',
    decodeErrorPolicy: 'FAIL',
    read: async (offset, length) => bytes.subarray(offset, Math.min(bytes.length, offset + length)),
    ...more,
  }
}

function optionsOf<P extends PropertyMap>(properties: P, values: Record<string, string>) {
  const { options, problems } = parseOptions(properties, values)
  expect(problems).toEqual([])
  return options!
}

const lines = (bytes: Buffer, values: Record<string, string> = {}, more: Partial<EventStream> = {}): EventDeserializer =>
  lineDeserializer.create(optionsOf(lineDeserializer.properties, values), { ...componentContext(), stream: streamOf(bytes, more) })

async function all(deserializer: EventDeserializer, events = 3): Promise<{ headers: object; body: Buffer }[]> {
  const found: { headers: object; body: Buffer }[] = []
  for (let offset = 0; ; ) {
    const taken = await deserializer.read(offset, events)
    if (taken === null) return found
    expect(taken.batch.count).toBeGreaterThan(0)
    found.push(...[...eventsOf(taken.batch)].map(({ headers, body }) => ({ headers, body: Buffer.from(body) })))
    offset = taken.next
  }
}
const texts = async (deserializer: EventDeserializer, events = 3) => (await all(deserializer, events)).map(({ body }) => body.toString())

test('a line is an event, its carriage return stays, a last line without line feed is one', async () => {
  expect(await texts(lines(Buffer.from('l1\nl2\r\n\nl3 no newline')))).toEqual(['l1', 'l2\r', '', 'l3 no newline'])
})

test('a longer line becomes events of exactly the longest length; a multiple of it gives one more, empty event', async () => {
  expect(await texts(lines(Buffer.from('abc\nabcd\nabcde\nabcdefgh\nz'), { maxLineLength: '4' }))).toEqual([
    'abc',
    'abcd',
    '',
    'abcd',
    'e',
    'abcd',
    'efgh',
    '',
    'z',
  ])
  expect(await texts(lines(Buffer.from('äöüß\nx'), { maxLineLength: '3' }))).toEqual(['äöü', 'ß', 'x'])
})

test('bytes that are no characters fail, are replaced, or are left out, as configured', async () => {
  const bytes = Buffer.from('caf\xe9 x\nok\n', 'latin1')
  await expect(texts(lines(bytes))).rejects.toThrow('no utf-8 characters')
  expect(await texts(lines(bytes, {}, { decodeErrorPolicy: 'REPLACE' }))).toEqual(['caf\ufffd x', 'ok'])
  expect(await texts(lines(bytes, {}, { decodeErrorPolicy: 'IGNORE' }))).toEqual(['caf x', 'ok'])
  expect(await texts(lines(bytes, {}, { inputCharset: 'ISO-8859-1' }))).toEqual(['café x', 'ok'])
})

test('UTF-16 files are read by their characters', async () => {
  expect(await texts(lines(Buffer.from('a\u010a b\nc\n', 'utf16le'), {}, { inputCharset: 'UTF-16LE' }))).toEqual(['a\u010a b', 'c'])
})

test('events do not depend on how many are asked for at once, nor on where reading goes on', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ü', '\n', '\r', '😀'), maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), async (whole, events, most) => {
      const bytes = Buffer.from(whole)
      const values = { maxLineLength: `${most + 1}` }
      expect(await texts(lines(bytes, values), events)).toEqual(await texts(lines(bytes, values), 1000))
    }),
  )
})

test('a blob is the whole file, cut at the longest length', async () => {
  const blob = blobDeserializer.create(
    { maxBlobLength: 20 },
    { ...componentContext(), stream: streamOf(Buffer.from('line one\nline two\nline three\n')) },
  )
  expect(await texts(blob)).toEqual(['line one\nline two\nli', 'ne three\n'])
})

const containers = ['avro_null.avro', 'avro_deflate.avro', 'avro_snappy.avro', 'avro_event-batch3.avro']

test.each(containers)('%s, written by a real Flume, is read datum by datum, whatever is asked for at once', async (name) => {
  const open = () =>
    avroDeserializer.create({ schemaType: 'HASH' }, { ...componentContext(), stream: streamOf(readFileSync(fixture(name))) })
  const one = await all(open(), 1)
  expect(one.length).toBeGreaterThan(0)
  expect(await all(open(), 5)).toEqual(one)
  const schema = avro.Type.forSchema({
    type: 'record',
    name: 'Event',
    fields: [
      { name: 'headers', type: { type: 'map', values: 'string' } },
      { name: 'body', type: 'bytes' },
    ],
  })
  for (const { body } of one) expect(schema.isValid(schema.fromBuffer(body))).toBe(true)
})

test('the three codecs of one run hold the same events', async () => {
  const events = async (name: string) =>
    all(avroDeserializer.create({ schemaType: 'LITERAL' }, { ...componentContext(), stream: streamOf(readFileSync(fixture(name))) }), 7)
  const bodies = (await events('avro_null.avro')).map(({ body }) => body.length)
  expect(bodies).toHaveLength(19)
  expect((await events('avro_deflate.avro')).map(({ body }) => body.length)).toEqual(bodies)
  expect((await events('avro_snappy.avro')).map(({ body }) => body.length)).toEqual(bodies)
})

test('a damaged container is refused', async () => {
  const bytes = readFileSync(fixture('avro_null.avro'))
  const open = (damaged: Buffer) => avroDeserializer.create({ schemaType: 'HASH' }, { ...componentContext(), stream: streamOf(damaged) })
  await expect(all(open(Buffer.from('no container')))).rejects.toThrow('cannot be read as an Avro container')
  await expect(all(open(bytes.subarray(0, bytes.length - 200)))).rejects.toThrow()
})

test('fingerprints are those of the Avro specification, lowest byte first as Flume writes them', () => {
  expect(avroFingerprint(avro.Type.forSchema('int'))).toBe('8f5c393f1ad57572')
  expect(avroFingerprint(avro.Type.forSchema('string'))).toBe('c70345637248018f')
})

test.each(['null', 'deflate', 'snappy', 'zstandard'] as const)(
  'what avro_event writes with codec %s is read back, block by transaction',
  async (compressionCodec) => {
    const serializer = avroEvent.create({ syncIntervalBytes: 2_048_000, compressionCodec }, componentContext())
    const events = Array.from({ length: 5 }, (_, index) => ({ headers: { n: `${index}`, ü: '€' }, body: Buffer.from([index, 0, 255, 10]) }))
    const file = Buffer.concat([
      serializer.beginning!(),
      ...(await serializer.serialize([batchOf(events)])),
      ...(await serializer.serialize([batchOf(events.slice(0, 2))])),
    ])
    const read = await all(avroDeserializer.create({ schemaType: 'HASH' }, { ...componentContext(), stream: streamOf(file) }), 4)
    expect(read).toHaveLength(7)
    if (compressionCodec === 'snappy' || compressionCodec === 'zstandard') return
    const decoded: { headers: Record<string, string>; body: Buffer }[] = []
    for await (const event of Readable.from([file]).pipe(new avro.streams.BlockDecoder()))
      decoded.push(event as { headers: Record<string, string>; body: Buffer })
    expect(decoded.slice(0, 5).map(({ headers, body }) => ({ headers: { ...headers }, body }))).toEqual(events)
  },
)

test('a transaction larger than syncIntervalBytes becomes several blocks', async () => {
  const serializer = avroEvent.create({ syncIntervalBytes: 1000, compressionCodec: 'null' }, componentContext())
  const blocks = await serializer.serialize([batchOf(Array.from({ length: 30 }, () => ({ headers: {}, body: Buffer.alloc(100) })))])
  expect(blocks.length).toBeGreaterThan(2)
})

test('a codec that avro_event does not know is none, with a warning', () => {
  const { options, problems } = parseOptions(avroEvent.properties, { compressionCodec: 'bogus' })
  expect(options?.compressionCodec).toBe('null')
  expect(problems).toMatchObject([{ severity: 'warning', key: 'compressionCodec' }])
})
