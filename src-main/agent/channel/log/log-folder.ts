// The folder of a durable channel: which files it has, how they are named, and how each is opened. Format and invariants: log-channel.ts.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { migrate } from '../../../storage/migrations.ts'
import { type Database, openDatabase } from '../../../storage/sqlite.ts'
import { failure } from './log-errors.ts'
import { storedNames } from './log-index.ts'
import { pageBytes } from './log-room.ts'

/** Where a log lies: `folder` has index and lock, segments are spread over `dataFolders` (the folder itself unless told otherwise). */
export interface LogFolder {
  readonly folder: string
  readonly dataFolders: readonly string[]
  /** Environment variables that hold the keys of an encrypted log; rows are sealed with the first. */
  readonly keyNames?: readonly string[]
}

/** A segment file: rows of the log from ordinal `first` on. */
export interface SegmentFile {
  readonly first: number
  readonly path: string
}

const segmentName = /^log-(\d{16})\.db$/
const unfinishedSuffix = '.unfinished'

export const indexPath = (folder: string): string => join(folder, 'index.db')
export const lockPath = (folder: string): string => join(folder, 'lock.db')
export const ownerPath = (folder: string): string => join(folder, 'owner')
export const reservePath = (folder: string): string => join(folder, 'reserve')
export const damagedFolder = (folder: string): string => join(folder, 'damaged')

/** Path of the segment that begins at `first`. Successive segments go round the data folders. */
export function segmentPath(log: LogFolder, first: number, turn: number): string {
  return join(log.dataFolders[turn % log.dataFolders.length]!, `log-${String(first).padStart(16, '0')}.db`)
}

/** All segments in ordinal order. Throws IO when a folder cannot be read. */
export function listSegments(log: LogFolder): SegmentFile[] {
  const segments: SegmentFile[] = []
  for (const folder of log.dataFolders) {
    for (const name of namesIn(folder)) {
      const match = segmentName.exec(name)
      if (match) segments.push({ first: Number(match[1]), path: join(folder, name) })
    }
  }
  return segments.sort((one, other) => one.first - other.first)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw failure('Looking for segments', folder, error)
  }
}

/** Bytes that a segment takes on the disk, its write-ahead log included. */
export function segmentBytes(path: string): number {
  let bytes = 0
  for (const file of [path, `${path}-wal`]) bytes += statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return bytes
}

/** Unlinks a segment. The database goes first: what a crash leaves behind is then no segment any more (removeOrphans). */
export function removeSegment(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true })
}

/** Removes write-ahead logs whose segment is gone, and unfinished segments. Only the process that holds the lock may. */
export function removeOrphans(log: LogFolder): void {
  for (const folder of log.dataFolders) {
    const names = new Set(readdirSync(folder))
    for (const name of names) {
      const database = name.replace(/-(wal|shm|journal)$/, '')
      const isUnfinished = database.endsWith(unfinishedSuffix)
      const isLog = database !== name && segmentName.test(database) && !names.has(database)
      if (isUnfinished || isLog) rmSync(join(folder, name), { force: true })
    }
  }
}

export function makeFolders(log: LogFolder): void {
  for (const folder of [log.folder, ...log.dataFolders]) mkdirSync(folder, { recursive: true })
}

const segmentSteps = [
  'CREATE TABLE batch (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL) STRICT',
] as const

const indexSteps = [
  `CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE cursor (
     kind TEXT NOT NULL, name TEXT NOT NULL, low INTEGER NOT NULL, above TEXT NOT NULL, PRIMARY KEY (kind, name)
   ) STRICT, WITHOUT ROWID`,
] as const

/**
 * Opens a segment for writing. One that is not there is made whole under another name first: a reader never sees half a segment. Nothing is
 * checkpointed unless asked for (fold-segment.ts).
 */
export function openSegmentForWriting(path: string): Database {
  if (!existsSync(path)) {
    const unfinished = `${path}${unfinishedSuffix}`
    rmSync(unfinished, { force: true })
    openSegmentFile(unfinished).close()
    renameSync(unfinished, path)
    syncFolder(dirname(path))
  }
  return openSegmentFile(path)
}

function openSegmentFile(path: string): Database {
  const database = openDatabase(path)
  try {
    database.pragma(`page_size = ${pageBytes}`)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('wal_autocheckpoint = 0')
    // Rows are written once and read by other connections: a large page cache would only be copied through.
    database.pragma('cache_size = -2000')
    migrate(database, segmentSteps)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Makes the names in a folder durable. Windows has nothing of the kind, and needs it not. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Opens the index for writing and makes it when it is not there. Its pages are small: a cursor that moves writes one. */
export function openIndexForWriting(folder: string): Database {
  const database = openDatabase(indexPath(folder))
  try {
    database.pragma('page_size = 1024')
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma('wal_autocheckpoint = 0')
    migrate(database, indexSteps)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** The log that lies in `folder`, as its index says. Throws when the index cannot be read. */
export function readLogFolder(folder: string): LogFolder {
  const index = openDatabase(indexPath(folder), { readonly: true })
  try {
    return { folder, dataFolders: storedDataFolders(index, folder) ?? [folder], keyNames: storedNames(index, 'keyNames') ?? [] }
  } finally {
    index.close()
  }
}

/** Data folders as the index of the log in `folder` has them; undefined in a new one. */
export function storedDataFolders(index: Database, folder: string): string[] | undefined {
  return storedNames(index, 'dataFolders')?.map((data) => resolve(folder, data))
}

/** Data folders as the index keeps them: the folder itself as `.`, so that a log can be moved as a whole. */
export function dataFoldersToStore(log: LogFolder): string {
  return JSON.stringify(log.dataFolders.map((data) => (data === log.folder ? '.' : data)))
}
