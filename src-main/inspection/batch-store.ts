// What is kept of past batches: their records, and every program version that made one. One SQLite file per stream, `batches.db`, bounded
// by count and by bytes; the oldest go first. It can be read while the stream runs. Losing its end to a power cut loses no data of the
// person's: which range each batch had stands in the stream's own store.
//
//   batch    time, status, attempts, head (of the packed record), record (as form says; empty: head is all), form, bytes, version
//            form   details: the text of the record's details; deflated-details: the same, deflated; whole: the deflated JSON of all of it
//   version  hash → main URL, files (deflated JSON [url, text][]), first_used
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import * as v from 'valibot'
import { MillraceError, phraseOf } from '../../src-shared/errors.ts'
import type { BatchRecord, BatchStatus } from '../../src-shared/streaming/batch-record.ts'
import { checkedRecord, type PackedDetails, type PackedRecord, unpackRecord } from '../../src-shared/streaming/packed-record.ts'
import { keptJson } from '../storage/kept-json.ts'
import { migrate } from '../storage/migrations.ts'
import { type Database, openDatabase, type Statement, sqliteTransaction } from '../storage/sqlite.ts'
import type { ProgramVersion } from '../streaming/program/load-program.ts'
import type { StoredBatch } from './batch-view.ts'

export interface BatchStoreLimits {
  readonly batches: number
  readonly bytes: number
}

/** A record to be kept. */
export interface KeptBatch {
  readonly record: PackedRecord
  readonly attempts: number
  readonly details?: string
}

const defaultBatchStoreLimits: BatchStoreLimits = { batches: 10_000, bytes: 256 * 1024 * 1024 }

/** Details of so many characters are worth deflating: the small ones of small batches cost more time than they take room. */
const deflatedFrom = 16 * 1024

const versionFiles = v.array(v.tuple([v.string(), v.string()]))

/** Of a damaged file. */
const mend = 'Delete that file while the stream is stopped: it holds what is shown of past batches and nothing else.'

const forgetDetails = `UPDATE batch SET record = x'', form = 'details' WHERE form <> 'whole';`

const steps = [
  `CREATE TABLE batch (
     time INTEGER PRIMARY KEY,
     status TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     head TEXT NOT NULL,
     record BLOB NOT NULL,
     bytes INTEGER NOT NULL,
     version TEXT NOT NULL
   ) STRICT;
   CREATE TABLE version (hash TEXT PRIMARY KEY, main TEXT NOT NULL, files BLOB NOT NULL, first_used INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE size (one INTEGER PRIMARY KEY CHECK (one = 1), batches INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
   INSERT INTO size VALUES (1, 0, 0);`,
  `ALTER TABLE batch ADD COLUMN form TEXT NOT NULL DEFAULT 'whole';`,
  // Samples changed their form twice before there was a release.
  forgetDetails,
  forgetDetails,
]

function cannotRead(path: string, cause: unknown): MillraceError {
  const message = `The batches that are recorded in ${path} cannot be read: ${phraseOf(cause)}. Without that file the stream records anew.`
  return new MillraceError('IO', message, { cause })
}

/** See file. */
export class BatchStore implements Disposable {
  readonly #database: Database
  readonly #limits: BatchStoreLimits
  readonly #statements = new Map<string, Statement>()

  /** Makes what is not there. IO when the folder or what is there cannot be used. */
  static open(folder: string, limits: BatchStoreLimits = defaultBatchStoreLimits): BatchStore {
    const path = join(folder, 'batches.db')
    let database: Database | undefined
    try {
      mkdirSync(folder, { recursive: true })
      database = openDatabase(path)
      database.pragma('page_size = 16384')
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = NORMAL')
      migrate(database, steps)
      return new BatchStore(database, limits)
    } catch (error) {
      database?.close()
      throw cannotRead(path, error)
    }
  }

  /** For looking only, also beside a stream that runs. NOT_FOUND when nothing was recorded in `folder`, IO when it cannot be read. */
  static openToRead(folder: string): BatchStore {
    const path = join(folder, 'batches.db')
    if (!existsSync(path)) {
      throw new MillraceError('NOT_FOUND', `No batches are recorded in ${folder}. Run a stream first, or name its folder with --work-dir.`)
    }
    let database: Database | undefined
    try {
      database = openDatabase(path, { readonly: true })
      // SQLite looks at a file when it is first asked for something.
      database.prepare('SELECT batches FROM size').get()
    } catch (error) {
      database?.close()
      throw cannotRead(path, error)
    }
    return new BatchStore(database, defaultBatchStoreLimits)
  }

  private constructor(database: Database, limits: BatchStoreLimits) {
    this.#database = database
    this.#limits = limits
  }

