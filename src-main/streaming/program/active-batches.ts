// Batches of a running program that have not ended, as its listener events tell: what the live list shows above the recorded ones, and how
// a batch that never returns is seen.
import type { BatchInfo } from '../../../src-shared/streaming/batch-info.ts'
import type { Clock } from '../../clock.ts'
import { AscendingMap } from '../ascending-map.ts'

export interface ActiveBatch {
  readonly info: BatchInfo
  /** Monotonic ms at which its first job began; undefined while it is queued. */
  readonly startedAt?: number
}

export class ActiveBatches {
  readonly #clock: Clock
  readonly #batches = new AscendingMap<ActiveBatch>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  update(info: BatchInfo): void {
    const startedAt =
      this.#batches.get(info.batchTime)?.startedAt ?? (info.processingStartTime === undefined ? undefined : this.#clock.monotonic())
    this.#batches.set(info.batchTime, { info, ...(startedAt !== undefined && { startedAt }) })
  }

  done(batchTime: number): void {
    this.#batches.delete(batchTime)
  }

  clear(): void {
    this.#batches.clear()
  }

  /** Oldest first. */
  list(): readonly BatchInfo[] {
    return this.#batches.values().map((batch) => batch.info)
  }

  get queued(): number {
    return this.list().filter((info) => info.processingStartTime === undefined).length
  }

  /** The batch that has run longest, and for how long. */
  longestRunning(): { readonly batchTime: number; readonly ageMs: number } | undefined {
    let longest: { batchTime: number; ageMs: number } | undefined
    for (const { info, startedAt } of this.#batches.values()) {
      if (startedAt === undefined) continue
      const ageMs = this.#clock.monotonic() - startedAt
      if (longest === undefined || ageMs > longest.ageMs) longest = { batchTime: info.batchTime, ageMs }
    }
    return longest
  }
}
