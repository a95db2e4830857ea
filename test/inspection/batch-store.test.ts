import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ManualClock } from '../../src-main/clock.ts'
import { StoreRecorder } from '../../src-main/inspection/batch-recorder.ts'
import { BatchStore, type KeptBatch } from '../../src-main/inspection/batch-store.ts'
import { type Logger, loggerTo, silentLogger } from '../../src-main/log.ts'
import { openDatabase } from '../../src-main/storage/sqlite.ts'
import { versionOf } from '../../src-main/streaming/program/load-program.ts'
import type { BatchRecord } from '../../src-shared/streaming/batch-record.ts'
import { type PackedDetails, packRecord } from '../../src-shared/streaming/packed-record.ts'
import { detailsOf } from '../driver/packed-details-of.ts'

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

const kept = (batchTime: number, more: Partial<BatchRecord> = {}, attempts = 1): KeptBatch => {
  const whole = record(batchTime, more)
  const details = detailsOf(whole)
  return { record: packRecord(whole), attempts, ...(details !== undefined && { details }) }
}

const times = (store: BatchStore, limit = 100): number[] => store.list(limit).map((stored) => stored.record.batchTime)

test('records come back whole; the list has them newest first, without operators', () => {
  using store = BatchStore.open(folder)
  store.add([1, 2, 3].map((time) => kept(time)))
  expect(store.batch(2)).toEqual({ record: record(2), attempts: 1 })
  expect(times(store, 2)).toEqual([3, 2])
  expect(store.list(1)[0]?.record).toMatchObject({ batchTime: 3, operators: [] })
  expect(store.batch(4)).toBeUndefined()
})

test.each([
  ['a head that is no record', `UPDATE batch SET head = '{"batchTime":2}'`, 'it has no submissionTime'],
  ['details that are cut', `UPDATE batch SET record = substr(record, 1, 40)`, 'JSON'],
  ['details that are not deflated as they say', `UPDATE batch SET form = 'deflated-details'`, 'invalid'],
])('a batch that cannot be read back is refused with its file and what can be done: %s', (_, damage, problem) => {
  using store = BatchStore.open(folder)
  store.add([kept(2)])
  const database = openDatabase(join(folder, 'batches.db'))
  database.exec(damage)
  database.close()
  expect(() => store.batch(2)).toThrow(`The record of batch 2 in ${join(folder, 'batches.db')} is damaged: `)
  expect(() => store.batch(2)).toThrow(problem)
  expect(() => store.batch(2)).toThrow('Delete that file while the stream is stopped')
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
  store.add([kept(1, { outputs })])
  expect(store.batch(1)?.record).toEqual(record(1, { outputs }))
  expect(store.size().bytes).toBeLessThan(4000)
  const database = openDatabase(join(folder, 'batches.db'))
  const { head } = packRecord(record(2, { outputs }))
  database
    .prepare(`INSERT INTO batch (time, status, attempts, head, record, bytes, version) VALUES (2, 'completed', 1, ?, ?, 0, 'v1')`)
    .run(head, deflateRawSync(JSON.stringify(record(2, { outputs }))))
  database.close()
  expect(store.batch(2)?.record).toEqual(record(2, { outputs }))
})

test('a batch that ran again replaces its record', () => {
  using store = BatchStore.open(folder)
  store.add([kept(1, { status: 'failed' })])
  store.add([kept(1, {}, 2)])
  expect(store.list(10)).toMatchObject([{ attempts: 2, record: { status: 'completed' } }])
  expect(store.size().batches).toBe(1)
})

test('lists can be of one status, and page back', () => {
  using store = BatchStore.open(folder)
  store.add([1, 2, 3, 4].map((time) => kept(time, { status: time % 2 === 0 ? 'failed' : 'completed' })))
  expect(store.list(10, { status: 'failed' }).map((stored) => stored.record.batchTime)).toEqual([4, 2])
  expect(store.list(10, { before: 3 }).map((stored) => stored.record.batchTime)).toEqual([2, 1])
})

test('it keeps so many batches and so many bytes, the newest ones', () => {
  {
    using store = BatchStore.open(folder, { batches: 5, bytes: 1e9 })
    for (let time = 1; time <= 20; time++) store.add([kept(time)])
    expect(times(store)).toEqual([20, 19, 18, 17, 16])
  }
  using store = BatchStore.open(folder, { batches: 1000, bytes: 2000 })
  for (let time = 21; time <= 60; time++) store.add([kept(time)])
  const { batches, bytes } = store.size()
  expect(bytes).toBeLessThanOrEqual(2000)
  expect(times(store)).toHaveLength(batches)
  expect(times(store)[0]).toBe(60)
})

test('the newest batch is kept however large it is', () => {
  using store = BatchStore.open(folder, { batches: 10, bytes: 10 })
  store.add([kept(1)])
  store.add([kept(2)])
  expect(times(store)).toEqual([2])
})

