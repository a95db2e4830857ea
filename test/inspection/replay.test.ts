import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { programText, type StreamBench, streamBench, type TestStream } from '../driver/stream-bench.ts'
import { until } from '../driver/until.ts'

const words = 'lines.map((line): [string, number] => [line, 1]).reduceByKey((a, b) => a + b).print()'

/** Runs until the lines are read; answers the time of the batch that had them. */
async function batchOf(bench: StreamBench, { handle }: TestStream, lines: readonly string[]): Promise<number> {
  const before = handle.totals().records
  await bench.log.put(lines)
  handle.start()
  await expect.poll(() => handle.totals().records).toBe(before + lines.length)
  await handle.stop()
  return handle.batches(1000).find((batch) => batch.records === lines.length)!.batchTime
}

test('a replay gives the same output, writes nothing and moves no cursor', async () => {
  await using bench = await streamBench()
  const stream = bench.stream('s1', programText(`${words}\nlines.saveAsTextFiles('${join(bench.folder, 'saved')}')`))
  const batchTime = await batchOf(bench, stream, ['a', 'b', 'a'])
  const saved = join(bench.folder, `saved-${batchTime}`)
  expect(existsSync(saved)).toBe(true)
  rmSync(saved, { recursive: true })
  const cursors = bench.log.channel.cursors()
  const printed = stream.printed()
  const { same, record, replay } = await stream.handle.replay(batchTime)
  expect(same).toBe(true)
  expect(record.outputs[0]?.lines).toEqual(expect.arrayContaining(['(a,2)', '(b,1)']))
  expect(replay.collected.map((output) => output.directory ?? 'printed')).toEqual(['printed', saved])
  expect(existsSync(saved)).toBe(false)
  expect(bench.log.channel.cursors()).toEqual(cursors)
  expect(stream.printed()).toBe(printed)
})

test('a replay runs the version that the batch was run by, or the current one and says what differs', async () => {
  await using bench = await streamBench()
  const stream = bench.stream('s1', programText(words))
  const batchTime = await batchOf(bench, stream, ['a', 'b', 'a'])
  stream.rewrite(programText(words.replace('[line, 1]', '[line, 10]')))
  expect(await stream.handle.replay(batchTime)).toMatchObject({ same: true, replay: { programChanged: false } })
  const current = await stream.handle.replay(batchTime, 'current')
  expect(current).toMatchObject({ same: false, difference: expect.stringMatching(/line 4: "\(a,2\)" before, "\(a,20\)" now/) })
  expect(current.replay.programChanged).toBe(true)
  const text = await stream.handle.replay(batchTime, { text: programText(words.replace('[line, 1]', "[line + '!', 1]")) })
  expect(text.record.outputs[0]?.lines).toContain('(a!,2)')
})

test('a batch with a window is replayed with the batches that its window had', async () => {
  await using bench = await streamBench()
  const stream = bench.stream('s1', programText('lines.window(milliseconds(100000)).countByValue().print()'))
  await batchOf(bench, stream, ['a', 'b', 'a'])
  const batchTime = await batchOf(bench, stream, ['a', 'c'])
  const { same, record } = await stream.handle.replay(batchTime)
  expect(record.outputs[0]?.lines).toEqual(expect.arrayContaining(['(a,3)', '(b,1)', '(c,1)']))
  expect(same).toBe(true)
})

test('a failed batch fails again in the same way', async () => {
  await using bench = await streamBench()
  const stream = bench.stream('s1', programText('lines.map((line) => JSON.parse(line)).print()'))
  await bench.log.put(['{'])
  stream.handle.start()
  await stream.handle.ended()
  const { batchTime } = stream.handle.batches(100).find((batch) => batch.status === 'failed')!
  const { same, record } = await stream.handle.replay(batchTime)
  expect(same).toBe(true)
  expect(record).toMatchObject({ status: 'failed', errors: [{ record: { text: '{' }, line: 6 }] })
})

test('a batch that is not kept, or never was, is a sentence', async () => {
  await using bench = await streamBench()
  const stream = bench.stream('s1', programText(words))
  await expect(stream.handle.replay(17)).rejects.toThrow('The stream s1 has recorded no batch yet.')
  const batchTime = await batchOf(bench, stream, ['a'])
  await expect(stream.handle.replay(17)).rejects.toThrow(/keeps no batch of time 17\. The newest that it keeps is \d+/)
  const other = bench.stream('s2', programText(words))
  expect(() => other.handle.batch(batchTime)).toThrow('The stream s2 has recorded no batch yet.')
})

test('a range that the channel keeps no longer says so', async () => {
  await using bench = await streamBench()
  const stream = bench.stream('s1', programText(words))
  const batchTime = await batchOf(bench, stream, ['a', 'b'])
  await bench.log.channel.wireSinks(false)
  await bench.log.channel.streamCursor('s1').skipToNow()
  await bench.log.channel.forgetHistory()
  expect(bench.log.channel.extent().first).toBe(2)
  await expect(stream.handle.replay(batchTime)).rejects.toThrow(/Events 0 to 1 of channel c1 are kept no longer/)
})

test('a batch of a receiver with a write-ahead log is replayed from it, and nothing is received meanwhile', async () => {
  await using bench = await streamBench()
  const started = join(bench.folder, 'started')
  const program = `
import { appendFileSync } from 'node:fs'
import { milliseconds, Receiver, StreamingContext } from 'millrace'

class Words extends Receiver<string> {
  onStart(): void {
    appendFileSync(${JSON.stringify(started)}, 'x')
    void this.storeBlock(['a', 'b', 'a'])
  }
  onStop(): void {}
}
const ssc = new StreamingContext({
  appName: 'test',
  batchDuration: milliseconds(50),
  checkpoint: 'kept',
  conf: { 'spark.streaming.receiver.writeAheadLog.enable': true },
})
ssc.receiverStream(new Words()).map((word): [string, number] => [word, 1]).reduceByKey((a, b) => a + b).print()
ssc.start()
await ssc.awaitTermination()
`
  const { handle } = bench.stream('s1', program)
  handle.start()
  const { batchTime } = await until('the words are in a batch', () =>
    handle.batches(100).find((batch) => batch.status === 'completed' && batch.records === 3),
  )
  await handle.stop()
  const { same, record } = await handle.replay(batchTime)
  expect(record.outputs[0]?.lines).toEqual(expect.arrayContaining(['(a,2)', '(b,1)']))
  expect(same).toBe(true)
  expect(readFileSync(started, 'utf8')).toBe('x')
})
