// Writes batch records down as they come, at most four times a second however short the batches are: a record is for looking at, and must
// not cost a small batch a wait for the disk.

import { messageOf } from '../../src-shared/errors.ts'
import type { PackedDetails, PackedRecord } from '../../src-shared/streaming/packed-record.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import { AscendingMap } from '../streaming/ascending-map.ts'
import type { ProgramVersion } from '../streaming/program/load-program.ts'
import type { BatchRecorder } from '../streaming/program/stream-runner.ts'
import type { BatchStore, KeptBatch } from './batch-store.ts'

const flushEveryMs = 250
/** How long after its record the details of a short batch come; written together, it is written once. */
const detailsWithinMs = 150
/** Records held back at most: then they are written whatever the time. */
const heldRecords = 200

/** See file. */
export class StoreRecorder implements BatchRecorder {
  readonly #store: BatchStore
  readonly #clock: Clock
  readonly #log: Logger
  readonly #held = new AscendingMap<KeptBatch>()
  /** Of batches that are written already. */
  #late: PackedDetails[] = []
  #flushedAt = Number.NEGATIVE_INFINITY
  /** Present while nothing but the clock will write what is held. */
  #cancelAlarm: (() => void) | undefined

  constructor(store: BatchStore, clock: Clock, log: Logger) {
    this.#store = store
    this.#clock = clock
    this.#log = log
  }

  version(version: ProgramVersion): void {
    this.#store.keepVersion(version, this.#clock.now())
  }

  batch(record: PackedRecord, attempts: number, details: readonly PackedDetails[]): void {
    this.#held.set(record.batchTime, { record, attempts })
    this.details(details)
  }

  details(details: readonly PackedDetails[]): void {
    for (const each of details) {
      const held = this.#held.get(each.batchTime)
      if (held === undefined) this.#late.push(each)
      else this.#held.set(each.batchTime, { ...held, details: each.text })
    }
    const dueInMs = flushEveryMs - (this.#clock.monotonic() - this.#flushedAt)
    const complete = details.length > 0 || dueInMs <= -detailsWithinMs
    if ((dueInMs <= 0 && complete) || this.#held.size >= heldRecords) this.flush()
    else this.#cancelAlarm ??= this.#clock.alarm(Math.max(dueInMs + detailsWithinMs, 0), () => this.#flushAlone())
  }

  // Nobody waits for it who could be told.
  #flushAlone(): void {
    const batches = this.#held.size
    try {
      this.flush()
    } catch (error) {
      this.#log.error(`Records of batches could not be written, and are lost: ${messageOf(error)}`, { batches })
    }
  }

  /** Writes what is held, so that a reader of the store sees it. */
  flush(): void {
    this.#cancelAlarm?.()
    this.#cancelAlarm = undefined
    this.#flushedAt = this.#clock.monotonic()
    const [held, late] = [[...this.#held.values()], this.#late]
    this.#held.clear()
    this.#late = []
    this.#store.add(held, late)
  }
}
