import { join } from 'node:path'
import { expect, test } from 'vitest'
import { programText, streamBench } from '../driver/stream-bench.ts'

test('a stream reads a channel, tells what it does, records its batches and moves its cursor', async () => {
  await using bench = await streamBench()
  const { handle, printed } = bench.stream('counts', programText('lines.map((line) => line.toUpperCase()).print()'))
  expect(handle.summary()).toMatchObject({ state: 'stopped', channels: [] })
  await bench.log.put(['a', 'b', 'c'])
  handle.start()
  await expect.poll(() => handle.totals()).toMatchObject({ records: 3, failed: 0, backlogRecords: 0 })
  expect(handle.summary()).toMatchObject({
    name: 'counts',
    state: 'running',
    batchIntervalMs: 50,
    channels: ['c1'],
    sentence: expect.stringMatching(/^Batches of 50 ms: \d+ completed, 0 failed\.$/),
  })
  expect(printed()).toContain('A\nB\nC\n')
  const { batchTime } = handle.batches(1000).find((batch) => batch.records === 3)!
  const record = handle.batch(batchTime)
  expect(record).toMatchObject({
    id: `counts/${batchTime}`,
    status: 'completed',
    ranges: [{ channel: 'c1', from: 0, until: 3, records: 3 }],
    errors: [],
    programVersion: expect.stringMatching(/^[0-9a-f]{16}$/),
  })
  const map = record.operators.find((operator) => operator.operation === 'map')
  expect(map).toMatchObject({ line: 6, recordsIn: 3, recordsOut: 3, samplesIn: [{ text: 'a', cut: false }, { text: 'b' }, { text: 'c' }] })
  expect(map?.samplesOut.map((sample) => sample.text)).toEqual(['A', 'B', 'C'])
  expect(record.outputs).toMatchObject([{ status: 'completed', lines: expect.arrayContaining(['A', 'B', 'C']) }])
  expect(handle.rest(`batches/${batchTime}`)).toMatchObject({
    status: 200,
    body: { batchId: batchTime, inputSize: 3, status: 'COMPLETED', numCompletedOutputOps: 1 },
  })
  expect(handle.rest('statistics').body).toMatchObject({ batchDuration: 50, numProcessedRecords: 3, numReceivers: 0 })
  await bench.log.put(['d'])
  await expect.poll(() => bench.log.channel.cursors().find((cursor) => cursor.name === 'counts')?.position).toBeGreaterThanOrEqual(3)
  await handle.stop()
  expect(handle.summary()).toMatchObject({ state: 'stopped', sentence: expect.stringContaining('run again at the next start') })
})

test('a record that makes a function throw is named with its line; other streams go on; the mended program has the same range', async () => {
  await using bench = await streamBench()
  const good = bench.stream('good', programText('lines.print()'))
  const parse = 'lines.map((line) => {\n  return JSON.parse(line).n\n}).print()'
  const bad = bench.stream('bad', programText(parse))
  await bench.log.put(['{"n":1}', '{"n":2', '{"n":3}'])
  good.handle.start()
  bad.handle.start()
  const { phase, failure } = await bad.handle.ended()
  expect(phase).toBe('failed')
  expect(failure).toMatchObject({
    kind: 'threw',
    record: '{"n":2',
    where: { line: 7, column: 15, sourceLine: '  return JSON.parse(line).n' },
  })
  const [failed] = bad.handle.batches(1000).filter((batch) => batch.status === 'failed')
  const record = bad.handle.batch(failed!.batchTime)
  expect(record.errors).toMatchObject([{ line: 7, column: 15, record: { text: '{"n":2' }, operator: expect.stringContaining('map') }])
  expect(record.operators.find((operator) => operator.operation === 'map')?.error?.record?.text).toBe('{"n":2')
  expect(bad.handle.summary()).toMatchObject({
    state: 'failed',
    trouble: { severity: 'error', hint: expect.stringContaining('Mend the program') },
  })
  await expect.poll(() => good.handle.totals().records).toBe(3)
  expect(good.handle.state.phase).toBe('running')

  bad.rewrite(programText('lines.map((line) => /\\d/.exec(line)?.[0]).print()'))
  bad.handle.start()
  await expect.poll(bad.printed).toContain('1\n2\n3\n')
  await bad.handle.stop()
  expect(bad.handle.batch(failed!.batchTime)).toMatchObject({ status: 'completed', rerun: true, ranges: record.ranges })
})

for (const [what, statement, kind] of [
  ['allocates without end', 'const kept: Uint8Array[] = []; for (;;) kept.push(new Uint8Array(8 << 20).fill(1))', 'memory'],
  ['kills its own process', "process.kill(process.pid, 'SIGKILL'); for (;;);", 'killed'],
  ['exits', 'process.exit(4)', 'exit'],
] as const) {
  test(`a batch that ${what} is contained, and runs again with the same range once the program is mended`, async () => {
    await using bench = await streamBench()
    const { handle, rewrite, printed } = bench.stream(
      'bad',
      programText(`lines.foreachRDD(async (rdd) => { if ((await rdd.count()) > 0) { ${statement} } })`),
      { memoryMb: 64 },
    )
    await bench.log.put(['one', 'two'])
    handle.start()
    expect(await handle.ended()).toMatchObject({ phase: 'failed', failure: { kind } })
    rewrite(programText('lines.print()'))
    handle.start()
    await expect.poll(printed).toContain('one\ntwo\n')
  })
}

