// The workspace's memory (workspace.db): what is open, what runs and is to run again, settings, recent files, window state.
import { existsSync, mkdirSync } from 'node:fs'
import * as v from 'valibot'
import type { RecentFile } from '../../src-shared/contract/workspace.ts'
import { MillraceError, phraseOf } from '../../src-shared/errors.ts'
import { keptJson } from '../storage/kept-json.ts'
import { migrate } from '../storage/migrations.ts'
import { type Database, openDatabase, sqliteTransaction } from '../storage/sqlite.ts'
import type { WorkspaceFolders } from './folders.ts'

const steps = [
  `CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE window_state (key TEXT PRIMARY KEY, state TEXT NOT NULL, saved_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE recent (path TEXT PRIMARY KEY, kind TEXT NOT NULL, opened_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE open_log (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
   CREATE TABLE item (
     id TEXT PRIMARY KEY,
     kind TEXT NOT NULL CHECK (kind IN ('pipeline', 'stream')),
     file TEXT NOT NULL,
     place INTEGER NOT NULL,
     wanted INTEGER NOT NULL,
     details TEXT NOT NULL,
     UNIQUE (kind, file)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE run (
     id INTEGER PRIMARY KEY,
     item TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     ended_at INTEGER,
     how TEXT
   ) STRICT;
   CREATE INDEX run_item ON run (item, started_at);`,
  'CREATE TABLE approved (digest TEXT PRIMARY KEY, approved_at INTEGER NOT NULL) STRICT, WITHOUT ROWID',
  // Of runs, only those that have not ended were ever asked for.
  `CREATE TABLE running (item TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
   INSERT INTO running SELECT DISTINCT item FROM run WHERE ended_at IS NULL;
   DROP TABLE run;`,
  // What was closed, by the file that it was of.
  'CREATE TABLE former (id TEXT PRIMARY KEY, kind TEXT NOT NULL, file TEXT NOT NULL) STRICT, WITHOUT ROWID',
]

/** A pipeline or stream that the workspace knows. `wanted`: it is to run, also after a restart. */
export interface WorkspaceItem {
  readonly id: string
  readonly kind: 'pipeline' | 'stream'
  readonly file: string
  readonly wanted: boolean
  /** Positions of nodes, a stream's pipeline …: JSON of whoever owns the item. */
  readonly details: Readonly<Record<string, unknown>>
}

const detailsSchema = v.record(v.string(), v.unknown())
const keptRecent = 50
const keptWindowStates = 200

/** See file. Every change is durable when the method returns. */
export class WorkspaceStore {
  readonly #database: Database

  /** Opens, or makes, the store. A damaged or newer file is refused and left untouched. */
  static open(folders: WorkspaceFolders): WorkspaceStore {
    let database: Database | undefined
    try {
      for (const folder of [folders.root, folders.pipelines]) mkdirSync(folder, { recursive: true })
      // What channels and batches hold came from logs that not everybody may read.
      mkdirSync(folders.state, { recursive: true, mode: 0o700 })
      database = openDatabase(folders.database)
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = FULL')
      migrate(database, steps)
      return new WorkspaceStore(database)
    } catch (error) {
      database?.close()
      throw new MillraceError(
        'IO',
        `The workspace ${folders.root} cannot be used: ${phraseOf(error)}. Nothing in it was changed; name another folder with --workspace.`,
        { cause: error },
      )
    }
  }

  private constructor(database: Database) {
    this.#database = database
  }

  items(kind: WorkspaceItem['kind']): WorkspaceItem[] {
    const rows = this.#database
      .prepare<{ id: string; file: string; wanted: number; details: string }>(
        'SELECT id, file, wanted, details FROM item WHERE kind = ? ORDER BY place',
      )
      .all(kind)
    return rows.map((row) => ({
      id: row.id,
      kind,
      file: row.file,
      wanted: row.wanted === 1,
      details: this.#kept(detailsSchema, row.details, `What is kept of ${row.id}`),
    }))
  }

