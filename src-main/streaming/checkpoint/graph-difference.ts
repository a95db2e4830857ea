// Whether a changed program can go on from a stream's checkpoint. A checkpoint holds data, never code: what a function does may change
// freely. What must fit is what stored data refers to: the interval and the channels of batches that have not completed.
import type { GraphDescription, PendingBatch } from '../host.ts'
import { isReceiverLog } from '../input/receiver-log.ts'

/** Each difference that stands in the way, as a sentence; none when the program can go on. */
export function blockingDifferences(stored: GraphDescription, now: GraphDescription, pending: readonly PendingBatch[]): string[] {
  if (pending.length === 0) return []
  const differences: string[] = []
  if (stored.batchDurationMs !== now.batchDurationMs) {
    differences.push(`its batches were of ${stored.batchDurationMs} ms, now they are of ${now.batchDurationMs} ms`)
  }
  const read = new Set(now.directInputs)
  const lost = new Set(pending.flatMap((batch) => batch.ranges.filter((range) => range.records > 0).map((range) => range.input)))
  for (const input of lost) if (!read.has(input)) differences.push(lostInput(input))
  return differences
}

function lostInput(input: string): string {
  if (!isReceiverLog(input)) return `it no longer reads channel ${input}`
  return `input stream ${input.split('/')[1]} no longer has the log that it had`
}

/** The refusal of a program whose graph does not fit. */
export function refusal(differences: readonly string[], pending: readonly PendingBatch[]): string {
  const batches =
    pending.length === 1 ? `The batch of ${timeOf(pending[0]!)} has` : `${pending.length} batches from ${timeOf(pending[0]!)} on have`
  return (
    `The program does not fit what its stream has begun: ${differences.join('; ')}. ${batches} not completed and must run again as planned. ` +
    `Run the earlier program until they are done, or give them up (--give-up-pending).`
  )
}

function timeOf(batch: PendingBatch): string {
  return new Date(batch.batchTime).toISOString()
}
