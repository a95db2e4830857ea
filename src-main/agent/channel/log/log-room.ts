// Room for small commits: zeros behind the frames of a live segment's write-ahead log. A file system that has to note a new size or a new
// block with every fsync writes its own journal each time (about 0.2 of 0.5 ms on ext4); over bytes that are there already it need not. The
// zeros are written between commits, by the thread that commits, and forced to the disk beside it.
//
// SQLite writes a frame where the one before it ends, wherever the file ends, and never takes zeros for a frame: one must have the salts of
// the log's header and a checksum that goes on from the frame before. Zeros are only ever appended, so nothing that was written is touched.
import { closeSync, fdatasync, fstatSync, openSync, writeSync } from 'node:fs'
import { type Database, framesInLog, isDiskFull } from '../../../storage/sqlite.ts'
import type { Reach } from './faults.ts'

/** The page size of a segment. */
export const pageBytes = 16_384
const frameBytes = pageBytes + 24
const logHeaderBytes = 32

/** What a commit writes beside its rows: the page of the table that changed. */
export const commitOverheadBytes = pageBytes

/** A log that is shorter grows as it is written: most channels hold little. */
const usualFromBytes = 2 ** 20
/** Larger commits are held up less by the file system than by writing everything twice. */
const largestCommitBytes = 2 ** 18
const zeros = new Uint8Array(2 ** 20)

export interface LogRoomOptions {
  /** Of the segment. */
  readonly path: string
  /** The connection that writes it. */
  readonly database: Database
  /** The segment is full when it has so many bytes: no room is made beyond. */
  readonly endBytes: number
  /** Room is made when the log has so many bytes. */
  readonly fromBytes?: number | undefined
  readonly reach: Reach
}

export class LogRoom {
  readonly #options: LogRoomOptions
  #handle: number | undefined
  /** Bytes that commits may take before the log is looked at again. */
  #left = 0
  /** Bytes of a commit, the largest of late. */
  #largest = 0
  #syncing = false
  #stopped = false
  #failed: Error | undefined

  constructor(options: LogRoomOptions) {
    this.#options = options
  }

  /** A commit wrote rows of so many bytes. */
  used(bytes: number): void {
    this.#left -= bytes + commitOverheadBytes
    this.#largest = Math.max(bytes, this.#largest * 0.9)
  }

  /** Makes room where the next commits would find none. Throws once what is wrong with the file; a full disk is for the next put to say. */
  keep(): void {
    if (this.#failed) {
      const failed = this.#failed
      this.#failed = undefined
      throw failed
    }
    const margin = 2 * (this.#largest + commitOverheadBytes)
    if (this.#stopped || this.#syncing || this.#left > margin || this.#largest > largestCommitBytes) return
    const { database, endBytes, fromBytes = usualFromBytes, path, reach } = this.#options
    const used = logHeaderBytes + framesInLog(database) * frameBytes
    if (used < fromBytes) return
    try {
      this.#handle ??= openSync(`${path}-wal`, 'r+')
      const size = fstatSync(this.#handle).size
      this.#left = size - used
      const most = Math.min(zeros.length, endBytes - size)
      if (this.#left > margin || most <= 0) return
      reach('room:begin')
      this.#left += this.#append(this.#handle, size, most)
      reach('room:made')
    } catch (error) {
      this.#stopped = true
      if (!isDiskFull(error)) throw error
    }
  }

  /** No room is made any more: the segment is sealed, or closed. */
  close(): void {
    this.#stopped = true
    if (this.#handle === undefined || this.#syncing) return
    closeSync(this.#handle)
    this.#handle = undefined
  }

  #append(handle: number, at: number, bytes: number): number {
    const written = writeSync(handle, zeros, 0, bytes, at)
    this.#syncing = true
    fdatasync(handle, (error) => {
      this.#syncing = false
      if (error) {
        this.#failed = error
        this.#stopped = true
      }
      if (this.#stopped) this.close()
    })
    return written
  }
}
