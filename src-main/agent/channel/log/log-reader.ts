// Reading ranges of a durable channel from anywhere: a stream program in its own process, a look-back tap, the command line. Read-only,
// with its own connections; the channel may be running in another process or not at all.

import { MillraceError } from '../../../../src-shared/errors.ts'
import { sliceBatch } from '../../../../src-shared/event/build-batch.ts'
import { bodyAt, type NumberedBatch } from '../../../../src-shared/event/event-batch.ts'
import { sqliteCode } from '../../../storage/sqlite.ts'
import type { Extent } from '../durable-channel.ts'
import { type LogFolder, listSegments, readLogFolder, type SegmentFile } from './log-folder.ts'
import type { NumberedRow } from './recent-batches.ts'
import { type KeyRing, keyRing } from './row-cipher.ts'
import { Segment } from './segment.ts'

/** Ordinals `from` (inclusive) to `to` (exclusive). */
export interface LogRange {
  readonly from: number
  readonly to: number
}

export interface LogReader {
  /** Retained ordinals at this moment. */
  extent(): Extent
  /**
   * Where a range that begins at `from` ends when it may have so many events and bytes (of rows; of bodies when less than a row): at
   * least one event where there is one, never beyond what is stored.
   */
  rangeUpTo(from: number, limit: { readonly events: number; readonly bytes: number }): number
  /** The rows of a range, cut to it, with about how many bytes they take: rows cut by the range count by share. Rows that a repair gave up are left out. */
  rows(range: LogRange): (LogRange & { readonly bytes: number })[]
  /** Events of a range that are there, and about how many bytes they take. */
  measure(range: LogRange): { readonly events: number; readonly bytes: number }
  /**
   * The events of a range, a row at a time, cut to the range. Each step is a short read of its own. Events that a repair had to give up
   * are left out. Throws NOT_FOUND when the range is not (or no longer) there as a whole, CHANNEL_DAMAGED when it cannot be read.
   */
  read(range: LogRange): Generator<NumberedBatch>
  close(): void
}

/** Opens the log in `folder`. Throws NOT_FOUND when there is none. */
export function openLogReader(folder: string): LogReader {
  return new FolderReader(openFolder(folder))
}

function openFolder(folder: string): LogFolder {
  try {
    return readLogFolder(folder)
  } catch (cause) {
    throw new MillraceError('NOT_FOUND', `There is no durable channel that can be read in ${folder}.`, { cause })
  }
}

class FolderReader implements LogReader {
  readonly #log: LogFolder
  readonly #keys: KeyRing
  #files: readonly SegmentFile[] = []
  #open: Segment | undefined

  constructor(log: LogFolder) {
    this.#log = log
    this.#keys = keyRing(log.keyNames ?? [])
  }

  extent(): Extent {
    this.#files = listSegments(this.#log)
    const last = this.#files.at(-1)
    if (last === undefined) return { first: 0, next: 0 }
    return { first: this.#files[0]!.first, next: this.#segment(last).next() }
  }

  rangeUpTo(from: number, limit: { readonly events: number; readonly bytes: number }): number {
    const extent = this.extent()
    if (from >= extent.next) return from
    let to = from
    let bytes = 0
    while (to < extent.next && to - from < limit.events) {
      const segment = this.#segment(this.#fileOf(to))
      const span = segment.spanAt(to)
      if (span === undefined) throw missing(this.#log.folder, { from: to, to: to + 1 }, extent)
      if (bytes + span.bytes > limit.bytes) return to === from ? this.#part(segment, from, limit) : to
      bytes += span.bytes
      to = span.first + span.count
    }
    return Math.min(to, from + limit.events)
  }

  measure(range: LogRange): { readonly events: number; readonly bytes: number } {
    let events = 0
    let bytes = 0
    for (const row of this.#rows(range)) {
      events += row.to - row.from
      bytes += row.bytes
    }
    return { events, bytes }
  }

  rows(range: LogRange): (LogRange & { readonly bytes: number })[] {
    return [...this.#rows(range)]
  }

  *#rows(range: LogRange): Generator<LogRange & { readonly bytes: number }> {
    const extent = this.extent()
    let at = range.from
    while (at < range.to) {
      const span = at >= extent.first && at < extent.next ? this.#segment(this.#fileOf(at)).spanAt(at) : undefined
      if (span === undefined) throw missing(this.#log.folder, range, extent)
      const to = Math.min(span.first + span.count, range.to)
      if (span.bytes > 0) yield { from: at, to, bytes: Math.round((span.bytes * (to - at)) / span.count) }
      at = to
    }
  }

  *read(range: LogRange): Generator<NumberedBatch> {
    let at = range.from
    while (at < range.to) {
      const row = this.#rowAt(at, range)
      const to = Math.min(row.first + row.count, range.to)
      if (row.batch) yield { from: at, batch: sliceBatch(row.batch, at - row.first, to - row.first) }
      at = to
    }
  }

  close(): void {
    this.#open?.close()
    this.#open = undefined
  }

  #rowAt(ordinal: number, range: LogRange): NumberedRow {
    // The listing may be older than a roll, or than the end of what is retained.
    const known = this.#find(ordinal)
    if (known) return known
    const extent = this.extent()
    const row = this.#find(ordinal)
    if (row === undefined) throw missing(this.#log.folder, range, extent)
    return row
  }

  #find(ordinal: number): NumberedRow | undefined {
    if (this.#files.length === 0 || ordinal < this.#files[0]!.first) return undefined
    try {
      return this.#segment(this.#fileOf(ordinal)).rowAt(ordinal)
    } catch (error) {
      if (sqliteCode(error)?.startsWith('SQLITE_CANTOPEN')) return undefined
      throw error
    }
  }

  /** As many events of the row at `from` as `bytes` of bodies allow: a row that is larger than the limit. */
  #part(segment: Segment, from: number, limit: { readonly events: number; readonly bytes: number }): number {
    const row = segment.rowAt(from)!
    if (row.batch === undefined) return row.first + row.count
    let index = from - row.first
    let bytes = 0
    do bytes += bodyAt(row.batch, index++).length
    while (index < row.count && bytes + bodyAt(row.batch, index).length <= limit.bytes && row.first + index - from < limit.events)
    return row.first + index
  }

  #fileOf(ordinal: number): SegmentFile {
    let file = this.#files[0]!
    for (const candidate of this.#files) if (candidate.first <= ordinal) file = candidate
    return file
  }

  #segment(file: SegmentFile): Segment {
    if (this.#open?.path === file.path) return this.#open
    this.#open?.close()
    this.#open = undefined
    this.#open = new Segment(file, this.#keys)
    return this.#open
  }
}

function missing(folder: string, range: LogRange, extent: Extent): MillraceError {
  return new MillraceError(
    'NOT_FOUND',
    `Events ${range.from} to ${range.to - 1} of the channel in ${folder} are not there: it has ${extent.first} to ${extent.next - 1}. What a stream needs must be pinned by its cursor.`,
  )
}
