// Writes batch records down as they come, at most four times a second however short the batches are: a record is for looking at, and must
// not cost a small batch a wait for the disk.
import type { PackedRecord } from '../../src-shared/streaming/packed-record.ts'
import type { Clock } from '../clock.ts'
import type { ProgramVersion } from '../streaming/program/load-program.ts'
import type { BatchRecorder } from '../streaming/program/stream-runner.ts'
import type { BatchStore, KeptBatch } from './batch-store.ts'

const flushEveryMs = 250
/** Records held back at most: then they are written whatever the time. */
const heldRecords = 200

/** See file. `close` writes what is held. */
export class StoreRecorder implements BatchRecorder {
  readonly #store: BatchStore
  readonly #clock: Clock
  #held: KeptBatch[] = []
  #flushedAt = Number.NEGATIVE_INFINITY
  #waiting: AbortController | undefined

  constructor(store: BatchStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  version(version: ProgramVersion): void {
    this.#store.keepVersion(version, this.#clock.now())
  }

  batch(record: PackedRecord, attempts: number): void {
    this.#held.push({ record, attempts })
    const dueInMs = flushEveryMs - (this.#clock.monotonic() - this.#flushedAt)
    if (dueInMs <= 0 || this.#held.length >= heldRecords) this.flush()
    else this.#flushIn(dueInMs)
  }

  #flushIn(dueInMs: number): void {
    if (this.#waiting !== undefined) return
    const waiting = new AbortController()
    this.#waiting = waiting
    void this.#clock.sleep(dueInMs, waiting.signal).then(() => {
      if (!waiting.signal.aborted) this.flush()
    })
  }

  /** Writes what is held, so that a reader of the store sees it. */
  flush(): void {
    this.#waiting?.abort()
    this.#waiting = undefined
    this.#flushedAt = this.#clock.monotonic()
    const held = this.#held
    this.#held = []
    this.#store.add(held)
  }

  close(): void {
    this.flush()
  }
}