  /**
   * Adds it under an id that begins with `stem`; answers the id. The id names a folder with channels and positions: a file that was closed
   * gets its own again, and none gets that of another file as long as that is there (one that was moved is the same pipeline).
   */
  addItem(kind: WorkspaceItem['kind'], file: string, stem: string, details: Readonly<Record<string, unknown>> = {}): string {
    return sqliteTransaction(this.#database, (): string => {
      const id = this.#formerId(kind, file) ?? this.#freeId(kind, stem)
      this.#database.prepare('DELETE FROM former WHERE id = ?').run(id)
      this.#database
        .prepare(
          'INSERT INTO item (id, kind, file, place, wanted, details) VALUES (?, ?, ?, (SELECT coalesce(max(place), 0) + 1 FROM item), 0, ?)',
        )
        .run(id, kind, file, JSON.stringify(details))
      return id
    })
  }

  removeItem(id: string): void {
    sqliteTransaction(this.#database, () => {
      this.#database.prepare('INSERT OR REPLACE INTO former SELECT id, kind, file FROM item WHERE id = ?').run(id)
      this.#database.prepare('DELETE FROM item WHERE id = ?').run(id)
    })
  }

  /** The id that a file had when it was closed, unless something else has it by now. */
  #formerId(kind: WorkspaceItem['kind'], file: string): string | undefined {
    const sql = 'SELECT id FROM former WHERE kind = ? AND file = ? AND id NOT IN (SELECT id FROM item)'
    return this.#database.prepare<{ id: string }>(sql).get(kind, file)?.id
  }

  #freeId(kind: WorkspaceItem['kind'], stem: string): string {
    const open = this.#database.prepare('SELECT 1 FROM item WHERE id = ?')
    const closed = this.#database.prepare<{ file: string }>('SELECT file FROM former WHERE id = ? AND kind = ?')
    for (let number = 1; ; number++) {
      const id = number === 1 ? stem : `${stem}-${number}`
      const former = closed.get(id, kind)
      if (open.get(id) === undefined && (former === undefined || !existsSync(former.file))) return id
    }
  }

  setWanted(id: string, wanted: boolean): void {
    this.#database.prepare('UPDATE item SET wanted = ? WHERE id = ?').run(wanted ? 1 : 0, id)
  }

  setDetails(id: string, details: Readonly<Record<string, unknown>>): void {
    this.#database.prepare('UPDATE item SET details = ? WHERE id = ?').run(JSON.stringify(details), id)
  }

  /** Notes that an item runs, or no longer does: what is left running when an engine starts, the one before it was killed with. */
  setRunning(item: string, running: boolean): void {
    const sql = running ? 'INSERT OR IGNORE INTO running (item) VALUES (?)' : 'DELETE FROM running WHERE item = ?'
    this.#database.prepare(sql).run(item)
  }

  /** Items that ran when the engine before this one was killed; they are asked for once. */
  takeCrashed(): string[] {
    const crashed = this.#database.prepare<{ item: string }>('DELETE FROM running RETURNING item').all()
    return crashed.map((row) => row.item)
  }

  isApproved(digest: string): boolean {
    return this.#database.prepare('SELECT 1 FROM approved WHERE digest = ?').get(digest) !== undefined
  }

  approve(digests: readonly string[], now: number): void {
    sqliteTransaction(this.#database, () => {
      const add = this.#database.prepare('INSERT OR IGNORE INTO approved (digest, approved_at) VALUES (?, ?)')
      for (const digest of digests) add.run(digest, now)
    })
  }

  openLogs(): string[] {
    return this.#database
      .prepare<{ path: string }>('SELECT path FROM open_log')
      .all()
      .map((row) => row.path)
  }

  setOpenLogs(paths: readonly string[]): void {
    sqliteTransaction(this.#database, () => {
      this.#database.exec('DELETE FROM open_log')
      const add = this.#database.prepare('INSERT OR IGNORE INTO open_log (path) VALUES (?)')
      for (const path of paths) add.run(path)
    })
  }

  recent(): RecentFile[] {
    return this.#database
      .prepare<RecentFile>('SELECT path, kind, opened_at AS openedAt FROM recent ORDER BY opened_at DESC, path LIMIT ?')
      .all(keptRecent)
  }

  addRecent(path: string, kind: RecentFile['kind'], now: number): void {
    this.#database
      .prepare(
        'INSERT INTO recent (path, kind, opened_at) VALUES (?, ?, ?) ON CONFLICT (path) DO UPDATE SET kind = excluded.kind, opened_at = excluded.opened_at',
      )
      .run(path, kind, now)
    this.#database.prepare('DELETE FROM recent WHERE path NOT IN (SELECT path FROM recent ORDER BY opened_at DESC LIMIT ?)').run(keptRecent)
  }

  forgetRecent(path: string): void {
    this.#database.prepare('DELETE FROM recent WHERE path = ?').run(path)
  }

  settings(): Record<string, unknown> {
    const rows = this.#database.prepare<{ key: string; value: string }>('SELECT key, value FROM setting').all()
    return Object.fromEntries(rows.map((row) => [row.key, this.#kept(v.unknown(), row.value, `The setting ${row.key}`)]))
  }

  setSettings(values: Readonly<Record<string, unknown>>): void {
    sqliteTransaction(this.#database, () => {
      const set = this.#database.prepare(
        'INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      )
      for (const [key, value] of Object.entries(values)) set.run(key, JSON.stringify(value))
    })
  }

  windowState(key: string): unknown {
    const row = this.#database.prepare<{ state: string }>('SELECT state FROM window_state WHERE key = ?').get(key)
    return row === undefined ? null : this.#kept(v.unknown(), row.state, `The window state ${key}`)
  }

  saveWindowState(key: string, state: string, now: number): void {
    this.#database
      .prepare(
        'INSERT INTO window_state (key, state, saved_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET state = excluded.state, saved_at = excluded.saved_at',
      )
      .run(key, state, now)
    this.#database
      .prepare('DELETE FROM window_state WHERE key NOT IN (SELECT key FROM window_state ORDER BY saved_at DESC LIMIT ?)')
      .run(keptWindowStates)
  }

  close(): void {
    this.#database.close()
  }

  #kept<T>(schema: v.GenericSchema<unknown, T>, text: string, what: string): T {
    const mend = 'Name another folder with --workspace, or move that file away: pipelines and programs themselves lie elsewhere.'
    return keptJson(schema, text, { what: `${what} in ${this.#database.name}`, mend })
  }
}
