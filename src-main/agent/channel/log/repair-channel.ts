// Repair: what can be read of a damaged log is written anew, the damaged files are moved to `damaged/` as they are. Events that are lost
// keep their ordinals: a row without data stands for them, which takers and readers pass over.
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sqliteTransaction } from '../../../storage/sqlite.ts'
import type { Damage } from '../durable-channel.ts'
import { checkSegment, logFolderOf, storedUpTo } from './check-channel.ts'
import { lockFolder } from './folder-lock.ts'
import { failure } from './log-errors.ts'
import {
  damagedFolder,
  indexPath,
  listSegments,
  openIndexForWriting,
  openSegmentForWriting,
  type SegmentFile,
  segmentBytes,
} from './log-folder.ts'
import { type KeyRing, keyRing } from './row-cipher.ts'

export interface RepairReport {
  readonly folder: string
  /** What was wrong and is mended, or given up. Empty: nothing was done. */
  readonly damage: readonly Damage[]
  readonly lostEvents: number
  /** Where the damaged files lie now. */
  readonly moved: readonly string[]
  /** The index was damaged: every consumer begins at the oldest retained event, so events may be delivered again. */
  readonly cursorsLost: boolean
}

/** Repairs the log in `folder`, which no process may be using (CHANNEL_LOCKED). */
export function repairChannel(folder: string): RepairReport {
  const lock = lockFolder(folder, 'repair')
  try {
    return repair(folder)
  } catch (error) {
    throw failure('Repairing the log', folder, error)
  } finally {
    lock.release()
  }
}

function repair(folder: string): RepairReport {
  const damage: Damage[] = []
  const moved: string[] = []
  const log = logFolderOf(folder, damage)
  const cursorsLost = damage.length > 0
  if (cursorsLost) moved.push(...moveAside(folder, indexPath(folder)))
  const stored = cursorsLost ? 0 : storedUpTo(folder)
  const keys = keyRing(log.keyNames ?? [])
  const files = listSegments(log)
  files.forEach((file, index) => {
    const next = files[index + 1]?.first
    // Of a last segment that cannot be opened nobody knows the end; an event takes at least four bytes.
    const end = next ?? Math.max(stored, file.first)
    const found = checkSegment(file, end, keys)
    if (found.damage.length === 0) return
    const unknownEnd = next === undefined && found.rows === 0 && cursorsLost
    const bound = unknownEnd ? file.first + Math.ceil(segmentBytes(file.path) / 4) : end
    damage.push(...found.damage)
    const aside = moveAside(folder, file.path)
    moved.push(...aside)
    rewrite({ first: file.first, path: aside[0]! }, file.path, bound, keys)
  })
  if (cursorsLost) openIndexForWriting(folder).close()
  const lostEvents = damage.reduce((sum, one) => sum + (one.events ? one.events.next - one.events.first : 0), 0)
  return { folder, damage, lostEvents, moved, cursorsLost }
}

/** A new segment at `path` from what can be read of `from`, with rows without data where nothing can, up to `end` at least. */
function rewrite(from: SegmentFile, path: string, end: number, keys: KeyRing): void {
  const database = openSegmentForWriting(path)
  try {
    const insert = database.prepare('INSERT INTO batch (first, count, at, data) VALUES (?, ?, ?, ?)')
    let at = from.first
    const giveUp = (next: number): void => {
      if (next > at) insert.run(at, next - at, 0, new Uint8Array(0))
      at = Math.max(at, next)
    }
    sqliteTransaction(database, () => {
      checkSegment(from, end, keys, (segment, span) => {
        giveUp(span.first)
        insert.run(span.first, span.count, span.at, segment.dataOf(span.first))
        at = span.first + span.count
      })
      giveUp(end)
    })
  } finally {
    database.close()
  }
}

/** Moves a database with its log into `damaged/`, under a name that is free. Returns the new paths, the database first. */
function moveAside(folder: string, path: string): string[] {
  const target = damagedFolder(folder)
  mkdirSync(target, { recursive: true })
  let name = basename(path)
  for (let copy = 1; existsSync(join(target, name)); copy++) name = `${basename(path)}.${copy}`
  const moved: string[] = []
  for (const suffix of ['', '-wal', '-shm']) {
    if (!existsSync(path + suffix)) continue
    renameSync(path + suffix, join(target, name + suffix))
    moved.push(join(target, name + suffix))
  }
  return moved
}
