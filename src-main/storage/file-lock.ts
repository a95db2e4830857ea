// One process at a time. The lock is an exclusive SQLite transaction on a file that holds nothing: the operating system ends it with the
// process, however it dies, so that nothing stale is left and no process id is guessed at.
import { type Database, openDatabase, sqliteCode } from './sqlite.ts'

export interface FileLock {
  release(): void
}

/** Undefined when somebody has it. The file stays where it is: who took it away could take it away under a holder. */
export function lockFile(path: string): FileLock | undefined {
  let database: Database | undefined
  try {
    database = openDatabase(path, { busyTimeoutMs: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY') === true) return undefined
    throw error
  }
  const held = database
  return { release: () => held.close() }
}
