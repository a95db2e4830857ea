// A stream's own memory on disk: which range of which log each batch has, and what became of it. One SQLite file per stream, `stream.db`,
// and `stream.lock` beside it, locked for as long as a process runs the stream.
//
//   meta   key → JSON       `checkpoint`: StreamCheckpoint (data only: names, intervals, the graph by operator id; never code)
//   batch  time, state      state: planned → completed | failed; failed → planned when it runs again; given-up: a person released it
//   range  time, input, from_ordinal, until_ordinal (exclusive), records, bytes
//
// Invariants. A batch's ranges are written, and synced, before it runs, and never change afterwards: a batch that runs again has the same
// ones. The ranges of one input follow one another without gap or overlap in order of batch time. Completed batches older than
// `keptBatches` are forgotten, but never the newest, from whose end the next range goes on.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { MillraceError, messageOf, phraseOf } from '../../../src-shared/errors.ts'
import type { InputRange } from '../../../src-shared/streaming/batch-record.ts'
import { type FileLock, lockFile } from '../../storage/file-lock.ts'
import { keptJson } from '../../storage/kept-json.ts'
import { migrate } from '../../storage/migrations.ts'
import { type Database, openDatabase, sqliteTransaction } from '../../storage/sqlite.ts'
import type { GraphDescription, PendingBatch } from '../host.ts'

export type PlannedState = 'planned' | 'completed' | 'failed' | 'given-up'

export interface PlannedBatch extends PendingBatch {
  readonly state: PlannedState
  /** How often it was begun. */
  readonly attempts: number
}

/** What a stream must be to go on from here. */
export interface StreamCheckpoint {
  /** Time zero of the stream's first run: windows stay aligned to it. Absent until the first batch. */
  readonly zeroTime?: number
  readonly graph: GraphDescription
  /** Windows of the program may still read batches after this time. */
  readonly neededAfter?: number
  readonly totals?: StreamTotals
}

/** Over the whole life of the stream. */
export interface StreamTotals {
  readonly completed: number
  /** Runs of batches that failed; one that ran again and succeeded counts in both. */
  readonly failed: number
  readonly records: number
}

const checkpointSchema: v.GenericSchema<unknown, StreamCheckpoint> = v.object({
  zeroTime: v.exactOptional(v.number()),
  graph: v.object({
    batchDurationMs: v.number(),
    operators: v.array(v.object({ id: v.number(), name: v.string(), parents: v.array(v.number()), slideMs: v.number() })),
    outputs: v.array(v.object({ outputId: v.number(), name: v.string(), operatorId: v.number() })),
    directInputs: v.array(v.string()),
  }),
  neededAfter: v.exactOptional(v.number()),
  totals: v.exactOptional(v.object({ completed: v.number(), failed: v.number(), records: v.number() })),
})

const steps = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE batch (
     time INTEGER PRIMARY KEY,
     state TEXT NOT NULL CHECK (state IN ('planned', 'completed', 'failed', 'given-up')),
     attempts INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX batch_open ON batch (time) WHERE state IN ('planned', 'failed');
   CREATE TABLE range (
     time INTEGER NOT NULL REFERENCES batch (time),
     input TEXT NOT NULL,
     from_ordinal INTEGER NOT NULL,
     until_ordinal INTEGER NOT NULL CHECK (until_ordinal >= from_ordinal),
     records INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     PRIMARY KEY (time, input)
   ) STRICT;
   CREATE INDEX range_input ON range (input, time);`,
]

const keptBatches = 10_000
const trimEvery = 100
const rememberedBatches = 1000

/** See StreamStore.past. */
export interface StreamPast {
  readonly zeroTime?: number
  readonly totals?: StreamTotals
  readonly remembered: readonly PendingBatch[]
}

function cannotOpen(path: string, cause: unknown): MillraceError {
  return new MillraceError('IO', `The stream's state in ${path} could not be opened: ${phraseOf(cause)}. It was left untouched.`, { cause })
}

/** See file. Every method that changes something is durable when it returns. */
export class StreamStore {
  readonly #database: Database
  readonly #lock: FileLock | undefined
  readonly #statements: ReturnType<typeof prepare>
  #checkpoint: StreamCheckpoint | undefined
  #sinceTrim = 0

  /** Opens, or makes, the store in `folder` and locks it. CHANNEL_LOCKED when another process runs this stream. */
  static open(folder: string): StreamStore {
    mkdirSync(folder, { recursive: true })
    const lock = lockStream(folder)
    const path = join(folder, 'stream.db')
    let database: Database | undefined
    try {
      database = openDatabase(path)
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = FULL')
      migrate(database, steps)
      return new StreamStore(database, lock)
    } catch (error) {
      database?.close()
      lock.release()
      throw cannotOpen(path, error)
    }
  }

