// The operators of a batch that is done, out of what was recorded of them: as objects, or packed. Either is work, and done when it is asked
// for.
import type { InputRecord, OperatorRecord } from '../../../src-shared/streaming/batch-record.ts'
import type { OperatorDetails, OperatorFacts } from '../../../src-shared/streaming/packed-details.ts'
import type { DStream } from '../dstream/dstream.ts'
import type { AnyStream } from '../dstream/stream-definition.ts'
import type { OperatorRecording } from './batch-recording.ts'

/** Operations whose results are made of all records of one key. */
const combining = /^(reduceByKey|groupByKey|combineByKey|updateStateByKey|cogroup|join|(left|right|full)OuterJoin)(AndWindow)?$/

const knownFacts = new WeakMap<AnyStream, OperatorFacts>()

/** See file. Operators are in the order of creation; streams that operations made for their own use are left out. */
export class RecordedOperators {
  readonly #recordings: ReadonlyMap<number, OperatorRecording>
  readonly #streams: readonly AnyStream[]
  readonly #inputs: readonly InputRecord[]
  readonly #sampleRecords: number

  constructor(
    recordings: ReadonlyMap<number, OperatorRecording>,
    streams: readonly AnyStream[],
    inputs: readonly InputRecord[],
    sampleRecords: number,
  ) {
    this.#recordings = recordings
    this.#streams = streams
    this.#inputs = inputs
    this.#sampleRecords = sampleRecords
  }

  records(): OperatorRecord[] {
    return this.details().map(({ facts, in: taken, out, ms, firstIn, firstOut }) => ({
      ...facts,
      in: taken,
      out,
      ms,
      firstIn: facts.parents.flatMap((parent) => this.#recordings.get(parent)?.samples.samples() ?? []).slice(0, firstIn),
      firstOut: firstOut.samples(),
    }))
  }

  details(): OperatorDetails[] {
    const details: OperatorDetails[] = []
    for (const stream of this.#streams) {
      const own = this.#recordings.get(stream.id)
      if (own !== undefined) details.push(this.#detailsOf(stream, own))
    }
    return details
  }

  #detailsOf(stream: AnyStream, own: OperatorRecording): OperatorDetails {
    const facts = factsOf(stream)
    const { count: out, samples: firstOut } = own
    let [taken, samples, arrivedMs] = [0, 0, 0]
    for (const parent of facts.parents) {
      const feeding = this.#recordings.get(parent)
      if (feeding === undefined) continue
      taken += feeding.count
      samples += feeding.samples.length
      arrivedMs += feeding.handedOnMs
    }
    if (stream.dependencies.length === 0) taken = this.#inputs.find((input) => input.operatorId === stream.id)?.records ?? out
    return { facts, in: taken, out, ms: own.ms(arrivedMs), firstIn: Math.min(samples, this.#sampleRecords), firstOut }
  }
}

function factsOf(stream: AnyStream): OperatorFacts {
  const known = knownFacts.get(stream)
  if (known !== undefined) return known
  const { id, operation: name, callSite } = stream
  const combines = combining.test(name) && { combinesByKey: true as const }
  const made: OperatorFacts = { id, name, callSite: callSite.short, parents: visibleParents(stream), ...combines }
  knownFacts.set(stream, made)
  return made
}

/** Parents by id; a parent that an operation made for itself is replaced by its own parents. */
function visibleParents(stream: DStream<unknown>): number[] {
  const ids = stream.dependencies.flatMap((parent) => (parent.internal ? visibleParents(parent) : [parent.id]))
  return [...new Set(ids)]
}
