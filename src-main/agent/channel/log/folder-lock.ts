// One process (and one channel in it) writes a log's folder.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { MillraceError } from '../../../../src-shared/errors.ts'
import { type FileLock, lockFile } from '../../../storage/file-lock.ts'
import { failure } from './log-errors.ts'
import { lockPath, ownerPath } from './log-folder.ts'

/** Locks `folder`, which exists, for `what` (a channel's name). Throws CHANNEL_LOCKED when somebody has it. */
export function lockFolder(folder: string, what: string): FileLock {
  let lock: FileLock | undefined
  try {
    lock = lockFile(lockPath(folder))
    if (lock !== undefined) writeFileSync(ownerPath(folder), `${what}, process ${process.pid}`)
  } catch (error) {
    lock?.release()
    throw failure('Locking', folder, error)
  }
  if (lock === undefined) {
    const message = `Cannot lock ${folder}. The directory is already locked. It is used by ${ownerOf(folder)}: stop that, or give this channel a folder of its own. [channel=${what}]`
    throw new MillraceError('CHANNEL_LOCKED', message)
  }
  return {
    release: () => {
      rmSync(ownerPath(folder), { force: true })
      lock.release()
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
