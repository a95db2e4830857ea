import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Channel, TakeLimit, Transaction } from '../../../src-main/agent/channel/channel.ts'
import { definition, type SpillableMemoryChannel } from '../../../src-main/agent/channel/spillablememory-channel.ts'
import { ManualClock } from '../../../src-main/clock.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import { componentContext } from '../../driver/component-context.ts'
import { numbered, numbersOf } from '../../driver/log-channel-driver.ts'
import { randomFrom } from '../../driver/random.ts'
import { temporaryFolder } from '../../driver/temporary-folder.ts'

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)
const everything: TakeLimit = { events: 1000, bytes: 1e9 }

async function spillable(
  values: Record<string, string>,
  workDir = temporaryFolder(),
): Promise<{ channel: SpillableMemoryChannel; clock: ManualClock; folder: string }> {
  const clock = new ManualClock()
  const parsed = parseOptions(definition.properties, { overflowTimeout: '0', ...values })
  const channel = definition.create(parsed.options!, { ...componentContext(), clock, workDir }) as SpillableMemoryChannel
  await channel.start()
  return { channel, clock, folder: workDir }
}

function begun(channel: Channel): Transaction {
  const transaction = channel.transaction()
  transaction.begin()
  return transaction
}

async function put(channel: Channel, first: number, count: number): Promise<void> {
  const transaction = begun(channel)
  await transaction.put(numbered(first, count))
  try {
    await transaction.commit()
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

async function take(channel: Channel, limit = everything): Promise<number[]> {
  const transaction = begun(channel)
  const numbers = numbersOf(await transaction.take(limit))
  await transaction.commit()
  return numbers
}

describe('the spillable memory channel', () => {
  test('has Flume’s capacities where the configuration names none', async () => {
    const { channel } = await spillable({ dataDirs: '' })
    expect(channel.gauges().channelCapacity).toBe(100_010_000)
    expect(channel.transactionCapacity).toBe(10_000)
    await channel.stop()
  })

  test('overflows when memory is full, and drains first in, first out over both', async () => {
    const { channel } = await spillable({ memoryCapacity: '10' })
    for (let index = 0; index < 5; index++) await put(channel, index * 4, 4)
    expect(channel.memory.size).toBe(8)
    expect(channel.gauges().channelSize).toBe(20)
    expect(await take(channel)).toEqual(range(0, 8))
    await put(channel, 20, 4)
    expect(channel.memory.size).toBe(4)
    expect(await take(channel)).toEqual(range(8, 20))
    expect(await take(channel)).toEqual(range(20, 24))
    expect(channel.gauges()).toMatchObject({ channelSize: 0, eventPutSuccessCount: 24, eventTakeSuccessCount: 24 })
    await channel.stop()
  })

  test('gives nothing at the boundary between memory and overflow in one transaction, and goes on in the next', async () => {
    const { channel } = await spillable({ memoryCapacity: '4' })
    await put(channel, 0, 4)
    await put(channel, 4, 4)
    const transaction = begun(channel)
    expect(numbersOf(await transaction.take(everything))).toEqual(range(0, 4))
    expect(await transaction.take(everything)).toBe(null)
    await transaction.commit()
    expect(await take(channel)).toEqual(range(4, 8))
    await channel.stop()
  })

  test('returns what was rolled back to the front, from either store', async () => {
    const { channel } = await spillable({ memoryCapacity: '4' })
    await put(channel, 0, 4)
    await put(channel, 4, 4)
    for (const [from, to] of [
      [0, 4],
      [4, 8],
    ] as const) {
      const transaction = begun(channel)
      expect(numbersOf(await transaction.take({ events: 3, bytes: 1e9 }))).toEqual(range(from, from + 3))
      await transaction.rollback()
      transaction.close()
      expect(await take(channel)).toEqual(range(from, to))
    }
    await channel.stop()
  })

  test('waits overflowTimeout for memory before it overflows', async () => {
    const { channel, clock } = await spillable({ memoryCapacity: '4', overflowTimeout: '3' })
    await put(channel, 0, 4)
    const waiting = put(channel, 4, 4)
    await Promise.resolve()
    expect(channel.order.countIn('overflow')).toBe(0)
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    clock.advance(3000)
    await waiting
    expect(channel.order.countIn('overflow')).toBe(4)
    await channel.stop()
  })

  test('is full with Flume’s sentence when overflow is disabled', async () => {
    const { channel } = await spillable({ memoryCapacity: '4', overflowCapacity: '0' })
    await put(channel, 0, 4)
    await expect(put(channel, 4, 1)).rejects.toMatchObject({
      code: 'CHANNEL_FULL',
      message: "Spillable Memory Channel's memory capacity has been reached and overflow is disabled. Consider increasing memoryCapacity.",
    })
    expect(await take(channel)).toEqual(range(0, 4))
    await channel.stop()
  })

  test('is a durable channel with a memory of 0 events', async () => {
    const first = await spillable({ memoryCapacity: '0' })
    await put(first.channel, 0, 4)
    await first.channel.stop()
    const { channel } = await spillable({ memoryCapacity: '0' }, first.folder)
    expect(await take(channel)).toEqual(range(0, 4))
    await channel.stop()
  })

  test('loses what was in memory when the agent ends, and keeps what overflowed', async () => {
    const values = { memoryCapacity: '4' }
    const first = await spillable({ ...values, checkpointDir: join(temporaryFolder(), 'cp') })
    await put(first.channel, 0, 4)
    await put(first.channel, 4, 4)
    await first.channel.stop()
    const again = await spillable({ ...values, checkpointDir: (first.channel.overflow as { folder?: string }).folder! })
    expect(await take(again.channel)).toEqual(range(4, 8))
    await again.channel.stop()
  })

  test('delivers everything once and in order through any mixture of puts, takes and rollbacks', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const random = randomFrom(seed)
      const { channel } = await spillable({ memoryCapacity: '30' })
      let stored = 0
      const taken: number[] = []
      for (let step = 0; step < 200; step++) {
        if (random.chance(0.5)) {
          const count = 1 + random.below(20)
          await put(channel, stored, count)
          stored += count
        } else {
          const transaction = begun(channel)
          const numbers = numbersOf(await transaction.take({ events: 1 + random.below(30), bytes: random.chance(0.2) ? 100 : 1e9 }))
          if (random.chance(0.3)) await transaction.rollback()
          else {
            await transaction.commit()
            taken.push(...numbers)
          }
        }
        expect(channel.gauges().channelSize).toBe(stored - taken.length)
      }
      for (let more = await take(channel); more.length > 0; more = await take(channel)) taken.push(...more)
      expect(taken).toEqual(range(0, stored))
      await channel.stop()
    }
  })
})
