// EventBatch: the unit that moves through Millrace. A batch of events in columns, never an object per event.
//
// Bodies lie one after another in `bodies`; `ends[i]` is where body i ends. Each is followed by `gap` bytes that belong to none: where they
// are one LF (`terminated`) a chunk of a log file is a batch as it was read, and can be written out again as it is; otherwise they are what
// stood between bodies in a message, which nobody looks at and which is not encoded.
// A header is absent, null or text. Values that all events share are kept once; others are dictionary-encoded columns.
// `origin` says for each event which bytes it came from, so that a row in any view can be followed back to its file.

/** A header's value: text, or null (Flume's regex_extractor yields null for a group that took no part). Absent is a third state. */
export type HeaderValue = string | null

export type Headers = Readonly<Record<string, HeaderValue>>

/** A per-event header: `values[codes[i] - 1]` is event i's value, code 0 means that the header is absent there. */
export interface HeaderColumn {
  readonly name: string
  readonly values: readonly HeaderValue[]
  readonly codes: Uint32Array
}

/** Where bytes came from: a component and, where there is one, the identity of a file (path at the time, and what survives renaming). */
export interface OriginSource {
  readonly component: string
  readonly path?: string
  readonly fileId?: string
}

/**
 * Where each event's bytes began. `base`: event i began at `base + startOf(batch, i)` of `sources[0]`. `explicit`: event i began at
 * `offsets[i]` of `sources[sourceOf[i]]` (`sources[0]` where `sourceOf` is absent, unknown where it is `noSource`); what any gather,
 * filter, split or rewrite leaves.
 */
export type Origin =
  | { readonly kind: 'base'; readonly sources: readonly [OriginSource]; readonly base: number }
  | {
      readonly kind: 'explicit'
      readonly sources: readonly OriginSource[]
      readonly offsets: Float64Array
      readonly sourceOf?: Uint32Array
    }

/** In `sourceOf`: nobody said where this event came from. */
export const noSource = 0xffffffff

export interface EventBatch {
  /** Number of events. */
  readonly count: number
  readonly bodies: Uint8Array
  /** `count` end offsets into `bodies`, ascending. */
  readonly ends: Uint32Array
  /** Bytes behind each body, the last one too, that belong to no body. */
  readonly gap: number
  /** True when the gap is one byte, an LF. */
  readonly terminated: boolean
  readonly shared: Headers
  readonly columns: readonly HeaderColumn[]
  readonly origin?: Origin
}

/** Events of a log: the first one's ordinal; the others follow without a gap. */
export interface NumberedBatch {
  readonly from: number
  readonly batch: EventBatch
}

/** One event as Flume knows it. Made on demand from a row of a batch; its body is a view, valid as long as the batch. */
export interface FlumeEvent {
  readonly headers: Headers
  readonly body: Uint8Array
}

/** Sets a header on an object that is being built. A name is any text, `__proto__` too. */
export function withHeader(headers: Record<string, HeaderValue>, name: string, value: HeaderValue): void {
  if (name !== '__proto__') headers[name] = value
  else Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true })
}

/** The batch without events. */
export const emptyBatch: EventBatch = {
  count: 0,
  bodies: new Uint8Array(0),
  ends: new Uint32Array(0),
  gap: 0,
  terminated: false,
  shared: {},
  columns: [],
}

/** Whether an event has a header that is null. */
export const hasNullHeader = ({ shared, columns }: EventBatch): boolean =>
  Object.values(shared).includes(null) || columns.some(({ values }) => values.includes(null))

/** First byte of body `index` in `batch.bodies`. */
export function startOf(batch: EventBatch, index: number): number {
  return index === 0 ? 0 : batch.ends[index - 1]! + batch.gap
}

/** Bytes of `batch.bodies` from the first body to the end of the last one's gap. */
export function lengthOf({ count, ends, gap }: EventBatch): number {
  return count === 0 ? 0 : ends[count - 1]! + gap
}

/** Moves bodies that have a gap together, in place, and `ends` with them. */
export function closeGaps(bodies: Uint8Array, ends: Uint32Array, gap: number): void {
  for (let row = 1; row < ends.length; row++) {
    const from = ends[row - 1]! + row * gap
    const to = ends[row - 1]!
    const end = ends[row]!
    bodies.copyWithin(to, from, end)
    ends[row] = end - row * gap
  }
}

/** Body `index`, a view. */
export function bodyAt(batch: EventBatch, index: number): Uint8Array {
  return batch.bodies.subarray(startOf(batch, index), batch.ends[index]!)
}

/** Header `name` of event `index`: text, null, or undefined where it is absent. */
export function headerAt(batch: EventBatch, index: number, name: string): HeaderValue | undefined {
  for (const column of batch.columns) {
    if (column.name !== name) continue
    const code = column.codes[index]!
    return code === 0 ? undefined : column.values[code - 1]!
  }
  return Object.hasOwn(batch.shared, name) ? batch.shared[name]! : undefined
}

/** All headers of event `index`: shared ones first, then columns in their order. A name never stands in both. */
export function headersAt(batch: EventBatch, index: number): Headers {
  if (batch.columns.length === 0) return batch.shared
  const headers: Record<string, HeaderValue> = { ...batch.shared }
  for (const column of batch.columns) {
    const code = column.codes[index]!
    if (code !== 0) withHeader(headers, column.name, column.values[code - 1]!)
  }
  return headers
}

/** Event `index` as a view. */
export function eventAt(batch: EventBatch, index: number): FlumeEvent {
  return { headers: headersAt(batch, index), body: bodyAt(batch, index) }
}

/** The events one by one, as views. For components that want them so; hot paths work on the columns. */
export function* eventsOf(batch: EventBatch): Generator<FlumeEvent> {
  for (let index = 0; index < batch.count; index++) yield eventAt(batch, index)
}

/** Where event `index` came from, or undefined when its source did not say. */
export function originAt(batch: EventBatch, index: number): { source: OriginSource; offset: number } | undefined {
  const origin = batch.origin
  if (origin === undefined) return undefined
  if (origin.kind === 'base') return { source: origin.sources[0], offset: origin.base + startOf(batch, index) }
  const source = origin.sources[origin.sourceOf?.[index] ?? 0]
  return source && { source, offset: origin.offsets[index]! }
}

/** The origin with every event's place in it, for who moves bodies. */
export function explicitOrigin(batch: EventBatch): Exclude<Origin, { kind: 'base' }> | undefined {
  const { origin, count } = batch
  if (origin?.kind !== 'base') return origin
  const offsets = Float64Array.from({ length: count }, (_, index) => origin.base + startOf(batch, index))
  return { kind: 'explicit', sources: origin.sources, offsets }
}

/** The batch with empty text where a header is null; the same batch when none is. */
export function withEmptyForNull(batch: EventBatch): EventBatch {
  const { shared, columns } = batch
  const sharedNull = Object.values(shared).includes(null)
  if (!sharedNull && !columns.some(({ values }) => values.includes(null))) return batch
  const filled: Record<string, HeaderValue> = {}
  for (const [name, value] of Object.entries(shared)) withHeader(filled, name, value ?? '')
  return { ...batch, shared: filled, columns: columns.map((column) => ({ ...column, values: column.values.map((value) => value ?? '') })) }
}
