import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Transaction } from '../../../../src-main/agent/channel/channel.ts'
import type { LogChannel } from '../../../../src-main/agent/channel/log/log-channel.ts'
import { openLogReader } from '../../../../src-main/agent/channel/log/log-reader.ts'
import { type OpenWriter, openInlineWriter, openThreadWriter } from '../../../../src-main/agent/channel/log/log-writer.ts'
import { ManualClock } from '../../../../src-main/clock.ts'
import { everything, logChannel, numbered, numbersOf, put, type TestLog, take } from '../../../driver/log-channel-driver.ts'
import { temporaryFolder } from '../../../driver/temporary-folder.ts'
import { until } from '../../../driver/until.ts'

async function started(log: Partial<TestLog> = {}): Promise<LogChannel> {
  const channel = logChannel({ folder: temporaryFolder(), ...log })
  await channel.start()
  return channel
}

function begun(channel: LogChannel): Transaction {
  const transaction = channel.transaction()
  transaction.begin()
  return transaction
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)
const segments = (folder: string): string[] => readdirSync(folder).filter((name) => /^log-\d+\.db$/.test(name))

test('a start that fails once the writer is there closes it before the folder is free again', async () => {
  const folder = temporaryFolder()
  const asked: string[] = []
  const watched: OpenWriter = async (options, onEvent) => {
    const writer = await openInlineWriter(options, onEvent)
    const ask: typeof writer.ask = (call, what) => {
      asked.push(call)
      return writer.ask(call, what)
    }
    return { ...writer, ask }
  }
  // What streams left behind cannot be listed: none of them would be heard.
  writeFileSync(join(folder, 'streams'), '')
  const channel = logChannel({ folder, deps: { openWriter: watched } })
  await expect(channel.start()).rejects.toMatchObject({ code: 'IO', message: expect.stringContaining('streams') })
  expect(asked).toEqual(['close'])
  rmSync(join(folder, 'streams'))
  await channel.start()
  await channel.stop()
})

