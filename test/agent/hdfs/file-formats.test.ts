import { describe, expect, test } from 'vitest'
import { sequenceFile } from '../../../src-main/agent/hdfs/file-formats.ts'
import { codecNames, hadoopCodec } from '../../../src-main/hadoop/hadoop-codecs.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { fc } from '../../driver/property.ts'
import { decompress, readSequenceFile, WritableReader } from '../../driver/sequence-file.ts'

describe('codecs', () => {
  test('each gives back what went in', async () => {
    const text = Buffer.from('all work and no play '.repeat(40_000))
    for (const name of codecNames)
      expect(decompress[name]!(Buffer.from(await hadoopCodec(name)!.compress(text))).equals(text), name).toBe(true)
  })

  test('are known short, long and by class, in any case; none is none', () => {
    expect(['gzip', 'GZIPCODEC', 'org.apache.hadoop.io.compress.GzipCodec'].map((name) => hadoopCodec(name)?.extension)).toEqual([
      '.gz',
      '.gz',
      '.gz',
    ])
    expect(hadoopCodec('None')).toBeNull()
    expect(hadoopCodec('lzo')).toBeUndefined()
  })
})

function read(bytes: Buffer): { key: number; body: string }[] {
  const { keyClass, valueClass, pairs } = readSequenceFile(bytes)
  expect(keyClass).toBe('LongWritable')
  return pairs.map(([key, value]) => {
    expect(key).toHaveLength(8)
    const body = new WritableReader(value)
    return { key: Number(key.readBigInt64BE()), body: body.take(valueClass === 'Text' ? body.vInt() : body.int()).toString() }
  })
}

describe('SequenceFile', () => {
  const event = fc.record({ key: fc.integer({ min: 0 }), body: fc.oneof(fc.string(), fc.constant('x'.repeat(70_000))) })

  test.each([
    ['Writable', null],
    ['Text', null],
    ['Writable', 'GzipCodec'],
    ['Text', 'SnappyCodec'],
    ['Text', 'DefaultCodec'],
  ] as const)('%s with codec %s is read back event by event', async (writeFormat, codec) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(event, { minLength: 1 }), { minLength: 1, maxLength: 4 }), async (batches) => {
        const format = sequenceFile(writeFormat, codec === null ? null : hadoopCodec(codec)!, () => 0)
        const parts = [await format.beginning()]
        for (const batch of batches)
          parts.push(
            await format.encode(batchOf(batch.map(({ key, body }) => ({ headers: { timestamp: String(key) }, body: Buffer.from(body) })))),
          )
        parts.push(await format.ending())
        expect(read(Buffer.concat(parts))).toEqual(batches.flat())
      }),
      { numRuns: 30 },
    )
  })

  test('an event without a timestamp has the time of its writing as key', async () => {
    const format = sequenceFile('Text', null, () => 77)
    const parts = [await format.beginning(), await format.encode(batchOf([{ headers: {}, body: Buffer.from('a') }]))]
    expect(read(Buffer.concat(parts))).toEqual([{ key: 77, body: 'a' }])
  })
})
