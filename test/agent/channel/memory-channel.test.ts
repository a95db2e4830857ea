import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Channel, TakeLimit, Transaction } from '../../../src-main/agent/channel/channel.ts'
import { definition, MemoryChannel, type MemoryChannelOptions } from '../../../src-main/agent/channel/memory-channel.ts'
import { definition as pseudoTxn } from '../../../src-main/agent/channel/pseudo-txn-memory-channel.ts'
import { ManualClock } from '../../../src-main/clock.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import { componentContext } from '../../driver/component-context.ts'
import { numbered, numbersOf } from '../../driver/log-channel-driver.ts'
import { fc } from '../../driver/property.ts'

const everything: TakeLimit = { events: 1000, bytes: 1e9 }
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)

function memory(options: Partial<MemoryChannelOptions> = {}): { channel: MemoryChannel; clock: ManualClock } {
  const clock = new ManualClock()
  const all = { name: 'c1', capacity: 100, transactionCapacity: 100, keepAliveMs: 0, byteSlots: 2 ** 31 - 1, ...options }
  return { channel: new MemoryChannel(all, clock), clock }
}

function begun(channel: Channel): Transaction {
  const transaction = channel.transaction()
  transaction.begin()
  return transaction
}

async function put(channel: Channel, first: number, count: number, padding = 0): Promise<void> {
  const transaction = begun(channel)
  await transaction.put(numbered(first, count, padding))
  await transaction.commit()
}

async function take(channel: Channel, limit = everything): Promise<number[]> {
  const transaction = begun(channel)
  const numbers = numbersOf(await transaction.take(limit))
  await transaction.commit()
  return numbers
}

const create = (values: Record<string, string>): Channel =>
  definition.create(parseOptions(definition.properties, values).options!, componentContext()) as Channel

test('a number that is none counts as absent, with a warning, as in Flume', () => {
  const { options, problems } = parseOptions(definition.properties, { capacity: 'many', 'keep-alive': '7' })
  expect(options).toMatchObject({ capacity: 100, 'keep-alive': 7 })
  expect(problems).toEqual([
    expect.objectContaining({
      severity: 'warning',
      key: 'capacity',
      message: 'capacity: "many" is not a 32-bit integer; it counts as absent.',
    }),
  ])
})

describe('the memory channel', () => {
  test('has Flume’s defaults, and takes them for values of 0 and less', () => {
    for (const values of [{}, { capacity: '0', transactionCapacity: '-1' }] as Record<string, string>[]) {
      const channel = create(values)
      expect(channel.gauges().channelCapacity).toBe(100)
      expect(channel.transactionCapacity).toBe(100)
    }
  })

  test('refuses a transactionCapacity above its capacity with Flume’s sentence', () => {
    expect(() => create({ capacity: '10', transactionCapacity: '11' })).toThrow(
      'Transaction Capacity of Memory Channel cannot be higher than the capacity.',
    )
  })

  test('delivers in order, across batches, up to the limits of a take', async () => {
    const { channel } = memory()
    for (let index = 0; index < 5; index++) await put(channel, index * 10, 10)
    expect(await take(channel, { events: 15, bytes: 1e9 })).toEqual(range(0, 15))
    expect(await take(channel, { events: 100, bytes: 8 * 7 })).toEqual(range(15, 22))
    expect(await take(channel, { events: 100, bytes: 1 })).toEqual([22])
    expect(await take(channel)).toEqual(range(23, 50))
    expect(channel.gauges()).toMatchObject({ channelSize: 0, eventPutSuccessCount: 50, eventTakeSuccessCount: 50 })
  })

  test('shows nothing before commit, and nothing of what was rolled back', async () => {
    const { channel } = memory()
    const putting = begun(channel)
    await putting.put(numbered(0, 5))
    expect(await take(channel)).toEqual([])
    await putting.rollback()
    expect(await take(channel)).toEqual([])
    expect(channel.freeRoom).toBe(100)
  })

  test('hides what is taken, and returns it to the front in its order on rollback', async () => {
    const { channel } = memory()
    await put(channel, 0, 10)
    const one = begun(channel)
    expect(numbersOf(await one.take({ events: 3, bytes: 1e9 }))).toEqual([0, 1, 2])
    expect(numbersOf(await one.take({ events: 3, bytes: 1e9 }))).toEqual([3, 4, 5])
    expect(await take(channel, { events: 2, bytes: 1e9 })).toEqual([6, 7])
    await one.rollback()
    expect(await take(channel)).toEqual([...range(0, 6), 8, 9])
  })

  test('fails a transaction of more puts than transactionCapacity with Flume’s sentence', async () => {
    const { channel } = memory({ transactionCapacity: 2 })
    const putting = begun(channel)
    await expect(putting.put(numbered(0, 3))).rejects.toThrow(
      'Put queue for MemoryTransaction of capacity 2 full, consider committing more frequently, increasing capacity or increasing thread count',
    )
    await putting.rollback()
    await put(channel, 0, 2)
  })

  test('fails a transaction of more takes than transactionCapacity with Flume’s sentence', async () => {
    const { channel } = memory({ transactionCapacity: 2 })
    await put(channel, 0, 2)
    const taking = begun(channel)
    await expect(taking.take({ events: 3, bytes: 1e9 })).rejects.toThrow(
      'Take list for MemoryTransaction, capacity 2 full, consider committing more frequently, increasing capacity, or increasing thread count',
    )
    expect(numbersOf(await taking.take({ events: 2, bytes: 1e9 }))).toEqual([0, 1])
    await expect(taking.take({ events: 1, bytes: 1e9 })).rejects.toThrow('Take list for MemoryTransaction, capacity 2 full')
    await taking.rollback()
  })

  test('waits keep-alive for room at commit, then fails with Flume’s sentence and stays OPEN', async () => {
    const { channel, clock } = memory({ capacity: 10, keepAliveMs: 3000 })
    await put(channel, 0, 8)
    const putting = begun(channel)
    await putting.put(numbered(8, 3))
    const refused = expect(putting.commit()).rejects.toMatchObject({
      code: 'CHANNEL_FULL',
      message:
        "Space for commit to queue couldn't be acquired. Sinks are likely not keeping up with sources, or the buffer size is too tight",
    })
    await Promise.resolve()
    await Promise.resolve()
    clock.advance(3000)
    await refused
    expect(putting.state).toBe('OPEN')
    const second = putting.commit()
    await take(channel, { events: 1, bytes: 1e9 })
    await second
    expect(await take(channel)).toEqual([...range(1, 8), 8, 9, 10])
  })

  test('counts bodies in slots of 100 bytes, each event one at least, and fails with Flume’s sentence', async () => {
    const { channel } = memory({ byteSlots: 10 })
    await put(channel, 0, 4, 93)
    await put(channel, 4, 2)
    const putting = begun(channel)
    await putting.put(numbered(6, 1))
    await expect(putting.commit()).rejects.toMatchObject({
      code: 'CHANNEL_EXCEPTION',
      message: expect.stringContaining('Cannot commit transaction. Byte capacity allocated to store event body 1000reached.'),
    })
    await putting.rollback()
    await take(channel, { events: 1, bytes: 1e9 })
    await put(channel, 6, 2)
  })

  test('lets a transaction that takes as much as it puts commit when the channel is full', async () => {
    const { channel } = memory({ capacity: 5 })
    await put(channel, 0, 5)
    const both = begun(channel)
    await both.take({ events: 2, bytes: 1e9 })
    await both.put(numbered(5, 2))
    await both.commit()
    expect(await take(channel)).toEqual(range(2, 7))
  })

  test('waits keep-alive for an event, and gives it at once when it comes', async () => {
    const { channel, clock } = memory({ keepAliveMs: 3000 })
    const waiting = begun(channel)
    const nothing = waiting.take(everything)
    clock.advance(3000)
    expect(await nothing).toBe(null)
    const something = waiting.take(everything)
    await put(channel, 0, 1)
    expect(numbersOf(await something)).toEqual([0])
    await waiting.commit()
  })

  test('keeps its events over stop and start, and counts from 0 again', async () => {
    const { channel } = memory()
    await put(channel, 0, 3)
    await channel.stop()
    await channel.start()
    expect(channel.gauges()).toMatchObject({ channelSize: 3, eventPutSuccessCount: 0 })
    expect(await take(channel)).toEqual([0, 1, 2])
  })

  test('works through a long queue in order', async () => {
    const { channel } = memory({ capacity: 1e6 })
    for (let index = 0; index < 5000; index++) await put(channel, index, 1)
    for (let index = 0; index < 5000; index += 50) expect(await take(channel, { events: 50, bytes: 1e9 })).toEqual(range(index, index + 50))
  })
})