  /**
   * Keeps these records in one transaction (a batch that ran again replaces its earlier record), then gives up what is over the limits.
   * `late`: details of batches that are kept without them.
   */
  add(batches: readonly KeptBatch[], late: readonly PackedDetails[] = []): void {
    if (batches.length + late.length === 0) return
    sqliteTransaction(this.#database, () => {
      let [count, bytes] = [0, 0]
      for (const batch of batches) {
        const before = this.#statement<{ bytes: number }>('SELECT bytes FROM batch WHERE time = ?').get(batch.record.batchTime)
        count += before === undefined ? 1 : 0
        bytes += this.#put(batch) - (before?.bytes ?? 0)
      }
      for (const details of late) bytes += this.#amend(details)
      this.#grow(count, bytes)
      this.#trim()
    })
  }

  /** The newest batches without their operators, newest first. `status` keeps only those; `before` only those of earlier batch times. */
  list(limit: number, which: { readonly status?: BatchStatus; readonly before?: number } = {}): StoredBatch[] {
    const rows = this.#database
      .prepare<Pick<Row, 'time' | 'head' | 'attempts'>>(
        'SELECT time, head, attempts FROM batch WHERE status LIKE ? AND time < ? ORDER BY time DESC LIMIT ?',
      )
      .all(which.status ?? '%', which.before ?? Number.MAX_SAFE_INTEGER, limit)
    return rows.map(({ time, head, attempts }) => ({ record: this.#read(time, () => unpackRecord(head, undefined)), attempts }))
  }

  /** The record of a batch, or undefined when it is not kept (any more). */
  batch(time: number): StoredBatch | undefined {
    const row = this.#statement<Row>('SELECT time, head, record, form, attempts FROM batch WHERE time = ?').get(time)
    return row === undefined ? undefined : { record: this.#read(time, () => recordOf(row)), attempts: row.attempts }
  }

  /** Number of batches and of bytes kept. */
  size(): { readonly batches: number; readonly bytes: number } {
    return this.#statement<{ batches: number; bytes: number }>('SELECT batches, bytes FROM size').get()!
  }

  /** Keeps a program version. Keeping it twice does nothing. */
  keepVersion(version: ProgramVersion, now: number): void {
    this.#database
      .prepare('INSERT INTO version (hash, main, files, first_used) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING')
      .run(version.hash, version.main, deflate([...version.files]), now)
  }

  version(hash: string): ProgramVersion | undefined {
    const row = this.#database.prepare<{ main: string; files: Uint8Array }>('SELECT main, files FROM version WHERE hash = ?').get(hash)
    if (row === undefined) return undefined
    const files = keptJson(versionFiles, inflate(row.files), { what: `The program version ${hash} in ${this.#database.name}`, mend })
    return { hash, main: row.main, files: new Map(files) }
  }

  close(): void {
    this.#database.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** What `unpack` makes of a kept batch. Throws IO when that is not what was kept. */
  #read(time: number, unpack: () => BatchRecord): BatchRecord {
    try {
      return unpack()
    } catch (error) {
      throw new MillraceError('IO', `The record of batch ${time} in ${this.#database.name} is damaged: ${phraseOf(error)}. ${mend}`, {
        cause: error,
      })
    }
  }

  /** Answers how many bytes it takes. */
  #put({ record: { batchTime, status, programVersion, head }, attempts, details = '' }: KeptBatch): number {
    const { record, form } = stored(details)
    const bytes = head.length + record.length
    this.#statement(
      'INSERT OR REPLACE INTO batch (time, status, attempts, head, record, form, bytes, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ).run(batchTime, status, attempts, head, record, form, bytes, programVersion)
    return bytes
  }

  /** Answers how many bytes more it takes. Nothing where the batch is not kept any more. */
  #amend({ batchTime, text }: PackedDetails): number {
    const { record, form } = stored(text)
    const sql = 'UPDATE batch SET record = ?, form = ?, bytes = bytes + ? WHERE time = ?'
    return this.#statement(sql).run(record, form, record.length, batchTime).changes === 0 ? 0 : record.length
  }

  #grow(batches: number, bytes: number): void {
    this.#statement('UPDATE size SET batches = batches + ?, bytes = bytes + ?').run(batches, bytes)
  }

  #statement<Row>(sql: string): Statement<Row> {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql)
    this.#statements.set(sql, known)
    return known as Statement<Row>
  }

  #trim(): void {
    let { batches, bytes } = this.size()
    if (batches <= this.#limits.batches && bytes <= this.#limits.bytes) return
    const gone: number[] = []
    let freed = 0
    const oldest = this.#database.prepare<{ time: number; bytes: number }>('SELECT time, bytes FROM batch ORDER BY time')
    for (const row of oldest.iterate()) {
      if (batches <= this.#limits.batches && bytes <= this.#limits.bytes) break
      if (batches === 1) break // the newest is kept whatever its size
      gone.push(row.time)
      freed += row.bytes
      batches--
      bytes -= row.bytes
    }
    for (const time of gone) this.#database.prepare('DELETE FROM batch WHERE time = ?').run(time)
    this.#grow(-gone.length, -freed)
    this.#database.exec(
      'DELETE FROM version WHERE hash NOT IN (SELECT version FROM batch) AND first_used < (SELECT max(first_used) FROM version)',
    )
  }
}

interface Row {
  readonly time: number
  readonly head: string
  readonly record: Uint8Array
  readonly form: 'whole' | 'details' | 'deflated-details'
  readonly attempts: number
}

function recordOf({ head, record, form }: Row): BatchRecord {
  if (form === 'whole' && record.length > 0) return checkedRecord(JSON.parse(inflate(record)))
  if (record.length === 0) return unpackRecord(head, undefined)
  return unpackRecord(head, form === 'deflated-details' ? inflate(record) : Buffer.from(record).toString('utf8'))
}

function stored(details: string): Pick<Row, 'record' | 'form'> {
  if (details.length <= deflatedFrom) return { record: Buffer.from(details), form: 'details' }
  return { record: deflateRawSync(details, { level: 1 }), form: 'deflated-details' }
}

function deflate(value: unknown): Uint8Array {
  return deflateRawSync(JSON.stringify(value), { level: 1 })
}

function inflate(bytes: Uint8Array): string {
  return inflateRawSync(bytes).toString('utf8')
}