describe('a transaction on the durable channel', () => {
  test('shows its puts when it commits and not before', async () => {
    const channel = await started()
    const putting = begun(channel)
    await putting.put(numbered(0, 10))
    expect(await take(channel)).toEqual([])
    await putting.commit()
    putting.close()
    expect(await take(channel)).toEqual(range(0, 10))
    await channel.stop()
  })

  test('forgets its puts when it is rolled back', async () => {
    const channel = await started()
    const putting = begun(channel)
    await putting.put(numbered(0, 10))
    await putting.rollback()
    expect(await take(channel)).toEqual([])
    expect(channel.extent()).toEqual({ first: 0, next: 0 })
    await channel.stop()
  })

  test('of several small puts is stored and taken as one batch', async () => {
    const channel = await started()
    const putting = begun(channel)
    for (let index = 0; index < 5; index++) await putting.put(numbered(index, 1))
    await putting.commit()
    const taking = begun(channel)
    expect(numbersOf(await taking.take(everything))).toEqual(range(0, 5))
    await taking.rollback()
    await channel.stop()
  })

  test('takes across transactions of puts up to its limit of events', async () => {
    const channel = await started()
    for (let index = 0; index < 10; index++) await put(channel, numbered(index * 3, 3))
    expect(await take(channel, { events: 7, bytes: 1e9 })).toEqual(range(0, 7))
    expect(await take(channel, { events: 7, bytes: 1e9 })).toEqual(range(7, 14))
    await channel.stop()
  })

  test('takes no more bytes than it was allowed, but at least one event', async () => {
    const channel = await started()
    await put(channel, numbered(0, 10, 92))
    expect(await take(channel, { events: 100, bytes: 350 })).toEqual(range(0, 3))
    expect(await take(channel, { events: 100, bytes: 1 })).toEqual([3])
    await channel.stop()
  })

  test('that rolls back returns its events to the front, in their order', async () => {
    const channel = await started()
    await put(channel, numbered(0, 12))
    const [one, other, third] = [begun(channel), begun(channel), begun(channel)]
    expect(numbersOf(await one.take({ events: 4, bytes: 1e9 }))).toEqual(range(0, 4))
    expect(numbersOf(await other.take({ events: 4, bytes: 1e9 }))).toEqual(range(4, 8))
    expect(numbersOf(await third.take({ events: 2, bytes: 1e9 }))).toEqual([8, 9])
    await other.rollback()
    await third.commit()
    await one.rollback()
    expect(await take(channel)).toEqual([...range(0, 8), 10, 11])
    await channel.stop()
  })

  test('that committed out of order is not delivered again after a restart', async () => {
    const folder = temporaryFolder()
    const channel = await started({ folder })
    await put(channel, numbered(0, 12))
    const [one, other] = [begun(channel), begun(channel)]
    await one.take({ events: 4, bytes: 1e9 })
    await other.take({ events: 4, bytes: 1e9 })
    await other.commit()
    await channel.stop()
    const again = await started({ folder })
    expect(await take(again)).toEqual([...range(0, 4), ...range(8, 12)])
    await again.stop()
  })

  test('may only put or only take', async () => {
    const channel = await started()
    await put(channel, numbered(0, 1))
    const both = begun(channel)
    await both.put(numbered(1, 1))
    await both.take(everything)
    await expect(both.commit()).rejects.toThrow('nonzero puts and takes')
    expect(both.state).toBe('OPEN')
    await both.rollback()
    expect(await take(channel)).toEqual([0])
    await channel.stop()
  })

  test('of more puts than transactionCapacity fails with Flume’s sentence', async () => {
    const channel = await started({ options: { transactionCapacity: 5 } })
    const putting = begun(channel)
    await putting.put(numbered(0, 3))
    await expect(putting.put(numbered(3, 3))).rejects.toThrow(
      'Put queue for FileBackedTransaction of capacity 5 full, consider committing more frequently, increasing capacity or increasing thread count. [channel=c1]',
    )
    await putting.rollback()
    await channel.stop()
  })

  test('that takes more than transactionCapacity fails with Flume’s sentence, once that many are there', async () => {
    const channel = await started({ options: { transactionCapacity: 5 } })
    await put(channel, numbered(0, 4))
    const few = begun(channel)
    expect(numbersOf(await few.take({ events: 100, bytes: 1e9 }))).toEqual(range(0, 4))
    await few.rollback()
    await put(channel, numbered(4, 1))
    const taking = begun(channel)
    await expect(taking.take({ events: 6, bytes: 1e9 })).rejects.toThrow(
      'Take list for FileBackedTransaction, capacity 5 full, consider committing more frequently, increasing capacity, or increasing thread count. [channel=c1]',
    )
    expect(numbersOf(await taking.take({ events: 5, bytes: 1e9 }))).toEqual(range(0, 5))
    await taking.rollback()
    await channel.stop()
  })

  test('waits keep-alive for room, then fails with Flume’s sentence', async () => {
    const clock = new ManualClock()
    const channel = await started({ clock, options: { capacity: 5, keepAliveMs: 3000 } })
    await put(channel, numbered(0, 5))
    const putting = begun(channel)
    const refused = expect(putting.put(numbered(5, 1))).rejects.toMatchObject({
      code: 'CHANNEL_FULL',
      message: expect.stringContaining(
        "The channel has reached it's capacity. This might be the result of a sink on the channel having too low",
      ),
    })
    clock.advance(3000)
    await refused
    await putting.rollback()
    const patient = begun(channel)
    const room = patient.put(numbered(6, 1))
    await take(channel, { events: 1, bytes: 1e9 })
    await room
    await patient.commit()
    expect(channel.gauges().channelSize).toBe(5)
    await channel.stop()
  })

  test('in the wrong state throws Flume’s sentences', async () => {
    const channel = await started()
    const transaction = channel.transaction()
    await expect(transaction.put(numbered(0, 1))).rejects.toThrow('put() called when transaction is NEW!')
    await expect(transaction.commit()).rejects.toThrow('commit() called when transaction is NEW!')
    transaction.begin()
    expect(() => transaction.begin()).toThrow('begin() called when transaction is OPEN!')
    expect(() => transaction.close()).toThrow('close() called when transaction is OPEN - you must either commit or rollback first')
    await transaction.rollback()
    await expect(transaction.take(everything)).rejects.toThrow('take() called when transaction is COMPLETED!')
    transaction.close()
    expect(transaction.state).toBe('CLOSED')
    channel.transaction().close()
    await channel.stop()
  })

  test('on a channel that is closed says so', async () => {
    const channel = await started()
    const open = begun(channel)
    await open.put(numbered(0, 1))
    await channel.stop()
    await expect(open.commit()).rejects.toThrow('Channel closed [channel=c1]')
    await open.rollback()
    open.close()
    expect(() => channel.transaction()).toThrow('Channel closed [channel=c1]')
  })
})

