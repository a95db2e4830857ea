// Partitions in threads of their own: real programs over a real channel.
import { expect, test } from 'vitest'
import { programText, type StreamBench, streamBench, type TestStream } from '../../driver/stream-bench.ts'

/** A program whose stages all go to threads. */
function threaded(body: string, imports = ''): string {
  const conf = "{ 'millrace.streaming.threads.leastBytes': 0, 'millrace.streaming.threads.wait': true }"
  return programText(body, imports).replace("appName: 'test'", `appName: 'test', master: 'local[2]', conf: ${conf}`)
}

/** Runs a stream until it has read so many records, or has failed. */
async function readAll(stream: TestStream, records: number): Promise<void> {
  stream.handle.start()
  await expect
    .poll(() => stream.handle.state.phase === 'failed' || stream.handle.totals().records >= records, { timeout: 30_000, interval: 20 })
    .toBe(true)
  await stream.handle.stop()
}

async function printedOf(bench: StreamBench, source: string, lines: readonly string[]): Promise<string> {
  await bench.log.put(lines)
  const stream = bench.stream('s1', source)
  await readAll(stream, lines.length)
  expect(stream.handle.state.failure).toBeUndefined()
  return stream.printed()
}

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const imports = "import { threadId } from 'node:worker_threads'"

test('functions before the first shuffle run in threads, those behind it and those of transform in the program itself', async () => {
  await using bench = await streamBench()
  const body = `lines.map((line) => [line, threadId > 0])
    .reduceByKey((one) => one, 1)
    .map(([line, inThread]) => [line, inThread, threadId > 0])
    .foreachRDD(async (rdd) => console.log((await rdd.collect()).toSorted().join(' ')))
  lines.transform((rdd) => rdd.map((line) => [line, threadId > 0])).foreachRDD(async (rdd) => console.log((await rdd.collect()).join(' ')))`
  const printed = await printedOf(bench, threaded(body, imports), letters.slice(0, 3))
  expect(printed).toContain('a,true,false b,true,false c,true,false\na,false b,false c,false\n')
})