  /** What a replay of the batch of `time` needs: also while another process runs the stream. */
  static peek(folder: string, time: number): StreamPast {
    const path = join(folder, 'stream.db')
    if (!existsSync(path)) return { remembered: [] }
    let database: Database | undefined
    try {
      database = openDatabase(path, { readonly: true })
      return new StreamStore(database, undefined).past(time)
    } catch (error) {
      throw cannotOpen(path, error)
    } finally {
      database?.close()
    }
  }

  private constructor(database: Database, lock: FileLock | undefined) {
    this.#database = database
    this.#lock = lock
    this.#statements = prepare(database)
    const row = this.#statements.meta.get('checkpoint')
    if (row === undefined) return
    const mend = 'A new --work-dir begins the stream anew.'
    this.#checkpoint = keptJson(checkpointSchema, row.value, { what: `The checkpoint in ${database.name}`, mend })
  }

  checkpoint(): StreamCheckpoint | undefined {
    return this.#checkpoint
  }

  saveCheckpoint(checkpoint: StreamCheckpoint): void {
    this.#statements.setMeta.run('checkpoint', JSON.stringify(checkpoint))
    this.#checkpoint = checkpoint
  }

  /** Writes a new batch with its ranges. Called before it runs. STREAMING_STATE when there is one of this time or a later one. */
  plan(time: number, ranges: readonly InputRange[], zeroTime: number): void {
    sqliteTransaction(this.#database, () => {
      this.#amend({ zeroTime })
      const last = this.lastTime()
      if (last !== undefined && last >= time) {
        throw new MillraceError('STREAMING_STATE', `A batch of time ${time} cannot be planned after one of time ${last}.`)
      }
      this.#statements.insertBatch.run(time)
      for (const { input, from, until, records, bytes } of ranges)
        this.#statements.insertRange.run(time, input, from, until, records, bytes)
    })
  }

  /** Every batch that has not completed is begun once more. Answers them, oldest first. */
  beginAgain(): PlannedBatch[] {
    sqliteTransaction(this.#database, () => {
      this.#statements.again.run()
    })
    return this.pending()
  }

  /** Every output of the batch has succeeded. Windows may still read batches after `neededAfter`. */
  complete(time: number, neededAfter: number, totals?: StreamTotals): void {
    sqliteTransaction(this.#database, () => {
      this.#amend({ neededAfter, ...(totals && { totals }) })
      this.#setState(time, 'completed')
      if (this.#sinceTrim++ % trimEvery !== 0) return
      const kept = this.#statements.oldestKept.get(keptBatches)?.time
      if (kept === undefined) return
      const oldest = Math.min(kept, neededAfter)
      this.#statements.forgetRanges.run(oldest)
      this.#statements.forgetBatches.run(oldest)
    })
  }

  /** An output failed. The batch keeps its ranges, and holds them in the log, until it runs again or is given up. */
  fail(time: number): void {
    this.#setState(time, 'failed')
  }

  /** A person gives up what has not completed: those ranges are not run again. Answers how many batches that were. */
  giveUpPending(): number {
    return this.#statements.giveUp.run().changes
  }

  /** Completed batches after this time, oldest first. */
  completedAfter(time: number): PlannedBatch[] {
    return this.#statements.after.all(time).map((row) => this.#withRanges(row))
  }

  /** Zero time, and the batches before `time` that its windows may have read. */
  past(time: number): StreamPast {
    const rows = this.#statements.before.all(time, rememberedBatches)
    const { zeroTime, totals } = this.#checkpoint ?? {}
    return {
      ...(zeroTime !== undefined && { zeroTime }),
      ...(totals && { totals }),
      remembered: rows.reverse().map((row) => this.#withRanges(row)),
    }
  }

  /** Batches that have not completed, oldest first: what a restart runs again. */
  pending(): PlannedBatch[] {
    return this.#statements.pending.all().map((row) => this.#withRanges(row))
  }

  /** All kept batches, oldest first. */
  all(): PlannedBatch[] {
    return this.#statements.all.all().map((row) => this.#withRanges(row))
  }

  batch(time: number): PlannedBatch | undefined {
    const row = this.#statements.one.get(time)
    return row === undefined ? undefined : this.#withRanges(row)
  }

  lastTime(): number | undefined {
    return this.#statements.last.get()?.time ?? undefined
  }

  lastCompleted(): number | undefined {
    return this.#statements.lastCompleted.get()?.time ?? undefined
  }

  /** Where the next range of this input begins, or undefined before its first. */
  endOf(input: string): number | undefined {
    return this.#statements.end.get(input)?.until_ordinal
  }

  /** Up to where this input's log is not needed any more: the begin of the oldest batch that is open or needed, or the end of the last. */
  lowWaterOf(input: string): number | undefined {
    const after = this.#checkpoint?.neededAfter
    const needed = after === undefined ? Number.MAX_SAFE_INTEGER : after + 1
    const open = this.#statements.oldestOpen.get()?.time ?? Number.MAX_SAFE_INTEGER
    return this.#statements.fromAt.get(input, Math.min(needed, open))?.from_ordinal ?? this.endOf(input)
  }

  close(): void {
    this.#database.close()
    this.#lock?.release()
  }

  #amend(change: Partial<StreamCheckpoint>): void {
    const checkpoint = this.#checkpoint
    if (checkpoint === undefined) throw new MillraceError('STREAMING_STATE', 'A batch was planned before the stream has started.')
    const changed = Object.entries(change).some(([key, value]) => checkpoint[key as keyof StreamCheckpoint] !== value)
    if (changed) this.saveCheckpoint({ ...checkpoint, ...change })
  }

  #setState(time: number, state: PlannedState): void {
    if (this.#statements.setState.run(state, time).changes === 0) {
      throw new MillraceError('STREAMING_STATE', `There is no batch of time ${time}.`)
    }
  }

  #withRanges(row: BatchRow): PlannedBatch {
    return { batchTime: row.time, state: row.state, attempts: row.attempts, ranges: this.#statements.ranges.all(row.time) }
  }
}

