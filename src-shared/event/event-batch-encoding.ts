// The one binary encoding of an EventBatch: a row of the durable channel, a spooled block, a message between processes.
//
// All numbers are little-endian (as is every machine that Node 24 and Electron run on). Version 1:
//
//   header, 40 bytes   0 magic 'MRB1' · 4 checksum (CRC-32 of byte 8 to the end) · 8 length of the whole in bytes · 12 count ·
//                      16 bytes of bodies · 20 bytes of text · 24 numbers in the table · 28 flags · 32 base (f64; origin kind base)
//   offsets            count × f64, when the origin is explicit
//   ends               count × u32, as in memory
//   sourceOf           count × u32, when the origin has several sources
//   table              u32 each: what the headers and the origin are, as lengths of texts (below)
//   codes              for each column count × u8, u16 or u32 (the least that holds its dictionary), padded to 4 bytes
//   text               every text that the table names, one after another: UTF-8, or UTF-16 where one of them is not well-formed
//   bodies             as in memory, line feeds of a terminated batch included; other gaps are closed
//
//   table: number of shared headers, then name and value of each; number of columns, then for each name, number of values, the values;
//   number of sources, then component, path and file id of each. A text is its length in UTF-16 units; NONE says null (a value) or
//   absent (path, file id).
//
// Every section starts where its numbers are aligned, so decoding makes views, not copies. Truncation and changed bits are always found:
// the length stands twice (here and in what holds the bytes) and CRC-32 finds every change of up to 32 neighbouring bits.
import { MillraceError } from '../errors.ts'
import {
  closeGaps,
  type EventBatch,
  emptyBatch,
  explicitOrigin,
  type HeaderColumn,
  type Headers,
  type HeaderValue,
  lengthOf,
  type Origin,
  type OriginSource,
  withHeader,
} from './event-batch.ts'

/** What the encoding needs of the platform; Node and browsers bind it (src-main/storage/batch-encoding.ts). */
export interface EncodingPlatform {
  crc32(bytes: Uint8Array): number
  /** UTF-8 of well-formed text. */
  encodeText(text: string): Uint8Array
  decodeText(bytes: Uint8Array): string
}

const magic = 0x3142524d
const headerBytes = 40
const NONE = 0xffffffff
const TERMINATED = 1
const BASE = 2
const EXPLICIT = 4
const SEVERAL_SOURCES = 8
const UTF16 = 16

/** Encodes a batch, checksum included. Bodies are copied once. */
export function encodeBatch(batch: EventBatch, platform: EncodingPlatform): Uint8Array<ArrayBuffer> {
  const bytes = layOutBatch(batch, platform)
  sealBatch(bytes, platform)
  return bytes
}

/**
 * The first half of encodeBatch, all but the checksum: for a caller that lets another thread seal. `memory` gives what to write to, at
 * least so many bytes with anything in them; by default it is new.
 */
export function layOutBatch(
  batch: EventBatch,
  platform: Pick<EncodingPlatform, 'encodeText'>,
  memory: (length: number) => ArrayBuffer = (length) => new ArrayBuffer(length),
): Uint8Array<ArrayBuffer> {
  const { count } = batch
  const gap = batch.terminated ? 0 : batch.gap
  const origin = gap === 0 ? batch.origin : explicitOrigin(batch)
  const { table, text } = describe(batch)
  const utf16 = !text.isWellFormed()
  const textBytes = text === '' ? 0 : utf16 ? text.length * 2 : undefined
  const encodedText = textBytes === undefined ? platform.encodeText(text) : undefined
  const textLength = encodedText?.length ?? textBytes ?? 0
  const explicit = origin?.kind === 'explicit' ? origin : undefined
  const widths = batch.columns.map(codeWidth)

  const endsAt = headerBytes + (explicit ? count * 8 : 0)
  const tableAt = endsAt + count * (explicit?.sourceOf ? 8 : 4)
  let codesAt = tableAt + table.length * 4
  const textAt = widths.reduce((at, width) => at + padded(count * width), codesAt)
  const bodiesAt = textAt + textLength
  const bodyBytes = gap === 0 ? batch.bodies.length : lengthOf(batch) - count * gap
  const length = bodiesAt + bodyBytes
  if (length >= NONE)
    throw new MillraceError('CHANNEL_EXCEPTION', `A transaction of ${length} bytes is more than one row can hold (4 GiB).`)

  const buffer = memory(bodiesAt + batch.bodies.length)
  const bytes = new Uint8Array(buffer, 0, length)
  new Uint32Array(buffer, 0, 8).set([
    magic,
    0,
    length,
    count,
    bodyBytes,
    textLength,
    table.length,
    (batch.terminated ? TERMINATED : 0) |
      (origin?.kind === 'base' ? BASE : 0) |
      (explicit ? EXPLICIT : 0) |
      (explicit?.sourceOf ? SEVERAL_SOURCES : 0) |
      (utf16 ? UTF16 : 0),
  ])
  new Float64Array(buffer, 32, 1)[0] = origin?.kind === 'base' ? origin.base : 0
  if (explicit) new Float64Array(buffer, headerBytes, count).set(explicit.offsets)
  const ends = new Uint32Array(buffer, endsAt, count)
  ends.set(batch.ends)
  if (explicit?.sourceOf) new Uint32Array(buffer, endsAt + count * 4, count).set(explicit.sourceOf)
  new Uint32Array(buffer, tableAt, table.length).set(table)
  batch.columns.forEach((column, index) => {
    codesView(buffer, codesAt, count, widths[index]!).set(column.codes)
    const codesEnd = codesAt + count * widths[index]!
    codesAt += padded(count * widths[index]!)
    bytes.fill(0, codesEnd, codesAt)
  })
  if (encodedText) bytes.set(encodedText, textAt)
  else for (let unit = 0; unit < text.length; unit++) writeUnit(bytes, textAt + unit * 2, text.charCodeAt(unit))
  const bodies = new Uint8Array(buffer, bodiesAt, batch.bodies.length)
  bodies.set(batch.bodies)
  if (gap > 0) closeGaps(bodies, ends, gap)
  return bytes
}