test('a batch that never returns is seen as such, stop ends it, and it runs again', async () => {
  await using bench = await streamBench()
  const { handle, rewrite, printed } = bench.stream('bad', programText('lines.map((line) => { for (;;); }).print()'), { stopGraceMs: 100 })
  await bench.log.put(['one'])
  handle.start()
  await expect.poll(() => handle.batches(100).map((batch) => batch.status)).toContain('processing')
  await handle.stop()
  expect(handle.state).toMatchObject({ phase: 'stopped', failure: { kind: 'stopped' } })
  rewrite(programText('lines.print()'))
  handle.start()
  await expect.poll(printed).toContain('one\n')
})

test('a failing program is started again until it has failed too often; the state says when and why', async () => {
  await using bench = await streamBench()
  const { handle } = bench.stream('bad', programText('lines.foreachRDD(() => process.exit(1))'), {
    restart: { maxFailures: 3, firstDelayMs: 300, longestDelayMs: 300 },
  })
  expect(handle.summary()).toMatchObject({ state: 'stopped', sentence: 'No batch has run yet.' })
  handle.start()
  await expect
    .poll(() => handle.summary())
    .toMatchObject({
      state: 'retrying',
      sentence: expect.stringMatching(/exit code 1.*\. It is started again in 1 s \(failure \d\)/),
      trouble: { severity: 'warning', hint: expect.stringMatching(/It is started again by itself \(failure \d in a row\)/) },
    })
  expect(await handle.ended()).toMatchObject({ phase: 'failed', failures: 3 })
  expect(handle.summary().sentence).toContain('Left alone after 3 failures.')
})

test('a channel that is not there is named with the ones that are', async () => {
  await using bench = await streamBench()
  const { handle } = bench.stream('bad', programText("ssc.channelStream('orders').print()"))
  handle.start()
  const { failure } = await handle.ended()
  expect(failure).toMatchObject({ kind: 'load', where: { line: 6 } })
  expect(failure?.sentence).toMatch(
    /^The program could not be loaded: The program reads channel orders, which is not there: there is only c1\./,
  )
})

test('a name that several channels have is said with the whole names, and how to write one', async () => {
  await using bench = await streamBench()
  const { handle } = bench.stream('bad', programText(''), {
    channels: () =>
      ['tail/a1.c1', 'b1.c1', 'other/b1.c1'].map((name) => ({
        ...bench.log.forStream('bad'),
        name,
        folder: join(bench.folder, name.slice(-5)),
      })),
  })
  handle.start()
  const { failure } = await handle.ended()
  expect(failure?.sentence).toContain(
    "Several channels are named c1: tail/a1.c1, other/b1.c1. Write the whole name of one of them: channelStream('tail/a1.c1').",
  )
})

test('a second process on a stream gets a sentence that says who has it', async () => {
  await using bench = await streamBench()
  const first = bench.stream('counts', programText('lines.print()'))
  first.handle.start()
  const second = bench.stream('counts', programText('lines.print()'))
  expect(() => second.handle.start()).toThrow(/is run by another process \(pid \d+\)\. Stop that one/)
})

test('a program that no longer reads what must run again is refused with the difference', async () => {
  await using bench = await streamBench()
  const { handle, rewrite } = bench.stream(
    's1',
    programText("lines.foreachRDD(async (rdd) => { if ((await rdd.count()) > 0) throw new Error('no') })"),
  )
  await bench.log.put(['one'])
  handle.start()
  await handle.ended()
  rewrite(programText('lines.print()').replace('milliseconds(50)', 'milliseconds(70)'))
  handle.start()
  const { failure } = await handle.ended()
  expect(failure).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('its batches were of 50 ms, now they are of 70 ms') })
  await handle.stop()
  expect(handle.giveUpPending()).toBeGreaterThanOrEqual(1)
  handle.start()
  await expect.poll(() => handle.state.phase).toBe('running')
})

test('what a program prints comes by lines, in order, also without a line end', async () => {
  await using bench = await streamBench()
  const { handle } = bench.stream('s1', "console.log('first')\nconsole.error('second')\nprocess.stdout.write('third')\n")
  handle.start()
  expect(await handle.ended()).toMatchObject({ phase: 'stopped', finished: true })
  expect(
    handle
      .output(0)
      .map(({ text, stream }) => `${stream} ${text}`)
      .sort(),
  ).toEqual(['err second', 'out first', 'out third'])
  expect(handle.output(2)).toHaveLength(1)
})

test('totals are of the whole life of a stream, also before it is started again', async () => {
  await using bench = await streamBench()
  const first = bench.stream('s1', programText('lines.print()'))
  await bench.log.put(['a', 'b'])
  first.handle.start()
  await expect.poll(() => first.handle.totals().records).toBe(2)
  await first.handle.close()
  const again = bench.stream('s1', programText('lines.print()'))
  const { completed, records } = again.handle.totals()
  expect(records).toBe(2)
  expect(completed).toBeGreaterThan(0)
  await bench.log.put(['c'])
  again.handle.start()
  await expect.poll(() => again.handle.totals().records).toBe(3)
})
