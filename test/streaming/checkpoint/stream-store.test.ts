import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blockingDifferences } from '../../../src-main/streaming/checkpoint/graph-difference.ts'
import { StreamStore } from '../../../src-main/streaming/checkpoint/stream-store.ts'
import type { GraphDescription } from '../../../src-main/streaming/host.ts'
import type { InputRange } from '../../../src-shared/streaming/batch-record.ts'

let folder: string
let store: StreamStore
const graph: GraphDescription = { batchDurationMs: 1000, operators: [], outputs: [], directInputs: ['c1'] }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-store-'))
  store = StreamStore.open(folder)
  store.saveCheckpoint({ graph })
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const range = (from: number, until: number, input = 'c1'): InputRange => ({
  input,
  from,
  until,
  records: until - from,
  bytes: 10 * (until - from),
})

function reopen(): void {
  store.close()
  store = StreamStore.open(folder)
}

test('a planned batch is there after a restart, with its ranges and the zero time, until it completes', () => {
  store.plan(1000, [range(0, 5)], 0)
  reopen()
  expect(store.pending()).toEqual([{ batchTime: 1000, state: 'planned', attempts: 1, ranges: [range(0, 5)] }])
  expect(store.checkpoint()).toEqual({ graph, zeroTime: 0 })
  expect(store.beginAgain()).toMatchObject([{ attempts: 2 }])
  store.complete(1000, 0)
  reopen()
  expect(store.pending()).toEqual([])
  expect(store.endOf('c1')).toBe(5)
  expect(store.lastCompleted()).toBe(1000)
})

/** Rows as a long life would have left them: writing each by plan() and complete() would take its time. */
function addBatches(state: 'planned' | 'completed', from: number, until: number): void {
  const database = new DatabaseSync(join(folder, 'stream.db'))
  database.exec('BEGIN')
  const insert = database.prepare('INSERT INTO batch (time, state, attempts) VALUES (?, ?, 1)')
  for (let time = from; time < until; time++) insert.run(time, state)
  database.exec('COMMIT')
  database.close()
}

test('however many batches are planned ahead, the last that completed is known, where state stands', () => {
  store.plan(1, [range(0, 5)], 0)
  addBatches('planned', 2, 12_000)
  store.complete(1, 0)
  reopen()
  expect(store.lastCompleted()).toBe(1)
  expect(store.pending().length).toBe(11_998)
})

test('completed batches are forgotten beyond ten thousand, but none that a window may read', () => {
  addBatches('completed', 1, 12_000)
  store.plan(12_000, [range(0, 5)], 0)
  store.complete(12_000, 500)
  expect(store.all()[0]?.batchTime).toBe(500)
  reopen()
  store.plan(12_001, [range(5, 6)], 0)
  store.complete(12_001, 12_000)
  expect(store.all().length).toBe(10_000)
})

test('a batch of a time that is past is refused', () => {
  store.plan(2000, [range(0, 5)], 0)
  expect(() => store.plan(1000, [range(5, 6)], 0)).toThrow('A batch of time 1000 cannot be planned after one of time 2000.')
  expect(store.endOf('c1')).toBe(5)
})

test('a failed batch stays pending and holds the log back, whatever completes after it', () => {
  store.plan(1000, [range(0, 5)], 0)
  store.fail(1000)
  store.plan(2000, [range(5, 9)], 0)
  store.complete(2000, 2000)
  expect(store.pending()).toMatchObject([{ batchTime: 1000, state: 'failed' }])
  expect(store.lowWaterOf('c1')).toBe(0)
  expect(store.giveUpPending()).toBe(1)
  expect(store.pending()).toEqual([])
  expect(store.lowWaterOf('c1')).toBe(9)
})

test('what windows may still read holds the log back', () => {
  for (let time = 1; time <= 5; time++) {
    store.plan(time * 1000, [range(time * 10, time * 10 + 10)], 0)
    store.complete(time * 1000, time * 1000 - 2000)
  }
  expect(store.lowWaterOf('c1')).toBe(40)
  expect(store.completedAfter(3000).map((batch) => batch.batchTime)).toEqual([4000, 5000])
  expect(store.past(4000)).toMatchObject({ zeroTime: 0, remembered: [{ batchTime: 1000 }, { batchTime: 2000 }, { batchTime: 3000 }] })
})

test('each input has its own ranges', () => {
  store.plan(1000, [range(0, 5, 'c1'), range(100, 120, 'c2')], 0)
  expect([store.endOf('c1'), store.endOf('c2'), store.endOf('c3')]).toEqual([5, 120, undefined])
})

test('a past can be looked at while the stream runs; the stream itself cannot be opened twice', () => {
  store.plan(1000, [range(0, 5)], 0)
  store.complete(1000, 0)
  expect(StreamStore.peek(folder, 2000).remembered).toHaveLength(1)
  expect(() => StreamStore.open(folder)).toThrow(new RegExp(`run by another process \\(pid ${process.pid}\\)`))
})

test('a checkpoint that is none is refused with what is wrong with it, also by a replay', () => {
  const database = new DatabaseSync(join(folder, 'stream.db'))
  database.exec(`UPDATE meta SET value = '{"graph": {"batchDurationMs": 1000, "operators": [], "outputs": [], "directInputs": [7]}}'`)
  database.close()
  store.close()
  const sentence =
    /The checkpoint in .*stream\.db is not as Millrace wrote it \(graph\.directInputs\.0: .*A new --work-dir begins the stream anew/
  expect(() => StreamStore.open(folder)).toThrow(sentence)
  expect(() => StreamStore.peek(folder, 1000)).toThrow(sentence)
})

test('a file that is no store is left untouched and named', () => {
  const other = mkdtempSync(join(tmpdir(), 'millrace-store-'))
  writeFileSync(join(other, 'stream.db'), 'not a database at all, and longer than a header '.repeat(10))
  expect(() => StreamStore.open(other)).toThrow(/state in .*stream\.db could not be opened: .*left untouched/)
  rmSync(other, { recursive: true })
})

test('a changed program goes on freely when nothing is pending; otherwise interval and channels must fit', () => {
  const pending = [{ batchTime: 1000, ranges: [range(0, 5)] }]
  const changed = { ...graph, batchDurationMs: 2000, directInputs: ['c2'] }
  expect(blockingDifferences(graph, changed, [])).toEqual([])
  expect(blockingDifferences(graph, { ...graph, operators: [{ id: 0, name: 'map', parents: [], slideMs: 1000 }] }, pending)).toEqual([])
  expect(blockingDifferences(graph, changed, pending)).toEqual([
    'its batches were of 1000 ms, now they are of 2000 ms',
    'it no longer reads channel c1',
  ])
})