/** Writes the checksum of a laid-out batch into it. */
export function sealBatch(bytes: Uint8Array, platform: Pick<EncodingPlatform, 'crc32'>): void {
  const checksum = platform.crc32(bytes.subarray(8))
  writeUnit(bytes, 4, checksum & 0xffff)
  writeUnit(bytes, 6, checksum >>> 16)
}

/**
 * The batch that `given` holds: views on them wherever they are aligned. Throws BATCH_DAMAGED when anything is missing, added or changed.
 * `trusted`: they never left this process, so the checksum is not computed again.
 */
export function decodeBatch(given: Uint8Array, platform: EncodingPlatform, options: { trusted?: boolean } = {}): EventBatch {
  // A Node Buffer's slice() shares its memory instead of copying; the driver hands out Buffers.
  const bytes = given.constructor === Uint8Array ? given : new Uint8Array(given.buffer, given.byteOffset, given.length)
  if (bytes.length < headerBytes) throw damaged(`${bytes.length} bytes are less than its header`)
  // Only the header may be unaligned here; copying it is cheaper than a DataView's ten reads.
  const header = new Uint32Array(bytes.slice(0, headerBytes).buffer)
  const [found, checksum, length, count, bodiesLength, textLength, tableLength, flags] = header as unknown as readonly number[] & Header
  if (found !== magic) throw damaged(`it begins with ${found.toString(16)}, not with its mark`)
  if (length !== bytes.length) throw damaged(`it says ${length} bytes and has ${bytes.length}`)
  if (options.trusted !== true && platform.crc32(bytes.subarray(8)) !== checksum) throw damaged('its checksum does not match its bytes')

  const explicit = (flags & EXPLICIT) !== 0
  const severalSources = (flags & SEVERAL_SOURCES) !== 0
  const reader = new SectionReader(bytes, headerBytes)
  const offsets = explicit ? reader.f64(count) : undefined
  const ends = reader.u32(count)
  const sourceOf = severalSources ? reader.u32(count) : undefined
  const table = reader.u32(tableLength)
  const columnsAt = reader.at
  const textAt = bytes.length - bodiesLength - textLength
  if (textAt < columnsAt) throw damaged('its sections overlap')
  const text = textLength === 0 ? '' : decodeTexts(bytes.subarray(textAt, textAt + textLength), (flags & UTF16) !== 0, platform)
  const description = new DescriptionReader(table, text)
  const shared = readShared(description)
  const columns = readColumns(description, reader, count)
  const sources = readSources(description)
  if (reader.at !== textAt) throw damaged('its sections do not add up')
  if (count === 0 && bodiesLength === 0) return emptyBatch
  let origin: Origin | undefined
  if (offsets) origin = { kind: 'explicit', sources, offsets, ...(sourceOf && { sourceOf }) }
  else if ((flags & BASE) !== 0) origin = { kind: 'base', sources: [sources[0]!], base: new Float64Array(header.buffer, 32, 1)[0]! }
  return {
    count,
    bodies: bytes.subarray(textAt + textLength),
    ends,
    gap: (flags & TERMINATED) === 0 ? 0 : 1,
    terminated: (flags & TERMINATED) !== 0,
    shared,
    columns,
    ...(origin && { origin }),
  }
}

type Header = readonly [number, number, number, number, number, number, number, number]

