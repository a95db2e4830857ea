// What each input stream gave to each batch that is not forgotten yet.
import type { StreamInputInfo } from '../../../src-shared/streaming/batch-info.ts'
import { IllegalStateException, requirement } from '../../../src-shared/streaming/exceptions.ts'
import { AscendingMap } from '../ascending-map.ts'

export class InputInfoTracker {
  readonly #batches = new AscendingMap<Map<number, StreamInputInfo>>()

  report(batchTime: number, info: StreamInputInfo): void {
    requirement(info.numRecords >= 0, 'numRecords must not be negative')
    let batch = this.#batches.get(batchTime)
    if (batch === undefined) {
      batch = new Map()
      this.#batches.set(batchTime, batch)
    }
    if (batch.has(info.inputStreamId)) {
      throw new IllegalStateException(
        `Input stream ${info.inputStreamId} for batch ${batchTime} ms is already added into InputInfoTracker, this is an illegal state`,
      )
    }
    batch.set(info.inputStreamId, info)
  }

  infoOf(batchTime: number): Readonly<Record<number, StreamInputInfo>> {
    return Object.fromEntries(this.#batches.get(batchTime) ?? [])
  }

  /** Forgets batches before `time`. */
  cleanup(time: number): void {
    this.#batches.removeBelow(time)
  }
}
