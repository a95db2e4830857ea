import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkChannel } from '../../../../src-main/agent/channel/log/check-channel.ts'
import type { LogChannel } from '../../../../src-main/agent/channel/log/log-channel.ts'
import { segmentPath } from '../../../../src-main/agent/channel/log/log-folder.ts'
import { openLogReader } from '../../../../src-main/agent/channel/log/log-reader.ts'
import { openThreadWriter } from '../../../../src-main/agent/channel/log/log-writer.ts'
import { repairChannel } from '../../../../src-main/agent/channel/log/repair-channel.ts'
import { logChannel, numbered, numbersOf, put, take } from '../../../driver/log-channel-driver.ts'
import { temporaryFolder } from '../../../driver/temporary-folder.ts'

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)
const frameBytes = 16_384 + 24
const megabyte = 2 ** 20

const logOf = (folder: string, first = 0): string => `${segmentPath({ folder, dataFolders: [folder] }, first, 0)}-wal`

const logsIn = (folder: string): string[] => readdirSync(folder).flatMap((name) => (/^log-.*-wal$/.test(name) ? [join(folder, name)] : []))

/** Bytes of zeros at the end of a file. */
function roomIn(path: string): number {
  const bytes = readFileSync(path)
  return bytes.length - 1 - bytes.findLastIndex((byte) => byte !== 0)
}

/** The folder as a killed process would leave it now. */
function killed(folder: string): string {
  const copy = temporaryFolder()
  execFileSync('cp', ['-r', `${folder}/.`, copy])
  return copy
}

/** A running channel whose log has room from the first commit on; puts of ten events, 20 kB. */
async function withRoom(puts: number, folder = temporaryFolder()): Promise<LogChannel> {
  const channel = logChannel({ folder, deps: { faults: { roomFromBytes: 1 }, openWriter: openThreadWriter } })
  await channel.start()
  for (let index = 0; index < puts; index++) await put(channel, numbered(index * 10, 10, 2000))
  // An answer may come before the room is made; the next one does not.
  await channel.wireSinks(true)
  return channel
}

async function heldBy(folder: string): Promise<number[]> {
  const channel = logChannel({ folder })
  await channel.start()
  const numbers = await take(channel)
  await channel.stop()
  return numbers
}

describe('the log of a segment that small commits fill', () => {
  test('has zeros ahead that they are written over, so that it does not grow with them', async () => {
    const channel = await withRoom(1)
    const log = logOf(channel.folder)
    const size = statSync(log).size
    expect(roomIn(log)).toBeGreaterThanOrEqual(megabyte)
    for (let index = 1; index < 10; index++) await put(channel, numbered(index * 10, 10, 2000))
    expect(statSync(log).size).toBe(size)
    expect(roomIn(log)).toBeLessThan(megabyte - 9 * 20_000)
    expect(await take(channel)).toEqual(range(0, 100))
    await channel.stop()
  })

  test('gets more before there is none', async () => {
    const channel = await withRoom(100)
    const log = logOf(channel.folder)
    expect(statSync(log).size).toBeGreaterThan(3 * megabyte)
    expect(roomIn(log)).toBeGreaterThan(0)
    const reader = openLogReader(channel.folder)
    expect([...reader.read({ from: 0, to: 1000 })].flatMap(({ batch }) => numbersOf(batch))).toEqual(range(0, 1000))
    reader.close()
    await channel.stop()
  })

  test('gets none while it is short, nor for large commits, nor where puts are not fsynced', async () => {
    for (const [durability, puts, bytes] of [
      ['commit', 3, 20_000],
      ['commit', 5, 300_000],
      ['none', 100, 20_000],
    ] as const) {
      const channel = logChannel({ folder: temporaryFolder(), options: { durability } })
      await channel.start()
      for (let index = 0; index < puts; index++) await put(channel, numbered(index, 1, bytes))
      expect((statSync(logOf(channel.folder)).size - 32) % frameBytes).toBe(0)
      await channel.stop()
    }
  })

  test('gets none beyond the end of the segment', async () => {
    const folder = temporaryFolder()
    const options = { segmentBytes: 200_000 }
    const channel = logChannel({ folder, options, deps: { faults: { roomFromBytes: 1 } } })
    await channel.start()
    for (let index = 0; index < 30; index++) {
      await put(channel, numbered(index * 10, 10, 2000))
      for (const file of logsIn(folder)) {
        const { size } = statSync(file)
        expect(size <= 200_000 || (size - 32) % frameBytes === 0, `${size} bytes`).toBe(true)
      }
    }
    expect(await take(channel)).toEqual(range(0, 300))
    await channel.stop()
  })
})