describe('the durable channel', () => {
  test('delivers after a restart what was not consumed', async () => {
    const folder = temporaryFolder()
    const channel = await started({ folder })
    await put(channel, numbered(0, 100))
    await take(channel, { events: 30, bytes: 1e9 })
    await channel.stop()
    await channel.start()
    expect(await take(channel)).toEqual(range(30, 100))
    await channel.stop()
  })

  test('never gives an ordinal twice, also when it was emptied and its history is gone', async () => {
    const folder = temporaryFolder()
    const log = { folder, options: { retention: { bytes: 0, ageMs: 0 } } }
    const channel = await started(log)
    for (let life = 0; life < 3; life++) {
      await put(channel, numbered(life * 10, 10))
      await take(channel)
      await channel.forgetHistory()
      expect(channel.extent()).toEqual({ first: life * 10 + 10, next: life * 10 + 10 })
      await channel.stop()
      await channel.start()
    }
    await channel.stop()
  })

  test('wakes who waits for events, and nobody when there are none', async () => {
    const channel = await started()
    const controller = new AbortController()
    const waiting = channel.whenAvailable(controller.signal)
    await put(channel, numbered(0, 1))
    await waiting
    await channel.whenAvailable(controller.signal)
    await take(channel)
    let woken = false
    const never = channel.whenAvailable(controller.signal).then(() => {
      woken = true
    })
    await Promise.resolve()
    expect(woken).toBe(false)
    controller.abort()
    await never
    await channel.stop()
  })

  test('stores what sources commit together in the order in which they asked, through its writer’s thread', async () => {
    const channel = await started({ deps: { openWriter: openThreadWriter } })
    await Promise.all(Array.from({ length: 50 }, (_, index) => put(channel, numbered(index * 10, 10))))
    expect(await take(channel)).toEqual(range(0, 500))
    expect(channel.gauges()).toMatchObject({ channelSize: 0, eventPutSuccessCount: 500, eventTakeSuccessCount: 500 })
    await channel.stop()
  })

  test('begins a new segment when one is full, and folds the sealed one at leisure', async () => {
    const folder = temporaryFolder()
    const clock = new ManualClock()
    const channel = await started({ folder, clock, options: { segmentBytes: 100_000 }, deps: { openWriter: openThreadWriter } })
    for (let index = 0; index < 10; index++) await put(channel, numbered(index * 10, 10, 2000))
    await until('a segment is sealed', () => segments(folder).length > 1)
    const folded = (): boolean => !existsSync(join(folder, `${segments(folder).sort()[0]}-wal`))
    await until('it is folded', () => {
      clock.advance(5000)
      return folded()
    })
    expect(await take(channel)).toEqual(range(0, 100))
    await channel.stop()
  })

  test('keeps its segments in the folders that it was given, and finds those of former folders', async () => {
    const [folder, one, two, three] = [temporaryFolder(), temporaryFolder(), temporaryFolder(), temporaryFolder()]
    const channel = await started({ folder, options: { log: { folder, dataFolders: [one, two] }, segmentBytes: 50_000 } })
    for (let index = 0; index < 10; index++) await put(channel, numbered(index * 10, 10, 2000))
    expect(segments(one).length).toBeGreaterThan(0)
    expect(segments(two).length).toBeGreaterThan(0)
    await channel.stop()
    const moved = await started({ folder, options: { log: { folder, dataFolders: [three] }, segmentBytes: 50_000 } })
    await put(moved, numbered(100, 10, 2000))
    expect(await take(moved)).toEqual(range(0, 110))
    await moved.stop()
    const reader = openLogReader(folder)
    expect(reader.extent()).toEqual({ first: 0, next: 110 })
    reader.close()
  })

  test('can be moved as a folder', async () => {
    const parent = temporaryFolder()
    const channel = await started({ folder: join(parent, 'here') })
    await put(channel, numbered(0, 10))
    await channel.stop()
    renameSync(join(parent, 'here'), join(parent, 'there'))
    const moved = await started({ folder: join(parent, 'there') })
    expect(await take(moved)).toEqual(range(0, 10))
    await moved.stop()
  })

  test('with durability interval or none keeps everything that a stop follows', async () => {
    for (const durability of ['interval', 'none'] as const) {
      const clock = new ManualClock()
      const channel = await started({ clock, options: { durability } })
      await put(channel, numbered(0, 10))
      clock.advance(1000)
      await put(channel, numbered(10, 10))
      await channel.stop()
      await channel.start()
      expect(await take(channel)).toEqual(range(0, 20))
      await channel.stop()
    }
  })
})

