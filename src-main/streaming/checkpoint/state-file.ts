// The state of a stream's operators on disk: `state.db` in the stream's folder, written by the program's process with every batch, before
// the batch counts as completed.
//
//   operator  id, name
//   snapshot  operator, version, part, data   every entry at that version, in parts: V8-serialised [key, value, updatedAt][]
//   change    operator, version, data         what the batch of that time changed: [key, removed, value, updatedAt][]
//
// A version is a batch time. The state at version v is the newest snapshot that is not after v, and the changes after it up to v. A batch
// that was written here and then did not complete (a kill between the two) is left out when the stream goes on: what is older is kept until
// a newer batch is written. When changes outweigh the snapshot, a new snapshot is written with the next batch.
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { MillraceError } from '../../../src-shared/errors.ts'
import { migrate } from '../../storage/migrations.ts'
import { type Database, openDatabase, sqliteTransaction } from '../../storage/sqlite.ts'
import type { StateEntry, StateHistory, StateSource } from '../host.ts'
import { KeyedMap } from '../rdd/keyed-map.ts'
import { unkeepableKind } from './keepable.ts'

const steps = [
  `CREATE TABLE operator (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
   CREATE TABLE snapshot (operator INTEGER, version INTEGER, part INTEGER, data BLOB NOT NULL, PRIMARY KEY (operator, version, part)) STRICT;
   CREATE TABLE change (operator INTEGER, version INTEGER, data BLOB NOT NULL, PRIMARY KEY (operator, version)) STRICT;`,
]

const entriesPerPart = 10_000
/** Changes are never rewritten as a snapshot below this. */
const smallestCompactionBytes = 8 * 1024 * 1024

type StoredEntry = readonly [key: unknown, value: unknown, updatedAt: number]
type StoredChange = readonly [key: unknown, removed: boolean, value: unknown, updatedAt: number]

/** See file. */
export class StateFile {
  readonly #database: Database
  readonly #bytes = new Map<number, { snapshot: number; changes: number }>()

  static open(folder: string): StateFile {
    const database = openDatabase(join(folder, 'state.db'))
    database.pragma('page_size = 16384')
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    migrate(database, steps)
    return new StateFile(database)
  }

  /** For a replay beside a stream that may run. */
  static openToRead(folder: string): StateFile {
    return new StateFile(openDatabase(join(folder, 'state.db'), { readonly: true }))
  }

  private constructor(database: Database) {
    this.#database = database
  }

  /** Ids and names of the operators whose state is kept. */
  operators(): { readonly id: number; readonly name: string }[] {
    return this.#database.prepare<{ id: number; name: string }>('SELECT id, name FROM operator ORDER BY id').all()
  }

