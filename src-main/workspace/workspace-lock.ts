// One engine per workspace. The lock is SQLite's own file lock, which the system takes back when a process dies, however it dies.
import { readFileSync, writeFileSync } from 'node:fs'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import { openDatabase, sqliteCode } from '../storage/sqlite.ts'

/** Locks `path` until the answered function is called. CHANNEL_LOCKED with a sentence when another process has it. */
export function lockWorkspace(path: string, workspace: string): () => void {
  const ownerPath = `${path}.pid`
  const database = openDatabase(path, { busyTimeoutMs: 0 })
  try {
    database.pragma('locking_mode = EXCLUSIVE')
    database.pragma('journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
    writeFileSync(ownerPath, `${process.pid}\n`)
    return () => database.close()
  } catch (error) {
    database.close()
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY') === true) {
      throw new MillraceError(
        'CHANNEL_LOCKED',
        `The workspace ${workspace} is in use by another engine (process ${ownerOf(ownerPath)}). Use that one, stop it, or name another folder with --workspace.`,
      )
    }
    throw new MillraceError('IO', `The workspace ${workspace} cannot be locked: ${messageOf(error)}`, { cause: error })
  }
}

function ownerOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown' // the other one has the lock and has not written its number yet
  }
}
