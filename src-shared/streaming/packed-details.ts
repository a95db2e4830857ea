// What every operator of a batch did and what its outputs wrote, as one text of two lines of JSON: what the operators are, the same in every
// batch; what they did, the samples in columns.
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
type PackedOperator = Omit<OperatorDetails, 'facts' | 'firstOut'> & { readonly firstOut: Columns | number }

interface Packed {
  readonly operators: PackedOperator[]
  readonly wrote: Columns[]
  readonly places: Place[]
}

/** `wrote`: by output. Undefined where there is nothing of it. */
export function packDetails(operators: readonly OperatorDetails[], wrote: readonly (readonly Sample[])[]): string | undefined {
  if (operators.length === 0 && wrote.every((samples) => samples.length === 0)) return undefined
  const places: Place[] = []
  const packed: Packed = {
    operators: operators.map(({ in: taken, out, ms, firstIn, firstOut }, at) => {
      const first = operators.findIndex((other) => other.firstOut === firstOut)
      return { in: taken, out, ms, firstIn, firstOut: first < at ? first : firstOut.toColumns(places) }
    }),
    wrote: wrote.map((samples) => SampleColumns.of(samples).toColumns(places)),
    places,
  }
  return `${textOf(operators)}\n${JSON.stringify(packed)}`
}

/** The facts of the operators of the last batch, and what they are as text: the next one has the same. */
let known: { readonly operators: readonly OperatorFacts[]; readonly text: string } = { operators: [], text: '[]' }

function textOf(operators: readonly OperatorDetails[]): string {
  const same = operators.length === known.operators.length && operators.every(({ facts }, at) => facts === known.operators[at])
  if (!same) {
    const all = operators.map(({ facts }) => facts)
    known = { operators: all, text: JSON.stringify(all) }
  }
  return known.text
}

/** Puts the details into the record whose head is given. */
export function unpackDetails(head: BatchRecord, text: string): BatchRecord {
  const [facts, packed] = text.split('\n') as [string, string]
  const known = JSON.parse(facts) as OperatorFacts[]
  const { operators, wrote, places } = JSON.parse(packed) as Packed
  const out: (readonly Sample[])[] = []
  for (const { firstOut } of operators) out.push(typeof firstOut === 'number' ? out[firstOut]! : samplesOf(firstOut, places))
  const outOf = new Map(known.map(({ id }, at) => [id, out[at]!]))
  return {
    ...head,
    operators: operators.map(({ in: taken, out: yielded, ms, firstIn }, at) => ({
      ...known[at]!,
      in: taken,
      out: yielded,
      ms,
      firstIn: known[at]!.parents.flatMap((parent) => outOf.get(parent) ?? []).slice(0, firstIn),
      firstOut: out[at]!,
    })),
    outputs: head.outputs.map((output, at) => ({ ...output, wrote: samplesOf(wrote[at]!, places) })),
  }
}
