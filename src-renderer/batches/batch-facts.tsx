// What the inspector says of a batch, beside the list and on its page.
import type { BatchSummary } from '../../src-shared/contract/streams.ts'
import type { Fact } from '../ui/details.tsx'
import { formatBytes, formatCount, formatDateTime, formatDuration, plural, type TimeZone } from '../ui/format.ts'
import { BatchStatusMark } from './batch-status.tsx'

export function batchFacts(batch: BatchSummary, zone: TimeZone): (Fact | false)[] {
  const duration = (ms: number | undefined): string => (ms === undefined ? '—' : formatDuration(ms))
  return [
    { name: 'time', value: formatDateTime(batch.batchTime, zone, true) },
    { name: 'status', value: <BatchStatusMark status={batch.status} /> },
    { name: 'input', value: `${plural(batch.records, 'record')}${batch.bytes === undefined ? '' : `, ${formatBytes(batch.bytes)}`}` },
    { name: 'submitted', value: formatDateTime(batch.submittedAt, zone, true) },
    { name: 'scheduling', value: duration(batch.schedulingDelayMs) },
    { name: 'processing', value: duration(batch.processingTimeMs) },
    { name: 'total', value: duration(batch.totalDelayMs) },
    batch.alertsRaised !== undefined && { name: 'alerts', value: formatCount(batch.alertsRaised) },
    batch.rowsLeftOut !== undefined && { name: 'left out', value: plural(batch.rowsLeftOut, 'row') },
    batch.rerun === true && { name: 'run again', value: 'after a restart, with the same range' },
  ]
}
