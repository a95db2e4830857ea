import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { hadoopCodec } from '../../src-main/hadoop/hadoop-codecs.ts'
import { SequenceFileWriter } from '../../src-main/hadoop/sequence-file.ts'
import { readSequenceFile } from '../../src-main/hadoop/sequence-file-reader.ts'
import { type WritableName, writables } from '../../src-main/hadoop/writables.ts'
import { fc } from '../driver/property.ts'

async function written(
  keys: WritableName,
  values: WritableName,
  codec: string | null,
  batches: readonly (readonly [unknown, unknown])[][],
): Promise<Buffer> {
  const [keyClass, valueClass] = [writables[keys], writables[values]]
  const writer = new SequenceFileWriter({
    keyClass: keyClass.className,
    valueClass: valueClass.className,
    codec: codec === null ? null : hadoopCodec(codec)!,
  })
  const parts = [writer.beginning()]
  for (const batch of batches) {
    parts.push(await writer.encode(batch.map(([key, value]) => [keyClass.serialize(key)!, valueClass.serialize(value)!])))
  }
  return Buffer.concat([...parts, writer.ending()])
}

const read = (bytes: Buffer): [unknown, unknown][] => [...readSequenceFile('f', bytes)]

/** Values of each class. */
const values: Readonly<Record<WritableName, fc.Arbitrary<unknown>>> = {
  Text: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('x'.repeat(70_000))),
  IntWritable: fc.integer(),
  LongWritable: fc.oneof(fc.maxSafeInteger(), fc.constant(2n ** 62n)),
  FloatWritable: fc.float({ noNaN: true }),
  DoubleWritable: fc.double(),
  BooleanWritable: fc.boolean(),
  BytesWritable: fc.uint8Array(),
  NullWritable: fc.constant(null),
}

test.each([null, 'GzipCodec', 'DefaultCodec', 'SnappyCodec', 'ZStandardCodec'])(
  'what was written is read, of every class, codec %s',
  async (codec) => {
    const names = fc.constantFrom(...(Object.keys(values) as WritableName[]))
    const file = fc
      .tuple(names, names)
      .chain(([keys, others]) =>
        fc.tuple(
          fc.constant(keys),
          fc.constant(others),
          fc.array(fc.array(fc.tuple(values[keys], values[others]), { minLength: 1 }), { maxLength: 3 }),
        ),
      )
    await fc.assert(
      fc.asyncProperty(file, async ([keys, others, batches]) => {
        expect(read(await written(keys, others, codec, batches))).toEqual(batches.flat())
      }),
      { numRuns: 40 },
    )
  },
)

test('records that are compressed one by one are read, and metadata is passed over', () => {
  const text = (value: string): Buffer => Buffer.concat([Buffer.of(value.length), Buffer.from(value)])
  const sync = Buffer.alloc(16, 7)
  const value = gzipSync(text('value'))
  const lengths = Buffer.alloc(8)
  lengths.writeInt32BE(4 + value.length, 0)
  lengths.writeInt32BE(4, 4)
  const file = Buffer.concat([
    Buffer.from('SEQ\u0006'),
    text('org.apache.hadoop.io.Text'),
    text('org.apache.hadoop.io.Text'),
    Buffer.of(1, 0),
    text('org.apache.hadoop.io.compress.GzipCodec'),
    Buffer.of(0, 0, 0, 1),
    text('who'),
    text('me'),
    sync,
    lengths,
    text('key'),
    value,
    Buffer.of(0xff, 0xff, 0xff, 0xff),
    sync,
  ])
  expect(read(file)).toEqual([['key', 'value']])
})

test('what is damaged, cut off or of another kind is said with the file’s name', async () => {
  const good = await written('Text', 'LongWritable', null, [
    [
      ['a', 1],
      ['b', 2],
    ],
  ])
  const packed = await written('Text', 'LongWritable', 'gzip', [[['a', 1]]])
  const text = (bytes: Buffer): string => bytes.toString('latin1')
  const bytes = (latin1: string): Buffer => Buffer.from(latin1, 'latin1')
  for (const [file, why] of [
    [bytes('no sequence'), 'f: this is no SequenceFile'],
    [bytes(text(good).replace('SEQ\u0006', 'SEQ\u0004')), 'f: a SequenceFile of version 4 cannot be read'],
    [bytes(text(good).replace('io.Text', 'io.Tex_')), 'f: values of the class org.apache.hadoop.io.Tex_ cannot be read'],
    [
      bytes(text(packed).replace('GzipCodec', 'Bzi2Codec')),
      'f: what org.apache.hadoop.io.compress.Bzi2Codec has compressed cannot be read',
    ],
    [good.subarray(0, -3), 'f: the SequenceFile ends within a record'],
    [good.subarray(0, 20), 'f: the SequenceFile ends within a record'],
    [Buffer.concat([packed.subarray(0, -1), Buffer.of(packed.at(-1)! ^ 1)]), `f: the mark before byte ${packed.length} is not the file's`],
  ] as const) {
    expect(() => read(file)).toThrow(why)
  }
})

test('whatever bytes a file has, reading it ends with pairs or with an error that names it', async () => {
  const good = await written('Text', 'Text', 'DefaultCodec', [[['key', 'value']], [['k', 'v']]])
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
      const file = Buffer.from(good)
      for (const [at, byte] of changes) file[at] = byte
      try {
        read(file)
      } catch (thrown) {
        expect((thrown as Error).message).toMatch(/^f: /)
      }
    }),
    { numRuns: 500 },
  )
})
