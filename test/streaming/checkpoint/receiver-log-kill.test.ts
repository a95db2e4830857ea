// A receiver with a write-ahead log, and its engine and its program killed at every point: nothing that was acknowledged is lost. Each test
// runs engines as processes of their own (test/driver/stream-engine.ts); what killed ones left is finished by one that is not killed.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { wishOf } from '../../../src-main/agent/channel/log/stream-mailbox.ts'
import { StreamStore } from '../../../src-main/streaming/checkpoint/stream-store.ts'
import { ownCursor, receiverLogs } from '../../../src-main/streaming/input/receiver-log.ts'
import { runStreamEngine as run } from '../../driver/run-stream-engine.ts'
import type { StreamEngineOrders } from '../../driver/stream-engine.ts'

const events = 400
const perBlock = 20

/** A reliable receiver: its source gives lines in blocks, and goes on behind the last that was acknowledged (`acknowledged`). */
const program = (batchMs: number) => `
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { milliseconds, Receiver, StreamingContext } from 'millrace'

const kill = (file: string): void => {
  if (!existsSync(file)) return
  rmSync(file)
  process.kill(process.ppid, 'SIGKILL')
  process.kill(process.pid, 'SIGKILL')
}

class LinesReceiver extends Receiver<string> {
  onStart(): void {
    void this.receive()
  }
  onStop(): void {}
  async receive(): Promise<void> {
    for (;;) {
      const from = existsSync('acknowledged') ? Number(readFileSync('acknowledged', 'utf8')) : 0
      if (from >= ${events} || this.isStopped()) return
      await this.storeBlock(Array.from({ length: ${perBlock} }, (_, index) => \`line \${from + index}\`))
      writeFileSync('acknowledged', String(from + ${perBlock}))
      if (from + ${perBlock} === ${events}) kill('kill-when-all-is-acknowledged')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

const ssc = new StreamingContext({
  appName: 'receiver-log',
  batchDuration: milliseconds(${batchMs}),
  checkpoint: 'checkpoint',
  conf: { 'spark.streaming.receiver.writeAheadLog.enable': true },
})
const lines = ssc.receiverStream(new LinesReceiver())
lines.saveAsTextFiles('out/lines')
lines.count().saveAsTextFiles('out/counts')
ssc.start()
await ssc.awaitTermination()
`

const folders: string[] = []

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function prepared(batchMs = 60): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-received-'))
  folders.push(folder)
  writeFileSync(join(folder, 'program.ts'), program(batchMs))
  return folder
}

const every = Array.from({ length: events }, (_, index) => `line ${index}`)

/** Lines of all batches, in order. */
function written(folder: string): string[] {
  return readdirSync(join(folder, 'out'))
    .filter((name) => name.startsWith('lines-') && !name.endsWith('.writing'))
    .sort()
    .flatMap((name) =>
      readdirSync(join(folder, 'out', name))
        .filter((part) => part.startsWith('part-'))
        .sort()
        .flatMap((part) => readFileSync(join(folder, 'out', name, part), 'utf8').split('\n')),
    )
    .filter((line) => line !== '')
}

/** Goes on, not killed, to the last line: a block that came again, for a kill prevented its acknowledgement, puts that behind its own place. */
async function finish(folder: string, kills: number): Promise<void> {
  for (let until = events; until <= events + kills * perBlock; until += perBlock) {
    expect(await run({ folder, until })).toEqual({ code: 0, signal: null })
    if (new Set(written(folder)).size === events) return
  }
}

/** Nothing is missing; a block whose acknowledgement a kill prevented may be there twice. */
function expectNothingLost(folder: string, kills: number): void {
  const lines = written(folder)
  expect(new Set(lines)).toEqual(new Set(every))
  expect(lines.length - events).toBeLessThanOrEqual(kills * perBlock)
  expect((lines.length - events) % perBlock).toBe(0)
}

test('without a kill every line is written once and in order, and the log is let go up to where completed batches have read it', async () => {
  const folder = prepared()
  expect(await run({ folder, until: events })).toEqual({ code: 0, signal: null })
  expect(written(folder)).toEqual(every)
  const [log] = receiverLogs(join(folder, 'state'))
  const store = StreamStore.open(join(folder, 'state'))
  expect(store.endOf(log!.name)).toBe(events)
  expect(wishOf(log!.folder, ownCursor)).toEqual({ position: store.lowWaterOf(log!.name) })
  store.close()
})

test('what was acknowledged and no batch had when everything was killed is in a batch after the start', async () => {
  const folder = prepared(5000)
  writeFileSync(join(folder, 'kill-when-all-is-acknowledged'), '')
  expect(await run({ folder, until: events })).toEqual({ code: null, signal: 'SIGKILL' })
  expect(readFileSync(join(folder, 'acknowledged'), 'utf8')).toBe(String(events))
  const before = existsSync(join(folder, 'out')) ? written(folder).length : 0
  expect(before).toBeLessThan(events)
  expect(await run({ folder, until: events })).toEqual({ code: 0, signal: null })
  expect(written(folder)).toEqual(every)
})

const points: readonly [string, NonNullable<StreamEngineOrders['kill']>][] = [
  ['the range is written and the batch has not begun', { point: 'range-written', time: 3 }],
  ['output 1 of 2 is done', { point: 'output-done', time: 3, outputId: 0 }],
  ['all outputs are done and the batch is not completed', { point: 'outputs-done', time: 3 }],
  ['the cursor has moved', { point: 'cursor-moved', time: 3 }],
]

for (const [when, kill] of points) {
  test(`killed when ${when}, a stream runs the same blocks again at the same batch time`, async () => {
    const folder = prepared()
    expect(await run({ folder, until: events, kill })).toEqual({ code: null, signal: 'SIGKILL' })
    const state = join(folder, 'state')
    const ranges = (): unknown[] => {
      const store = StreamStore.open(state)
      const planned = store.all().map(({ batchTime, ranges: [range] }) => [batchTime, range?.from, range?.until])
      store.close()
      return planned
    }
    const before = ranges()
    await finish(folder, 1)
    expect(ranges().slice(0, before.length)).toEqual(before)
    expectNothingLost(folder, 1)
  })
}

test('killed again and again, a stream loses nothing that was acknowledged', async () => {
  const folder = prepared()
  const each = ['range-written', 'outputs-done', 'cursor-moved', 'output-done'] as const
  let kills = 0
  for (;;) {
    const { code } = await run({ folder, until: events, kill: { point: each[kills % each.length]!, time: 3 } })
    if (code === 0) break
    kills++
    expect(kills).toBeLessThan(60)
  }
  expect(kills).toBeGreaterThan(2)
  if (new Set(written(folder)).size < events) await finish(folder, kills)
  expectNothingLost(folder, kills)
})
