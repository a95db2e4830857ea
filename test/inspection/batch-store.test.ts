import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ManualClock } from '../../src-main/clock.ts'
import { StoreRecorder } from '../../src-main/inspection/batch-recorder.ts'
import { BatchStore } from '../../src-main/inspection/batch-store.ts'
import { openDatabase } from '../../src-main/storage/sqlite.ts'
import { versionOf } from '../../src-main/streaming/program/load-program.ts'
import type { BatchRecord } from '../../src-shared/streaming/batch-record.ts'
import { type PackedRecord, packRecord } from '../../src-shared/streaming/packed-record.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-batches-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function record(batchTime: number, more: Partial<BatchRecord> = {}): BatchRecord {
  const sample = { text: `record of ${batchTime}`, cut: false }
  return {
    batchTime,
    status: 'completed',
    programVersion: 'v1',
    submissionTime: batchTime,
    inputs: [],
    operators: [
      { id: 0, name: 'map', callSite: 'map at p.ts:1', parents: [], in: 0, out: 1, ms: 0, firstIn: [], firstOut: [sample] },
      { id: 1, name: 'filter', callSite: 'filter at p.ts:2', parents: [0], in: 1, out: 0, ms: 0, firstIn: [sample], firstOut: [] },
    ],
    outputs: [],
    errors: [],
    ...more,
  }
}

const packed = (batchTime: number, more: Partial<BatchRecord> = {}): PackedRecord => packRecord(record(batchTime, more))

const times = (store: BatchStore, limit = 100): number[] => store.list(limit).map((stored) => stored.record.batchTime)

test('records come back whole; the list has them newest first, without samples', () => {
  using store = BatchStore.open(folder)
  store.add([1, 2, 3].map((time) => ({ record: packed(time), attempts: 1 })))
  expect(store.batch(2)).toEqual({ record: record(2), attempts: 1 })
  expect(times(store, 2)).toEqual([3, 2])
  expect(store.list(1)[0]?.record.operators[0]).toMatchObject({ out: 1, firstOut: [] })
  expect(store.batch(4)).toBeUndefined()
})

test('many samples come back as few do, and so do records of a version that kept them whole', () => {
  const outputs = [
    {
      id: 0,
      outputId: 0,
      operatorId: 1,
      name: 'print',
      description: '',
      status: 'succeeded' as const,
      wrote: [{ text: 'x'.repeat(40_000), cut: true }],
    },
  ]
  using store = BatchStore.open(folder)
  store.add([{ record: packed(1, { outputs }), attempts: 1 }])
  expect(store.batch(1)?.record).toEqual(record(1, { outputs }))
  expect(store.size().bytes).toBeLessThan(4000)
  const database = openDatabase(join(folder, 'batches.db'))
  const { head } = packed(2, { outputs })
  database
    .prepare(`INSERT INTO batch (time, status, attempts, head, record, bytes, version) VALUES (2, 'completed', 1, ?, ?, 0, 'v1')`)
    .run(head, deflateRawSync(JSON.stringify(record(2, { outputs }))))
  database.close()
  expect(store.batch(2)?.record).toEqual(record(2, { outputs }))
})

test('a batch that ran again replaces its record', () => {
  using store = BatchStore.open(folder)
  store.add([{ record: packed(1, { status: 'failed' }), attempts: 1 }])
  store.add([{ record: packed(1), attempts: 2 }])
  expect(store.list(10)).toMatchObject([{ attempts: 2, record: { status: 'completed' } }])
  expect(store.size().batches).toBe(1)
})

test('lists can be of one status, and page back', () => {
  using store = BatchStore.open(folder)
  store.add([1, 2, 3, 4].map((time) => ({ record: packed(time, { status: time % 2 === 0 ? 'failed' : 'completed' }), attempts: 1 })))
  expect(store.list(10, { status: 'failed' }).map((stored) => stored.record.batchTime)).toEqual([4, 2])
  expect(store.list(10, { before: 3 }).map((stored) => stored.record.batchTime)).toEqual([2, 1])
})

test('it keeps so many batches and so many bytes, the newest ones', () => {
  {
    using store = BatchStore.open(folder, { batches: 5, bytes: 1e9 })
    for (let time = 1; time <= 20; time++) store.add([{ record: packed(time), attempts: 1 }])
    expect(times(store)).toEqual([20, 19, 18, 17, 16])
  }
  using store = BatchStore.open(folder, { batches: 1000, bytes: 2000 })
  for (let time = 21; time <= 60; time++) store.add([{ record: packed(time), attempts: 1 }])
  const { batches, bytes } = store.size()
  expect(bytes).toBeLessThanOrEqual(2000)
  expect(times(store)).toHaveLength(batches)
  expect(times(store)[0]).toBe(60)
})

test('the newest batch is kept however large it is', () => {
  using store = BatchStore.open(folder, { batches: 10, bytes: 10 })
  store.add([{ record: packed(1), attempts: 1 }])
  store.add([{ record: packed(2), attempts: 1 }])
  expect(times(store)).toEqual([2])
})

test('a program version is kept as long as a batch of it is', () => {
  using store = BatchStore.open(folder, { batches: 2, bytes: 1e9 })
  const old = versionOf('file:///p.ts', new Map([['file:///p.ts', 'old']]))
  const now = versionOf('file:///p.ts', new Map([['file:///p.ts', 'new']]))
  expect(old.hash).not.toBe(now.hash)
  store.keepVersion(old, 1)
  store.add([{ record: packed(1, { programVersion: old.hash }), attempts: 1 }])
  store.keepVersion(now, 2)
  store.add([{ record: packed(2, { programVersion: now.hash }), attempts: 1 }])
  expect(store.version(old.hash)).toEqual(old)
  store.add([{ record: packed(3, { programVersion: now.hash }), attempts: 1 }])
  expect(store.version(old.hash)).toBeUndefined()
  expect(store.version(now.hash)).toEqual(now)
})

test('records of short batches are written together, at most every 250 ms, and at once when someone looks', () => {
  using store = BatchStore.open(folder)
  const clock = new ManualClock(1000)
  const recorder = new StoreRecorder(store, clock)
  recorder.batch(packed(1), 1)
  expect(times(store)).toEqual([1])
  recorder.batch(packed(2), 1)
  recorder.batch(packed(3), 1)
  expect(times(store)).toEqual([1])
  recorder.flush()
  expect(times(store)).toEqual([3, 2, 1])
  recorder.batch(packed(4), 1)
  recorder.close()
  expect(times(store)).toEqual([4, 3, 2, 1])
})

test('a folder without batches is a sentence', () => {
  expect(() => BatchStore.openToRead(join(folder, 'none'))).toThrow(/No batches are recorded in .*none/)
})
