// Building batches from events, and new batches from rows of old ones. Everything here keeps headers in their three states and origin.
import {
  type EventBatch,
  emptyBatch,
  type FlumeEvent,
  type HeaderColumn,
  type Headers,
  type HeaderValue,
  type Origin,
  type OriginSource,
  startOf,
  withHeader,
} from './event-batch.ts'

/** A batch of these events, in order. Bodies are copied. Headers equal in all events become shared ones. `offsets`: where each began. */
export function batchOf(events: readonly FlumeEvent[], origin?: { source: OriginSource; offsets: ArrayLike<number> }): EventBatch {
  if (events.length === 0) return emptyBatch
  let size = 0
  for (const event of events) size += event.body.length
  const bodies = new Uint8Array(size)
  const ends = new Uint32Array(events.length)
  let end = 0
  events.forEach((event, index) => {
    bodies.set(event.body, end)
    end += event.body.length
    ends[index] = end
  })
  const explicit: Origin | undefined = origin && { kind: 'explicit', sources: [origin.source], offsets: Float64Array.from(origin.offsets) }
  return {
    count: events.length,
    bodies,
    ends,
    gap: 0,
    terminated: false,
    ...headerColumns(events.map((event) => event.headers)),
    ...(explicit && { origin: explicit }),
  }
}

/** Headers of n events as shared values and columns. */
export function headerColumns(rows: readonly Headers[]): { shared: Headers; columns: HeaderColumn[] } {
  const first = rows[0] ?? {}
  if (rows.every((row) => row === first)) return { shared: first, columns: [] }
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) names.add(name)
  const shared: Record<string, HeaderValue> = {}
  const columns: HeaderColumn[] = []
  for (const name of names) {
    const column = columnOf(name, rows.length, (index) => (Object.hasOwn(rows[index]!, name) ? rows[index]![name]! : undefined))
    if (column.values.length === 1 && column.codes.every((code) => code === 1)) withHeader(shared, name, column.values[0]!)
    else columns.push(column)
  }
  return { shared, columns }
}

/** A dictionary-encoded column; `valueAt` answers undefined where the header is absent. */
export function columnOf(name: string, count: number, valueAt: (index: number) => HeaderValue | undefined): HeaderColumn {
  const values: HeaderValue[] = []
  const codeOf = new Map<HeaderValue, number>()
  const codes = new Uint32Array(count)
  for (let index = 0; index < count; index++) {
    const value = valueAt(index)
    if (value === undefined) continue
    let code = codeOf.get(value)
    if (code === undefined) {
      code = values.push(value)
      codeOf.set(value, code)
    }
    codes[index] = code
  }
  return { name, values, codes }
}

/** The same events with these shared headers set (null is a value); a column of the same name gives way. */
export function withSharedHeaders(batch: EventBatch, headers: Headers): EventBatch {
  return {
    ...batch,
    shared: { ...batch.shared, ...headers },
    columns: batch.columns.filter((column) => !Object.hasOwn(headers, column.name)),
  }
}

/** The same events with this column set; a shared header or column of the same name gives way. */
export function withHeaderColumn(batch: EventBatch, column: HeaderColumn): EventBatch {
  const { [column.name]: _replaced, ...shared } = batch.shared
  return { ...batch, shared, columns: [...batch.columns.filter((other) => other.name !== column.name), column] }
}

/** The same events without header `name`. */
export function withoutHeader(batch: EventBatch, name: string): EventBatch {
  const { [name]: _removed, ...shared } = batch.shared
  return { ...batch, shared, columns: batch.columns.filter((column) => column.name !== name) }
}

/** Events `from` (inclusive) to `to` (exclusive). Shares the bytes of the batch. */
export function sliceBatch(batch: EventBatch, from: number, to: number): EventBatch {
  if (from === 0 && to === batch.count) return batch
  if (from >= to) return emptyBatch
  const first = startOf(batch, from)
  const last = batch.ends[to - 1]! + batch.gap
  const ends = from === 0 ? batch.ends.subarray(0, to) : batch.ends.slice(from, to)
  if (first > 0) for (let index = 0; index < ends.length; index++) ends[index]! -= first
  return {
    count: to - from,
    bodies: batch.bodies.subarray(first, last),
    ends,
    gap: batch.gap,
    terminated: batch.terminated,
    shared: batch.shared,
    columns: batch.columns.map((column) => ({ ...column, codes: column.codes.slice(from, to) })),
    ...(batch.origin && { origin: sliceOrigin(batch.origin, first, from, to) }),
  }
}

function sliceOrigin(origin: Origin, firstByte: number, from: number, to: number): Origin {
  if (origin.kind === 'base') return { ...origin, base: origin.base + firstByte }
  return { ...origin, offsets: origin.offsets.slice(from, to), ...(origin.sourceOf && { sourceOf: origin.sourceOf.slice(from, to) }) }
}

/**
 * The events at `indexes`, in that order (a filter, a sort, a split). Bodies are copied, neighbours in one go; gaps stay where the batch has
 * them.
 */
export function gatherBatch(batch: EventBatch, indexes: ArrayLike<number>): EventBatch {
  const count = indexes.length
  if (count === 0) return emptyBatch
  const { gap, terminated } = batch
  const ends = new Uint32Array(count)
  let end = 0
  for (let row = 0; row < count; row++) {
    end += batch.ends[indexes[row]!]! - startOf(batch, indexes[row]!)
    ends[row] = end
    end += gap
  }
  const bodies = new Uint8Array(end)
  for (let row = 0, at = 0; row < count; ) {
    const first = indexes[row]!
    let last = first
    while (++row < count && indexes[row] === last + 1) last++
    const run = batch.bodies.subarray(startOf(batch, first), batch.ends[last]! + gap)
    bodies.set(run, at)
    at += run.length
  }
  const columns = batch.columns.map((column) => ({ ...column, codes: Uint32Array.from(indexes, (index) => column.codes[index]!) }))
  return { count, bodies, ends, gap, terminated, shared: batch.shared, columns, ...gatherOrigin(batch, indexes) }
}

/** The same events with other bodies (`bodies[i]` for event i); headers and origin stay. */
export function withBodies(batch: EventBatch, bodies: readonly Uint8Array[]): EventBatch {
  const rewritten = batchOf(bodies.map((body) => ({ headers: {}, body })))
  return { ...rewritten, shared: batch.shared, columns: batch.columns, ...gatherOrigin(batch, Uint32Array.from(bodies.keys())) }
}

function gatherOrigin(batch: EventBatch, indexes: ArrayLike<number>): { origin?: Origin } {
  const origin = batch.origin
  if (origin === undefined) return {}
  if (origin.kind === 'base') {
    const offsets = Float64Array.from(indexes, (index) => origin.base + startOf(batch, index))
    return { origin: { kind: 'explicit', sources: origin.sources, offsets } }
  }
  const offsets = Float64Array.from(indexes, (index) => origin.offsets[index]!)
  const sourceOf = origin.sourceOf
  return { origin: { ...origin, offsets, ...(sourceOf && { sourceOf: Uint32Array.from(indexes, (index) => sourceOf[index]!) }) } }
}