  /** Leaves out what batches after `version` wrote: they did not complete. */
  rollBackTo(version: number): void {
    sqliteTransaction(this.#database, () => {
      for (const table of ['snapshot', 'change']) this.#database.prepare(`DELETE FROM ${table} WHERE version > ?`).run(version)
    })
  }

  /** Writes what the batch of `batchTime` made of these states. `nameOf`: what the program's graph calls an operator. Durable when it returns. */
  save(batchTime: number, states: readonly StateSource[], nameOf: (operatorId: number) => string): void {
    sqliteTransaction(this.#database, () => {
      for (const state of states) this.#save(batchTime, state, nameOf(state.operatorId))
    })
  }

  /** The state of an operator as of `version`, or undefined where nothing (or nothing so old) is kept. */
  stateAt(operatorId: number, version: number): { readonly version: number; readonly entries: Iterable<StateEntry> } | undefined {
    const base = this.#snapshotBefore(operatorId, version)
    if (base === undefined) return undefined
    const entries = new KeyedMap<unknown, { readonly value: unknown; readonly updatedAt: number }>()
    const parts = this.#database.prepare<{ data: Uint8Array }>('SELECT data FROM snapshot WHERE operator = ? AND version = ? ORDER BY part')
    for (const { data } of parts.iterate(operatorId, base)) {
      for (const [key, value, updatedAt] of deserialize(data) as StoredEntry[]) entries.set(key, { value, updatedAt })
    }
    let newest = base
    const changes = this.#database.prepare<{ version: number; data: Uint8Array }>(
      'SELECT version, data FROM change WHERE operator = ? AND version > ? AND version <= ? ORDER BY version',
    )
    for (const change of changes.iterate(operatorId, base, version)) {
      newest = change.version
      for (const [key, removed, value, updatedAt] of deserialize(change.data) as StoredChange[]) {
        if (removed) entries.delete(key)
        else entries.set(key, { value, updatedAt })
      }
    }
    return { version: newest, entries: stateEntries(entries) }
  }

  /**
   * The state of an operator `historyMs` before `until`, or as old as there is, and what the batches after it changed, up to `until`;
   * undefined where nothing is kept.
   */
  historyOf(operatorId: number, until: number, historyMs: number): StateHistory | undefined {
    const base = this.stateAt(operatorId, this.#reachable(operatorId, until, historyMs))
    if (base === undefined) return undefined
    const rows = this.#database
      .prepare<{ version: number; data: Uint8Array }>(
        'SELECT version, data FROM change WHERE operator = ? AND version > ? AND version <= ? ORDER BY version',
      )
      .all(operatorId, base.version, until)
    const later = rows.map(({ version, data }) => ({
      version,
      changes: (deserialize(data) as StoredChange[]).map(([key, removed, value, updatedAt]) => ({
        partition: 0,
        key,
        removed,
        value,
        updatedAt,
      })),
    }))
    return { ...base, later }
  }

  /** The version to begin a history with: behind it, no snapshot stands without its changes. */
  #reachable(operatorId: number, until: number, historyMs: number): number {
    const snapshots = this.#database
      .prepare<{ version: number; alone: number }>(
        `SELECT DISTINCT version, NOT EXISTS (SELECT 1 FROM change WHERE change.operator = snapshot.operator AND change.version = snapshot.version) AS alone
         FROM snapshot WHERE operator = ? AND version <= ? ORDER BY version`,
      )
      .all(operatorId, until)
    const alone = snapshots.filter((snapshot) => snapshot.alone === 1).at(-1)?.version ?? Number.MIN_SAFE_INTEGER
    return Math.max(until - historyMs, snapshots[0]?.version ?? until, alone)
  }

  close(): void {
    this.#database.close()
  }

  #save(batchTime: number, state: StateSource, name: string): void {
    const { operatorId, version } = state
    if (!Number.isFinite(version)) return // it has seen no batch yet
    const stored = this.#newestVersion(operatorId)
    if (stored === version) return
    const changes = stored === undefined ? undefined : state.changesSince(stored)
    if (changes !== undefined) {
      const data: StoredChange[] = Array.from(changes, ({ key, removed, value, updatedAt }) => [
        key,
        removed,
        keepable(value, state.name),
        updatedAt,
      ])
      const bytes = serialize(data)
      this.#bytesOf(operatorId).changes += bytes.length
      this.#database.prepare('INSERT OR REPLACE INTO change (operator, version, data) VALUES (?, ?, ?)').run(operatorId, batchTime, bytes)
    }
    if (changes === undefined || this.#outweighed(operatorId)) {
      this.#writeSnapshot(operatorId, state, name)
      this.#forgetBefore(operatorId, stored === undefined ? undefined : Math.min(stored, batchTime - state.historyMs))
      this.#bytes.delete(operatorId)
    }
  }

  #writeSnapshot(operatorId: number, state: StateSource, name: string): void {
    this.#database.prepare('INSERT OR REPLACE INTO operator (id, name) VALUES (?, ?)').run(operatorId, name)
    const insert = this.#database.prepare('INSERT OR REPLACE INTO snapshot (operator, version, part, data) VALUES (?, ?, ?, ?)')
    let part = 0
    let entries: StoredEntry[] = []
    const flush = (): void => {
      insert.run(operatorId, state.version, part++, serialize(entries))
      entries = []
    }
    for (const { key, value, updatedAt } of state.entries()) {
      entries.push([key, keepable(value, state.name), updatedAt])
      if (entries.length >= entriesPerPart) flush()
    }
    if (entries.length > 0 || part === 0) flush()
  }

  // The state at `version`, the last that is known to have completed, must still be there if this batch does not.
  #forgetBefore(operatorId: number, version: number | undefined): void {
    const base = version === undefined ? undefined : this.#snapshotBefore(operatorId, version)
    if (base === undefined) return
    for (const table of ['snapshot', 'change']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE operator = ? AND version < ?`).run(operatorId, base)
    }
  }

  #snapshotBefore(operatorId: number, version: number): number | undefined {
    const row = this.#database
      .prepare<{ version: number | null }>('SELECT max(version) AS version FROM snapshot WHERE operator = ? AND version <= ?')
      .get(operatorId, version)
    return row?.version ?? undefined
  }

  #newestVersion(operatorId: number): number | undefined {
    const row = this.#database
      .prepare<{ version: number | null }>(
        'SELECT max(version) AS version FROM (SELECT version FROM snapshot WHERE operator = ? UNION ALL SELECT version FROM change WHERE operator = ?)',
      )
      .get(operatorId, operatorId)
    return row?.version ?? undefined
  }

  #outweighed(operatorId: number): boolean {
    const { snapshot, changes } = this.#bytesOf(operatorId)
    return changes > Math.max(smallestCompactionBytes, snapshot)
  }

  /** Of the newest snapshot, and of the changes after it. */
  #bytesOf(operatorId: number): { snapshot: number; changes: number } {
    let bytes = this.#bytes.get(operatorId)
    if (bytes === undefined) {
      const newest = this.#snapshotBefore(operatorId, Number.MAX_SAFE_INTEGER) ?? 0
      const sum = (table: string, comparison: string): number =>
        this.#database
          .prepare<{ bytes: number | null }>(
            `SELECT sum(length(data)) AS bytes FROM ${table} WHERE operator = ? AND version ${comparison} ?`,
          )
          .get(operatorId, newest)?.bytes ?? 0
      bytes = { snapshot: sum('snapshot', '='), changes: sum('change', '>') }
      this.#bytes.set(operatorId, bytes)
    }
    return bytes
  }
}

function* stateEntries(entries: KeyedMap<unknown, { readonly value: unknown; readonly updatedAt: number }>): Generator<StateEntry> {
  for (const [key, { value, updatedAt }] of entries.entries()) yield { partition: 0, key, value, updatedAt }
}

function keepable(value: unknown, operator: string): unknown {
  const kind = unkeepableKind(value)
  if (kind === undefined) return value
  throw new MillraceError(
    'PROGRAM_FAILED',
    `The state of ${operator} holds a ${kind}, which cannot be kept over a restart. Keep plain objects, arrays, maps, text or numbers.`,
  )
}
