// Samples in columns, as they are recorded and as they are written down: what most of them have in common stands there once, and a sample
// costs no object of its own.
import type { RecordOrigin, Sample } from './batch-record.ts'

/** Samples by position, for JSON. Columns that no sample has anything in are absent. */
export interface Columns {
  readonly text: readonly string[]
  /** Positions of the samples that are cut. */
  readonly cut?: readonly number[]
  /**
   * For each sample `nowhere`, or its place, ordinal and offset, null for what it has not; for so many samples (one or more) that have the
   * origin of the one before them `asBefore` less one for each further one.
   */
  readonly origin?: readonly (number | null)[]
  /**
   * For each run of samples, up to the last that was made of any, four numbers: the operator and the sample that the first one was made
   * of, by how much that sample's number grows from each to the next, how many they are. The operator is `nothing` where it is not known.
   */
  readonly from?: readonly number[]
  /** Its key, up to the last that has one; the number of its characters where it stands behind the first one of the text. */
  readonly key?: readonly (string | number | null)[]
}

/** Where records of a batch came from, but for ordinal and offset: one of a list that all columns share. */
export type Place = Pick<RecordOrigin, 'channel' | 'path' | 'fileId'>

const nothing = -1
const nowhere = -1
const asBefore = -2

/** See file. Grows only. */
export class SampleColumns {
  readonly #text: string[] = []
  readonly #cut: number[] = []
  readonly #origin: (RecordOrigin | undefined)[] = []
  /** As Columns.from. */
  readonly #from: number[] = []
  /** How many samples those runs are. */
  #fromLength = 0
  readonly #key: (string | null)[] = []
  #origins = false

  static of(samples: readonly Sample[]): SampleColumns {
    const columns = new SampleColumns()
    for (const sample of samples) columns.add(sample)
    return columns
  }

  get length(): number {
    return this.#text.length
  }

  add({ text, cut, origin, from, key }: Sample): void {
    this.push(text, cut, origin)
    if (from !== undefined) this.madeOf(from.operator, from.sample)
    if (key !== undefined) this.keyed(key)
  }

  push(text: string, cut: boolean, origin: RecordOrigin | undefined): void {
    if (cut) this.#cut.push(this.#text.length)
    this.#text.push(text)
    this.#origin.push(origin)
    this.#origins ||= origin !== undefined
  }

  /** Says of the last one what it was made of. */
  madeOf(operator: number, sample: number): void {
    const unknown = this.#text.length - 1 - this.#fromLength
    if (unknown > 0) this.#from.push(nothing, 0, 0, unknown)
    this.#fromLength = this.#text.length
    if (unknown > 0 || !this.#continues(operator, sample)) this.#from.push(operator, sample, 0, 1)
  }

  #continues(operator: number, sample: number): boolean {
    const from = this.#from
    const run = from.length - 4
    if (run < 0 || from[run] !== operator) return false
    const [first, count] = [from[run + 1]!, from[run + 3]!]
    if (count === 1) from[run + 2] = sample - first
    else if (first + from[run + 2]! * count !== sample) return false
    from[run + 3] = count + 1
    return true
  }

  /** Says the key of the last one. */
  keyed(key: string): void {
    while (this.#key.length < this.#text.length - 1) this.#key.push(null)
    this.#key.push(key)
  }

  samples(): Sample[] {
    const cuts = new Set(this.#cut)
    const made = madeOf(this.#from)
    return this.#text.map((text, at) => {
      const [origin, from, key = null] = [this.#origin[at], made[at], this.#key[at]]
      return {
        text,
        cut: cuts.has(at),
        ...(origin !== undefined && { origin }),
        ...(from !== undefined && { from }),
        ...(key !== null && { key }),
      }
    })
  }

  /** For JSON, at once. `places` is added to. */
  toColumns(places: Place[]): Columns {
    const columns: { -readonly [Column in keyof Columns]: Columns[Column] } = { text: this.#text }
    if (this.#cut.length > 0) columns.cut = this.#cut
    if (this.#origins) columns.origin = this.#originColumn(places)
    if (this.#from.length > 0) columns.from = this.#from
    if (this.#key.length > 0)
      columns.key = this.#key.map((key, at) => (key !== null && this.#text[at]!.startsWith(key, 1) ? key.length : key))
    return columns
  }

  // What was made of one record has the same origin, the same object even.
  #originColumn(places: Place[]): (number | null)[] {
    const column: (number | null)[] = []
    let before: RecordOrigin | undefined
    let repeats = false
    for (const origin of this.#origin) {
      if (origin === undefined) column.push(nowhere)
      else if (origin === before) {
        if (repeats) column[column.length - 1]! -= 1
        else column.push(asBefore)
      } else column.push(placeOf(origin, places), origin.ordinal ?? null, origin.offset ?? null)
      repeats = origin !== undefined && origin === before
      before = origin
    }
    return column
  }
}

/** What SampleColumns.toColumns() made, taken apart again. */
export function samplesOf({ text, cut = [], origin, from = [], key }: Columns, places: readonly Place[]): Sample[] {
  const cuts = new Set(cut)
  const origins = origin === undefined ? [] : originsOf(origin, places)
  const made = madeOf(from)
  return text.map((each, at) => {
    const place = origins[at]
    const of = made[at]
    const own = key?.[at] ?? undefined
    return {
      text: each,
      cut: cuts.has(at),
      ...(place !== undefined && { origin: place }),
      ...(of !== undefined && { from: of }),
      ...(own !== undefined && { key: typeof own === 'number' ? each.slice(1, 1 + own) : own }),
    }
  })
}

/** For each sample, from the runs of Columns.from. */
function madeOf(from: readonly number[]): Sample['from'][] {
  const made: Sample['from'][] = []
  for (let run = 0; run < from.length; run += 4) {
    const [operator, first, step, count] = from.slice(run, run + 4) as [number, number, number, number]
    for (let at = 0; at < count; at++) made.push(operator === nothing ? undefined : { operator, sample: first + at * step })
  }
  return made
}

function originsOf(column: readonly (number | null)[], places: readonly Place[]): (RecordOrigin | undefined)[] {
  const origins: (RecordOrigin | undefined)[] = []
  for (let at = 0; at < column.length; at++) {
    const place = column[at]!
    if (place === nowhere) origins.push(undefined)
    else if (place <= asBefore) for (let again = asBefore; again >= place; again--) origins.push(origins.at(-1))
    else {
      const [ordinal, offset] = [column[++at]!, column[++at]!]
      origins.push({ ...places[place], ...(ordinal !== null && { ordinal }), ...(offset !== null && { offset }) })
    }
  }
  return origins
}

function placeOf({ channel, path, fileId }: RecordOrigin, places: Place[]): number {
  // The last one first: most records of a batch are of one file.
  for (let at = places.length - 1; at >= 0; at--) {
    const place = places[at]!
    if (place.channel === channel && place.path === path && place.fileId === fileId) return at
  }
  return (
    places.push({
      ...(channel !== undefined && { channel }),
      ...(path !== undefined && { path }),
      ...(fileId !== undefined && { fileId }),
    }) - 1
  )
}
