// commit-latency: a disk whose every fsync takes 10 ms more must hold up nobody but those who wait for it. A memory channel's source and
// sink, on the same loop, keep their rate while a durable channel beside them commits on the slow disk.
import { join } from 'node:path'
import type { Channel } from '../src-main/agent/channel/channel.ts'
import { MemoryChannel } from '../src-main/agent/channel/memory-channel.ts'
import { systemClock } from '../src-main/clock.ts'
import { bodyAt, type EventBatch } from '../src-shared/event/event-batch.ts'
import type { Bench } from './runner/bench.ts'
import { benchChannel } from './runner/bench-channel.ts'

const seconds = 1.5
const eventsPerCommit = 1000

export const bench: Bench = {
  summary:
    'Events/s of another source (memory channel, bodies read by its sink) beside a durable channel whose every fsync takes 10 ms longer; and what that channel itself does with 1 and 16 sources (group commit).',
  unit: 'events/s',
  variants: {
    'other source, alone': async () => otherSource(),
    'other source, beside the slow disk': async ({ scratch }) => beside(scratch, 10, otherSource),
    'durable, slow disk, 1 source': async ({ scratch }) => durable(join(scratch, 'one'), 10, 1),
    'durable, slow disk, 16 sources': async ({ scratch }) => durable(join(scratch, 'many'), 10, 16),
  },
  ratios: [
    { name: 'other source beside against alone', of: 'other source, beside the slow disk', against: 'other source, alone', least: 0.9 },
    {
      name: '16 sources against 1 (shared commits)',
      of: 'durable, slow disk, 16 sources',
      against: 'durable, slow disk, 1 source',
      least: 4,
    },
  ],
}

const batch: EventBatch = {
  count: eventsPerCommit,
  bodies: new Uint8Array(eventsPerCommit * 133).fill(97),
  ends: Uint32Array.from({ length: eventsPerCommit }, (_, index) => (index + 1) * 133),
  gap: 0,
  terminated: false,
  shared: {},
  columns: [],
}

async function otherSource(): Promise<number> {
  const options = { name: 'm1', capacity: 10_000, transactionCapacity: 1000, keepAliveMs: 1000, byteSlots: 2 ** 31 - 1 }
  const channel = new MemoryChannel(options, systemClock)
  const end = performance.now() + seconds * 1000
  let events = 0
  let sum = 0
  while (performance.now() < end) {
    await inTransaction(channel, async (transaction) => transaction.put({ ...batch, bodies: batch.bodies.slice() }))
    await inTransaction(channel, async (transaction) => {
      const taken = (await transaction.take({ events: eventsPerCommit, bytes: 2 ** 20 }))!
      for (let index = 0; index < taken.count; index++) sum += bodyAt(taken, index)[0]!
      events += taken.count
    })
    // It has something every millisecond, and never catches up: a millisecond in which the loop stands still is lost to its rate.
    await systemClock.sleep(1)
  }
  if (sum === 0) throw new Error('nothing was read')
  return events / seconds
}

async function beside(folder: string, fsyncDelayMs: number, work: () => Promise<number>): Promise<number> {
  const slow = { stop: false }
  const disturbing = durable(folder, fsyncDelayMs, 4, slow)
  const rate = await work()
  slow.stop = true
  await disturbing
  return rate
}

/** Events/s of so many sources and a sink through a durable channel on a slow disk. */
async function durable(folder: string, fsyncDelayMs: number, sources: number, until: { stop: boolean } = { stop: false }): Promise<number> {
  const channel = benchChannel(folder, { reserveBytes: 0 }, { faults: { fsyncDelayMs } })
  await channel.start()
  const begun = performance.now()
  const running = (): boolean => !until.stop && performance.now() - begun < seconds * 1000
  let events = 0
  const source = async (): Promise<void> => {
    while (running()) {
      await inTransaction(channel, (transaction) => transaction.put(batch))
      events += eventsPerCommit
    }
  }
  await Promise.all(Array.from({ length: sources }, source))
  const rate = events / ((performance.now() - begun) / 1000)
  await channel.stop()
  return rate
}

async function inTransaction(channel: Channel, work: (transaction: ReturnType<Channel['transaction']>) => Promise<void>): Promise<void> {
  const transaction = channel.transaction()
  transaction.begin()
  await work(transaction)
  await transaction.commit()
  transaction.close()
}
