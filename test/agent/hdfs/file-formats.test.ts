/// <reference path="../../../src-main/agent/serialization/snappyjs.d.ts" />
import { gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import { uncompress } from 'snappyjs'
import { describe, expect, test } from 'vitest'
import { sequenceFile } from '../../../src-main/agent/hdfs/file-formats.ts'
import { codecNames, hadoopCodec } from '../../../src-main/agent/hdfs/hadoop-codecs.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'

/** Every part that was compressed by itself, one after another, as Hadoop's readers take them. */
const decompress: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  GzipCodec: (bytes) => gunzipSync(bytes),
  DefaultCodec: (bytes) => inflateSync(bytes),
  DeflateCodec: (bytes) => inflateSync(bytes),
  ZStandardCodec: (bytes) => zstdDecompressSync(bytes),
  SnappyCodec: (bytes) => {
    const blocks: Uint8Array[] = []
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt32BE(at + 4)
      const block = uncompress(bytes.subarray(at + 8, at + 8 + length))
      expect(block.length).toBe(bytes.readUInt32BE(at))
      blocks.push(block)
      at += 8 + length
    }
    return Buffer.concat(blocks)
  },
}

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

/** A reader of SequenceFiles of its own, as the format's documentation has it. */
class SequenceReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  take(length: number): Buffer {
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
  int(): number {
    return this.take(4).readInt32BE()
  }
  vInt(): number {
    const first = this.take(1).readInt8()
    if (first >= -112) return first
    let value = 0
    for (let left = -112 - first; left > 0; left--) value = value * 256 + this.take(1).readUInt8()
    return value
  }
  text(): string {
    return this.take(this.vInt()).toString()
  }
  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }
}

function read(bytes: Buffer): { key: number; body: string }[] {
  const file = new SequenceReader(bytes)
  expect(file.take(4).toString('latin1')).toBe('SEQ\u0006')
  expect(file.text()).toBe('org.apache.hadoop.io.LongWritable')
  const asText = file.text() === 'org.apache.hadoop.io.Text'
  const [compressed, inBlocks] = file.take(2)
  expect(inBlocks).toBe(compressed)
  const unpack = compressed === 1 ? decompress[file.text().split('.').at(-1)!]! : (each: Buffer) => each
  expect(file.int()).toBe(0)
  const sync = file.take(16)
  const events: { key: number; body: string }[] = []
  const value = (from: SequenceReader): string => from.take(asText ? from.vInt() : from.int()).toString()
  while (!file.atEnd) {
    const length = file.int()
    if (length === -1) {
      expect(file.take(16).equals(sync)).toBe(true)
      if (compressed === 0 || file.atEnd) continue
      const count = file.vInt()
      const [, keys, , values] = [1, 2, 3, 4].map(() => new SequenceReader(unpack(file.take(file.vInt()))))
      for (let each = 0; each < count; each++) events.push({ key: Number(keys!.take(8).readBigInt64BE()), body: value(values!) })
    } else {
      const record = new SequenceReader(file.take(length + 4))
      expect(record.int()).toBe(8)
      events.push({ key: Number(record.take(8).readBigInt64BE()), body: value(record) })
    }
  }
  return events
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
