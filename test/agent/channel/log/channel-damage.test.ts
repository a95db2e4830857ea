import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkChannel } from '../../../../src-main/agent/channel/log/check-channel.ts'
import { describeChannel } from '../../../../src-main/agent/channel/log/describe-channel.ts'
import { foldSegment } from '../../../../src-main/agent/channel/log/fold-segment.ts'
import { openIndexForWriting } from '../../../../src-main/agent/channel/log/log-folder.ts'
import { openLogReader } from '../../../../src-main/agent/channel/log/log-reader.ts'
import { repairChannel } from '../../../../src-main/agent/channel/log/repair-channel.ts'
import { MillraceError } from '../../../../src-shared/errors.ts'
import { logChannel, numbered, numbersOf, put, take } from '../../../driver/log-channel-driver.ts'
import { temporaryFolder } from '../../../driver/temporary-folder.ts'
import { until } from '../../../driver/until.ts'

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)
const options = { segmentBytes: 50_000, recentBytes: 0 }

/** A stopped channel of 100 events in 10 rows and several segments, folded, of which the first `consumed` are consumed. */
async function filled(consumed = 0): Promise<string> {
  const folder = temporaryFolder()
  const channel = logChannel({ folder, options })
  await channel.start()
  for (let index = 0; index < 10; index++) await put(channel, numbered(index * 10, 10, 2000))
  if (consumed > 0) await take(channel, { events: consumed, bytes: 1e9 })
  await channel.stop()
  fold(folder)
  return folder
}

function fold(folder: string): void {
  const files = segments(folder).map((path) => ({ path, first: firstOf(path) }))
  for (const [index, file] of files.slice(0, -1).entries()) foldSegment(file, files[index + 1]!.first)
}

const firstOf = (path: string): number => Number(/(\d{16})/.exec(path)![1])

const segments = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => /^log-\d+\.db$/.test(name))
    .sort()
    .map((name) => join(folder, name))

/** Changes one byte of the body of the event whose number is `number`, wherever it lies in the folder. */
function spoilEvent(folder: string, number: number): string {
  const mark = Buffer.alloc(12)
  mark.writeDoubleBE(number)
  const path = segments(folder).find((file) => readFileSync(file).includes(mark))!
  const handle = openSync(path, 'r+')
  writeSync(handle, Buffer.of(0x77), 0, 1, readFileSync(path).indexOf(mark) + 10)
  closeSync(handle)
  return path
}

async function errorOf(work: () => unknown): Promise<MillraceError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof MillraceError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a damaged row', () => {
  test('is refused by name, its file left as it is, while everything else goes on', async () => {
    const folder = await filled()
    const path = spoilEvent(folder, 23)
    const before = readFileSync(path)
    const channel = logChannel({ folder, options })
    await channel.start()
    expect(await take(channel)).toEqual(range(0, 20))
    const refused = await errorOf(() => take(channel))
    expect(refused.code).toBe('CHANNEL_DAMAGED')
    expect(refused.message).toContain(`events 20 to 29 of ${path}`)
    expect(refused.message).toContain('millrace channel repair')
    await put(channel, numbered(100, 5))
    expect((await channel.check()).damage).toMatchObject([{ file: path, events: { first: 20, next: 30 } }])
    const reader = openLogReader(folder)
    expect(() => [...reader.read({ from: 10, to: 40 })]).toThrow(/events 20 to 29/)
    expect([...reader.read({ from: 30, to: 40 })].flatMap(({ batch }) => numbersOf(batch))).toEqual(range(30, 40))
    reader.close()
    await channel.stop()
    expect(readFileSync(path)).toEqual(before)
  })

  test('is given up by a repair, which saves the rest and moves the damaged file aside as it is', async () => {
    const folder = await filled(5)
    const path = spoilEvent(folder, 23)
    const before = readFileSync(path)
    const report = repairChannel(folder)
    expect(report).toMatchObject({ lostEvents: 10, cursorsLost: false })
    expect(readFileSync(report.moved[0]!)).toEqual(before)
    expect(checkChannel(folder)).toMatchObject({ damage: [], events: 90, extent: { first: 0, next: 100 } })
    const channel = logChannel({ folder, options })
    await channel.start()
    expect(await take(channel)).toEqual([...range(5, 20), ...range(30, 100)])
    expect(channel.gauges().channelSize).toBe(0)
    await put(channel, numbered(100, 1))
    expect(await take(channel)).toEqual([100])
    await channel.stop()
    expect(repairChannel(folder)).toMatchObject({ damage: [], moved: [], lostEvents: 0 })
  })
})

