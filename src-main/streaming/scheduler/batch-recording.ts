// Recording: what every operator of a batch yielded: counts, first records, time. A tap counts in the loop that runs anyway; times come
// from every 64th record. Off, none of this exists.
import type { InputRecord, OperatorRecord, RecordingLimits, RecordOrigin, Sample } from '../../../src-shared/streaming/batch-record.ts'
import type { DStream } from '../dstream/dstream.ts'
import type { AnyStream } from '../dstream/stream-definition.ts'
import type { Push } from '../rdd/definition.ts'
import type { OperatorTap } from '../rdd/rdd.ts'
import { originAtHand } from '../rdd/record-at-hand.ts'
import { show } from '../rdd/value.ts'

const TIMED = 64

/** A record as text of at most `bytes` UTF-8 bytes. */
export function sampleOf(record: unknown, bytes: number, origin?: RecordOrigin): Sample {
  const from = origin === undefined ? {} : { origin }
  const text = show(record)
  if (text.length * 3 <= bytes) return { text, cut: false, ...from }
  const encoded = new TextEncoder().encode(text.length > bytes ? text.slice(0, bytes) : text)
  if (encoded.length <= bytes && text.length <= bytes) return { text, cut: false, ...from }
  // A character cut in half at the end is left out.
  return { text: new TextDecoder().decode(encoded.subarray(0, bytes)).replace(/\ufffd$/, ''), cut: true, ...from }
}

const keyBytes = 256

/** A record as an operator yields it, with what it was made of. */
function sampleAtHand(record: unknown, bytes: number): Sample {
  const sample = sampleOf(record, bytes, originAtHand())
  const pair = Array.isArray(record) && record.length === 2
  if (madeOf === undefined && !pair) return sample
  return { ...sample, ...(madeOf && { from: madeOf }), ...(pair && { key: sampleOf(record[0], keyBytes).text }) }
}

/** The sample that is being pushed: what is yielded meanwhile is made of it. */
let madeOf: Sample['from']

/** Operations whose results are made of all records of one key. */
const combining = /^(reduceByKey|groupByKey|combineByKey|updateStateByKey|cogroup|join|(left|right|full)OuterJoin)(AndWindow)?$/

/** What one operator yielded in one batch, so far. */
export interface Recording extends OperatorTap {
  readonly count: number
  readonly samples: readonly Sample[]
  /** Time spent downstream of this operator's records. */
  readonly downstreamMs: number
  /** Time from the start to the end of its partitions, everything included. */
  readonly totalMs: number
}

/** One operator in one batch. The same partition may be computed more than once (two outputs, no cache): the fullest run counts. */
class OperatorRecording implements Recording {
  readonly samples: Sample[] = []
  downstreamMs = 0
  totalMs = 0
  readonly #operatorId: number
  readonly #limits: RecordingLimits
  readonly #counts = new Map<number, number>()

  constructor(operatorId: number, limits: RecordingLimits) {
    this.#operatorId = operatorId
    this.#limits = limits
  }

  get count(): number {
    let sum = 0
    for (const count of this.#counts.values()) sum += count
    return sum
  }

  each<T>(partition: number, source: (push: Push<T>) => void, push: Push<T>): void {
    const first = !this.#counts.has(partition)
    const began = performance.now()
    let count = 0
    let sampling = first ? Math.max(0, this.#limits.sampleRecords - this.samples.length) : 0
    let timed = 0
    let timedMs = 0
    const outer = madeOf
    try {
      source((record) => {
        count += 1
        if (sampling > 0) {
          sampling -= 1
          this.samples.push(sampleAtHand(record, this.#limits.sampleBytes))
          madeOf = { operator: this.#operatorId, sample: this.samples.length - 1 }
        }
        if ((count & (TIMED - 1)) !== 1) push(record)
        else {
          const before = performance.now()
          push(record)
          timedMs += performance.now() - before
          timed += 1
        }
        if (madeOf !== outer) madeOf = outer
      })
    } finally {
      madeOf = outer
      this.#counts.set(partition, Math.max(count, this.#counts.get(partition) ?? 0))
      if (timed > 0) this.downstreamMs += (timedMs / timed) * count
      this.totalMs += performance.now() - began
    }
  }
}

export class BatchRecordings {
  readonly #limits: RecordingLimits
  readonly #batches = new Map<number, Map<number, Recording>>()

  constructor(limits: RecordingLimits) {
    this.#limits = limits
  }

  /** `make`: of an operator whose elements stand for several records; it takes the place of a recording that has none yet. */
  tap(batchTime: number, operatorId: number, make?: (limits: RecordingLimits) => Recording): OperatorTap {
    let batch = this.#batches.get(batchTime)
    if (batch === undefined) {
      batch = new Map()
      this.#batches.set(batchTime, batch)
    }
    let operator = batch.get(operatorId)
    if (operator === undefined || (make !== undefined && operator.count === 0)) {
      operator = make === undefined ? new OperatorRecording(operatorId, this.#limits) : make(this.#limits)
      batch.set(operatorId, operator)
    }
    return operator
  }

  forget(batchTime: number): void {
    this.#batches.delete(batchTime)
  }

  /** The operators of a batch, in the order of creation. Streams that operations made for their own use are left out. */
  operators(batchTime: number, streams: readonly AnyStream[], inputs: readonly InputRecord[]): OperatorRecord[] {
    const batch = this.#batches.get(batchTime)
    if (batch === undefined) return []
    const records: OperatorRecord[] = []
    for (const stream of streams) {
      const own = batch.get(stream.id)
      if (own === undefined) continue
      const parents = visibleParents(stream)
      const feeding = parents.map((id) => batch.get(id)).filter((parent) => parent !== undefined)
      const arrived = feeding.length === 0 ? own.totalMs : feeding.reduce((sum, parent) => sum + parent.downstreamMs, 0)
      const isInput = stream.dependencies.length === 0
      const input = isInput ? inputs.find((candidate) => candidate.operatorId === stream.id) : undefined
      records.push({
        id: stream.id,
        name: stream.operation,
        callSite: stream.callSite.short,
        parents,
        in: isInput ? (input?.records ?? own.count) : feeding.reduce((sum, parent) => sum + parent.count, 0),
        out: own.count,
        ms: Math.max(0, Math.round((arrived - own.downstreamMs) * 1000) / 1000),
        firstIn: feeding.flatMap((parent) => parent.samples).slice(0, this.#limits.sampleRecords),
        firstOut: own.samples,
        ...(combining.test(stream.operation) && { combinesByKey: true as const }),
      })
    }
    return records
  }
}

/** Parents by id; a parent that an operation made for itself is replaced by its own parents. */
function visibleParents(stream: DStream<unknown>): number[] {
  const ids = stream.dependencies.flatMap((parent) => (parent.internal ? visibleParents(parent) : [parent.id]))
  return [...new Set(ids)]
}
