// Rows of a log by ordinal, for takers: from memory while they are recent, else from the segments.
import { damaged } from './log-errors.ts'
import type { SegmentFile } from './log-folder.ts'
import { type NumberedRow, RecentBatches } from './recent-batches.ts'
import type { KeyRing } from './row-cipher.ts'
import { Segment } from './segment.ts'

/** Rows read from the disk that are kept: competing takers work on neighbouring rows, and a row may take several takes. */
const keptRows = 4
const keptSegments = 2

export class RowSource {
  readonly recent: RecentBatches
  readonly #fileOf: (ordinal: number) => SegmentFile
  readonly #keys: KeyRing
  readonly #rows: NumberedRow[] = []
  readonly #segments: Segment[] = []

  constructor(recentBytes: number, keys: KeyRing, fileOf: (ordinal: number) => SegmentFile) {
    this.#keys = keys
    this.recent = new RecentBatches(recentBytes)
    this.#fileOf = fileOf
  }

  /** The row that has `ordinal`, which is retained. Throws CHANNEL_DAMAGED when it cannot be had. */
  at(ordinal: number): NumberedRow {
    const known = this.recent.at(ordinal) ?? this.#rows.find((row) => ordinal >= row.first && ordinal < row.first + row.count)
    if (known) return known
    const file = this.#fileOf(ordinal)
    const row = this.#segment(file).rowAt(ordinal)
    if (row === undefined) throw damaged(file.path, `event ${ordinal} is not there`)
    this.#rows.push(row)
    if (this.#rows.length > keptRows) this.#rows.shift()
    return row
  }

  /** Closes what is open of a segment that is about to go. */
  forget(path: string): void {
    const index = this.#segments.findIndex((segment) => segment.path === path)
    if (index >= 0) this.#segments.splice(index, 1)[0]!.close()
  }

  close(): void {
    for (const segment of this.#segments.splice(0)) segment.close()
    this.#rows.length = 0
    this.recent.clear()
  }

  #segment(file: SegmentFile): Segment {
    const open = this.#segments.find((segment) => segment.path === file.path)
    if (open) return open
    const segment = new Segment(file, this.#keys)
    this.#segments.push(segment)
    if (this.#segments.length > keptSegments) this.#segments.shift()!.close()
    return segment
  }
}