describe('a damaged file', () => {
  test('of a sealed segment loses what only it had', async () => {
    const folder = await filled()
    const [, second, third] = segments(folder)
    const [first, next] = [firstOf(second!), firstOf(third!)]
    writeFileSync(second!, Buffer.alloc(100_000, 'not a database '))
    const report = checkChannel(folder)
    expect(report.damage).toMatchObject([{ file: second, events: { first, next } }])
    const channel = logChannel({ folder, options })
    await channel.start()
    expect(await take(channel)).toEqual(range(0, first))
    expect((await errorOf(() => take(channel))).message).toContain(second!)
    await channel.stop()
    expect(repairChannel(folder).lostEvents).toBe(next - first)
    await channel.start()
    expect(await take(channel)).toEqual(range(next, 100))
    await channel.stop()
  })

  test('with a damaged write-ahead log is not folded, nor touched by opening it', async () => {
    const folder = temporaryFolder()
    const channel = logChannel({ folder, options: { ...options, segmentBytes: 200_000 } })
    await channel.start()
    for (let index = 0; index < 20; index++) await put(channel, numbered(index * 10, 10, 2000))
    const copy = temporaryFolder()
    execFileSync('cp', ['-r', `${folder}/.`, copy])
    await channel.stop()
    const [first, second] = segments(copy)
    const log = `${first}-wal`
    const bytes = readFileSync(log)
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff
    writeFileSync(log, bytes)
    const reopened = logChannel({ folder: copy, options })
    await reopened.start()
    const before = await take(reopened)
    expect(before.length).toBeGreaterThan(0)
    expect(before.length).toBeLessThan(firstOf(second!))
    expect((await errorOf(() => take(reopened))).message).toContain(first!)
    await reopened.stop()
    expect(() => foldSegment({ path: first!, first: 0 }, firstOf(second!))).toThrow(/the write-ahead log of/)
    expect(readFileSync(log)).toEqual(bytes)
    expect(repairChannel(copy).lostEvents).toBe(firstOf(second!) - before.length)
    await reopened.start()
    expect(await take(reopened)).toEqual(range(firstOf(second!), 200))
    await reopened.stop()
  })

  test('of a segment that is gone is missed', async () => {
    const folder = await filled()
    const [, second, third] = segments(folder)
    const [first, next] = [firstOf(second!), firstOf(third!)]
    rmSync(second!)
    expect(checkChannel(folder).damage).toMatchObject([{ events: { first, next } }])
    const channel = logChannel({ folder, options })
    await channel.start()
    await take(channel)
    expect((await errorOf(() => take(channel))).code).toBe('CHANNEL_DAMAGED')
    await channel.stop()
  })

  test('of the live segment keeps the channel closed until it is repaired', async () => {
    const folder = await filled(100)
    const live = segments(folder).at(-1)!
    writeFileSync(live, Buffer.alloc(100_000, 'not a database '))
    const channel = logChannel({ folder, options })
    const refused = await errorOf(() => channel.start())
    expect(refused.code).toBe('CHANNEL_DAMAGED')
    expect(refused.message).toContain(live)
    expect((await errorOf(() => channel.transaction())).message).toContain(
      `Channel closed [channel=c1]. Due to CHANNEL_DAMAGED: Cannot read ${live}`,
    )
    repairChannel(folder)
    await channel.start()
    expect(channel.extent().next).toBe(100)
    await put(channel, numbered(100, 1))
    expect(await take(channel)).toEqual([100])
    await channel.stop()
  })

  test('that lost the end of its write-ahead log is noticed by what the index knows', async () => {
    const folder = temporaryFolder()
    const channel = logChannel({ folder })
    await channel.start()
    for (let index = 0; index < 5; index++) await put(channel, numbered(index * 10, 10, 2000))
    await take(channel, { events: 15, bytes: 1e9 })
    const copy = join(folder, '..', `${folder.split('/').at(-1)}-copy`)
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }))
    execFileSync('cp', ['-r', folder, copy])
    await channel.stop()
    const log = `${segments(copy)[0]}-wal`
    truncateSync(log, statSync(log).size - 50_000)
    const left = readFileSync(log)
    const damaged = logChannel({ folder: copy })
    const refused = await errorOf(() => damaged.start())
    expect(refused.code).toBe('CHANNEL_DAMAGED')
    expect(refused.message).toContain('events up to 49 were stored')
    expect(readFileSync(log)).toEqual(left)
    expect(checkChannel(copy).damage).toHaveLength(1)
    expect(repairChannel(copy).lostEvents).toBeGreaterThan(0)
    await damaged.start()
    expect(damaged.extent().next).toBe(50)
    await damaged.stop()
  })

  test('of the index keeps the channel closed; a repair begins again at the oldest event', async () => {
    const folder = await filled(30)
    writeFileSync(join(folder, 'index.db'), Buffer.alloc(8192, 'not a database '))
    rmSync(join(folder, 'index.db-wal'), { force: true })
    const channel = logChannel({ folder, options })
    const refused = await errorOf(() => channel.start())
    expect(refused.code).toBe('CHANNEL_DAMAGED')
    expect(checkChannel(folder).damage).toMatchObject([{ file: join(folder, 'index.db') }])
    expect(repairChannel(folder)).toMatchObject({ cursorsLost: true, lostEvents: 0 })
    await channel.start()
    expect(await take(channel)).toEqual(range(0, 100))
    await channel.stop()
  })
})