describe('a process that is killed', () => {
  test('after any commit leaves a log that is read up to its last event, and goes on from there', async () => {
    const folder = temporaryFolder()
    const channel = await withRoom(0, folder)
    for (let stored = 10; stored <= 120; stored += 10) {
      await put(channel, numbered(stored - 10, 10, 2000))
      const copy = killed(folder)
      expect(checkChannel(copy)).toMatchObject({ damage: [], events: stored })
      expect(await heldBy(copy)).toEqual(range(0, stored))
      const again = await withRoom(0, copy)
      await put(again, numbered(stored, 10, 2000))
      expect(await take(again)).toEqual(range(stored, stored + 10))
      await again.stop()
    }
    await channel.stop()
  })

  test('leaves no event of frames that lie in the room, whole but of another log', async () => {
    const channel = await withRoom(8)
    const other = await withRoom(20)
    const folder = killed(channel.folder)
    const end = statSync(logOf(folder)).size - roomIn(logOf(folder))
    const at = 32 + Math.ceil((end - 32) / frameBytes) * frameBytes
    const handle = openSync(logOf(folder), 'r+')
    writeSync(handle, readFileSync(logOf(other.folder)), at, 6 * frameBytes, at)
    closeSync(handle)
    expect(checkChannel(folder)).toMatchObject({ damage: [], events: 80 })
    const again = await withRoom(0, folder)
    expect(again.extent().next).toBe(80)
    await put(again, numbered(80, 10, 2000))
    const twice = killed(folder)
    expect(await take(again)).toEqual(range(0, 90))
    expect(await heldBy(twice)).toEqual(range(0, 90))
    for (const one of [channel, other, again]) await one.stop()
  })
})

describe('a log with room that is damaged', () => {
  test('is refused when its last frames were lost, and left as it is', async () => {
    const channel = await withRoom(10)
    await take(channel, { events: 15, bytes: 1e9 })
    const folder = killed(channel.folder)
    await channel.stop()
    const log = logOf(folder)
    const size = statSync(log).size
    const end = size - roomIn(log)
    truncateSync(log, end - 2 * frameBytes)
    truncateSync(log, size)
    const left = readFileSync(log)
    const damaged = logChannel({ folder })
    await expect(damaged.start()).rejects.toMatchObject({ code: 'CHANNEL_DAMAGED' })
    expect(readFileSync(log)).toEqual(left)
    expect(checkChannel(folder).damage).toHaveLength(1)
    const { lostEvents } = repairChannel(folder)
    expect(lostEvents).toBeGreaterThan(0)
    await damaged.start()
    expect(damaged.extent().next).toBe(100)
    await damaged.stop()
  })

  test('is refused when a frame before the room was changed', async () => {
    const channel = await withRoom(10)
    await take(channel, { events: 15, bytes: 1e9 })
    const folder = killed(channel.folder)
    await channel.stop()
    const log = logOf(folder)
    const bytes = readFileSync(log)
    bytes[32 + 5 * frameBytes + 1000]! ^= 0xff
    writeFileSync(log, bytes)
    await expect(logChannel({ folder }).start()).rejects.toMatchObject({ code: 'CHANNEL_DAMAGED' })
    expect(readFileSync(log)).toEqual(bytes)
  })
})
