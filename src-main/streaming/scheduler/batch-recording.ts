// Recording: what every operator of a batch yielded: counts, first records, time. Off, none of this exists.
import type { InputRecord, RecordingLimits, RecordOrigin, Sample } from '../../../src-shared/streaming/batch-record.ts'
import { SampleColumns } from '../../../src-shared/streaming/sample-columns.ts'
import { AscendingMap } from '../ascending-map.ts'
import type { AnyStream } from '../dstream/stream-definition.ts'
import { originAtHand } from '../rdd/record-at-hand.ts'
import type { OperatorRun, OperatorTap, Watch } from '../rdd/recorded-loop.ts'
import { show } from '../rdd/value.ts'
import { RecordedOperators } from './recorded-operators.ts'

/** A record as text of at most `bytes` UTF-8 bytes. */
export function sampleOf(record: unknown, bytes: number, origin?: RecordOrigin): Sample {
  const whole = show(record)
  const text = cutTo(whole, bytes)
  const cut = text !== undefined
  return origin === undefined ? { text: text ?? whole, cut } : { text: text ?? whole, cut, origin }
}

/** Undefined where the text has no more than so many bytes. */
function cutTo(text: string, bytes: number): string | undefined {
  if (text.length * 3 <= bytes) return undefined
  const encoded = new TextEncoder().encode(text.length > bytes ? text.slice(0, bytes) : text)
  if (encoded.length <= bytes && text.length <= bytes) return undefined
  // A character cut in half at the end is left out.
  return new TextDecoder().decode(encoded.subarray(0, bytes)).replace(/\ufffd$/, '')
}

const keyBytes = 256

/**
 * The samples that are being pushed, innermost last: operator and number. What is yielded meanwhile is made of the last. `depth` says where
 * they end: an array that is emptied gives its memory back, and takes some anew for the next record.
 */
const pushing: number[] = []
let depth = 0

/** Elements that stand for several records each. */
export interface RecordedElements<T> {
  countOf(element: T): number
  /** The first records of an element, and where each came from. */
  recordsOf(element: T, most: number): Iterable<readonly [record: unknown, origin: RecordOrigin | undefined]>
}

const nothing = (): void => {}
const unwatched: Watch = { wanted: 0, see: nothing, passed: nothing, ended: nothing }

/** One operator in one batch. The same partition may be computed more than once (two outputs, no cache): the fullest run counts. */
export class OperatorRecording implements OperatorTap {
  /** Time that those spent on its records who took them out of its loops. */
  handedOnMs = 0
  readonly #operatorId: number
  readonly #limits: RecordingLimits
  readonly #elements: RecordedElements<unknown> | undefined
  /** By partition. */
  readonly #counts: (number | undefined)[] = []
  readonly #samples = new SampleColumns()
  /** Of a channel: the operator that decodes its events while it reads them, and yields as many. */
  #decoder: OperatorRecording | undefined
  #ownMs = 0
  #overlapMs = 0
  #wasSource = false
  #closed = false

  constructor(operatorId: number, limits: RecordingLimits, elements: RecordedElements<unknown> | undefined) {
    this.#operatorId = operatorId
    this.#limits = limits
    this.#elements = elements
  }

