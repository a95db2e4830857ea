// Folding: SQLite's checkpoint of a sealed segment, from its write-ahead log into its database file. Until then the log holds the rows,
// just as safe; folding confines damage to single rows and makes opening quick. It is bulk work: done at leisure, in a thread of its own.
import { openDatabase } from '../../../storage/sqlite.ts'
import { damaged } from './log-errors.ts'
import type { SegmentFile } from './log-folder.ts'
import { Segment } from './segment.ts'

/** Folds a segment that ends at `next`. Throws CHANNEL_DAMAGED, and touches nothing, when it does not. */
export function foldSegment(file: SegmentFile, next: number): void {
  // Of a damaged log SQLite would fold what comes before the damage and drop the rest.
  const reader = new Segment(file)
  const found = reader.next()
  reader.close()
  if (found !== next) throw damaged(`the write-ahead log of ${file.path}`, `its events end at ${found - 1} and not at ${next - 1}`)
  const database = openDatabase(file.path, { mustExist: true })
  try {
    database.pragma('cache_size = -2000')
    database.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    database.close()
  }
}
