// The writer's side of a log: everything that changes its files, synchronous, in whatever thread it is given (writer-thread.ts in the
// product). It decides nothing; the channel asks. Format and invariants: log-channel.ts.
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { sealBatch } from '../../../../src-shared/event/event-batch-encoding.ts'
import { nodeEncoding } from '../../../storage/batch-encoding.ts'
import { type Database, isDamage, isDiskFull, type Statement, sqliteTransaction } from '../../../storage/sqlite.ts'
import { Consumed, type Range } from './consumed.ts'
import type { Reach } from './faults.ts'
import { damaged } from './log-errors.ts'
import {
  dataFoldersToStore,
  type LogFolder,
  listSegments,
  openIndexForWriting,
  openSegmentForWriting,
  removeOrphans,
  removeSegment,
  reservePath,
  type SegmentFile,
  segmentBytes,
  segmentPath,
  storedDataFolders,
} from './log-folder.ts'
import { type StoredCursor, storedCursors, storedNames, storedNext, storedSetting } from './log-index.ts'
import { commitOverheadBytes, LogRoom } from './log-room.ts'
import { type KeyRing, keyRing, requireKeys, sealRow } from './row-cipher.ts'
import { endOfSegment, Segment } from './segment.ts'

/** `commit`: fsynced before a put is answered. `interval`: fsynced by sync(). `none`: left to the operating system. */
export type Durability = 'commit' | 'interval' | 'none'

export interface StoreOptions {
  readonly log: LogFolder
  readonly durability: Durability
  /** A segment that has so many bytes is followed by a new one. */
  readonly segmentBytes: number
  /** Given up when the disk is full, so that cursors can still be written. */
  readonly reserveBytes: number
  /** The index's own log is folded into it after so many commits. */
  readonly indexCheckpointEvery?: number
  /** Room is made in a segment's log when it has so many bytes (log-room.ts). */
  readonly roomFromBytes?: number
}

/** An encoded batch without its checksum (layOutBatch). */
export interface EncodedRow {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly count: number
}

/** One transaction of puts. */
export interface Put {
  readonly at: number
  readonly rows: readonly EncodedRow[]
}

/** `consumed` ranges are added to a cursor (made where it is not there, at `start`); `release` removes it. */
export interface CursorChange {
  readonly kind: 'sinks' | 'stream'
  readonly name: string
  readonly start?: number
  readonly consumed?: readonly Range[]
  readonly release?: true
}

/** What opening found. */
export interface StoreState {
  readonly segments: readonly SegmentFile[]
  readonly next: number
  readonly cursors: readonly StoredCursor[]
  readonly settings: Readonly<Record<string, string>>
}

interface LiveSegment extends SegmentFile {
  readonly database: Database
  readonly insert: Statement
  readonly room: LogRoom
  bytes: number
}

const indexCheckpointEvery = 1000
/** A row without data stands for events that are lost. */
const noData = new Uint8Array(0)

export class LogStore {
  readonly #options: StoreOptions
  readonly #log: LogFolder
  readonly #keys: KeyRing
  readonly #reach: Reach
  readonly #index: Database
  readonly #saveCursor: Statement
  readonly #removeCursor: Statement
  readonly #saveSetting: Statement
  readonly #cursors = new Map<string, Consumed>()
  /** Connections of sealed segments stay open until they are folded or dropped: closing the last one would make SQLite checkpoint here. */
  readonly #sealed = new Map<string, Database>()
  #live: LiveSegment
  #next: number
  #turn: number
  #indexCommits = 0
  #syncs = 0