describe('cursors and retention of the durable channel', () => {
  const small = { segmentBytes: 50_000 }
  const fill = async (channel: LogChannel, from = 0): Promise<void> => {
    for (let index = 0; index < 10; index++) await put(channel, numbered(from + index * 10, 10, 2000))
  }

  test('keep what a stream has not consumed, also while it is stopped and over restarts, until it is released', async () => {
    const folder = temporaryFolder()
    const log = { folder, options: { ...small, retention: { bytes: 0, ageMs: 0 } } }
    const channel = await started(log)
    await channel.streamCursor('counts').advance(0)
    await fill(channel)
    await take(channel)
    await channel.stop()
    await channel.start()
    expect(channel.extent().first).toBe(0)
    expect(channel.cursors()).toMatchObject([
      { kind: 'sinks', position: 100, pinnedEvents: 0, pinnedBytes: 0 },
      { name: 'counts', kind: 'stream', position: 0, pinnedEvents: 100 },
    ])
    expect(channel.gauges().channelSize).toBe(100)
    const stream = channel.streamCursor('counts')
    await stream.advance(40)
    expect(channel.extent().first).toBeGreaterThan(0)
    expect(channel.extent().first).toBeLessThanOrEqual(40)
    await stream.release()
    await channel.forgetHistory()
    expect(channel.extent()).toEqual({ first: 100, next: 100 })
    expect(channel.cursors()).toHaveLength(1)
    await channel.stop()
  })

  test('count capacity by the slowest consumer', async () => {
    const channel = await started({ options: { capacity: 20 } })
    const stream = channel.streamCursor('counts')
    await put(channel, numbered(0, 20))
    await take(channel)
    await expect(put(channel, numbered(20, 1))).rejects.toMatchObject({ code: 'CHANNEL_FULL' })
    await stream.skipToNow()
    expect(channel.freeRoom).toBe(20)
    await put(channel, numbered(20, 20))
    await channel.stop()
  })

  test('let a stream alone decide when no sink is wired', async () => {
    const channel = await started({ options: { ...small, retention: { bytes: 0, ageMs: 0 } } })
    await channel.wireSinks(false)
    await fill(channel)
    expect(channel.gauges().channelSize).toBe(100)
    await channel.streamCursor('counts').skipToNow()
    expect(channel.gauges().channelSize).toBe(0)
    await channel.forgetHistory()
    expect(channel.extent().first).toBe(100)
    await channel.wireSinks(true)
    await put(channel, numbered(100, 1))
    expect(await take(channel)).toEqual([100])
    await channel.stop()
  })

  test('refuse to go back or beyond the end', async () => {
    const channel = await started()
    await put(channel, numbered(0, 10))
    const stream = channel.streamCursor('counts')
    await stream.advance(5)
    await expect(stream.advance(4)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
    await expect(stream.advance(11)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
    expect(stream.position).toBe(5)
    await channel.stop()
  })

  test('keep consumed events up to the bytes of retention, and never what is not consumed', async () => {
    const channel = await started({ options: { ...small, retention: { bytes: 200_000, ageMs: 1e9 } } })
    await fill(channel)
    await fill(channel, 100)
    expect(channel.extent().first).toBe(0)
    await take(channel)
    await until('the oldest are gone', () => channel.extent().first > 0)
    expect(channel.retained().events).toBe(200 - channel.extent().first)
    expect(channel.retained().bytes).toBeLessThan(300_000)
    await channel.stop()
  })

  test('keep consumed events up to the age of retention', async () => {
    const clock = new ManualClock(1e12)
    const channel = await started({ clock, options: { ...small, retention: { bytes: 1e9, ageMs: 3_600_000 } } })
    await fill(channel)
    await take(channel)
    clock.advance(3_599_000)
    expect(channel.extent().first).toBe(0)
    await until('they are gone', () => {
      clock.advance(5000)
      return channel.extent().first > 0
    })
    await channel.stop()
  })

  test('say who pins how much', async () => {
    const channel = await started({ options: small })
    await fill(channel)
    await channel.streamCursor('counts').advance(50)
    await take(channel, { events: 20, bytes: 1e9 })
    const [sinks, stream] = channel.cursors()
    expect(sinks).toMatchObject({ name: 'sinks', kind: 'sinks', position: 20, pinnedEvents: 80 })
    expect(stream).toMatchObject({ name: 'counts', kind: 'stream', position: 50, pinnedEvents: 50 })
    expect(sinks!.pinnedBytes).toBeGreaterThan(stream!.pinnedBytes)
    expect(channel.retained().events).toBe(20)
    await channel.stop()
  })
})

describe('a reader of the log', () => {
  test('reads any range, a row at a time, while the channel runs', async () => {
    const channel = await started({ options: { segmentBytes: 50_000 }, deps: { openWriter: openThreadWriter } })
    for (let index = 0; index < 10; index++) await put(channel, numbered(index * 10, 10, 2000))
    const reader = openLogReader(channel.folder)
    expect(reader.extent()).toEqual({ first: 0, next: 100 })
    const read = [...reader.read({ from: 15, to: 73 })]
    expect(read.flatMap(({ batch }) => numbersOf(batch))).toEqual(range(15, 73))
    expect(read.map(({ from }) => from)).toEqual([15, 20, 30, 40, 50, 60, 70])
    await put(channel, numbered(100, 5))
    expect(reader.extent().next).toBe(105)
    reader.close()
    await channel.stop()
  })

  test('says where a range of so many events or bytes ends', async () => {
    const channel = await started()
    for (let index = 0; index < 10; index++) await put(channel, numbered(index * 10, 10, 992))
    const reader = openLogReader(channel.folder)
    expect(reader.rangeUpTo(0, { events: 25, bytes: 1e9 })).toBe(25)
    expect(reader.rangeUpTo(0, { events: 1e9, bytes: 1e9 })).toBe(100)
    expect(reader.rangeUpTo(0, { events: 1e9, bytes: 25_000 })).toBe(20)
    expect(reader.rangeUpTo(0, { events: 1e9, bytes: 3500 })).toBe(3)
    expect(reader.rangeUpTo(5, { events: 1e9, bytes: 1 })).toBe(6)
    expect(reader.rangeUpTo(100, { events: 10, bytes: 1e9 })).toBe(100)
    reader.close()
    await channel.stop()
  })

  test('says so when a range is not there any more, or there is no channel', async () => {
    const channel = await started({ options: { segmentBytes: 50_000, retention: { bytes: 0, ageMs: 0 } } })
    for (let index = 0; index < 10; index++) await put(channel, numbered(index * 10, 10, 2000))
    const reader = openLogReader(channel.folder)
    reader.extent()
    await take(channel)
    await channel.forgetHistory()
    await put(channel, numbered(100, 1))
    expect(() => [...reader.read({ from: 0, to: 10 })]).toThrow(/Events 0 to 9 .* are not there: it has 100 to 100/)
    reader.close()
    await channel.stop()
    expect(() => openLogReader(temporaryFolder())).toThrow('There is no durable channel')
  })
})
