// Several batches as one: what a channel does when a take spans rows, and a transaction when it was given small batches.
import {
  closeGaps,
  type EventBatch,
  emptyBatch,
  type HeaderColumn,
  type Headers,
  type HeaderValue,
  lengthOf,
  noSource,
  type Origin,
  type OriginSource,
  startOf,
  withHeader,
} from './event-batch.ts'

/**
 * All events of several batches, in order, as one batch. Bodies are copied unless they lie one behind another already; gaps stay when every
 * batch has the same.
 */
export function concatBatches(batches: readonly EventBatch[]): EventBatch {
  const parts = batches.filter((batch) => batch.count > 0)
  if (parts.length <= 1) return parts[0] ?? emptyBatch
  const alike = parts.every((part) => part.gap === parts[0]!.gap && part.terminated === parts[0]!.terminated)
  const plain = alike ? parts : parts.map(withoutGaps)
  const { gap, terminated } = plain[0]!
  let count = 0
  let size = 0
  for (const part of plain) {
    count += part.count
    size += lengthOf(part)
  }
  const ends = new Uint32Array(count)
  let row = 0
  let at = 0
  for (const part of plain) {
    for (let index = 0; index < part.count; index++) ends[row++] = part.ends[index]! + at
    at += lengthOf(part)
  }
  const bodies = joined(plain, size)
  return { count, bodies, ends, gap, terminated, ...concatHeaders(plain, count), ...concatOrigin(parts, plain, count) }
}

/** The bodies of all parts in one piece of `size` bytes. */
function joined(parts: readonly EventBatch[], size: number): Uint8Array {
  const { buffer, byteOffset } = parts[0]!.bodies
  let end = byteOffset
  const adjoin = parts.every((part) => {
    const follows = part.bodies.buffer === buffer && part.bodies.byteOffset === end
    end += lengthOf(part)
    return follows
  })
  if (adjoin) return new Uint8Array(buffer, byteOffset, size)
  const bodies = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    const length = lengthOf(part)
    bodies.set(length === part.bodies.length ? part.bodies : part.bodies.subarray(0, length), at)
    at += length
  }
  return bodies
}

function withoutGaps(batch: EventBatch): EventBatch {
  if (batch.gap === 0) return batch
  const bodies = batch.bodies.slice(0, lengthOf(batch))
  const ends = batch.ends.slice()
  closeGaps(bodies, ends, batch.gap)
  return { ...batch, bodies: bodies.subarray(0, ends.at(-1)), ends, gap: 0, terminated: false }
}

function concatHeaders(parts: readonly EventBatch[], count: number): { shared: Headers; columns: readonly HeaderColumn[] } {
  const first = parts[0]!.shared
  if (parts.every((part) => part.columns.length === 0 && sameHeaders(part.shared, first))) return { shared: first, columns: [] }
  const shared: Record<string, HeaderValue> = {}
  const columns: HeaderColumn[] = []
  const names = new Set(parts.flatMap((part) => [...Object.keys(part.shared), ...part.columns.map((column) => column.name)]))
  for (const name of names) {
    const one = first[name]
    if (one !== undefined && parts.every((part) => Object.hasOwn(part.shared, name) && part.shared[name] === one))
      withHeader(shared, name, one)
    else columns.push(concatColumn(name, parts, count))
  }
  return { shared, columns }
}

function concatColumn(name: string, parts: readonly EventBatch[], count: number): HeaderColumn {
  const values: HeaderValue[] = []
  const codeOf = new Map<HeaderValue, number>()
  const encode = (value: HeaderValue): number => {
    const known = codeOf.get(value)
    if (known !== undefined) return known
    const code = values.push(value)
    codeOf.set(value, code)
    return code
  }
  const codes = new Uint32Array(count)
  let row = 0
  for (const part of parts) {
    const column = part.columns.find((candidate) => candidate.name === name)
    if (column) {
      const recoded = [0, ...column.values.map(encode)]
      for (let index = 0; index < part.count; index++) codes[row + index] = recoded[column.codes[index]!]!
    } else if (Object.hasOwn(part.shared, name)) codes.fill(encode(part.shared[name]!), row, row + part.count)
    row += part.count
  }
  return { name, values, codes }
}

function sameHeaders(one: Headers, other: Headers): boolean {
  if (one === other) return true
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
}

/** Contiguous bytes of one source stay implicit; anything else becomes explicit, with no source for events that had none. */
function concatOrigin(parts: readonly EventBatch[], plain: readonly EventBatch[], count: number): { origin?: Origin } {
  if (parts.every((part) => part.origin === undefined)) return {}
  const contiguous = plain.every((part, index) => part === parts[index]) ? contiguousOrigin(parts) : undefined
  if (contiguous) return { origin: contiguous }
  const sources: OriginSource[] = []
  const offsets = new Float64Array(count)
  const sourceOf = new Uint32Array(count)
  let row = 0
  for (const part of parts) {
    const origin = part.origin
    if (origin === undefined) {
      sourceOf.fill(noSource, row, row + part.count)
      row += part.count
      continue
    }
    const recoded = origin.sources.map((source) => sourceIndex(sources, source))
    for (let index = 0; index < part.count; index++, row++) {
      offsets[row] = origin.kind === 'base' ? origin.base + startOf(part, index) : origin.offsets[index]!
      sourceOf[row] = recoded[origin.kind === 'base' ? 0 : (origin.sourceOf?.[index] ?? 0)]!
    }
  }
  return { origin: { kind: 'explicit', sources, offsets, ...(sourceOf.some((source) => source > 0) && { sourceOf }) } }
}

function contiguousOrigin(parts: readonly EventBatch[]): Origin | undefined {
  const first = parts[0]!.origin
  if (first?.kind !== 'base') return undefined
  let next = first.base
  for (const part of parts) {
    const origin = part.origin
    if (origin?.kind !== 'base' || origin.base !== next || !sameSource(origin.sources[0], first.sources[0])) return undefined
    next += lengthOf(part)
  }
  return first
}

function sourceIndex(sources: OriginSource[], source: OriginSource): number {
  const known = sources.findIndex((candidate) => sameSource(candidate, source))
  return known >= 0 ? known : sources.push(source) - 1
}

function sameSource(one: OriginSource, other: OriginSource): boolean {
  return one === other || (one.component === other.component && one.path === other.path && one.fileId === other.fileId)
}
