// A durable channel for tests of streams: put lines into it, see what lies there.
import { join } from 'node:path'
import type { DurableChannel } from '../../src-main/agent/channel/durable-channel.ts'
import { createLogChannel } from '../../src-main/agent/channel/log/log-settings.ts'
import { putInTransaction } from '../../src-main/agent/channel/put-in-transaction.ts'
import { systemClock } from '../../src-main/clock.ts'
import type { StreamChannel } from '../../src-main/streaming/input/stream-channel.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import { componentContext } from './component-context.ts'

export interface LogBench {
  readonly channel: DurableChannel
  /** One transaction of these lines. */
  put(lines: readonly string[]): Promise<void>
  /** The channel as stream `stream` of this process sees it. */
  forStream(stream: string): StreamChannel
}

/** A started channel `c1` under `folder`. */
export async function logBench(folder: string): Promise<LogBench> {
  const where = join(folder, 'c1')
  const channel = createLogChannel(
    {
      log: { folder: where, dataFolders: [where] },
      capacity: 10_000_000,
      transactionCapacity: 1_000_000,
      keepAliveMs: 3000,
      durability: 'none',
      syncIntervalMs: 1000,
      retentionBytes: 2 ** 30,
      retentionHours: 24,
    },
    { ...componentContext(), name: 'c1', clock: systemClock },
  )
  await channel.start()
  return {
    channel,
    put: (lines) => putInTransaction(channel, batchOf(lines.map((line) => ({ headers: {}, body: Buffer.from(line) })))),
    forStream: (stream) => {
      const cursor = channel.streamCursor(stream)
      return {
        name: 'c1',
        folder: where,
        extent: () => channel.extent(),
        advance: (ordinal) => cursor.advance(ordinal),
        position: cursor.position,
      }
    },
  }
}
