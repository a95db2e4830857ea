import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { RowMemory } from '../../../../src-main/agent/channel/log/row-memory.ts'
import { bodyAt } from '../../../../src-shared/event/event-batch.ts'
import { everything, logChannel, memoryFolder, numbered, numbersOf, put, removeFolder, take } from '../../../driver/log-channel-driver.ts'

test('memory that was given back is used again for rows of about its size', () => {
  const memory = new RowMemory()
  const [small, large] = [memory.take(1), memory.take(100_000)]
  memory.giveBack(small)
  memory.giveBack(large)
  expect(memory.take(90_000)).toBe(large)
  expect(memory.take(90_000)).not.toBe(large)
  expect(memory.take(10)).toBe(small)
})

test('a small row is never given the memory of a large one, nor much that it does not need', () => {
  const memory = new RowMemory()
  memory.giveBack(memory.take(1 << 20))
  for (const length of [1, 300, 5000, 70_000, 400_000]) {
    const { byteLength } = memory.take(length)
    expect(byteLength).toBeGreaterThanOrEqual(length)
    expect(byteLength).toBeLessThan(length * 1.125 + 256)
  }
})

test('at most 8 MiB are kept, of the newest', () => {
  const memory = new RowMemory()
  const [older, newer] = [new ArrayBuffer(6 << 20), new ArrayBuffer(6 << 20)]
  memory.giveBack(older)
  memory.giveBack(newer)
  memory.giveBack(new ArrayBuffer(9 << 20))
  expect(memory.take(5 << 20)).toBe(newer)
  expect(memory.take(5 << 20)).not.toBe(older)
})

test('rows that wait for a sink hold no more memory than their window, however small they are', async () => {
  const folder = memoryFolder()
  onTestFinished(() => removeFolder(folder))
  const channel = logChannel({ folder, options: { recentBytes: 2 ** 20, durability: 'none' } })
  await channel.start()
  onTestFinished(() => channel.stop())
  const before = heldByBuffers()
  for (let first = 0; first < 3000; first++) await put(channel, numbered(first, 1, 100))
  // One event a row: 3,000 of them with 64 KiB each would be 188 MiB.
  expect(heldByBuffers() - before).toBeLessThan(4 * 2 ** 20)
  expect(await take(channel)).toHaveLength(3000)
})

test('what a sink has taken stays as it is until it has committed, whatever is put and consumed meanwhile', async () => {
  const folder = memoryFolder()
  onTestFinished(() => removeFolder(folder))
  const channel = logChannel({ folder })
  await channel.start()
  onTestFinished(() => channel.stop())
  await put(channel, numbered(0, 10, 300))
  const slow = channel.transaction()
  slow.begin()
  const held = (await slow.take({ ...everything, events: 4 }))!
  const before = numbersOf(held)
  const bytes = Buffer.from(bodyAt(held, 3))
  for (let first = 10; first < 500; first += 10) {
    await put(channel, numbered(first, 10, 300))
    await take(channel)
  }
  expect(numbersOf(held)).toEqual(before)
  expect(bytes.equals(bodyAt(held, 3))).toBe(true)
  await slow.commit()
  slow.close()
  for (let first = 500; first < 600; first += 10) {
    await put(channel, numbered(first, 10, 300))
    expect(await take(channel)).toEqual(Array.from({ length: 10 }, (_, index) => first + index))
  }
})

/** Bytes of all array buffers that somebody can reach. */
function heldByBuffers(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().arrayBuffers
}
