import { appendFileSync, copyFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src-main/clock.ts'
import { LogFile } from '../../../src-main/engine/log-index/log-file.ts'
import { temporaryFolder } from '../../driver/temporary-folder.ts'
import { until } from '../../driver/until.ts'

async function openLog(content: string | Uint8Array): Promise<{ path: string; log: LogFile }> {
  const path = join(temporaryFolder(), 'a.log')
  writeFileSync(path, content)
  const close = new AbortController()
  const log = await LogFile.open({ path, clock: systemClock, changed: () => {}, signal: close.signal })
  onTestFinished(() => close.abort())
  return { path, log }
}

async function texts(log: LogFile, from = 0, count = 100, cut = 8192): Promise<string[]> {
  const rows = await log.rows({ generation: log.length.generation, from, count, cut, budget: 1 << 20 })
  return rows.map((row) => Buffer.from(row.bytes).toString())
}

test('rows are the lines without their ends, LF or CRLF, and the unfinished last line', async () => {
  const { log } = await openLog('one\ntwo\r\n\nfour\r')
  expect(await texts(log)).toEqual(['one', 'two', '', 'four'])
  expect(log.length).toMatchObject({ lines: 4, lastLineOpen: true, bytes: 15 })
})

test('a file that grows is followed, and its open line completed', async () => {
  const { path, log } = await openLog('one\ntw')
  appendFileSync(path, 'o\nthree\n')
  await until('the log has three lines', () => log.length.lines === 3 && !log.length.lastLineOpen)
  expect(await texts(log)).toEqual(['one', 'two', 'three'])
  expect(log.length.generation).toBe(1)
})

test('a truncated file begins a new generation with a marker, and nothing of the old one is shown under it', async () => {
  const { path, log } = await openLog('one\ntwo\nthree\n')
  truncateSync(path)
  appendFileSync(path, 'new\n')
  await until('the new generation is indexed', () => log.length.generation === 2 && log.length.lines === 1)
  expect(await texts(log)).toEqual(['new'])
  expect(log.length.markers).toMatchObject([{ kind: 'truncated', line: 0 }])
  expect(await log.rows({ generation: 1, from: 0, count: 10, cut: 100, budget: 1000 })).toEqual([])
})

test('a file that was truncated and has grown beyond its old length before anyone looked is noticed', async () => {
  const { path, log } = await openLog('one\ntwo\nthree\n')
  writeFileSync(path, 'completely different and longer than before\nsecond\n')
  await until('the new generation is indexed', () => log.length.generation === 2 && log.length.lines === 2)
  expect(await texts(log)).toEqual(['completely different and longer than before', 'second'])
})

test('a file that is renamed and made anew is followed by its name, after its last lines were read', async () => {
  const { path, log } = await openLog('one\n')
  appendFileSync(path, 'last\n')
  renameSync(path, `${path}.1`)
  writeFileSync(path, 'fresh\n')
  await until('the new file is shown', () => log.length.generation === 2 && log.length.lines === 1)
  expect(await texts(log)).toEqual(['fresh'])
  expect(log.length.markers).toMatchObject([{ kind: 'replaced' }])
})

test('copytruncate: the copy changes nothing, the truncation begins a new generation', async () => {
  const { path, log } = await openLog('one\ntwo\n')
  copyFileSync(path, `${path}.1`)
  truncateSync(path)
  await until('the truncation is noticed', () => log.length.generation === 2)
  appendFileSync(path, 'three\n')
  await until('the new line is shown', () => log.length.lines === 1)
  expect(await texts(log)).toEqual(['three'])
})

test('a removed file is said to be missing, its lines stay readable, and a new one of that name is shown', async () => {
  const { path, log } = await openLog('one\ntwo\n')
  rmSync(path)
  await until('the file is missing', () => log.length.state === 'missing')
  expect(log.length.sentence).toContain(path)
  expect(await texts(log)).toEqual(['one', 'two'])
  writeFileSync(path, 'again\n')
  await until('the new file is shown', () => log.length.generation === 2 && log.length.lines === 1)
  expect(await texts(log)).toEqual(['again'])
})

test('a line of 100 MB comes cut, with its whole length, and any part of it on request', async () => {
  const long = 100 * 1024 * 1024
  const { log } = await openLog(Buffer.concat([Buffer.from('before\n'), Buffer.alloc(long, 'x'), Buffer.from('END\nafter\n')]))
  await until('all is indexed', () => log.length.lines === 3)
  const rows = await log.rows({ generation: 1, from: 0, count: 3, cut: 1000, budget: 1 << 20 })
  expect(rows.map(({ length, bytes }) => [length, bytes.length])).toEqual([
    [6, 6],
    [long + 3, 1000],
    [5, 5],
  ])
  const end = await log.lineBytes({ generation: 1, line: 1, from: long - 2, length: 100 })
  expect(Buffer.from(end).toString()).toBe('xxEND')
})

test('bytes that are no text are shown as they are and said to be binary', async () => {
  const bytes = Buffer.from([0, 255, 10, 128, 13, 10, 27])
  const { log } = await openLog(bytes)
  const rows = await log.rows({ generation: 1, from: 0, count: 10, cut: 100, budget: 1000 })
  expect(rows.map((row) => [...row.bytes])).toEqual([[0, 255], [128], [27]])
  expect(log.length.binary).toBe(true)
})

test('a folder, a missing file and a pipe are refused with what to do', async () => {
  const folder = temporaryFolder()
  const open = (path: string): Promise<LogFile> =>
    LogFile.open({ path, clock: systemClock, changed: () => {}, signal: AbortSignal.abort() })
  await expect(open(folder)).rejects.toMatchObject({ code: 'BAD_ARGUMENT', message: expect.stringContaining('is a folder') })
  await expect(open(join(folder, 'none'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(open('/dev/null')).rejects.toMatchObject({ message: expect.stringContaining('not a regular file') })
  mkdirSync(join(folder, 'sub'))
  await expect(open(join(folder, 'sub', 'x', 'y'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
