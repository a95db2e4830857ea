// What every operator of a batch did and what its outputs wrote, as one text: JSON, the samples in columns.
import type { BatchRecord, OperatorRecord, Sample } from './batch-record.ts'
import { type Columns, type Place, SampleColumns, samplesOf } from './sample-columns.ts'

/** What is the same of an operator in every batch. */
export type OperatorFacts = Pick<OperatorRecord, 'id' | 'name' | 'callSite' | 'parents' | 'combinesByKey'>

/** An operator's part of the details. What went into it is what came out of its parents: `firstIn` says how many samples of that. */
export interface OperatorDetails extends Pick<OperatorRecord, 'in' | 'out' | 'ms'> {
  readonly facts: OperatorFacts
  readonly firstIn: number
  readonly firstOut: SampleColumns
}

/** A number for `firstOut`: the same as that one's of the operator in that position. */
type PackedOperator = Omit<OperatorDetails, 'firstOut'> & { readonly firstOut: Columns | number }

interface Packed {
  readonly operators: PackedOperator[]
  readonly wrote: Columns[]
  readonly places: Place[]
}

/** `wrote`: by output. Undefined where there is nothing of it. */
export function packDetails(operators: readonly OperatorDetails[], wrote: readonly (readonly Sample[])[]): string | undefined {
  if (operators.length === 0 && wrote.every((samples) => samples.length === 0)) return undefined
  const places: Place[] = []
  const packed = operators.map(({ facts, in: taken, out, ms, firstIn, firstOut }, at) => {
    const first = operators.findIndex((other) => other.firstOut === firstOut)
    const own: Omit<PackedOperator, 'facts'> = { in: taken, out, ms, firstIn, firstOut: first < at ? first : firstOut.toColumns(places) }
    return `{"facts":${textOf(facts)},${JSON.stringify(own).slice(1)}`
  })
  const rest: Omit<Packed, 'operators'> = { wrote: wrote.map((samples) => SampleColumns.of(samples).toColumns(places)), places }
  return `{"operators":[${packed.join()}],${JSON.stringify(rest).slice(1)}`
}

/** By operator, for all batches. */
const knownTexts = new WeakMap<OperatorFacts, string>()

function textOf(facts: OperatorFacts): string {
  let text = knownTexts.get(facts)
  if (text === undefined) {
    text = JSON.stringify(facts)
    knownTexts.set(facts, text)
  }
  return text
}

/** Puts the details into the record whose head is given. */
export function unpackDetails(head: BatchRecord, text: string): BatchRecord {
  const { operators, wrote, places } = JSON.parse(text) as Packed
  const out: (readonly Sample[])[] = []
  for (const { firstOut } of operators) out.push(typeof firstOut === 'number' ? out[firstOut]! : samplesOf(firstOut, places))
  const outOf = new Map(operators.map(({ facts }, at) => [facts.id, out[at]!]))
  return {
    ...head,
    operators: operators.map(({ facts, in: taken, out: yielded, ms, firstIn }, at) => ({
      ...facts,
      in: taken,
      out: yielded,
      ms,
      firstIn: facts.parents.flatMap((parent) => outOf.get(parent) ?? []).slice(0, firstIn),
      firstOut: out[at]!,
    })),
    outputs: head.outputs.map((output, at) => ({ ...output, wrote: samplesOf(wrote[at]!, places) })),
  }
}
