// One segment of a log, for reading: rows by ordinal. Every read is one short statement, so a reader never holds SQLite's log back.

import { MillraceError } from '../../../../src-shared/errors.ts'
import { decodeBatch } from '../../../storage/batch-encoding.ts'
import { type Database, isDamage, openDatabase, type Statement, sqliteCode } from '../../../storage/sqlite.ts'
import { damaged } from './log-errors.ts'
import type { SegmentFile } from './log-folder.ts'
import type { NumberedRow } from './recent-batches.ts'
import { type KeyRing, keyIdOf, openRow, sealedHeadBytes } from './row-cipher.ts'

/** A row without its data. `bytes`: of its encoding; 0 marks events that were lost to damage and given up by a repair. */
export interface RowSpan {
  readonly first: number
  readonly count: number
  readonly at: number
  readonly bytes: number
}

interface Row {
  readonly first: number
  readonly count: number
  readonly data: Uint8Array
}

const noKeys: KeyRing = { active: undefined, keys: new Map() }

/** Rows of one segment. `keys` are needed for the data of encrypted rows only. */
export class Segment {
  readonly first: number
  readonly path: string
  readonly #keys: KeyRing
  readonly #database: Database
  readonly #spanAt: Statement<RowSpan>
  readonly #rowAt: Statement<Row>
  readonly #spans: Statement<RowSpan>
  readonly #last: Statement<RowSpan>

  /** Throws CHANNEL_DAMAGED when the file is not a sound segment. */
  constructor(file: SegmentFile, keys: KeyRing = noKeys) {
    this.#keys = keys
    this.first = file.first
    this.path = file.path
    this.#database = this.#reading(() => openDatabase(file.path, { readonly: true }))
    try {
      const span = 'SELECT first, count, at, length(data) AS bytes FROM batch'
      this.#spanAt = this.#reading(() => this.#database.prepare(`${span} WHERE first <= ? ORDER BY first DESC LIMIT 1`))
      this.#rowAt = this.#reading(() =>
        this.#database.prepare('SELECT first, count, data FROM batch WHERE first <= ? ORDER BY first DESC LIMIT 1'),
      )
      this.#spans = this.#database.prepare(`${span} WHERE first >= ? ORDER BY first LIMIT ?`)
      this.#last = this.#database.prepare(`${span} ORDER BY first DESC LIMIT 1`)
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  /** One past the last ordinal that is here; `first` while the segment is empty. */
  next(): number {
    const last = this.last()
    return last ? last.first + last.count : this.first
  }

  /** The last row, without its data. */
  last(): RowSpan | undefined {
    return this.#reading(() => this.#last.get())
  }

  /** The row that has `ordinal`, without its data. */
  spanAt(ordinal: number): RowSpan | undefined {
    const span = this.#reading(() => this.#spanAt.get(ordinal))
    return span && ordinal < span.first + span.count ? span : undefined
  }

  /** Ids of the keys that its rows are sealed with. Looks at every row: for when a key is left out. */
  keysUsed(): string[] {
    const rows = this.#reading(() =>
      this.#database.prepare<{ head: Uint8Array }>(`SELECT DISTINCT substr(data, 1, ${sealedHeadBytes}) AS head FROM batch`).all(),
    )
    return rows.flatMap(({ head }) => keyIdOf(head) ?? [])
  }

  /** Up to `limit` rows that begin at or after `ordinal`. */
  spansFrom(ordinal: number, limit: number): RowSpan[] {
    return this.#reading(() => this.#spans.all(ordinal, limit))
  }

  /** The encoding of the row that begins at `first`, as it is. */
  dataOf(first: number): Uint8Array {
    return this.#reading(() => this.#rowAt.get(first))!.data
  }

  /** The row that has `ordinal`. `batch` is undefined where its events are lost. Throws CHANNEL_DAMAGED. */
  rowAt(ordinal: number): NumberedRow | undefined {
    const row = this.#reading(() => this.#rowAt.get(ordinal))
    if (row === undefined || ordinal >= row.first + row.count) return undefined
    if (row.data.length === 0) return { first: row.first, count: row.count, batch: undefined }
    const batch = this.#reading(() => decodeBatch(openRow(row.data, this.#keys)), row)
    if (batch.count !== row.count) throw this.#damaged(row, `the row says ${row.count} events and holds ${batch.count}`)
    return { first: row.first, count: row.count, batch }
  }

  close(): void {
    this.#database.close()
  }

  #reading<T>(read: () => T, row?: Row): T {
    try {
      return read()
    } catch (error) {
      if (isDamage(error) || isNoSegment(error) || (error instanceof MillraceError && error.code === 'BATCH_DAMAGED'))
        throw this.#damaged(row, error)
      throw error
    }
  }

  #damaged(row: Row | undefined, cause: unknown): MillraceError {
    return damaged(row ? `events ${row.first} to ${row.first + row.count - 1} of ${this.path}` : this.path, cause)
  }
}

/** One past the last ordinal of a segment that is opened for this alone. */
export function endOfSegment(file: SegmentFile): number {
  const segment = new Segment(file)
  try {
    return segment.next()
  } finally {
    segment.close()
  }
}

/** The statements here are right for every segment: one that SQLite cannot make sense of was overwritten by something else. */
function isNoSegment(error: unknown): boolean {
  return sqliteCode(error) === 'SQLITE_ERROR'
}
