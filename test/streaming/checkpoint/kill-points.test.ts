// kill −9 at each step of a batch's protocol: every range runs once in effect, in order, with nothing between them, and what keyed outputs
// leave is what a run leaves that nobody killed.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StreamStore } from '../../../src-main/streaming/checkpoint/stream-store.ts'
import { logBench } from '../../driver/log-bench.ts'
import { runStreamEngine as run } from '../../driver/run-stream-engine.ts'
import type { StreamEngineOrders } from '../../driver/stream-engine.ts'

const events = 1200
const perRow = 100

/** Two keyed outputs. `mid-job`: its engine and itself are killed once, in the middle of a batch, when the file `kill-mid-job` asks for it. */
const program = `
import { existsSync, rmSync } from 'node:fs'
import { milliseconds, StreamingContext } from 'millrace'

const ssc = new StreamingContext({
  appName: 'kill-points',
  batchDuration: milliseconds(50),
  conf: { 'millrace.streaming.maxBytesPerBatch': 1600 },
})
const lines = ssc.channelStream('c1').text().map((line) => {
  if (line === 'line 450' && existsSync('kill-mid-job')) {
    rmSync('kill-mid-job')
    process.kill(process.ppid, 'SIGKILL')
    process.kill(process.pid, 'SIGKILL')
  }
  return line
})
const words = lines.flatMap((line) => line.split(' '))
lines.saveAsTextFiles('out/lines')
words.map((word): [string, number] => [word, 1]).reduceByKey((a, b) => a + b).transform((rdd) => rdd.sortByKey()).saveAsTextFiles('out/words')
ssc.start()
await ssc.awaitTermination()
`

let unkilled: Result
const folders: string[] = []

beforeAll(async () => {
  const folder = await prepared()
  expect(await run({ folder, until: events })).toEqual({ code: 0, signal: null })
  unkilled = await resultOf(folder)
})

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

test('without a kill, batches are of the size asked for, and every line is written once', () => {
  expect(unkilled.lines).toEqual(Array.from({ length: events }, (_, index) => `line ${index}`))
  expect(unkilled.batches.length).toBeGreaterThan(8)
  expect(unkilled.ranges.at(0)?.from).toBe(0)
  expect(unkilled.ranges.at(-1)?.until).toBe(events)
})

const points: readonly [string, NonNullable<StreamEngineOrders['kill']>][] = [
  ['the range is written and the batch has not begun', { point: 'range-written', time: 4 }],
  ['output 1 of 2 is done', { point: 'output-done', time: 4, outputId: 0 }],
  ['all outputs are done and the cursor has not moved', { point: 'outputs-done', time: 4 }],
  ['the cursor has moved', { point: 'cursor-moved', time: 4 }],
]

for (const [when, kill] of points) {
  test(`killed when ${when}, a stream goes on as if nothing had been`, async () => {
    const folder = await prepared()
    expect(await run({ folder, until: events, kill })).toEqual({ code: null, signal: 'SIGKILL' })
    await expectSameAfterRestart(folder)
  })
}

test('killed in the middle of a job, a stream goes on as if nothing had been', async () => {
  const folder = await prepared()
  writeFileSync(join(folder, 'kill-mid-job'), '')
  expect(await run({ folder, until: events })).toEqual({ code: null, signal: 'SIGKILL' })
  await expectSameAfterRestart(folder)
})

test('killed at every batch, a stream still gets to the end', async () => {
  const folder = await prepared()
  const each = ['range-written', 'outputs-done', 'cursor-moved', 'output-done'] as const
  let kills = 0
  for (;;) {
    const { code } = await run({ folder, until: events, kill: { point: each[kills % each.length]!, time: 2 } })
    if (code === 0) break
    kills++
    expect(kills).toBeLessThan(60)
  }
  expect(kills).toBeGreaterThan(5)
  expect(await resultOf(folder)).toMatchObject({ lines: unkilled.lines, words: unkilled.words })
})

async function expectSameAfterRestart(folder: string): Promise<void> {
  const before = await rangesOf(folder)
  expect(await run({ folder, until: events })).toEqual({ code: 0, signal: null })
  const after = await resultOf(folder)
  // Ranges that were written are never written anew.
  expect(after.ranges.slice(0, before.length)).toEqual(before)
  expect(after.lines).toEqual(unkilled.lines)
  expect(after.words).toEqual(unkilled.words)
}

interface Range {
  readonly batchTime: number
  readonly from: number
  readonly until: number
}

interface Result {
  readonly ranges: readonly Range[]
  /** Batches that left output, by time. */
  readonly batches: readonly string[]
  readonly lines: readonly string[]
  /** One text per batch that had records. */
  readonly words: readonly string[]
}

async function prepared(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kill-'))
  folders.push(folder)
  writeFileSync(join(folder, 'program.ts'), program)
  const log = await logBench(folder)
  for (let first = 0; first < events; first += perRow) {
    await log.put(Array.from({ length: perRow }, (_, index) => `line ${first + index}`))
  }
  await log.channel.stop()
  return folder
}

async function rangesOf(folder: string): Promise<Range[]> {
  // The operating system has let go of a dead process's lock.
  const store = StreamStore.open(join(folder, 'state'))
  const ranges = store
    .all()
    .flatMap(({ batchTime, ranges: [range] }) => (range === undefined ? [] : [{ batchTime, from: range.from, until: range.until }]))
  store.close()
  for (const [index, range] of ranges.entries())
    expect(range.from, `range ${index} begins where the one before ended`).toBe(ranges[index - 1]?.until ?? 0)
  return ranges
}

async function resultOf(folder: string): Promise<Result> {
  const ranges = await rangesOf(folder)
  const out = join(folder, 'out')
  expect(readdirSync(out).filter((name) => name.endsWith('.writing'))).toEqual([])
  const batches = readdirSync(out)
    .filter((name) => name.startsWith('lines-'))
    .sort()
  const text = (name: string): string => (existsSync(join(out, name, 'part-00000')) ? parts(join(out, name)) : '')
  const lines = batches.flatMap((name) =>
    text(name)
      .split('\n')
      .filter((line) => line !== ''),
  )
  const words = batches.map((name) => text(name.replace('lines-', 'words-'))).filter((content) => content !== '')
  return { ranges, batches, lines, words }
}

function parts(directory: string): string {
  return readdirSync(directory)
    .filter((name) => name.startsWith('part-'))
    .sort()
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('')
}