interface BatchRow {
  readonly time: number
  readonly state: PlannedState
  readonly attempts: number
}

function prepare(database: Database) {
  return {
    meta: database.prepare<{ value: string }>('SELECT value FROM meta WHERE key = ?'),
    setMeta: database.prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'),
    insertBatch: database.prepare("INSERT INTO batch (time, state, attempts) VALUES (?, 'planned', 1)"),
    insertRange: database.prepare('INSERT INTO range (time, input, from_ordinal, until_ordinal, records, bytes) VALUES (?, ?, ?, ?, ?, ?)'),
    again: database.prepare("UPDATE batch SET state = 'planned', attempts = attempts + 1 WHERE state IN ('planned', 'failed')"),
    setState: database.prepare('UPDATE batch SET state = ? WHERE time = ?'),
    giveUp: database.prepare("UPDATE batch SET state = 'given-up' WHERE state IN ('planned', 'failed')"),
    pending: database.prepare<BatchRow>("SELECT time, state, attempts FROM batch WHERE state IN ('planned', 'failed') ORDER BY time"),
    all: database.prepare<BatchRow>('SELECT time, state, attempts FROM batch ORDER BY time'),
    one: database.prepare<BatchRow>('SELECT time, state, attempts FROM batch WHERE time = ?'),
    ranges: database.prepare<InputRange>(
      'SELECT input, from_ordinal AS "from", until_ordinal AS until, records, bytes FROM range WHERE time = ? ORDER BY rowid',
    ),
    last: database.prepare<{ time: number | null }>('SELECT max(time) AS time FROM batch'),
    lastCompleted: database.prepare<{ time: number | null }>("SELECT max(time) AS time FROM batch WHERE state = 'completed'"),
    end: database.prepare<{ until_ordinal: number }>('SELECT until_ordinal FROM range WHERE input = ? ORDER BY time DESC LIMIT 1'),
    after: database.prepare<BatchRow>("SELECT time, state, attempts FROM batch WHERE time > ? AND state = 'completed' ORDER BY time"),
    before: database.prepare<BatchRow>(
      "SELECT time, state, attempts FROM batch WHERE time < ? AND state = 'completed' ORDER BY time DESC LIMIT ?",
    ),
    oldestOpen: database.prepare<{ time: number | null }>("SELECT min(time) AS time FROM batch WHERE state IN ('planned', 'failed')"),
    fromAt: database.prepare<{ from_ordinal: number }>(
      'SELECT from_ordinal FROM range WHERE input = ? AND time >= ? ORDER BY time LIMIT 1',
    ),
    // Of those that are done: any number may be planned ahead of them, and the last that has completed is where state stands.
    oldestKept: database.prepare<{ time: number }>(
      "SELECT time FROM batch WHERE state IN ('completed', 'given-up') ORDER BY time DESC LIMIT 1 OFFSET ? - 1",
    ),
    forgetRanges: database.prepare(
      "DELETE FROM range WHERE time IN (SELECT time FROM batch WHERE time < ? AND state IN ('completed', 'given-up'))",
    ),
    forgetBatches: database.prepare("DELETE FROM batch WHERE time < ? AND state IN ('completed', 'given-up')"),
  }
}

function lockStream(folder: string): FileLock {
  const ownerPath = join(folder, 'stream.pid')
  let lock: FileLock | undefined
  try {
    lock = lockFile(join(folder, 'stream.lock'))
    if (lock !== undefined) writeFileSync(ownerPath, `${process.pid}\n`)
  } catch (error) {
    lock?.release()
    throw new MillraceError('IO', `The stream's folder ${folder} could not be locked: ${messageOf(error)}`, { cause: error })
  }
  if (lock !== undefined) return lock
  throw new MillraceError(
    'CHANNEL_LOCKED',
    `The stream in ${folder} is run by another process (pid ${ownerOf(ownerPath)}). Stop that one, or give this one a --work-dir of its own.`,
  )
}

function ownerOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown' // the other process is between its lock and its first line here
  }
}
