import { appendFileSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src-main/clock.ts'
import { silentLogger } from '../../../src-main/log.ts'
import type { DStream } from '../../../src-main/streaming/api.ts'
import { StoredReceiverLog } from '../../../src-main/streaming/input/receiver-log.ts'
import { type CollectedBatch, StreamingTestDriver, type StreamingTestDriverOptions } from '../../../src-main/streaming/testing.ts'
import { temporaryFolder } from '../../driver/temporary-folder.ts'

const start = 1_000_000_000

/** A file as it was written `at` milliseconds after the driver's start. */
function write(path: string, content: string | Uint8Array, at: number): string {
  writeFileSync(path, content)
  utimesSync(path, (start + at) / 1000, (start + at) / 1000)
  return path
}

interface Run<T> {
  readonly driver: StreamingTestDriver
  readonly collected: readonly CollectedBatch<T>[]
  elements(): T[][]
}

function run<T>(open: (driver: StreamingTestDriver) => DStream<T>, options: StreamingTestDriverOptions = {}): Run<T> {
  const driver = new StreamingTestDriver({ startAt: start, ...options })
  const collected = driver.collect(open(driver))
  driver.start()
  onTestFinished(() => driver.stop())
  return { driver, collected, elements: () => collected.map(({ elements }) => [...elements]) }
}

test('a file belongs to the first batch whose time is not before its modification time, once, with its name in the batch’s record', async () => {
  const folder = temporaryFolder()
  const { driver, elements } = run((at) => at.context.textFileStream(folder))
  const one = write(join(folder, 'one'), 'a\nb\n', 1000)
  write(join(folder, 'two'), 'c', 1001)
  await driver.advance(3)
  expect(elements()).toEqual([['a', 'b'], ['c'], []])
  expect(driver.records[0]?.inputs[0]).toMatchObject({ records: 0, description: one })
})

test('files that are there at the start are left out, unless newFilesOnly is false', async () => {
  const folder = temporaryFolder()
  write(join(folder, 'old'), 'old', -1)
  write(join(folder, 'at the start'), 'same', 0)
  const news = run((at) => at.context.textFileStream(folder))
  await news.driver.advance()
  expect(news.elements()).toEqual([[]])
  await news.driver.stop()
  const all = run((at) => at.context.fileStream(folder, { newFilesOnly: false }))
  await all.driver.advance()
  expect(all.elements()).toEqual([['same', 'old']])
})

test('a file that is moved in keeps its modification time: more than a minute old, it is ignored', async () => {
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()]
  const { driver, elements } = run((at) => at.context.textFileStream(folder))
  const [old, fresh] = [write(join(elsewhere, 'old'), 'old', 30_000), write(join(elsewhere, 'fresh'), 'fresh', 30_001)]
  await driver.advance(89)
  renameSync(old, join(folder, 'old'))
  renameSync(fresh, join(folder, 'fresh'))
  await driver.advance()
  expect(elements().at(-1)).toEqual(['fresh'])
})

test('the window is a whole number of batches, and can be set', async () => {
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()]
  const conf = { 'spark.streaming.fileStream.minRememberDuration': '1500ms' }
  const { driver, elements } = run((at) => at.context.textFileStream(folder), { conf })
  await driver.advance(4)
  // 1.5 s are 2 batches: at 5 s what is from 3 s is too old.
  renameSync(write(join(elsewhere, 'old'), 'old', 3000), join(folder, 'old'))
  renameSync(write(join(elsewhere, 'fresh'), 'fresh', 3001), join(folder, 'fresh'))
  await driver.advance()
  expect(elements().at(-1)).toEqual(['fresh'])
})

test('what is appended to a file later is not noticed', async () => {
  const folder = temporaryFolder()
  const { driver, elements } = run((at) => at.context.textFileStream(folder))
  const path = write(join(folder, 'a'), 'first\n', 500)
  await driver.advance()
  appendFileSync(path, 'second\n')
  utimesSync(path, (start + 70_000) / 1000, (start + 70_000) / 1000)
  await driver.advance(80)
  expect(elements().flat()).toEqual(['first'])
})

test('names that begin with a dot are left out; a filter of one’s own decides otherwise', async () => {
  const folder = temporaryFolder()
  write(join(folder, '.hidden'), 'hidden', 1)
  write(join(folder, 'a.txt'), 'txt', 2)
  write(join(folder, 'a.log'), 'log', 3)
  mkdirSync(join(folder, 'folder'))
  const plain = run((at) => at.context.textFileStream(folder))
  await plain.driver.advance()
  expect(plain.elements()).toEqual([['log', 'txt']])
  await plain.driver.stop()
  const filtered = run((at) => at.context.fileStream(folder, { filter: (path) => !path.endsWith('.log') }))
  await filtered.driver.advance()
  expect(filtered.elements()).toEqual([['hidden', 'txt']])
})

