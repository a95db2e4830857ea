// A durable channel for tests: small, in a folder of the test's own, its writer in this thread unless asked for otherwise.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TakeLimit } from '../../src-main/agent/channel/channel.ts'
import { LogChannel, type LogChannelDeps, type LogChannelOptions } from '../../src-main/agent/channel/log/log-channel.ts'
import { openInlineWriter } from '../../src-main/agent/channel/log/log-writer.ts'
import { putInTransaction } from '../../src-main/agent/channel/put-in-transaction.ts'
import { type Clock, systemClock } from '../../src-main/clock.ts'
import { silentLogger } from '../../src-main/log.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import { bodyAt, type EventBatch } from '../../src-shared/event/event-batch.ts'

export interface TestLog {
  readonly folder: string
  readonly clock?: Clock
  readonly options?: Partial<LogChannelOptions>
  readonly deps?: Partial<LogChannelDeps>
}

export const everything: TakeLimit = { events: 1_000_000, bytes: 2 ** 40 }

/** A channel with room for what a test puts, that never waits and keeps little in memory. */
export function smallLog(folder: string): LogChannelOptions {
  return {
    name: 'c1',
    log: { folder, dataFolders: [folder] },
    capacity: 1_000_000,
    transactionCapacity: 1_000_000,
    keepAliveMs: 0,
    durability: 'commit',
    syncIntervalMs: 1000,
    retention: { bytes: 2 ** 30, ageMs: 86_400_000 },
    segmentBytes: 256 * 2 ** 20,
    recentBytes: 2 ** 20,
    reserveBytes: 0,
  }
}

/** A channel over the log in `folder`, not started. */
export function logChannel({ folder, clock = systemClock, options, deps }: TestLog): LogChannel {
  return new LogChannel(
    { ...smallLog(folder), ...options },
    { clock, log: silentLogger, trouble: () => {}, openWriter: openInlineWriter, ...deps },
  )
}

/** A folder in memory where the system has one: an fsync costs nothing there. */
export function memoryFolder(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'millrace-'))
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Events that can be told apart: the body begins with a number, followed by `padding` more bytes. */
export function numbered(first: number, count: number, padding = 0): EventBatch {
  return batchOf(
    Array.from({ length: count }, (_, index) => {
      const body = new Uint8Array(8 + padding)
      new DataView(body.buffer).setFloat64(0, first + index)
      return { headers: { n: String((first + index) % 3) }, body }
    }),
  )
}

export function numbersOf(batch: EventBatch | null): number[] {
  if (batch === null) return []
  return Array.from({ length: batch.count }, (_, index) => {
    const body = bodyAt(batch, index)
    return new DataView(body.buffer, body.byteOffset, 8).getFloat64(0)
  })
}

/** One transaction that puts `batch`. */
export const put = (channel: LogChannel, batch: EventBatch): Promise<void> => putInTransaction(channel, batch)

/** One transaction that takes and commits; the numbers that it took. */
export async function take(channel: LogChannel, limit: TakeLimit = everything): Promise<number[]> {
  const transaction = channel.transaction()
  transaction.begin()
  try {
    const numbers = numbersOf(await transaction.take(limit))
    await transaction.commit()
    return numbers
  } catch (error) {
    await transaction.rollback()
    throw error
  } finally {
    transaction.close()
  }
}
