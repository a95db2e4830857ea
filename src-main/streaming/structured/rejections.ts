// What parse could not read, per batch: counted and sampled, whether batches are recorded or not, so that no row is lost without a trace.
import type { RecordOrigin, RejectedRecord, Sample } from '../../../src-shared/streaming/batch-record.ts'
import { AscendingMap } from '../ascending-map.ts'
import { sampleOf } from '../scheduler/batch-recording.ts'

const samples = 20
const sampleBytes = 1024

/** Of one computation of one partition. */
export class RejectionTally {
  readonly #reasons = new Map<string, { count: number; samples: Sample[] }>()

  /** The row's text and where it came from; asked for only while samples are taken. */
  add(reason: string, text: () => string | null, origin: () => RecordOrigin | undefined): void {
    let known = this.#reasons.get(reason)
    if (known === undefined) {
      known = { count: 0, samples: [] }
      this.#reasons.set(reason, known)
    }
    known.count += 1
    if (known.samples.length < samples) known.samples.push(sampleOf(text(), sampleBytes, origin()))
  }

  get entries(): Iterable<readonly [string, { readonly count: number; readonly samples: readonly Sample[] }]> {
    return this.#reasons
  }

  get total(): number {
    let total = 0
    for (const { count } of this.#reasons.values()) total += count
    return total
  }
}

/** By batch and partition. A partition that is computed twice (two outputs) counts once: the fullest computation. */
export class Rejections {
  readonly #batches = new AscendingMap<Map<number, RejectionTally>>()

  keep(batchTime: number, partition: number, tally: RejectionTally): void {
    let batch = this.#batches.get(batchTime)
    if (batch === undefined) {
      batch = new Map()
      this.#batches.set(batchTime, batch)
    }
    if (tally.total >= (batch.get(partition)?.total ?? 0)) batch.set(partition, tally)
  }

  /** What the batch left out, and forgets it. */
  take(batchTime: number): Omit<RejectedRecord, 'operatorId' | 'operator'>[] {
    const reasons = new Map<string, { count: number; samples: Sample[] }>()
    for (const tally of this.#batches.get(batchTime)?.values() ?? []) {
      for (const [reason, { count, samples: taken }] of tally.entries) {
        const known = reasons.get(reason) ?? { count: 0, samples: [] }
        reasons.set(reason, { count: known.count + count, samples: [...known.samples, ...taken].slice(0, samples) })
      }
    }
    this.#batches.delete(batchTime)
    return [...reasons].map(([reason, each]) => ({ reason, ...each }))
  }
}