  /** Opens the log, and makes it where there is none. The caller holds the folder's lock. */
  constructor(options: StoreOptions, reach: Reach) {
    this.#options = options
    this.#reach = reach
    this.#index = openIndexForWriting(options.log.folder)
    this.#saveCursor = this.#index.prepare('INSERT OR REPLACE INTO cursor (kind, name, low, above) VALUES (?, ?, ?, ?)')
    this.#removeCursor = this.#index.prepare('DELETE FROM cursor WHERE kind = ? AND name = ?')
    this.#saveSetting = this.#index.prepare('INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)')
    try {
      this.#log = this.#withFormerFolders()
      this.#keys = keyRing(this.#log.keyNames ?? [])
      const keysUsed = stillUsed(storedNames(this.#index, 'keysUsed') ?? [], this.#keys, this.#log)
      requireKeys(keysUsed, this.#keys, this.#log.folder)
      removeOrphans(this.#log)
      const segments = listSegments(this.#log)
      const last = segments.at(-1)
      this.#turn = segments.length
      // Looked at by a reader first: a connection that may write would fold what is left of a damaged log, and the damage with it.
      this.#next = last ? endOfSegment(last) : 0
      const lost = this.#acknowledgedAbove(this.#next, last)
      this.#live = this.#openLive(last ?? { first: 0, path: this.#pathOf(0, this.#turn++) })
      if (lost > 0) this.#live.insert.run(this.#next, lost, 0, noData)
      this.#next += lost
      for (const cursor of storedCursors(this.#index)) this.#cursors.set(keyOf(cursor), new Consumed(cursor.low, cursor.above))
      sqliteTransaction(this.#index, () => {
        this.#saveSetting.run('dataFolders', dataFoldersToStore(this.#log))
        this.#saveSetting.run('durability', options.durability)
        this.#saveSetting.run('keyNames', JSON.stringify(this.#log.keyNames ?? []))
        const keys = new Set([...keysUsed, ...(this.#keys.active ? [this.#keys.active.id] : [])])
        this.#saveSetting.run('keysUsed', JSON.stringify([...keys]))
      })
      this.keepReserve()
    } catch (error) {
      this.#index.close()
      throw error
    }
  }

  state(): StoreState {
    const settings = this.#index.prepare<{ name: string; value: string }>('SELECT name, value FROM setting').all()
    return {
      segments: listSegments(this.#log),
      next: this.#next,
      cursors: storedCursors(this.#index),
      settings: Object.fromEntries(settings.map((setting) => [setting.name, setting.value])),
    }
  }

  /**
   * Stores transactions, all or none, with one commit and (durability commit) one fsync. Returns for each the ordinal of its first event;
   * rows follow one another. Throws DISK_FULL when there is no room; nothing is changed then.
   */
  append(puts: readonly Put[]): number[] {
    const { database, insert } = this.#live
    const firsts: number[] = []
    let next = this.#next
    let bytes = 0
    this.#reach('put:begin')
    sqliteTransaction(database, () => {
      for (const put of puts) {
        firsts.push(next)
        for (const row of put.rows) {
          sealBatch(row.bytes, nodeEncoding)
          insert.run(next, row.count, put.at, sealRow(row.bytes, this.#keys))
          next += row.count
          bytes += row.bytes.length
        }
      }
      this.#reach('put:written')
    })
    this.#reach('put:committed')
    this.#next = next
    this.#live.bytes += bytes + commitOverheadBytes
    this.#live.room.used(bytes)
    return firsts
  }

  /** Changes cursors, all or none. `durable`: fsynced before it returns; otherwise a killed process loses nothing, a power cut may. */
  changeCursors(changes: readonly CursorChange[], durable: boolean): void {
    this.#reach('cursor:begin')
    const changed = new Map<string, Consumed | undefined>()
    for (const change of changes) {
      const key = keyOf(change)
      const before = changed.has(key) ? changed.get(key) : this.#cursors.get(key)?.copy()
      const cursor = before ?? new Consumed(change.start ?? 0)
      for (const range of change.consumed ?? []) cursor.add(range)
      changed.set(key, change.release ? undefined : cursor)
    }
    this.#writeIndex(durable, () => {
      for (const change of changes) {
        const cursor = changed.get(keyOf(change))
        if (cursor) this.#saveCursor.run(change.kind, change.name, cursor.low, JSON.stringify(cursor.above))
        else this.#removeCursor.run(change.kind, change.name)
      }
      this.#reach('cursor:written')
    })
    this.#reach('cursor:committed')
    for (const [key, cursor] of changed) {
      if (cursor) this.#cursors.set(key, cursor)
      else this.#cursors.delete(key)
    }
  }

  changeSetting(name: string, value: string): void {
    this.#writeIndex(true, () => this.#saveSetting.run(name, value))
  }

  /** Fsyncs everything that was put (durability interval): one small synced commit after them syncs them all. */
  sync(): void {
    this.#live.database.pragma('synchronous = FULL')
    sqliteTransaction(this.#live.database, () => this.#live.database.pragma(`application_id = ${++this.#syncs}`))
    this.#live.database.pragma('synchronous = NORMAL')
  }

  /** True when the live segment has reached its size. */
  get isFull(): boolean {
    return this.#live.bytes >= this.#options.segmentBytes
  }

  /** Begins a new segment. Returns it, or undefined when the live one is empty. */
  roll(): SegmentFile | undefined {
    if (this.#live.first === this.#next) return undefined
    this.#reach('roll:begin')
    const path = this.#pathOf(this.#next, this.#turn)
    const live = this.#withReserve(() => this.#openLive({ first: this.#next, path }))
    this.#turn++
    this.#reach('roll:made')
    this.#live.room.close()
    this.#sealed.set(this.#live.path, this.#live.database)
    this.#live = live
    this.#reach('roll:done')
    return { first: this.#next, path }
  }

  /** Unlinks sealed segments. */
  drop(paths: readonly string[]): void {
    for (const path of paths) {
      this.#reach('drop:begin')
      removeSegment(path)
      this.forget(path)
      this.#reach('drop:done')
    }
  }

  /** Closes the writer's connection to a sealed segment that was folded or dropped. */
  forget(path: string): void {
    this.#sealed.get(path)?.close()
    this.#sealed.delete(path)
  }

  /** Work that may come between commits: room for the next ones, and the index's own log is folded into it now and then. */
  maintain(): void {
    if (this.#options.durability === 'commit') this.#live.room.keep()
    if (this.#indexCommits < (this.#options.indexCheckpointEvery ?? indexCheckpointEvery)) return
    this.#indexCommits = 0
    this.#reach('checkpoint:begin')
    this.#index.pragma('wal_checkpoint(PASSIVE)')
    this.#reach('checkpoint:done')
  }

  /** Makes the reserve again where it was given up and there is room. */
  keepReserve(): void {
    const path = reservePath(this.#log.folder)
    if (this.#options.reserveBytes === 0 || existsSync(path)) return
    try {
      writeFileSync(path, Buffer.alloc(this.#options.reserveBytes, 0xa5))
    } catch (error) {
      rmSync(path, { force: true })
      if (!isDiskFull(error)) throw error
    }
  }

  close(): void {
    this.#writeIndex(false, () => {})
    // With a reader still open SQLite does not checkpoint on close: a large log is left for the next start or for leisure.
    for (const path of [...this.#sealed.keys()]) closeWithoutCheckpoint(path, () => this.forget(path))
    this.#live.room.close()
    const large = segmentBytes(this.#live.path) > 32 * 2 ** 20
    if (large) closeWithoutCheckpoint(this.#live.path, () => this.#live.database.close())
    else this.#live.database.close()
    this.#index.close()
  }

  #openLive(file: SegmentFile): LiveSegment {
    try {
      const database = openSegmentForWriting(file.path)
      if (this.#options.durability !== 'commit') database.pragma('synchronous = NORMAL')
      const insert = database.prepare('INSERT INTO batch (first, count, at, data) VALUES (?, ?, ?, ?)')
      const { segmentBytes: endBytes, roomFromBytes: fromBytes } = this.#options
      const room = new LogRoom({ path: file.path, database, endBytes, fromBytes, reach: this.#reach })
      return { ...file, database, insert, room, bytes: segmentBytes(file.path) }
    } catch (error) {
      throw isDamage(error) ? damaged(file.path, error) : error
    }
  }

  /**
   * Cursors are written after the events that they consumed were fsynced: a log that ends before what the index knew has lost its end. Without
   * an fsync per commit that is a power cut's due: the answer is how many ordinals are gone, which are not used again.
   */
  #acknowledgedAbove(next: number, last: SegmentFile | undefined): number {
    const known = storedNext(this.#index)
    if (known > next && storedSetting(this.#index, 'durability') === 'commit') {
      const where = last?.path ?? this.#log.folder
      throw damaged(`the end of ${where}`, `it has events up to ${next - 1}, and events up to ${known - 1} were stored`)
    }
    return Math.max(0, known - next)
  }

  #writeIndex(durable: boolean, write: () => void): void {
    if (durable) this.#index.pragma('synchronous = FULL')
    const transaction = (): void =>
      sqliteTransaction(this.#index, () => {
        write()
        this.#saveSetting.run('next', String(this.#next))
      })
    try {
      this.#withReserve(transaction)
    } finally {
      if (durable) this.#index.pragma('synchronous = NORMAL')
    }
    this.#indexCommits++
  }

  /** What has to go on when the disk is full is tried again with the reserve given up. */
  #withReserve<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (!isDiskFull(error) || !existsSync(reservePath(this.#log.folder))) throw error
      rmSync(reservePath(this.#log.folder))
      return work()
    }
  }

  #pathOf(first: number, turn: number): string {
    return segmentPath({ ...this.#log, dataFolders: this.#options.log.dataFolders }, first, turn)
  }

  /** Segments stay where they are when other data folders are configured; new ones go to the new folders. */
  #withFormerFolders(): LogFolder {
    const { folder, dataFolders, keyNames = [] } = this.#options.log
    return { folder, keyNames, dataFolders: [...new Set([...dataFolders, ...(storedDataFolders(this.#index, folder) ?? [])])] }
  }
}

/** Of the keys that the log was written with, those that are given or that some row needs: a former key may be left out once its rows are gone. */
function stillUsed(used: readonly string[], ring: KeyRing, log: LogFolder): string[] {
  if (used.every((id) => ring.keys.has(id))) return [...used]
  const needed = new Set(
    listSegments(log).flatMap((file) => {
      const segment = new Segment(file)
      try {
        return segment.keysUsed()
      } finally {
        segment.close()
      }
    }),
  )
  return used.filter((id) => ring.keys.has(id) || needed.has(id))
}

function closeWithoutCheckpoint(path: string, close: () => void): void {
  const reader = new Segment({ first: 0, path })
  reader.next()
  close()
  reader.close()
}

function keyOf(cursor: { readonly kind: string; readonly name: string }): string {
  return `${cursor.kind} ${cursor.name}`
}
