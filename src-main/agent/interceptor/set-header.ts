// Setting one header on all events of a batch, or only where it is absent: what timestamp, host, static and uuid share.
import { columnOf, withHeaderColumn, withSharedHeaders } from '../../../src-shared/event/build-batch.ts'
import { type EventBatch, headerAt } from '../../../src-shared/event/event-batch.ts'

/** `preserveExisting`: events that have the header, even a null one, keep theirs (Flume's containsKey). */
export function setHeader(
  batch: EventBatch,
  name: string,
  value: string | ((row: number) => string),
  preserveExisting: boolean,
): EventBatch {
  const column = batch.columns.find((other) => other.name === name)
  const inAll = Object.hasOwn(batch.shared, name)
  if (preserveExisting && inAll) return batch
  if (typeof value === 'string' && (!preserveExisting || column === undefined)) return withSharedHeaders(batch, { [name]: value })
  const valueAt = (row: number): string => (typeof value === 'string' ? value : value(row))
  return withHeaderColumn(
    batch,
    columnOf(name, batch.count, (row) => {
      const existing = preserveExisting ? headerAt(batch, row, name) : undefined
      return existing === undefined ? valueAt(row) : existing
    }),
  )
}
