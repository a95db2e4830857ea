// The samples of a batch record as one text, JSON, in columns: what most of them have in common stands there once.
import type { BatchRecord, RecordOrigin, Sample } from './batch-record.ts'

/** Samples, by position. Columns that no sample has are absent. */
interface Columns {
  readonly text: string[]
  /** Positions of the samples that are cut. */
  readonly cut?: number[]
  /** For each sample its place, ordinal and offset; null for what it has not. */
  readonly origin?: (number | null)[]
  /** For each sample the operator and the sample that it was made of; null for what it has not. */
  readonly from?: (number | null)[]
  /** Its key; the number of its characters where it stands behind the first one of the text. */
  readonly key?: (string | number | null)[]
}

type Place = Pick<RecordOrigin, 'channel' | 'path' | 'fileId'>

interface PackedSamples {
  readonly places: Place[]
  /** By position. What went into an operator is what came out of its parents: `in` says how much of that. A number: the same as that one's. */
  readonly operators: { readonly in: number; readonly out: Columns | number }[]
  readonly wrote: Columns[]
}

/** Undefined where the record has none. */
export function packSamples({ operators, outputs }: BatchRecord): string | undefined {
  if (
    operators.every(({ firstIn, firstOut }) => firstIn.length + firstOut.length === 0) &&
    outputs.every(({ wrote }) => wrote.length === 0)
  ) {
    return undefined
  }
  const places: Place[] = []
  const known = new Map<readonly Sample[], number>()
  const packed: PackedSamples = {
    places,
    operators: operators.map(({ firstIn, firstOut }, at) => {
      const same = known.get(firstOut)
      if (same !== undefined) return { in: firstIn.length, out: same }
      known.set(firstOut, at)
      return { in: firstIn.length, out: columnsOf(firstOut, places) }
    }),
    wrote: outputs.map(({ wrote }) => columnsOf(wrote, places)),
  }
  return JSON.stringify(packed)
}

export function unpackSamples(head: BatchRecord, text: string): BatchRecord {
  const { places, operators, wrote } = JSON.parse(text) as PackedSamples
  const out: (readonly Sample[])[] = []
  for (const operator of operators) out.push(typeof operator.out === 'number' ? out[operator.out]! : samplesOf(operator.out, places))
  const outOf = new Map(head.operators.map(({ id }, at) => [id, out[at]!]))
  return {
    ...head,
    operators: head.operators.map((operator, at) => ({
      ...operator,
      firstIn: operator.parents.flatMap((parent) => outOf.get(parent) ?? []).slice(0, operators[at]!.in),
      firstOut: out[at]!,
    })),
    outputs: head.outputs.map((output, at) => ({ ...output, wrote: samplesOf(wrote[at]!, places) })),
  }
}

function columnsOf(samples: readonly Sample[], places: Place[]): Columns {
  const columns: { -readonly [Column in keyof Columns]: Columns[Column] } = { text: samples.map((sample) => sample.text) }
  samples.forEach(({ text, cut, origin, from, key }, at) => {
    if (cut) {
      columns.cut ??= []
      columns.cut.push(at)
    }
    if (origin !== undefined) {
      columns.origin ??= new Array(3 * samples.length).fill(null)
      columns.origin[3 * at] = placeOf(origin, places)
      columns.origin[3 * at + 1] = origin.ordinal ?? null
      columns.origin[3 * at + 2] = origin.offset ?? null
    }
    if (from !== undefined) {
      columns.from ??= new Array(2 * samples.length).fill(null)
      columns.from[2 * at] = from.operator
      columns.from[2 * at + 1] = from.sample
    }
    if (key !== undefined) {
      columns.key ??= new Array(samples.length).fill(null)
      columns.key[at] = text.startsWith(key, 1) ? key.length : key
    }
  })
  return columns
}

function placeOf({ channel, path, fileId }: RecordOrigin, places: Place[]): number {
  // The last one first: most records of a batch are of one file.
  for (let at = places.length - 1; at >= 0; at--) {
    const place = places[at]!
    if (place.channel === channel && place.path === path && place.fileId === fileId) return at
  }
  return places.push({ ...defined('channel', channel), ...defined('path', path), ...defined('fileId', fileId) }) - 1
}

function samplesOf({ text, cut = [], origin, from, key }: Columns, places: readonly Place[]): Sample[] {
  const cuts = new Set(cut)
  return text.map((each, at) => {
    const place = origin?.[3 * at] ?? undefined
    const operator = from?.[2 * at] ?? undefined
    const own = key?.[at] ?? undefined
    return {
      text: each,
      cut: cuts.has(at),
      ...(place !== undefined && {
        origin: { ...places[place], ...defined('ordinal', origin![3 * at + 1]), ...defined('offset', origin![3 * at + 2]) },
      }),
      ...(operator !== undefined && { from: { operator, sample: from![2 * at + 1]! } }),
      ...defined('key', typeof own === 'number' ? each.slice(1, 1 + own) : own),
    }
  })
}

function defined<Name extends string, T>(name: Name, value: T | null | undefined): { readonly [N in Name]?: T } {
  return value === undefined || value === null ? {} : ({ [name]: value } as { readonly [N in Name]: T })
}
