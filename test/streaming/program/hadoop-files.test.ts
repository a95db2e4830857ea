// Hadoop's files from a real program, whose partitions come from threads.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSequenceFile } from '../../driver/sequence-file.ts'
import { readAll, streamBench, threadedProgramText } from '../../driver/stream-bench.ts'

test('a program’s batch lies in one directory of each format, a file for each thread', async () => {
  await using bench = await streamBench()
  await bench.log.put(['a', 'bb', 'ccc', 'dddd'])
  const body = `const pairs = lines.map((line) => [line, line.length])
  pairs.saveAsHadoopFiles('text')
  pairs.saveAsNewAPIHadoopFiles('seq', 'out', { format: 'SequenceFileOutputFormat', codec: 'snappy' })`
  const stream = bench.stream('s1', threadedProgramText('local[2]', body))
  await readAll(stream, 4)
  expect(stream.handle.state.failure).toBeUndefined()
  const { batchTime } = stream.handle.batches(50).find(({ records }) => records === 4)!
  const [text, sequence] = [join(bench.folder, `text-${batchTime}`), join(bench.folder, `seq-${batchTime}.out`)]
  expect(readdirSync(text).sort()).toEqual(['_SUCCESS', 'part-00000', 'part-00001'])
  expect(readFileSync(join(text, 'part-00000'), 'utf8') + readFileSync(join(text, 'part-00001'), 'utf8')).toBe(
    'a\t1\nbb\t2\nccc\t3\ndddd\t4\n',
  )
  expect(readdirSync(sequence).sort()).toEqual(['_SUCCESS', 'part-r-00000', 'part-r-00001'])
  const files = ['part-r-00000', 'part-r-00001'].map((name) => readSequenceFile(readFileSync(join(sequence, name))))
  expect(files.map(({ keyClass, valueClass }) => [keyClass, valueClass])).toEqual(Array(2).fill(['Text', 'LongWritable']))
  expect(files.flatMap(({ pairs }) => pairs.map(([key, value]) => [key.subarray(1).toString(), Number(value.readBigInt64BE())]))).toEqual([
    ['a', 1],
    ['bb', 2],
    ['ccc', 3],
    ['dddd', 4],
  ])
  expect(stream.handle.batch(batchTime).outputs.map(({ name }) => name)).toEqual([
    'saveAsHadoopFiles at s1.ts:7',
    'saveAsNewAPIHadoopFiles at s1.ts:8',
  ])
})
