// A durable channel that holds the lines of a file as `taildir` leaves them: rows of 5,000 events, LF after each body.
import { LogChannel } from '../src-main/agent/channel/log/log-channel.ts'
import { systemClock } from '../src-main/clock.ts'
import { silentLogger } from '../src-main/log.ts'
import type { EventBatch } from '../src-shared/event/event-batch.ts'

const perRow = 5_000

/** `lineBytes`: of every line, with its LF. The number of lines is a multiple of 5,000. */
export async function fillLog(folder: string, bytes: Buffer, lineBytes: number): Promise<void> {
  const channel = new LogChannel(
    {
      name: 'c1',
      log: { folder, dataFolders: [folder] },
      capacity: 100_000_000,
      transactionCapacity: 100_000,
      keepAliveMs: 3000,
      durability: 'interval',
      syncIntervalMs: 5000,
      retention: { bytes: 2 ** 31, ageMs: 86_400_000 },
      segmentBytes: 256 * 2 ** 20,
      recentBytes: 32 * 2 ** 20,
      reserveBytes: 4 * 2 ** 20,
    },
    { clock: systemClock, log: silentLogger, trouble: () => {} },
  )
  await channel.start()
  const rowBytes = perRow * lineBytes
  for (let from = 0; from < bytes.length; from += rowBytes) {
    const transaction = channel.transaction()
    transaction.begin()
    await transaction.put(rowOf(bytes.subarray(from, from + rowBytes), lineBytes))
    await transaction.commit()
    transaction.close()
  }
  await channel.stop()
}

function rowOf(bodies: Buffer, lineBytes: number): EventBatch {
  const ends = Uint32Array.from({ length: perRow }, (_, index) => (index + 1) * lineBytes - 1)
  return { count: perRow, bodies, ends, terminated: true, shared: {}, columns: [] }
}
