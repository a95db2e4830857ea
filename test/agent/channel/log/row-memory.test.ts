import { expect, onTestFinished, test } from 'vitest'
import { RowMemory } from '../../../../src-main/agent/channel/log/row-memory.ts'
import { bodyAt } from '../../../../src-shared/event/event-batch.ts'
import { everything, logChannel, memoryFolder, numbered, numbersOf, put, removeFolder, take } from '../../../driver/log-channel-driver.ts'

test('memory that was given back is used again where it is large enough, and at most 8 MiB of it are kept', () => {
  const memory = new RowMemory()
  const [small, large] = [memory.take(1), memory.take(100_000)]
  memory.giveBack(small)
  memory.giveBack(large)
  expect(memory.take(90_000)).toBe(large)
  expect(memory.take(90_000)).not.toBe(large)
  expect(memory.take(10)).toBe(small)
  const much = new ArrayBuffer(6 << 20)
  memory.giveBack(much)
  memory.giveBack(new ArrayBuffer(6 << 20))
  expect(memory.take(5 << 20)).toBe(much)
  expect(memory.take(5 << 20).byteLength).toBeLessThan(6 << 20)
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
