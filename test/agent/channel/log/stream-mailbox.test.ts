import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { followWishes, leaveWish, type StreamWish, wishOf } from '../../../../src-main/agent/channel/log/stream-mailbox.ts'
import { systemClock } from '../../../../src-main/clock.ts'
import { silentLogger } from '../../../../src-main/log.ts'
import { folderChannel } from '../../../../src-main/streaming/input/folder-channel.ts'
import { logBench } from '../../../driver/log-bench.ts'

const temporary = (): string => mkdtempSync(join(tmpdir(), 'millrace-mailbox-'))

test('a stream in another process pins from the moment that the channel opens, and its cursor moves as it wishes', async () => {
  const folder = temporary()
  const log = await logBench(folder)
  await log.put(['a', 'b', 'c', 'd'])
  await log.channel.stop()
  leaveWish(log.channel.folder, 'counts-1', { position: 1 })
  await log.channel.start()
  expect(log.channel.cursors()).toContainEqual(expect.objectContaining({ name: 'counts-1', kind: 'stream', position: 1, pinnedEvents: 3 }))
  await log.channel.stop()
  leaveWish(log.channel.folder, 'counts-1', { position: 3 })
  await log.channel.start()
  expect(log.channel.cursors()).toContainEqual(expect.objectContaining({ name: 'counts-1', position: 3 }))
  await log.channel.stop()
  leaveWish(log.channel.folder, 'counts-1', { released: true })
  await log.channel.start()
  expect(log.channel.cursors().map((cursor) => cursor.name)).toEqual(['sinks'])
  expect(readdirSync(join(log.channel.folder, 'streams'))).toEqual([])
  await log.channel.stop()
  rmSync(folder, { recursive: true })
})

test('a wish to go back is not followed, and one that cannot be read hinders no other', async () => {
  const positions = new Map([['s1', 5]])
  const cursors = {
    extent: { next: 10 },
    streamPosition: (name: string) => positions.get(name),
    addStream: async (name: string, from: number) => void positions.set(name, from),
    advanceStream: async (name: string, to: number) => void positions.set(name, to),
    releaseStream: async (name: string) => void positions.delete(name),
  }
  const folder = temporary()
  leaveWish(folder, 's1', { position: 3 })
  leaveWish(folder, 'a/b', { position: 7 })
  leaveWish(folder, 'damaged', { position: '8' } as unknown as StreamWish)
  writeFileSync(join(folder, 'streams', '%.json'), '{"position": 4}')
  await followWishes(folder, cursors, silentLogger)
  expect([...positions.keys()]).toEqual(['s1', 'a/b'])
  expect(positions.get('s1')).toBe(5)
  expect(positions.get('a/b')).toBe(7)
  rmSync(folder, { recursive: true })
})

test.each([
  ['half a file', '{"position": 1', /Expected .* in JSON/],
  ['a text where a number belongs', '{"position": "1"}', /Invalid type/],
  ['something else', '[]', /Invalid type/],
])('a wish that cannot be read is refused with its file and what can be done: %s', (_, text, problem) => {
  const folder = temporary()
  leaveWish(folder, 's1', { position: 1 })
  const path = join(folder, 'streams', 's1.json')
  writeFileSync(path, text)
  expect(() => wishOf(folder, 's1')).toThrow(problem)
  expect(() => wishOf(folder, 's1')).toThrow(`The file ${path} is not as Millrace wrote it`)
  expect(() => wishOf(folder, 's1')).toThrow('Delete it: the stream goes on from the ranges that it has noted itself.')
  rmSync(folder, { recursive: true })
})

test('what a stream wished last is where it goes on, and short batches do not write a file each', async () => {
  const folder = temporary()
  const log = await logBench(folder)
  await log.put(['a', 'b', 'c', 'd'])
  {
    using channel = folderChannel({ name: 'c1', folder: log.channel.folder }, 's1', systemClock)
    expect(channel.position).toBeUndefined()
    await channel.advance!(1)
    await channel.advance!(2)
    await channel.advance!(4)
    using other = folderChannel({ name: 'c1', folder: log.channel.folder }, 's1', systemClock)
    expect(other.position).toBe(1)
  }
  using later = folderChannel({ name: 'c1', folder: log.channel.folder }, 's1', systemClock)
  expect(later.position).toBe(4)
  await log.channel.stop()
  rmSync(folder, { recursive: true })
})