test('a put in one call does what a transaction of it does, and where it cannot, nothing', async () => {
  const step = fc.oneof(
    fc.record({ put: fc.integer({ min: 1, max: 12 }), padding: fc.nat(250) }),
    fc.record({ take: fc.integer({ min: 1, max: 20 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const options = { capacity: 30, transactionCapacity: 10, byteSlots: 40 }
      const [now, later] = [memory(options).channel, memory(options).channel]
      let next = 0
      for (const step of steps) {
        if ('take' in step) {
          const limit = { ...everything, events: Math.min(step.take, 10) }
          const [one, other] = [await take(now, limit), await take(later, limit)]
          expect(one).toEqual(other)
        } else {
          const before = now.gauges()
          const stored = now.putNow(numbered(next, step.put, step.padding))
          if (!stored) expect(now.gauges()).toEqual(before)
          const committed = await put(later, next, step.put, step.padding).then(
            () => true,
            () => false,
          )
          expect(stored).toBe(committed)
          next += step.put
        }
        expect(now.freeRoom).toBe(later.freeRoom)
        expect(now.gauges().channelSize).toBe(later.gauges().channelSize)
        expect(now.gauges().eventPutSuccessCount).toBe(later.gauges().eventPutSuccessCount)
      }
    }),
  )
})

test('a put in one call does not overtake one that waits for room', async () => {
  const { channel, clock } = memory({ capacity: 10, keepAliveMs: 1000 })
  await put(channel, 0, 8)
  const waiting = put(channel, 8, 5)
  await setImmediate()
  expect(channel.putNow(numbered(100, 1))).toBe(false)
  const taken = await take(channel, { ...everything, events: 5 })
  await waiting
  expect([...taken, ...(await take(channel, { ...everything, events: 8 }))]).toEqual(range(0, 13))
  clock.advance(1000)
})

test('the pseudo-transactional channel gives back what was rolled back, and says that Flume would have lost it', async () => {
  const context = componentContext()
  const channel = pseudoTxn.create(parseOptions(pseudoTxn.properties, { 'keep-alive': '0' }).options!, context) as Channel
  await put(channel, 0, 2)
  const nothing = begun(channel)
  await nothing.rollback()
  expect(context.departures).toEqual([])
  const transaction = begun(channel)
  await transaction.take(everything)
  await transaction.rollback()
  expect(context.departures).toEqual(['pseudo-channel-transactions'])
  expect(await take(channel)).toEqual([0, 1])
})
