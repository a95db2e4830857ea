// spark.streaming.receiver.writeAheadLog.enable in a context: what is stored, when it counts, what a restart finds.
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ManualClock, systemClock } from '../../../src-main/clock.ts'
import { silentLogger } from '../../../src-main/log.ts'
import { Receiver } from '../../../src-main/streaming/api.ts'
import type { ReceiverLog, StreamingHost } from '../../../src-main/streaming/host.ts'
import { StoredReceiverLog } from '../../../src-main/streaming/input/receiver-log.ts'
import { type CollectedBatch, StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import { temporaryFolder } from '../../driver/temporary-folder.ts'
import { until } from '../../driver/until.ts'

const enabled = { 'spark.streaming.receiver.writeAheadLog.enable': true }
const retention = { bytes: 2 ** 30, ageMs: 86_400_000 }

class PushReceiver extends Receiver<unknown> {
  override onStart(): void {}
  override onStop(): void {}
}

/** Lets what is under way go on. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

async function openedLog(streamFolder: string): Promise<StoredReceiverLog> {
  const log = new StoredReceiverLog({ streamId: 0, streamFolder, retention, clock: systemClock, log: silentLogger })
  await log.open()
  return log
}

interface Run {
  readonly driver: StreamingTestDriver
  readonly receiver: PushReceiver
  readonly collected: readonly CollectedBatch<unknown>[]
}

async function run(log: ReceiverLog, host: Partial<StreamingHost> = {}): Promise<Run> {
  const driver = new StreamingTestDriver({ conf: enabled, host: { openReceiverLog: () => log, ...host } })
  const receiver = new PushReceiver()
  const collected = driver.collect(driver.context.receiverStream(receiver))
  driver.start()
  onTestFinished(() => driver.stop())
  await turns()
  return { driver, receiver, collected }
}

test('a block is on the disk when storeBlock resolves, and a restart finds what no batch had', async () => {
  const folder = temporaryFolder()
  const first = await openedLog(folder)
  const before = await run(first)
  await before.receiver.storeBlock(['a', 'b'])
  await before.driver.advance()
  expect(before.collected[0]?.partitions).toEqual([['a', 'b']])
  await before.receiver.storeBlock(['c'])
  await before.receiver.storeBlock([{ d: 1 }, { e: 2 }])
  await before.driver.stop()
  await first.close()
  const second = await openedLog(folder)
  onTestFinished(() => second.close())
  second.startAt(2)
  const after = await run(second)
  await after.driver.advance()
  expect(after.collected[0]?.partitions).toEqual([['c'], [{ d: 1 }, { e: 2 }]])
  expect(after.driver.records[0]?.inputs[0]).toMatchObject({ records: 3, range: { input: 'received/0', from: 2, until: 5 } })
})

test('single records are stored block by block, in order, and count when their block is durable', async () => {
  const log = await openedLog(temporaryFolder())
  onTestFinished(() => log.close())
  const { driver, receiver, collected } = await run(log)
  void receiver.store('a')
  void receiver.store('b')
  driver.clock.advance(200)
  await turns()
  void receiver.store('c')
  driver.clock.advance(200)
  await until('both blocks are stored', () => log.backlog().records === 3)
  await driver.advance()
  expect(collected[0]?.partitions).toEqual([['a', 'b'], ['c']])
})

/** Refuses what it is given as long as `full`. */
class FullLog {
  full = true
  attempts = 0
  readonly log: ReceiverLog

  constructor(inner: ReceiverLog) {
    this.log = {
      name: inner.name,
      append: async (records) => {
        this.attempts++
        if (this.full) throw new Error('The disk is full.')
        await inner.append(records)
      },
      choose: (limit) => inner.choose(limit),
      stored: () => inner.stored(),
      blocks: (range) => inner.blocks(range),
      read: (range) => inner.read(range),
      backlog: () => inner.backlog(),
    }
  }
}

test('a block that cannot be stored is refused to a reliable receiver, and kept and tried again for single records', async () => {
  const stored = await openedLog(temporaryFolder())
  onTestFinished(() => stored.close())
  const full = new FullLog(stored)
  const { driver, receiver, collected } = await run(full.log)
  const errors: string[] = []
  driver.context.addStreamingListener({ onReceiverError: ({ receiverInfo }) => errors.push(receiverInfo.lastErrorMessage) })
  await expect(receiver.storeBlock(['refused'])).rejects.toThrow('The disk is full.')
  void receiver.store('kept')
  driver.clock.advance(200)
  await turns()
  expect(errors).toEqual(['A block could not be stored; it is tried again: The disk is full.'])
  full.full = false
  const { attempts } = full
  await until('it was tried again', async () => {
    driver.clock.advance(200)
    await turns()
    return full.attempts > attempts
  })
  await until('it is in a batch', async () => {
    await driver.advance()
    return collected.some(({ elements }) => elements.length > 0)
  })
  expect(collected.flatMap(({ elements }) => elements)).toEqual(['kept'])
})

test('a receiver that brings records faster than its log takes them is made to wait, and nothing is left out', async () => {
  const stored = await openedLog(temporaryFolder())
  onTestFinished(() => stored.close())
  const full = new FullLog(stored)
  const { driver, receiver, collected } = await run(full.log)
  let waited: Promise<void> | undefined
  let records = 0
  while (waited === undefined && records < 100) {
    waited = receiver.store(records++) ?? undefined
    driver.clock.advance(200)
    await turns()
  }
  // blockQueueSize is 10: the eleventh waits.
  expect(records).toBe(11)
  full.full = false
  await until('all are in batches', async () => {
    await driver.advance()
    return collected.flatMap(({ elements }) => elements).length === 11
  })
  expect(collected.flatMap(({ elements }) => elements)).toEqual(Array.from({ length: 11 }, (_, index) => index))
})

test('a record that the log cannot keep is refused where it is stored', async () => {
  const log = await openedLog(temporaryFolder())
  onTestFinished(() => log.close())
  const { receiver } = await run(log)
  expect(() => receiver.store(new (class Reading {})())).toThrow('A receiver stored a Reading, which its write-ahead log cannot keep.')
})

test('a graceful stop processes what is in the log and no batch has', async () => {
  const log = await openedLog(temporaryFolder())
  onTestFinished(() => log.close())
  const { driver, receiver, collected } = await run(log)
  await receiver.storeBlock(['last'])
  const stopped = driver.context.stop(true, true)
  await until('it has stopped', async () => {
    driver.clock.advance(100)
    await turns()
    return driver.context.getState() === 'STOPPED'
  })
  await stopped
  expect(collected.flatMap(({ elements }) => elements)).toEqual(['last'])
})

test('without a checkpoint directory, or anything that keeps a log, the context refuses to start and says why', () => {
  const withoutDirectory = new StreamingTestDriver({ conf: enabled, checkpoint: false })
  withoutDirectory.context.receiverStream(new PushReceiver()).print()
  expect(() => withoutDirectory.start()).toThrow(
    'Cannot enable receiver write-ahead log without checkpoint directory set. Please use streamingContext.checkpoint() to set the checkpoint directory.',
  )
  const nowhere = new StreamingTestDriver({ conf: enabled, host: { openReceiverLog: undefined as never } })
  nowhere.context.receiverStream(new PushReceiver()).print()
  expect(() => nowhere.start()).toThrow('There is nowhere to keep a write-ahead log')
})

test('the test driver keeps a log in memory: a program with one is tested like any other', async () => {
  const driver = new StreamingTestDriver({ conf: enabled })
  const receiver = new PushReceiver()
  const collected = driver.collect(driver.context.receiverStream(receiver))
  driver.start()
  onTestFinished(() => driver.stop())
  await turns()
  await receiver.storeBlock(['a', 'b'])
  await receiver.storeBlock([1])
  await driver.advance(2)
  expect(collected.map(({ partitions }) => partitions)).toEqual([[['a', 'b'], [1]], []])
})

test('the log lies in the folder received of the stream', async () => {
  const folder = temporaryFolder()
  const log = await openedLog(folder)
  onTestFinished(() => log.close())
  expect(log.name).toBe('received/0')
  expect(
    new StoredReceiverLog({ streamId: 0, streamFolder: join(folder, 'elsewhere'), retention, clock: systemClock, log: silentLogger })
      .exists,
  ).toBe(false)
})

test('a log that a program of the stream’s past still holds is waited for; one that stays locked is told with who has it', async () => {
  const folder = temporaryFolder()
  const dying = await openedLog(folder)
  const second = new StoredReceiverLog({ streamId: 0, streamFolder: folder, retention, clock: systemClock, log: silentLogger })
  const opened = second.open()
  await turns()
  await dying.close()
  await opened
  onTestFinished(() => second.close())
  const clock = new ManualClock()
  const third = new StoredReceiverLog({ streamId: 0, streamFolder: folder, retention, clock, log: silentLogger })
  const refused = expect(third.open()).rejects.toMatchObject({
    code: 'CHANNEL_LOCKED',
    message: expect.stringContaining('It is used by received/0'),
  })
  await turns()
  clock.advance(60_000)
  await refused
})
