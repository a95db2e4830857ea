// A batch's status: colour, shape and word.
import type { BatchStatus } from '../../src-shared/contract/streams.ts'

const shapes: Readonly<Record<BatchStatus, string>> = { queued: '○', processing: '◐', completed: '✓', failed: '✕' }

export function BatchStatusMark({ status }: { status: BatchStatus }) {
  return (
    <span className={`batch-status batch-status-${status}`}>
      <span aria-hidden="true">{shapes[status]}</span> {status}
    </span>
  )
}
