import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StateFile } from '../../../src-main/streaming/checkpoint/state-file.ts'
import type { StateChange, StateSource } from '../../../src-main/streaming/host.ts'
import { programText, streamBench } from '../../driver/stream-bench.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-state-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A state with these entries at a version, and the changes that led to it. */
function state(version: number, entries: Record<string, unknown>, changes?: Record<string, unknown>): StateSource {
  const entry = ([key, value]: [string, unknown]) => ({ partition: 0, key, value, updatedAt: version })
  const change = ([key, value]: [string, unknown]): StateChange => ({ ...entry([key, value]), removed: value === undefined })
  return {
    operatorId: 3,
    name: 'updateStateByKey',
    partitions: 1,
    version,
    size: Object.keys(entries).length,
    historyMs: 0,
    entries: () => Object.entries(entries).map(entry),
    changesSince: () => changes && Object.entries(changes).map(change),
  }
}

const save = (file: StateFile, source: StateSource): void => file.save(source.version, [source], () => 'updateStateByKey')

function at(file: StateFile, version: number): { version: number; entries: Record<string, unknown> } | undefined {
  const found = file.stateAt(3, version)
  return found && { version: found.version, entries: Object.fromEntries([...found.entries].map(({ key, value }) => [key, value])) }
}

test('state is the snapshot and the changes after it, at any version since', () => {
  const file = StateFile.open(folder)
  save(file, state(100, { a: 1, b: 2 }))
  save(file, state(200, { a: 5, b: 2 }, { a: 5 }))
  save(file, state(300, { a: 5, c: [7] }, { b: undefined, c: [7] }))
  expect(at(file, 300)).toEqual({ version: 300, entries: { a: 5, c: [7] } })
  expect(at(file, 250)).toEqual({ version: 200, entries: { a: 5, b: 2 } })
  expect(at(file, 99)).toBeUndefined()
  file.close()
})

test('what a batch wrote that did not complete is left out', () => {
  const file = StateFile.open(folder)
  save(file, state(100, { a: 1 }))
  save(file, state(200, { a: 2 }, { a: 2 }))
  file.close()
  const again = StateFile.open(folder)
  again.rollBackTo(100)
  expect(at(again, Number.MAX_SAFE_INTEGER)).toEqual({ version: 100, entries: { a: 1 } })
  save(again, state(200, { a: 3 }, { a: 3 }))
  expect(at(again, 200)?.entries).toEqual({ a: 3 })
  again.close()
})

test('when changes outweigh the snapshot a new one is written, and the state before it can still be gone back to', () => {
  const file = StateFile.open(folder)
  const large = 'x'.repeat(5 * 1024 * 1024)
  save(file, state(100, { a: large }))
  save(file, state(200, { a: `${large}2` }, { a: `${large}2` }))
  save(file, state(300, { a: `${large}3` }, { a: `${large}3` }))
  save(file, state(400, { a: 'small' }, { a: 'small' }))
  expect(at(file, 400)?.entries).toEqual({ a: 'small' })
  file.rollBackTo(300)
  expect(at(file, 300)?.entries).toEqual({ a: `${large}3` })
  file.close()
})

test('a value that would come back without its methods is refused by name', () => {
  class Session {}
  const file = StateFile.open(folder)
  expect(() => save(file, state(100, { a: new Session() }))).toThrow('The state of updateStateByKey holds a Session, which cannot be kept')
  file.close()
})

const counting = `ssc.checkpoint('here')
lines.map((line): [string, number] => [line, 1])
  .updateStateByKey((values: number[], before: number | undefined) => (before ?? 0) + values.reduce((a, b) => a + b, 0))
  .print()`

test('a stateful stream that is killed goes on with its state, and counts nothing twice', async () => {
  await using bench = await streamBench()
  const { handle, printed, rewrite } = bench.stream('s1', programText(counting))
  await bench.log.put(['a', 'a', 'b'])
  handle.start()
  await expect.poll(printed).toContain('(a,2)')
  process.kill(handle.state.pid!, 'SIGKILL')
  await handle.ended()
  await bench.log.put(['a', 'c'])
  handle.start()
  await expect.poll(printed).toMatch(/\(a,3\)/)
  expect(printed()).toMatch(/\(b,1\)/)
  expect(printed()).not.toMatch(/\(a,4\)|\(b,2\)/)
  await handle.stop()

  const batch = handle.batches(1000).find(({ records }) => records === 2)!
  const replayed = await handle.replay(batch.batchTime)
  expect(replayed).toMatchObject({ same: true })

  rewrite(programText('lines.print()'))
  handle.start()
  expect(await handle.ended()).toMatchObject({
    failure: { kind: 'refused', sentence: expect.stringContaining('The stream keeps the state of updateStateByKey') },
  })
})

test('a history begins as far back as asked for and goes on batch by batch, also across a new snapshot', () => {
  const file = StateFile.open(folder)
  save(file, state(100, { a: 1 }))
  const large = 'x'.repeat(9 * 1024 * 1024)
  save(file, state(200, { a: 1, b: large }, { b: large }))
  save(file, { ...state(300, { a: 3, b: large }, { a: 3 }), historyMs: 200 })
  save(file, { ...state(400, { b: large }, { a: undefined }), historyMs: 200 })
  const history = file.historyOf(3, 400, 200)!
  expect(history.version).toBe(200)
  expect([...history.entries].map(({ key }) => key).sort()).toEqual(['a', 'b'])
  expect(history.later.map(({ version, changes }) => [version, changes.map(({ key, removed, value }) => [key, removed, value])])).toEqual([
    [300, [['a', false, 3]]],
    [400, [['a', true, undefined]]],
  ])
  expect(file.historyOf(3, 400, 10_000)?.version).toBe(100)
  expect(file.historyOf(4, 400, 0)).toBeUndefined()
  file.close()
})
