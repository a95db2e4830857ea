// What the index of a log says, checked as it is read: it may come from another version, or somebody may have changed it.
import * as v from 'valibot'
import type { Database } from '../../../storage/sqlite.ts'
import type { Range } from './consumed.ts'
import { damaged } from './log-errors.ts'

export interface StoredCursor {
  readonly kind: 'sinks' | 'stream'
  readonly name: string
  readonly low: number
  readonly above: readonly Range[]
}

const ordinal = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const cursorSchema = v.object({
  kind: v.picklist(['sinks', 'stream']),
  name: v.string(),
  low: ordinal,
  above: v.pipe(v.string(), v.parseJson(), v.array(v.tuple([ordinal, ordinal]))),
})
const namesSchema = v.optional(v.pipe(v.string(), v.parseJson(), v.array(v.string())))
const ordinalSchema = v.optional(v.pipe(v.string(), v.transform(Number), ordinal))

export function storedSetting(index: Database, name: string): string | undefined {
  return index.prepare<{ value: string }>('SELECT value FROM setting WHERE name = ?').get(name)?.value
}

/** A setting that is a list of names; undefined where it was never stored. Throws CHANNEL_DAMAGED, as the others here. */
export function storedNames(index: Database, name: 'dataFolders' | 'keyNames' | 'keysUsed'): string[] | undefined {
  return checked(index, `setting ${name}`, namesSchema, storedSetting(index, name))
}

/** Events below were stored, as the index knows; it may know less than was. */
export function storedNext(index: Database): number {
  return checked(index, 'setting next', ordinalSchema, storedSetting(index, 'next')) ?? 0
}

export function storedCursors(index: Database): StoredCursor[] {
  const rows = index.prepare<Record<string, unknown>>('SELECT kind, name, low, above FROM cursor').all()
  return checked(index, 'cursors', v.array(cursorSchema), rows)
}

function checked<T>(index: Database, what: string, schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const parsed = v.safeParse(schema, value)
  if (parsed.success) return parsed.output
  throw damaged(`${what} of ${index.name}`, parsed.issues[0].message)
}