  get count(): number {
    let sum = 0
    for (const count of this.#counts) sum += count ?? 0
    return Math.max(sum, this.#decoder?.count ?? 0)
  }

  get samples(): SampleColumns {
    return this.#samples.length > 0 || this.#decoder === undefined ? this.#samples : this.#decoder.samples
  }

  /** Time spent in this operator alone. `arrivedMs`: what its parents handed on. */
  ms(arrivedMs: number): number {
    const ms = this.#ownMs + (this.#wasSource ? arrivedMs - this.#overlapMs : 0)
    return Math.max(0, Math.round(ms * 1000) / 1000)
  }

  /** The batch has completed: who computes something of it later changes nothing here. */
  close(): void {
    this.#closed = true
  }

  begin(partition: number): Watch {
    if (this.#closed) return unwatched
    const wanted = this.#counts[partition] !== undefined ? 0 : this.#limits.sampleRecords - this.#samples.length
    return this.#elements === undefined ? new RecordWatch(this, partition, wanted) : this.#watchAll(partition, wanted, this.#elements)
  }

  /** A record as this operator yields it, with what it was made of. Made into text at once: who gets the record may change it. */
  sample(record: unknown): void {
    const samples = this.#samples
    const text = show(record)
    const cut = cutTo(text, this.#limits.sampleBytes)
    samples.push(cut ?? text, cut !== undefined, originAtHand())
    if (depth > 0) samples.madeOf(pushing[depth - 2]!, pushing[depth - 1]!)
    if (Array.isArray(record) && record.length === 2) {
      const key = show(record[0])
      samples.keyed(cutTo(key, keyBytes) ?? key)
    }
    pushing[depth++] = this.#operatorId
    pushing[depth++] = samples.length - 1
  }

  /** A run of a partition that yielded so many has ended. */
  ended(partition: number, run: OperatorRun, count: number): void {
    if (this.#closed) return
    this.#count(partition, count)
    this.#ownMs += run.ownMs
    this.handedOnMs += run.handedOnMs
    if (run.source === undefined) return
    this.#wasSource = true
    this.#overlapMs += run.source.overlapMs
  }

  #watchAll(partition: number, wanted: number, { countOf, recordsOf }: RecordedElements<unknown>): Watch {
    let count = 0
    return {
      wanted: Number.POSITIVE_INFINITY,
      see: (element) => {
        if (count < wanted) {
          for (const [record, origin] of recordsOf(element, wanted - count)) {
            this.#samples.add(sampleOf(record, this.#limits.sampleBytes, origin))
          }
        }
        count += countOf(element)
      },
      passed: nothing,
      ended: (run) => this.ended(partition, run, count),
    }
  }

  #count(partition: number, count: number): void {
    this.#counts[partition] = Math.max(count, this.#counts[partition] ?? 0)
  }

  /** What one run elsewhere has recorded of this operator. */
  run(): RecordedRun {
    return {
      operatorId: this.#operatorId,
      counts: this.#counts.flatMap((count, partition) => (count === undefined ? [] : [[partition, count] as const])),
      samples: this.#samples.samples(),
      ownMs: this.#ownMs,
      handedOnMs: this.handedOnMs,
      ...(this.#wasSource && { overlapMs: this.#overlapMs }),
      ...(this.#decoder && { decoderId: this.#decoder.#operatorId }),
    }
  }

  /** Takes that over. `madeOf`: the sample, as it is numbered here, of one that is numbered as it was there. */
  absorb(run: RecordedRun, madeOf: (from: NonNullable<Sample['from']>) => Sample['from']): void {
    for (const [partition, count] of run.counts) this.#count(partition, count)
    for (const { from, ...sample } of run.samples) {
      if (this.#samples.length >= this.#limits.sampleRecords) break
      const source = from && madeOf(from)
      this.#samples.add({ ...sample, ...(source && { from: source }) })
    }
    this.#ownMs += run.ownMs
    this.handedOnMs += run.handedOnMs
    if (run.overlapMs === undefined) return
    this.#wasSource = true
    this.#overlapMs += run.overlapMs
  }

  decodedBy(decoder: OperatorRecording): void {
    this.#decoder = decoder
  }

  /** `decoder` has read this one's events, which took `ms` of its time. */
  readBy(decoder: OperatorRecording, ms: number): void {
    if (this.#closed) return
    this.#decoder = decoder
    this.#ownMs += ms
    decoder.#ownMs -= ms
  }
}

/** Samples what one run of a partition yields, one record at a time. */
class RecordWatch implements Watch {
  readonly wanted: number
  readonly #recording: OperatorRecording
  readonly #partition: number
  readonly #outer = depth

  constructor(recording: OperatorRecording, partition: number, wanted: number) {
    this.#recording = recording
    this.#partition = partition
    this.wanted = wanted
  }

  see(record: unknown): void {
    this.#recording.sample(record)
  }

  passed(): void {
    depth -= 2
  }

  ended(run: OperatorRun): void {
    // Those that a loop was busy with when it failed.
    depth = this.#outer
    this.#recording.ended(this.#partition, run, run.count)
  }
}

/** What one operator did in one task that ran elsewhere. */
export interface RecordedRun {
  readonly operatorId: number
  /** Of each partition. */
  readonly counts: readonly (readonly [partition: number, count: number])[]
  readonly samples: readonly Sample[]
  readonly ownMs: number
  readonly handedOnMs: number
  /** Present where the operator was the source of a loop. */
  readonly overlapMs?: number
  /** Of a channel: the operator that has decoded its events. */
  readonly decoderId?: number
}

export class BatchRecordings {
  readonly #limits: RecordingLimits
  readonly #batches = new AscendingMap<Map<number, OperatorRecording>>()

  constructor(limits: RecordingLimits) {
    this.#limits = limits
  }

  /** Watches an operator in a batch. */
  tap(batchTime: number, operatorId: number, elements?: RecordedElements<unknown>): OperatorTap {
    return this.#recording(batchTime, operatorId, elements)
  }

  /** To be told how long reading took when `decoderId` reads the events of a channel by itself: they are never made, and yet recorded. */
  decoding(batchTime: number, channelId: number, decoderId: number, elements: RecordedElements<unknown> | undefined): (ms: number) => void {
    const channel = this.#recording(batchTime, channelId, undefined)
    const decoder = this.#recording(batchTime, decoderId, elements)
    return (ms) => channel.readBy(decoder, ms)
  }

  #recording(batchTime: number, operatorId: number, elements: RecordedElements<unknown> | undefined): OperatorRecording {
    let batch = this.#batches.get(batchTime)
    if (batch === undefined) {
      batch = new Map()
      this.#batches.set(batchTime, batch)
    }
    let operator = batch.get(operatorId)
    if (operator === undefined) {
      operator = new OperatorRecording(operatorId, this.#limits, elements)
      batch.set(operatorId, operator)
    }
    return operator
  }

  /** What has been recorded of a batch, for who takes it over. */
  recorded(batchTime: number): RecordedRun[] {
    return [...(this.#batches.get(batchTime)?.values() ?? [])].map((operator) => operator.run())
  }

  /** Takes over what a task has recorded that ran elsewhere; in the order of partitions. */
  absorb(batchTime: number, runs: readonly RecordedRun[]): void {
    // Samples are numbered behind those that there are; those that are too many are not taken.
    const before = new Map(runs.map(({ operatorId }) => [operatorId, this.#recording(batchTime, operatorId, undefined).samples.length]))
    const madeOf = ({ operator, sample }: NonNullable<Sample['from']>): Sample['from'] => {
      const index = (before.get(operator) ?? 0) + sample
      return index < this.#limits.sampleRecords ? { operator, sample: index } : undefined
    }
    for (const run of runs) {
      const recording = this.#recording(batchTime, run.operatorId, undefined)
      recording.absorb(run, madeOf)
      if (run.decoderId !== undefined) recording.decodedBy(this.#recording(batchTime, run.decoderId, undefined))
    }
  }

  forget(batchTime: number): void {
    this.#batches.delete(batchTime)
  }

  /** Ends the recording of a batch. Undefined where nothing was recorded. */
  take(batchTime: number, streams: readonly AnyStream[], inputs: readonly InputRecord[]): RecordedOperators | undefined {
    const batch = this.#batches.get(batchTime)
    if (batch === undefined) return undefined
    this.#batches.delete(batchTime)
    for (const operator of batch.values()) operator.close()
    return new RecordedOperators(batch, streams, inputs, this.#limits.sampleRecords)
  }
}