describe('an index', () => {
  test.each([
    ['a cursor’s ranges', `UPDATE cursor SET above = '[[12,'`],
    ['a cursor’s position', 'UPDATE cursor SET low = -5'],
    ['the data folders', `UPDATE setting SET value = '"."' WHERE name = 'dataFolders'`],
    ['how far the log went', `UPDATE setting SET value = 'far' WHERE name = 'next'`],
  ])('in which %s makes no sense is damage, which a repair mends', async (_, statement) => {
    const folder = await filled(30)
    const index = openIndexForWriting(folder)
    index.exec(statement)
    index.close()
    const channel = logChannel({ folder, options })
    const refused = await errorOf(() => channel.start())
    expect(refused.code).toBe('CHANNEL_DAMAGED')
    expect(refused.message).toContain(join(folder, 'index.db'))
    expect(checkChannel(folder).damage).toMatchObject([{ file: join(folder, 'index.db') }])
    expect(repairChannel(folder)).toMatchObject({ cursorsLost: true, lostEvents: 0 })
    await channel.start()
    expect(await take(channel)).toEqual(range(0, 100))
    await channel.stop()
  })
})

describe('consumed history', () => {
  test('that is damaged goes when its time has come, and holds up none that is sound', async () => {
    const folder = await filled(100)
    const [oldest, second] = segments(folder)
    writeFileSync(oldest!, Buffer.alloc(8192, 'not a database '))
    const channel = logChannel({ folder, options: { ...options, retention: { bytes: 0, ageMs: 86_400_000 } } })
    await channel.start()
    await put(channel, numbered(100, 10))
    await take(channel)
    await until('consumed segments are gone', () => !existsSync(oldest!) && !existsSync(second!))
    await channel.stop()
  })
})