test('a pattern names directories, and is looked up at every batch; what lies deeper is not found', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'a1', 'deep'), { recursive: true })
  write(join(folder, 'a1', 'x'), 'from a1', 1)
  write(join(folder, 'a1', 'deep', 'x'), 'too deep', 1)
  write(join(folder, 'plain file'), 'no directory', 1)
  const { driver, elements } = run((at) => at.context.textFileStream(join(folder, 'a*')))
  await driver.advance()
  mkdirSync(join(folder, 'a2'))
  write(join(folder, 'a2', 'x'), 'from a2', 1500)
  await driver.advance()
  expect(elements()).toEqual([['from a1'], ['from a2']])
})

test('a directory that is not there gives empty batches until it is', async () => {
  const folder = join(temporaryFolder(), 'later')
  const { driver, elements } = run((at) => at.context.textFileStream(folder))
  await driver.advance()
  mkdirSync(folder)
  write(join(folder, 'x'), 'x', 1500)
  await driver.advance()
  expect(elements()).toEqual([[], ['x']])
})

test('lines end with LF, CR or CR LF; a byte order mark is no text; what is not UTF-8 is replaced; pieces do not matter', async () => {
  const folder = temporaryFolder()
  write(join(folder, 'a'), '\ufeffone\r\ntwo\rthree\n\nfive\u2028still five', 1)
  write(join(folder, 'b'), '', 2)
  write(join(folder, 'c'), Uint8Array.from([0x61, 0xff, 0x0d]), 3)
  const long = `${'é'.repeat(700_000)}\n${'漢字\r\n'.repeat(200_000)}`
  write(join(folder, 'd'), long, 4)
  const { driver, collected } = run((at) => at.context.textFileStream(folder))
  await driver.advance()
  const [a, b, c, d] = collected[0]!.partitions
  expect(a).toEqual(['one', 'two', 'three', '', 'five\u2028still five'])
  expect(b).toEqual([])
  expect(c).toEqual(['a\ufffd'])
  expect(d).toEqual(long.split(/\r?\n/).slice(0, -1))
})

test('binaryRecordsStream gives records of the length asked for; a file that ends within one fails its batch', async () => {
  const folder = temporaryFolder()
  const { driver, elements } = run((at) => at.context.binaryRecordsStream(folder, 3).map((record) => [...record].join()))
  write(join(folder, 'a'), Uint8Array.from([1, 2, 3, 4, 5, 6]), 1)
  await driver.advance()
  expect(elements()).toEqual([['1,2,3', '4,5,6']])
  write(join(folder, 'b'), Uint8Array.from([1, 2, 3, 4]), 1500)
  await driver.advance()
  expect(driver.records[1]).toMatchObject({
    status: 'failed',
    errors: [{ message: expect.stringContaining('Byte array does not have correct length. 1 did not equal recordLength: 3') }],
  })
  expect(() => driver.context.binaryRecordsStream(folder, 0)).toThrow('must be a whole number above 0')
})

test('a large file of binary records is read in pieces', async () => {
  const folder = temporaryFolder()
  const { driver, elements } = run((at) => at.context.binaryRecordsStream(folder, 7).map((record) => record[0]! + record[6]!))
  const records = 400_000
  write(
    join(folder, 'a'),
    Uint8Array.from({ length: records * 7 }, (_, index) => Math.floor(index / 7) % 100),
    1,
  )
  await driver.advance()
  expect(elements()[0]).toEqual(Array.from({ length: records }, (_, index) => 2 * (index % 100)))
})

test('over a restart the files of a batch are known: none is taken twice, and those of the downtime are found, however long it was', async () => {
  const [folder, streamFolder] = [temporaryFolder(), temporaryFolder()]
  const opened = async (): Promise<StoredReceiverLog> => {
    const retention = { bytes: 2 ** 30, ageMs: 86_400_000 }
    const log = new StoredReceiverLog({ streamId: 0, streamFolder, retention, clock: systemClock, log: silentLogger })
    await log.open()
    return log
  }
  const first = await opened()
  const before = run((at) => at.context.textFileStream(folder), { host: { openReceiverLog: () => first } })
  write(join(folder, 'a'), 'a', 900)
  await before.driver.advance(2)
  expect(before.elements()).toEqual([['a'], []])
  const range = before.driver.records[0]?.inputs[0]?.range
  // The first entry of the log says when the stream began to look.
  expect(range).toMatchObject({ input: 'received/0', from: 0, until: 2 })
  await before.driver.stop()
  await first.close()
  write(join(folder, 'b'), 'b', 5000)
  const second = await opened()
  onTestFinished(() => second.close())
  second.startAt(2)
  const pending = { batchTime: start + 1000, ranges: [range!] }
  const after = run((at) => at.context.textFileStream(folder), {
    startAt: start + 3_600_000,
    conf: { 'millrace.streaming.missedTicks': 'skip' },
    host: { openReceiverLog: () => second, restore: () => ({ zeroTime: start, pending: [pending], remembered: [] }) },
  })
  await after.driver.advance()
  expect(after.elements().filter((batch) => batch.length > 0)).toEqual([['a'], ['b']])
  expect(after.collected[0]?.time).toBe(start + 1000)
})