/** The table of a batch and all its texts as one. */
function describe(batch: EventBatch): { table: number[]; text: string } {
  const table: number[] = []
  let text = ''
  const add = (value: string | null | undefined): void => {
    table.push(value == null ? NONE : value.length)
    if (value != null) text += value
  }
  const shared = Object.entries(batch.shared)
  table.push(shared.length)
  for (const [name, value] of shared) {
    add(name)
    add(value)
  }
  table.push(batch.columns.length)
  for (const column of batch.columns) {
    add(column.name)
    table.push(column.values.length)
    for (const value of column.values) add(value)
  }
  const sources = batch.origin?.sources ?? []
  table.push(sources.length)
  for (const source of sources) {
    add(source.component)
    add(source.path)
    add(source.fileId)
  }
  return { table, text }
}

/** Hands out the table's numbers and texts in the order in which describe() wrote them. */
class DescriptionReader {
  readonly #table: Uint32Array
  readonly #text: string
  #number = 0
  #unit = 0

  constructor(table: Uint32Array, text: string) {
    this.#table = table
    this.#text = text
  }

  number(): number {
    const value = this.#table[this.#number++]
    if (value === undefined) throw damaged('its table is too short')
    return value
  }

  text(): string | null {
    const length = this.number()
    if (length === NONE) return null
    const from = this.#unit
    this.#unit += length
    return this.#text.slice(from, this.#unit)
  }
}

function readShared(description: DescriptionReader): Headers {
  const shared: Record<string, HeaderValue> = {}
  for (let left = description.number(); left > 0; left--) withHeader(shared, description.text()!, description.text())
  return shared
}

function readColumns(description: DescriptionReader, reader: SectionReader, count: number): HeaderColumn[] {
  const columns: HeaderColumn[] = []
  for (let left = description.number(); left > 0; left--) {
    const name = description.text()!
    const values: HeaderValue[] = []
    for (let value = description.number(); value > 0; value--) values.push(description.text())
    columns.push({ name, values, codes: reader.codes(count, codeWidth({ values })) })
  }
  return columns
}

function readSources(description: DescriptionReader): OriginSource[] {
  const sources: OriginSource[] = []
  for (let left = description.number(); left > 0; left--) {
    const component = description.text()!
    const path = description.text()
    const fileId = description.text()
    sources.push({ component, ...(path !== null && { path }), ...(fileId !== null && { fileId }) })
  }
  return sources
}

/** Takes number sections off a batch's bytes: views where they are aligned, copies where not. */
class SectionReader {
  at: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  f64(count: number): Float64Array {
    const [buffer, offset] = this.#section(count * 8, 8)
    return new Float64Array(buffer, offset, count)
  }

  u32(count: number): Uint32Array {
    const [buffer, offset] = this.#section(count * 4, 4)
    return new Uint32Array(buffer, offset, count)
  }

  codes(count: number, width: number): Uint32Array {
    const [buffer, offset] = this.#section(padded(count * width), 4)
    const codes = codesView(buffer, offset, count, width)
    return codes instanceof Uint32Array ? codes : Uint32Array.from(codes)
  }

  #section(length: number, alignment: number): [ArrayBufferLike, number] {
    const section = this.#bytes.subarray(this.at, this.at + length)
    if (section.length < length) throw damaged('its sections are longer than it is')
    this.at += length
    return section.byteOffset % alignment === 0 ? [section.buffer, section.byteOffset] : [section.slice().buffer, 0]
  }
}

function codesView(buffer: ArrayBufferLike, at: number, count: number, width: number): Uint8Array | Uint16Array | Uint32Array {
  if (width === 1) return new Uint8Array(buffer, at, count)
  return width === 2 ? new Uint16Array(buffer, at, count) : new Uint32Array(buffer, at, count)
}

/** Bytes of a code: code 0 is absent, so a dictionary of n values has n + 1 codes. */
function codeWidth(column: { readonly values: readonly HeaderValue[] }): number {
  return column.values.length <= 0xff ? 1 : column.values.length <= 0xffff ? 2 : 4
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4
}

function writeUnit(bytes: Uint8Array, at: number, unit: number): void {
  bytes[at] = unit & 0xff
  bytes[at + 1] = unit >>> 8
}

function decodeTexts(bytes: Uint8Array, utf16: boolean, platform: EncodingPlatform): string {
  if (!utf16) return platform.decodeText(bytes)
  let text = ''
  for (let at = 0; at < bytes.length; at += 2) text += String.fromCharCode(bytes[at]! | (bytes[at + 1]! << 8))
  return text
}

function damaged(why: string): MillraceError {
  return new MillraceError('BATCH_DAMAGED', `An encoded EventBatch is damaged: ${why}.`)
}