describe('a folder', () => {
  test('that another process uses is refused with that process’s number, and taken over when that process has died', async () => {
    const folder = temporaryFolder()
    const script = join(import.meta.dirname, 'hold-channel.ts')
    const holder = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void holder.kill('SIGKILL'))
    await new Promise((resolve) => holder.stdout.once('data', resolve))
    const channel = logChannel({ folder })
    const refused = await errorOf(() => channel.start())
    expect(refused.code).toBe('CHANNEL_LOCKED')
    expect(refused.message).toContain(`Cannot lock ${folder}. The directory is already locked.`)
    expect(refused.message).toContain(`process ${holder.pid}`)
    expect((await errorOf(() => repairChannel(folder))).code).toBe('CHANNEL_LOCKED')
    holder.kill('SIGKILL')
    await new Promise((resolve) => holder.once('exit', resolve))
    await channel.start()
    expect(await take(channel)).toEqual([0])
    await channel.stop()
  })

  test('that two channels of one process share is refused to the second', async () => {
    const folder = temporaryFolder()
    const [one, other] = [logChannel({ folder }), logChannel({ folder })]
    await one.start()
    expect((await errorOf(() => other.start())).code).toBe('CHANNEL_LOCKED')
    await one.stop()
    await other.start()
    await other.stop()
  })

  test('that cannot be made or written is refused with the reason', async () => {
    const parent = temporaryFolder()
    writeFileSync(join(parent, 'file'), '')
    const blocked = await errorOf(() => logChannel({ folder: join(parent, 'file', 'log') }).start())
    expect(blocked.code).toBe('IO')
    expect(blocked.message).toContain(join(parent, 'file', 'log'))
    const closed = join(parent, 'closed')
    mkdirSync(closed)
    chmodSync(closed, 0o500)
    // As somebody who has no rights there; a test that runs as root becomes nobody for it.
    chmodSync(parent, 0o755)
    const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const script = join(import.meta.dirname, 'hold-channel.ts')
    const tried = spawnSync(process.execPath, [script, closed], { encoding: 'utf8', ...asNobody })
    expect(tried.stderr).toContain(`in ${closed} is not permitted`)
    expect(tried.stderr).toContain('Let this user read and write the folder')
    expect(tried.status).toBe(1)
  })

  test('is described for the command line, running or not', async () => {
    const workDir = temporaryFolder()
    const folder = join(workDir, 'channels', 'c1')
    const channel = logChannel({ folder })
    await channel.start()
    await put(channel, numbered(0, 10))
    await take(channel, { events: 4, bytes: 1e9 })
    await channel.streamCursor('counts').advance(2)
    const described = describeChannel(folder)
    expect(described).toMatchObject({ name: 'c1', extent: { first: 0, next: 10 }, segments: 1 })
    expect(described.cursors).toEqual([
      { kind: 'sinks', name: 'sinks', position: 4, pinnedEvents: 6 },
      { kind: 'stream', name: 'counts', position: 2, pinnedEvents: 8 },
    ])
    await channel.stop()
    expect(describeChannel(folder)).toMatchObject({ extent: { first: 0, next: 10 } })
    expect((await errorOf(() => describeChannel(workDir))).code).toBe('NOT_FOUND')
  })
})

test('a check of a log whose data folder is gone says which', async () => {
  const data = temporaryFolder()
  const folder = temporaryFolder()
  const channel = logChannel({ folder, options: { ...options, log: { folder, dataFolders: [data] } } })
  await channel.start()
  await put(channel, numbered(0, 10, 100))
  await channel.stop()
  rmSync(data, { recursive: true })
  expect(() => checkChannel(folder)).toThrow(
    new MillraceError('IO', `Looking for segments in ${data} failed: ENOENT: no such file or directory, scandir '${data}'.`),
  )
})
