// channel: put and take of 133-byte events in commits of 1,000 through the durable channel, take commits included, against inserting the
// same chunks into SQLite.
import { join } from 'node:path'
import type { Channel } from '../src-main/agent/channel/channel.ts'
import { putInTransaction } from '../src-main/agent/channel/put-in-transaction.ts'
import { encodeBatch } from '../src-main/storage/batch-encoding.ts'
import { openDatabase } from '../src-main/storage/sqlite.ts'
import type { EventBatch } from '../src-shared/event/event-batch.ts'
import type { Bench } from './runner/bench.ts'
import { benchChannel } from './runner/bench-channel.ts'

const commits = 1000
const eventsPerCommit = 1000
const total = commits * eventsPerCommit

export const bench: Bench = {
  summary:
    'Put and take of 133-byte events in commits of 1,000, every put fsynced; baseline: the same chunks inserted into SQLite (WAL, FULL, 16 KiB pages).',
  unit: 'events/s',
  variants: {
    'raw insert': async ({ scratch }) => rawInsert(join(scratch, 'raw.db')),
    'channel, 1 source': async ({ scratch }) => throughChannel(scratch, 1),
    'channel, 4 sources': async ({ scratch }) => throughChannel(scratch, 4),
  },
  ratios: [
    { name: 'channel against raw insert', of: 'channel, 1 source', against: 'raw insert', least: 0.55 },
    { name: 'with 4 sources', of: 'channel, 4 sources', against: 'raw insert', least: 0.55 },
  ],
}

/** 1,000 lines of 133 bytes with their ends, as taildir reads them; no two batches share bytes. */
function chunk(number: number): EventBatch {
  const bodies = new Uint8Array(eventsPerCommit * 133)
  for (let index = 0; index < bodies.length; index++) bodies[index] = 32 + ((index * 31 + number * 7) % 90)
  const ends = new Uint32Array(eventsPerCommit)
  for (let index = 0; index < eventsPerCommit; index++) {
    ends[index] = index * 133 + 132
    bodies[index * 133 + 132] = 10
  }
  const origin = { kind: 'base', sources: [{ component: 'r1', path: '/var/log/access.log' }], base: number * bodies.length } as const
  return { count: eventsPerCommit, bodies, ends, gap: 1, terminated: true, shared: { file: '/var/log/access.log' }, columns: [], origin }
}

const chunks = Array.from({ length: 16 }, (_, number) => chunk(number))

async function rawInsert(path: string): Promise<number> {
  const rows = chunks.map(encodeBatch)
  const database = openDatabase(path)
  database.pragma('page_size = 16384')
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE batch (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, data BLOB NOT NULL)')
  const insert = database.prepare('INSERT INTO batch VALUES (?, ?, ?)')
  const begun = performance.now()
  for (let commit = 0; commit < commits; commit++) insert.run(commit * eventsPerCommit, eventsPerCommit, rows[commit % rows.length]!)
  const seconds = (performance.now() - begun) / 1000
  database.close()
  return total / seconds
}

async function throughChannel(folder: string, sources: number): Promise<number> {
  const channel = benchChannel(folder)
  await channel.start()
  const begun = performance.now()
  let commit = 0
  const source = async (): Promise<void> => {
    while (commit < commits) await putInTransaction(channel, chunks[commit++ % chunks.length]!)
  }
  await Promise.all([...Array.from({ length: sources }, source), sink(channel)])
  const seconds = (performance.now() - begun) / 1000
  await channel.stop()
  return total / seconds
}

async function sink(channel: Channel): Promise<void> {
  const never = new AbortController().signal
  for (let taken = 0; taken < total; ) {
    const transaction = channel.transaction()
    transaction.begin()
    const batch = await transaction.take({ events: eventsPerCommit, bytes: 2 ** 20 })
    await transaction.commit()
    transaction.close()
    if (batch) taken += batch.count
    else await channel.whenAvailable(never)
  }
}
