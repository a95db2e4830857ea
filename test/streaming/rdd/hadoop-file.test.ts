import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Double, type HadoopOutputFormat, SparkContext } from '../../../src-main/streaming/api.ts'
import { culpritOf } from '../../../src-main/streaming/rdd/task.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import { fc } from '../../driver/property.ts'
import { readSequenceFile } from '../../driver/sequence-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-hadoop-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Saves pairs in two partitions, and gives the files. */
async function saved(
  pairs: readonly [unknown, unknown][],
  format?: HadoopOutputFormat,
  newInterface = false,
): Promise<Record<string, Buffer>> {
  const rdd = new SparkContext().parallelize(pairs, 2)
  const directory = join(folder, 'out')
  await (newInterface ? rdd.saveAsNewAPIHadoopFile(directory, format) : rdd.saveAsHadoopFile(directory, format))
  return Object.fromEntries(
    readdirSync(directory)
      .sort()
      .map((name) => [name, readFileSync(join(directory, name))]),
  )
}

const texts = (files: Record<string, Buffer>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [name, content.toString()]))

const sequenceFile = { format: 'SequenceFileOutputFormat' } as const

test('text has key, tab and value a line; a side that is null is left out with the tab, a pair of two is no line', async () => {
  const pairs: [unknown, unknown][] = [
    ['a', 1],
    [null, [2, 'x']],
    ['b', null],
    [null, undefined],
    [new Double(1), ''],
  ]
  expect(texts(await saved(pairs))).toEqual({ _SUCCESS: '', 'part-00000': 'a\t1\n(2,x)\n', 'part-00001': 'b\n1.0\t\n' })
})

test('the newer interface names its files otherwise, the separator is the program’s, and a codec shows in the name', async () => {
  expect(texts(await saved([['a', 1]], { separator: ';' }, true))).toEqual({ _SUCCESS: '', 'part-r-00000': '', 'part-r-00001': 'a;1\n' })
  const files = await saved([['a', 1]], { codec: 'gzip' })
  expect(Object.keys(files)).toEqual(['_SUCCESS', 'part-00000.gz', 'part-00001.gz'])
  expect(gunzipSync(files['part-00001.gz']!).toString()).toBe('a\t1\n')
})

test('a sequence file has the classes of the first pair, in every part', async () => {
  const kinds: readonly [unknown, string, string][] = [
    ['é', 'Text', '02c3a9'],
    [-2, 'LongWritable', 'fffffffffffffffe'],
    [2n ** 40n, 'LongWritable', '0000010000000000'],
    [1.5, 'DoubleWritable', '3ff8000000000000'],
    [new Double(2), 'DoubleWritable', '4000000000000000'],
    [true, 'BooleanWritable', '01'],
    [Uint8Array.of(7, 8), 'BytesWritable', '000000020708'],
    [null, 'NullWritable', ''],
  ]
  for (const [value, name, hex] of kinds) {
    const files = await saved([['k', value]], sequenceFile)
    const empty = readSequenceFile(files['part-00000']!)
    expect(empty, name).toEqual({ keyClass: 'Text', valueClass: name, pairs: [] })
    const { valueClass, pairs } = readSequenceFile(files['part-00001']!)
    expect([valueClass, pairs.map(([key, serialized]) => [key.toString('hex'), serialized.toString('hex')])]).toEqual([
      name,
      [['016b', hex]],
    ])
  }
})

test('classes can be named: a number as IntWritable or FloatWritable', async () => {
  const files = await saved([[1, 1]], { ...sequenceFile, keyClass: 'IntWritable', valueClass: 'FloatWritable' })
  const { keyClass, valueClass, pairs } = readSequenceFile(files['part-00001']!)
  expect([keyClass, valueClass, pairs[0]!.map((side) => side.toString('hex'))]).toEqual([
    'IntWritable',
    'FloatWritable',
    ['00000001', '3f800000'],
  ])
})

test.each([undefined, 'none', 'GzipCodec', 'snappy', 'DefaultCodec', 'ZStandardCodec'])(
  'pairs are read back as they were written, codec %s',
  async (codec) => {
    const pair = fc.tuple(fc.oneof(fc.string(), fc.constant('k'.repeat(60_000))), fc.string())
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { maxLength: 8 }), async (pairs) => {
        const files = await saved(pairs, { ...sequenceFile, ...(codec !== undefined && { codec }) })
        const text = (side: Buffer): string => side.subarray(side[0]! <= 127 ? 1 : 1 - side.readInt8(0) - 112).toString()
        const read = ['part-00000', 'part-00001'].flatMap((name) => readSequenceFile(files[name]!).pairs.map((sides) => sides.map(text)))
        expect(read).toEqual(pairs.map((sides) => sides.map((side) => Buffer.from(side).toString())))
      }),
      { numRuns: 15 },
    )
  },
)

test('a value that its class does not hold fails the task, which names it; nothing is written', async () => {
  const pairs: [unknown, unknown][] = [
    ['a', 1],
    ['b', 2.5],
  ]
  const error = await saved(pairs, sequenceFile).catch((thrown: unknown) => thrown)
  expect(error).toHaveProperty(
    'message',
    expect.stringMatching(
      /^Job aborted .*Task 1 in stage .*The value 2\.5 is no LongWritable\. Map it to one, or name another valueClass\.$/,
    ),
  )
  expect(culpritOf(error)?.record).toEqual(['b', 2.5])
  expect(existsSync(join(folder, 'out'))).toBe(false)
})

test('a format, class or codec that there is not is refused at once', () => {
  const rdd = new SparkContext().parallelize([['a', 1]] as [string, number][])
  for (const [options, message] of [
    [
      { format: 'AvroOutputFormat' },
      'There is no output format AvroOutputFormat; there are TextOutputFormat and SequenceFileOutputFormat.',
    ],
    [{ ...sequenceFile, keyClass: 'Long' }, 'There is no Writable Long here; there are Text, IntWritable,'],
    [{ codec: 'lzo' }, 'There is no codec lzo; there are GzipCodec,'],
  ] as const) {
    expect(() => rdd.saveAsHadoopFile('nowhere', options as HadoopOutputFormat)).toThrow(message)
  }
})

test('streams save every batch under its time, empty ones too', async () => {
  const driver = new StreamingTestDriver()
  const words = driver.input<[string, number]>([[['a', 1]], []], 1)
  words.saveAsHadoopFiles('text', 'txt')
  words.saveAsNewAPIHadoopFiles('', '', sequenceFile)
  driver.start()
  await driver.advance(2)
  const written = driver.outputs.collected.map(({ key, directory, files }) => [key.outputId, directory, files!.map(({ name }) => name)])
  expect(written).toEqual([
    [0, 'text-1000.txt', ['part-00000']],
    [1, '1000', ['part-r-00000']],
    [0, 'text-2000.txt', ['part-00000']],
    [1, '2000', ['part-r-00000']],
  ])
  expect(Buffer.from(driver.outputs.collected[0]!.files![0]!.content).toString()).toBe('a\t1\n')
  await driver.stop()
})
