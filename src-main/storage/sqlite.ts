// SQLite for everybody else: the one place that knows the driver. Synchronous throughout; a transaction has no `await` between begin and
// commit, which sqliteTransaction's type enforces.
// The driver's types are named here, so that every world that imports this file finds them.
/// <reference path="./better-sqlite3.d.ts" />
import Driver from 'better-sqlite3'

export type SqlValue = null | number | bigint | string | Uint8Array

/** A prepared statement whose rows are `Row`. Integers come as numbers (exact up to 2^53), blobs as Uint8Array. */
export interface Statement<Row = unknown> {
  run(...parameters: readonly SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number | bigint }
  get(...parameters: readonly SqlValue[]): Row | undefined
  all(...parameters: readonly SqlValue[]): Row[]
  iterate(...parameters: readonly SqlValue[]): IterableIterator<Row>
}

export interface Database {
  /** The path that it was opened with. */
  readonly name: string
  readonly open: boolean
  readonly inTransaction: boolean
  prepare<Row = unknown>(sql: string): Statement<Row>
  exec(sql: string): void
  /** Rows of a pragma, or with `simple` the first column of its first row. */
  pragma(text: string, options?: { simple?: boolean }): unknown
  close(): void
}

export interface OpenOptions {
  readonly readonly?: boolean
  /** The file must be there: none is made. */
  readonly mustExist?: boolean
  /** How long a call waits for another connection's lock. */
  readonly busyTimeoutMs?: number
}

/** Opens (and without `mustExist` makes) a database file. Pragmas are the caller's. */
export function openDatabase(path: string, options: OpenOptions = {}): Database {
  return new Driver(path, {
    readonly: options.readonly ?? false,
    fileMustExist: options.mustExist ?? options.readonly ?? false,
    timeout: options.busyTimeoutMs ?? 5000,
  }) as Database
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. `work` must be synchronous. */
export function sqliteTransaction<T>(database: Database, work: () => T extends Promise<unknown> ? never : T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // SQLite has rolled back by itself after some errors (full disk, I/O).
    if (database.inTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** Committed frames in the write-ahead log of `database`. Nothing is checkpointed. */
export function framesInLog(database: Database): number {
  const [state] = database.pragma('wal_checkpoint(NOOP)') as [{ readonly log: number }]
  return state.log
}

/** The driver's error code (`SQLITE_FULL`, `SQLITE_CORRUPT`, …), or undefined when SQLite did not raise this error. */
export function sqliteCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined
  return thrown.code.startsWith('SQLITE_') ? thrown.code : undefined
}

/** True when the disk (or a quota) had no room. */
export function isDiskFull(thrown: unknown): boolean {
  if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT')) return true
  const code = sqliteCode(thrown)
  return code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE'
}

/** True when SQLite found its file damaged. */
export function isDamage(thrown: unknown): boolean {
  const code = sqliteCode(thrown)
  return code !== undefined && (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'SQLITE_IOERR_SHORT_READ')
}
