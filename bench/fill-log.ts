// A durable channel that holds the lines of a file as `taildir` leaves them: rows of 5,000 events, LF after each body.

import { putInTransaction } from '../src-main/agent/channel/put-in-transaction.ts'
import type { EventBatch } from '../src-shared/event/event-batch.ts'
import { benchChannel } from './runner/bench-channel.ts'

const perRow = 5_000

/** `lineBytes`: of every line, with its LF. The number of lines is a multiple of 5,000. */
export async function fillLog(folder: string, bytes: Buffer, lineBytes: number): Promise<void> {
  const channel = benchChannel(folder, { durability: 'interval', retention: { bytes: 2 ** 31, ageMs: 86_400_000 } })
  await channel.start()
  const rowBytes = perRow * lineBytes
  for (let from = 0; from < bytes.length; from += rowBytes) {
    await putInTransaction(channel, rowOf(bytes.subarray(from, from + rowBytes), lineBytes))
  }
  await channel.stop()
}

function rowOf(bodies: Buffer, lineBytes: number): EventBatch {
  const ends = Uint32Array.from({ length: perRow }, (_, index) => (index + 1) * lineBytes - 1)
  return { count: perRow, bodies, ends, gap: 1, terminated: true, shared: {}, columns: [] }
}
