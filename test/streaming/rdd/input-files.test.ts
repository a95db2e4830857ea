import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SparkContext } from '../../../src-main/streaming/api.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import { fc } from '../../driver/property.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-text-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

test('however a file is divided, every line comes once and in order', async () => {
  const line = fc.stringMatching(/^[aé€ ]{0,6}$/)
  const end = fc.constantFrom('\n', '\r\n', '\r')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(line, end), { maxLength: 30 }),
      line,
      fc.integer({ min: 1, max: 40 }),
      async (lines, last, wanted) => {
        const text = lines.flat().join('') + last
        const expected = text === '' ? [] : text.split(/\r\n|\n|\r/)
        if (expected.at(-1) === '') expected.pop()
        const rdd = new SparkContext().textFile(written('text', text), wanted)
        expect(await rdd.collect()).toEqual(expected)
      },
    ),
    { numRuns: 60 },
  )
})

test('files are divided as Hadoop divides them: by their share of the bytes, the last a tenth larger at most', async () => {
  const path = written('hundred', 'x'.repeat(99))
  const context = new SparkContext({ defaultParallelism: 4 })
  expect(context.defaultMinPartitions).toBe(2)
  expect([context.textFile(path), context.textFile(path, 1), context.textFile(path, 10)].map((rdd) => rdd.getNumPartitions())).toEqual([
    2, 1, 11,
  ])
  expect(context.textFile(written('empty', '')).getNumPartitions()).toBe(1)
  expect(await context.textFile(join(folder, 'empty')).count()).toBe(0)
})

test('folders, patterns and lists are read by name, hidden files are not', async () => {
  for (const name of ['b.txt', 'a.txt', '_SUCCESS', '.hidden', 'c.log']) written(name, `${name}\n`)
  const context = new SparkContext()
  expect(await context.textFile(folder).collect()).toEqual(['a.txt', 'b.txt', 'c.log'])
  expect(await context.textFile(join(folder, '*.txt')).collect()).toEqual(['a.txt', 'b.txt'])
  expect(await context.textFile(join(folder, '{b,c}.*')).collect()).toEqual(['b.txt', 'c.log'])
  expect(await context.textFile(`${join(folder, 'c.log')},${join(folder, 'a.txt')}`).collect()).toEqual(['c.log', 'a.txt'])
})

test('packed files are unpacked, each in one partition; damaged ones and other kinds are refused', async () => {
  const context = new SparkContext()
  const lines = 'one\ntwo\n'
  for (const path of [written('a.gz', gzipSync(lines)), written('a.zst', zstdCompressSync(lines))]) {
    const rdd = context.textFile(path, 8)
    expect([rdd.getNumPartitions(), await rdd.collect()]).toEqual([1, ['one', 'two']])
  }
  await expect(context.textFile(written('bad.gz', 'no gzip')).count()).rejects.toThrow('bad.gz cannot be unpacked: incorrect header check')
  await expect(context.textFile(written('a.bz2', '')).count()).rejects.toThrow('a.bz2 is compressed in a way that Millrace does not read')
})

test('nothing is looked for before it is needed; then what is not there is said', async () => {
  const context = new SparkContext()
  const missing = context.textFile(join(folder, 'missing'))
  const pattern = context.textFile(join(folder, '*.none'))
  await expect(missing.count()).rejects.toThrow(`Input path does not exist: ${join(folder, 'missing')}`)
  await expect(pattern.count()).rejects.toThrow(`Input Pattern ${join(folder, '*.none')} matches 0 files`)
  mkdirSync(join(folder, 'outer', 'inner'), { recursive: true })
  await expect(context.textFile(join(folder, 'outer')).count()).rejects.toThrow(`Not a file: ${join(folder, 'outer', 'inner')}`)
})

test('a text file shows in the lineage as in Spark', () => {
  const path = written('in.txt', 'a\n')
  const shown = new SparkContext().textFile(path, 1).toDebugString()
  expect(shown.replaceAll(path, 'in.txt').replaceAll(/ at textFile at \S+/g, '')).toBe(
    '(1) in.txt MapPartitionsRDD[1] []\n |  in.txt HadoopRDD[0] []',
  )
})

test('whole files come as pairs of path and content, neighbours together', async () => {
  const paths = ['a', 'b', 'c', 'd'].map((name) => written(name, name.repeat(4)))
  const context = new SparkContext()
  const rdd = context.wholeTextFiles(folder, 2)
  expect(await rdd.collectPartitions()).toEqual([
    [
      [paths[0], 'aaaa'],
      [paths[1], 'bbbb'],
    ],
    [
      [paths[2], 'cccc'],
      [paths[3], 'dddd'],
    ],
  ])
})

test('what saveAsTextFile wrote is read again, packed or not', async () => {
  const context = new SparkContext()
  const rdd = context.parallelize(['a', null, 'c'], 2)
  await rdd.saveAsTextFile(join(folder, 'plain'))
  await rdd.saveAsTextFile(join(folder, 'packed'), 'gzip')
  expect(gunzipSync(readFileSync(join(folder, 'packed', 'part-00001.gz'))).toString()).toBe('null\nc\n')
  for (const name of ['plain', 'packed']) expect(await context.textFile(join(folder, name)).collect()).toEqual(['a', 'null', 'c'])
})

test('what saveAsSequenceFile wrote is read again by RDDs and by streams, packed or not', async () => {
  const context = new SparkContext()
  const pairs: [string, number][] = [
    ['a', 1],
    ['é', -2],
    ['c', 3],
  ]
  for (const codec of [undefined, 'snappy']) {
    const directory = join(folder, 'saved')
    await context.parallelize(pairs, 2).saveAsSequenceFile(directory, codec)
    const read = context.sequenceFile<string, number>(directory)
    expect(await read.collect()).toEqual(pairs)
    expect([read.getNumPartitions(), read.className]).toEqual([2, 'MapPartitionsRDD'])
    for (const name of ['part-00000', 'part-00001']) written(`${codec}-${name}`, readFileSync(join(directory, name)))
  }
  await expect(context.sequenceFile(written('.bad', 'no such thing')).count()).rejects.toThrow('.bad: this is no SequenceFile')

  const driver = new StreamingTestDriver({ startAt: Date.now() + 5000 })
  const stream = driver.context.fileStream<string, number>(folder, { format: 'SequenceFileInputFormat', newFilesOnly: false })
  const collected = driver.collect(stream)
  expect(() => driver.context.fileStream(folder, { format: 'AvroInputFormat' as 'TextInputFormat' })).toThrow(
    'There is no input format AvroInputFormat',
  )
  driver.start()
  await driver.advance(1)
  expect(collected.flatMap(({ elements }) => elements).sort()).toEqual([...pairs, ...pairs].sort())
  await driver.stop()
})
