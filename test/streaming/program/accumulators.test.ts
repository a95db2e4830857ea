// Accumulators and broadcast variables of real programs, in one thread and in two.
import { expect, test } from 'vitest'
import { readAll, streamBench, threadedProgramText } from '../../driver/stream-bench.ts'

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

/** The program with `ssc.sparkContext` at hand before its streams; `master`: where it runs. */
function program(master: string, top: string, body: string, imports = ''): string {
  return threadedProgramText(master, body, imports).replace('const lines =', `const sc = ssc.sparkContext\n${top}\nconst lines =`)
}

async function printedOf(source: string, lines: readonly string[] = letters): Promise<string> {
  return (await outputOf(source, lines)).printed
}

async function outputOf(source: string, lines: readonly string[]): Promise<{ readonly printed: string; readonly warned: string }> {
  await using bench = await streamBench()
  await bench.log.put(lines)
  const stream = bench.stream('s1', source)
  await readAll(stream, lines.length)
  expect(stream.handle.state.failure).toBeUndefined()
  return { printed: stream.printed(), warned: stream.warned() }
}

const counting = `
const dropped = sc.longAccumulator('dropped')
const halves = sc.doubleAccumulator()
const kept = sc.collectionAccumulator('kept')
const skip = sc.broadcast(new Set(['b', 'd']))
dropped.add(1000)`
const counted = `lines.filter((line) => {
    halves.add(0.5)
    if (!skip.value.has(line)) return true
    dropped.add(1)
    return false
  }).map((line) => { kept.add({ line, inThread: threadId > 0 }); return [line, 1] })
  .reduceByKey((a, b) => a + b).foreachRDD(async (rdd) => {
    if ((await rdd.count()) > 0) console.log(dropped.value, dropped.count, halves.sum, halves.count, JSON.stringify(kept.value))
  })`

test.each(['local', 'local[2]'])('what tasks add counts once with %s, and what the top level added counts once', async (master) => {
  const printed = await printedOf(program(master, counting, counted, "import { threadId } from 'node:worker_threads'"))
  const inThread = master !== 'local'
  const kept = ['a', 'c', 'e', 'f', 'g'].map((line) => ({ line, inThread }))
  expect(printed.trim()).toBe(`1002 3 3.5 7 ${JSON.stringify(kept)}`)
})

test.each(['local', 'local[2]'])('a failed task adds nothing with %s, the task that succeeded does', async (master) => {
  await using bench = await streamBench()
  await bench.log.put(['a', 'b', 'c', 'x'])
  const body = `lines.map((line) => {
    seen.add(1)
    if (line === 'x') throw new Error('an x')
    return line
  }).foreachRDD(async (rdd) => {
    try {
      await rdd.count()
    } catch (error) {
      console.log('seen', seen.value, error.cause.message)
    }
  })`
  // In one thread the channel is one partition, in two the first of its two partitions succeeds.
  const stream = bench.stream('s1', program(master, `const seen = sc.longAccumulator()`, body))
  await readAll(stream, 4)
  expect(stream.printed().trim()).toBe(`seen ${master === 'local' ? 0 : 2} an x`)
})

test('an accumulator of the program’s own class keeps its stage in the program’s own thread, with the same result', async () => {
  const top = `class Longest extends AccumulatorV2 {
  #longest = ''
  get isZero() { return this.#longest === '' }
  get value() { return this.#longest }
  add(text) { if (text.length > this.#longest.length) this.#longest = text }
  reset() { this.#longest = '' }
  copy() { const copy = new Longest(); copy.add(this.#longest); return copy }
  merge(other) { this.add(other.value) }
}
const longest = sc.register(new Longest(), 'longest')
const seen = sc.longAccumulator()`
  const body = `lines.map((line) => { longest.add(line); seen.add(1); return threadId }).foreachRDD(async (rdd) => {
    const threads = await rdd.collect()
    if (threads.length > 0) console.log(String(longest), seen.value, threads.join(''))
  })`
  const imports = "import { threadId } from 'node:worker_threads'\nimport { AccumulatorV2 } from 'millrace'"
  const { printed, warned } = await outputOf(program('local[2]', top, body, imports), ['a', 'bbb', 'cc', 'd'])
  expect(warned).toMatch(/^WARN What an operation yields, or adds to an accumulator, .* \(Longest\): it runs in the program's own thread/m)
  expect(printed).toContain('Longest(id: 0, name: Some(longest), value: bbb) 4 0000\n')
})

test('accumulators made where they are asked for, as after a restart, count; in two threads such a stage runs in the program’s own', async () => {
  const body = `lines.foreachRDD(async (rdd) => {
    await rdd.foreach((line) => counter(rdd.context).add(line.length))
    if (!(await rdd.isEmpty())) console.log('so far', counter(rdd.context).value)
  })
  lines.map((line) => { counter(sc).add(100); return line }).foreachRDD(async (rdd) => {
    if ((await rdd.count()) > 0) console.log('then', counter(sc).value)
  })`
  const top = `let made
const counter = (context) => (made ??= context.longAccumulator('lazy'))`
  for (const master of ['local', 'local[2]']) {
    const printed = await printedOf(program(master, top, body))
    expect(printed).toContain('so far 7\n')
    expect(printed).toContain('then 707\n')
  }
})

test('a program that registers other accumulators in a thread is refused', async () => {
  await using bench = await streamBench()
  const top = `threadId > 0 ? sc.doubleAccumulator('n') : sc.longAccumulator('n')`
  const stream = bench.stream('s1', program('local[2]', top, 'lines.print()', "import { threadId } from 'node:worker_threads'"))
  stream.handle.start()
  const { failure } = await stream.handle.ended()
  expect(failure).toMatchObject({
    kind: 'refused',
    sentence: expect.stringContaining('here accumulator 0 is LongAccumulator n, in a thread DoubleAccumulator n.'),
  })
})
