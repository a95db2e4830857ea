// One process (and one channel in it) writes a log's folder. The lock is an exclusive SQLite transaction, which the operating system ends
// with the process however it dies: nothing stale can be left, and no process id is guessed at.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { MillraceError } from '../../../../src-shared/errors.ts'
import { type Database, openDatabase, sqliteCode } from '../../../storage/sqlite.ts'
import { failure } from './log-errors.ts'
import { lockPath, ownerPath } from './log-folder.ts'

export interface FolderLock {
  release(): void
}

/** Locks `folder`, which exists, for `what` (a channel's name). Throws CHANNEL_LOCKED when somebody has it. */
export function lockFolder(folder: string, what: string): FolderLock {
  let database: Database | undefined
  try {
    database = openDatabase(lockPath(folder), { busyTimeoutMs: 0 })
    database.exec('BEGIN EXCLUSIVE')
    writeFileSync(ownerPath(folder), `${what}, process ${process.pid}`)
  } catch (error) {
    database?.close()
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY') !== true) throw failure('Locking', folder, error)
    const message = `Cannot lock ${folder}. The directory is already locked. It is used by ${ownerOf(folder)}: stop that, or give this channel a folder of its own. [channel=${what}]`
    throw new MillraceError('CHANNEL_LOCKED', message, { cause: error })
  }
  const held = database
  return {
    release: () => {
      rmSync(ownerPath(folder), { force: true })
      held.close()
    },
  }
}

function ownerOf(folder: string): string {
  try {
    return readFileSync(ownerPath(folder), 'utf8')
  } catch {
    return 'another process'
  }
}
