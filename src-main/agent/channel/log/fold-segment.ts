// Folding: SQLite's checkpoint of a sealed segment, from its write-ahead log into its database file. Until then the log holds the rows,
// just as safe; folding confines damage to single rows and makes opening quick. It is bulk work: done at leisure, in a thread of its own.
import { openDatabase } from '../../../storage/sqlite.ts'

export function foldSegment(path: string): void {
  const database = openDatabase(path, { mustExist: true })
  try {
    database.pragma('cache_size = -2000')
    database.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    database.close()
  }
}
