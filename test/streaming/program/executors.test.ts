// Partitions in threads of their own: real programs over a real channel.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { randomFrom } from '../../driver/random.ts'
import { readAll, type StreamBench, streamBench, threadedProgramText } from '../../driver/stream-bench.ts'

/** A program whose stages all go to two threads. */
const threaded = (body: string, imports?: string): string => threadedProgramText('local[2]', body, imports)

async function printedOf(bench: StreamBench, source: string, lines: readonly string[]): Promise<string> {
  await bench.log.put(lines)
  const stream = bench.stream('s1', source)
  await readAll(stream, lines.length)
  expect(stream.handle.state.failure).toBeUndefined()
  return stream.printed()
}

/** What was printed until a later batch begins to print. */
function printedIn(batchTime: number, printed: string): string {
  const later = [...printed.matchAll(/-+\nTime: (\d+) ms\n-+\n/g)].find(([, time]) => Number(time) !== batchTime)
  return printed.slice(0, later?.index).replaceAll(`${batchTime}`, 'T')
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

test('results, the order of keys, samples and counts are those of one thread with as many partitions', async () => {
  const body = `const words = lines.flatMap((line) => line.split(' '))
  words.map((word) => [word, 1]).reduceByKey((a, b) => a + b).print(5)
  words.map((word) => [word.length, word]).groupByKey().print(3)
  words.map((word) => [word, { length: word.length, list: [word] }]).cogroup(words.map((word) => [word, word.length % 2])).print(4)
  lines.count().print()
  lines.union(words).filter((text) => text.includes('é')).foreachRDD(async (rdd) => console.log(await rdd.count(), (await rdd.collect()).join('|')))
  words.countByValue().saveAsTextFiles('counts')`
  const random = randomFrom(7)
  const lines = Array.from({ length: 2000 }, () =>
    Array.from({ length: random.below(6) }, () => `w${random.below(300)}${random.below(9) === 0 ? 'é' : ''}`).join(' '),
  )
  const outcomes: unknown[] = []
  for (const source of [
    threaded(body),
    threaded(body).replace("'millrace.streaming.threads.leastBytes': 0", "'millrace.streaming.threads.leastBytes': 1e12"),
  ]) {
    await using bench = await streamBench()
    await bench.log.put(lines)
    const stream = bench.stream('s1', source)
    await readAll(stream, lines.length)
    expect(stream.handle.state.failure).toBeUndefined()
    const batch = stream.handle.batches(50).find(({ records }) => records === lines.length)!
    const { operators } = stream.handle.batch(batch.batchTime)
    const saved = join(bench.folder, `counts-${batch.batchTime}`)
    const files = readdirSync(saved)
      .sort()
      .map((name) => [name, readFileSync(join(saved, name), 'utf8')])
    outcomes.push({
      printed: printedIn(batch.batchTime, stream.printed()),
      files,
      operators: operators.map(({ name, recordsIn, recordsOut, samplesIn, samplesOut }) => ({
        name,
        recordsIn,
        recordsOut,
        samplesIn,
        samplesOut,
      })),
    })
  }
  expect(outcomes[0]).toEqual(outcomes[1])
})

test('a function that throws in a thread fails its batch with record, line and origin, as in the program itself', async () => {
  await using bench = await streamBench()
  await bench.log.put(['1', '2', 'x', '4'])
  const stream = bench.stream(
    's1',
    threaded(`lines.map((line) => {
  if (line === 'x') throw new RangeError('no number: x')
  return [line, 1]
}).reduceByKey((a, b) => a + b).print()`),
  )
  stream.handle.start()
  await stream.handle.ended()
  const failed = stream.handle.batches(50).find(({ status }) => status === 'failed')!
  const [error] = stream.handle.batch(failed.batchTime).errors
  expect(error).toMatchObject({
    message: expect.stringContaining('RangeError: no number: x'),
    record: { text: 'x', origin: { ordinal: 2 } },
    line: 7,
  })
  expect(error!.message).toContain('Job aborted due to stage failure: Task 1 in stage')
  expect(stream.handle.state.failure).toMatchObject({ record: 'x', sentence: 'RangeError: no number: x', where: { line: 7 } })
})

test('a program that makes other streams in a thread is refused, with what differs and what to do', async () => {
  await using bench = await streamBench()
  const stream = bench.stream('s1', threaded(`;(threadId > 0 ? lines.map((line) => line) : lines.filter(() => true)).print()`, imports))
  stream.handle.start()
  const { failure } = await stream.handle.ended()
  expect(failure).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('here operator 2 is filter, in a thread map.') })
  expect(failure!.sentence).toContain('the master local')
})

test('a program that throws or exits in a thread before it starts its context fails with a sentence', async () => {
  for (const [statement, sentence] of [
    ['if (threadId > 0) throw new Error("not here")', 'not here'],
    ['if (threadId > 0) process.exit(3)', 'ended one of its threads with exit code 3'],
  ] as const) {
    await using bench = await streamBench()
    const stream = bench.stream('s1', threaded(`lines.print()\n${statement}`, imports))
    stream.handle.start()
    const { failure } = await stream.handle.ended()
    expect(failure?.sentence).toContain(sentence)
  }
})

test('a function that never returns in a thread is stopped with the stream', async () => {
  await using bench = await streamBench()
  await bench.log.put(letters)
  const stream = bench.stream('s1', threaded(`lines.map((line) => { console.log('begun'); for (;;); }).foreachRDD((rdd) => rdd.count())`), {
    stopGraceMs: 200,
  })
  stream.handle.start()
  await expect.poll(stream.printed, { timeout: 30_000 }).toContain('begun')
  await stream.handle.stop()
  expect(stream.handle.state.phase).toBe('stopped')
})

test('a function that exits the process, or fills the heap, in a thread ends the program, and the sentence says so', async () => {
  for (const [statement, kind, sentence] of [
    ['process.exit(7)', 'exit', 'ended one of its threads with exit code 7'],
    ['const kept = []; for (;;) kept.push({ a: [kept.length] })', 'memory', '--memory'],
  ] as const) {
    await using bench = await streamBench()
    await bench.log.put(letters)
    const stream = bench.stream('s1', threaded(`lines.map((line) => { ${statement} }).foreachRDD((rdd) => rdd.count())`), { memoryMb: 64 })
    stream.handle.start()
    expect((await stream.handle.ended()).failure).toMatchObject({ kind, sentence: expect.stringContaining(sentence) })
  }
})

test('what the top level prints is printed once, what functions print in threads is printed', async () => {
  await using bench = await streamBench()
  const body = `console.log('top')\nlines.map((line) => { console.log('saw', line); return line }).foreachRDD(async (rdd) => void (await rdd.count()))`
  const printed = await printedOf(bench, threaded(body), letters)
  expect(printed.split('\n').filter(Boolean).toSorted()).toEqual([...letters.map((letter) => `saw ${letter}`), 'top'])
})

test('results of a class of the program stay in its own thread; asynchronous functions too', async () => {
  await using bench = await streamBench()
  const body = `class Visit { constructor(line) { this.line = line } }
  lines.map((line) => [line, new Visit(line)]).groupByKey(1).foreachRDD(async (rdd) => {
    const pairs = await rdd.collect()
    if (pairs.length > 0) console.log(pairs.every(([, [visit]]) => visit instanceof Visit))
  })
  lines.mapPartitions(async (part) => [threadId, ...part]).foreachRDD(async (rdd) => console.log((await rdd.collect()).join(' ')))`
  const printed = await printedOf(bench, threaded(body, imports), letters)
  expect(printed).toContain('true\n0 a b c 0 d e f g\n')
})