test('a program version is kept as long as a batch of it is', () => {
  using store = BatchStore.open(folder, { batches: 2, bytes: 1e9 })
  const old = versionOf('file:///p.ts', new Map([['file:///p.ts', 'old']]))
  const now = versionOf('file:///p.ts', new Map([['file:///p.ts', 'new']]))
  expect(old.hash).not.toBe(now.hash)
  store.keepVersion(old, 1)
  store.add([kept(1, { programVersion: old.hash })])
  store.keepVersion(now, 2)
  store.add([kept(2, { programVersion: now.hash })])
  expect(store.version(old.hash)).toEqual(old)
  store.add([kept(3, { programVersion: now.hash })])
  expect(store.version(old.hash)).toBeUndefined()
  expect(store.version(now.hash)).toEqual(now)
})

/** Records as a program hands them over: with their own details, or without. */
function recorderOf(
  store: BatchStore,
  log: Logger = silentLogger,
): { clock: ManualClock; recorder: StoreRecorder; batch(time: number, details?: number[]): void } {
  const clock = new ManualClock(1000)
  const recorder = new StoreRecorder(store, clock, log)
  return { clock, recorder, batch: (time, details = []) => recorder.batch(packRecord(record(time)), 1, detailsOfAll(details)) }
}

const detailsOfAll = (times: readonly number[]): PackedDetails[] =>
  times.map((batchTime) => ({ batchTime, text: detailsOf(record(batchTime))! }))

test('records of short batches are written together, at most every 250 ms, and at once when someone looks', () => {
  using store = BatchStore.open(folder)
  const { clock, recorder, batch } = recorderOf(store)
  batch(1, [1])
  expect(times(store)).toEqual([1])
  batch(2)
  batch(3)
  expect(times(store)).toEqual([1])
  recorder.flush()
  expect(times(store)).toEqual([3, 2, 1])
  clock.advance(249)
  batch(4, [2, 3, 4])
  expect(times(store)).toEqual([3, 2, 1])
  clock.advance(1)
  batch(5, [5])
  expect(times(store)).toEqual([5, 4, 3, 2, 1])
  batch(6)
  recorder.flush()
  expect(times(store)[0]).toBe(6)
})

test('records wait for their details when it is time to write them, for 150 ms', async () => {
  using store = BatchStore.open(folder)
  const { clock, batch } = recorderOf(store)
  batch(1, [1])
  batch(2)
  clock.advance(260)
  batch(3)
  expect(times(store)).toEqual([1])
  batch(4, [2, 3, 4])
  expect(times(store)).toEqual([4, 3, 2, 1])
  batch(5)
  clock.advance(400)
  await Promise.resolve()
  expect(times(store)[0]).toBe(5)
})

test('a recorder that is flushed has written everything, and leaves the store alone until something comes', async () => {
  const store = BatchStore.open(folder)
  const told: unknown[] = []
  const { clock, recorder, batch } = recorderOf(
    store,
    loggerTo((level, sentence) => told.push([level, sentence])),
  )
  batch(1, [1])
  batch(2)
  recorder.flush()
  expect(times(store)).toEqual([2, 1])
  store.close()
  clock.advance(10_000)
  await Promise.resolve()
  expect(told).toEqual([])
})

test('records that cannot be written while nobody waits for it are a line in the log', async () => {
  const store = BatchStore.open(folder)
  const told: unknown[] = []
  const { clock, batch } = recorderOf(
    store,
    loggerTo((level, sentence, fields) => told.push([level, sentence, fields])),
  )
  batch(1, [1])
  batch(2)
  store.close()
  clock.advance(10_000)
  await Promise.resolve()
  expect(told).toEqual([['error', expect.stringMatching(/^Records of batches could not be written, and are lost: ./), { batches: 1 }]])
})

test('details that come when their records are written already are added to them, and count as theirs', () => {
  using store = BatchStore.open(folder)
  const { recorder, batch } = recorderOf(store)
  for (const time of [1, 2, 3]) batch(time)
  recorder.flush()
  expect(store.batch(2)?.record).toEqual(record(2, { operators: [] }))
  recorder.details(detailsOfAll([1, 2, 3, 4]))
  recorder.flush()
  for (const time of [1, 2, 3]) expect(store.batch(time)?.record).toEqual(record(time))
  expect(store.batch(4)).toBeUndefined()
  using other = BatchStore.open(join(folder, 'other'))
  other.add([1, 2, 3].map((time) => kept(time)))
  expect(store.size()).toEqual(other.size())
})

test('a folder without batches is a sentence', () => {
  expect(() => BatchStore.openToRead(join(folder, 'none'))).toThrow(/No batches are recorded in .*none/)
  writeFileSync(join(folder, 'batches.db'), 'no database, however long it is read')
  expect(() => BatchStore.openToRead(folder)).toThrow(/The batches that are recorded in .*batches\.db cannot be read: .*not a database/)
})
