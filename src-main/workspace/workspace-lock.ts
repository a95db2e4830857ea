// One engine per workspace.
import { readFileSync, writeFileSync } from 'node:fs'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import { type FileLock, lockFile } from '../storage/file-lock.ts'

/** Locks `path` until the answered function is called. CHANNEL_LOCKED with a sentence when another process has it. */
export function lockWorkspace(path: string, workspace: string): () => void {
  const ownerPath = `${path}.pid`
  let lock: FileLock | undefined
  try {
    lock = lockFile(path)
    if (lock !== undefined) writeFileSync(ownerPath, `${process.pid}\n`)
  } catch (error) {
    lock?.release()
    throw new MillraceError('IO', `The workspace ${workspace} cannot be locked: ${messageOf(error)}`, { cause: error })
  }
  if (lock === undefined) {
    throw new MillraceError(
      'CHANNEL_LOCKED',
      `The workspace ${workspace} is in use by another engine (process ${ownerOf(ownerPath)}). Use that one, stop it, or name another folder with --workspace.`,
    )
  }
  return () => lock.release()
}

function ownerOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown' // the other one has the lock and has not written its number yet
  }
}
