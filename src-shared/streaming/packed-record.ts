// A batch record with its samples as text: whoever hands it on or keeps it need not take them apart. There are many of them, and few are
// ever looked at.
import type { BatchRecord, OutputRecord, Sample } from './batch-record.ts'

export interface PackedRecord {
  /** The record without the samples of operators and outputs. */
  readonly head: BatchRecord
  /** JSON; absent where there are none. */
  readonly samples?: string
}

interface Samples {
  /** By position. What went into an operator is what came out of its parents: `in` says how much of that. */
  readonly operators: readonly { readonly in: number; readonly out: readonly Sample[] }[]
  readonly wrote: readonly OutputRecord['wrote'][]
}

const none: readonly Sample[] = []

export function packRecord(record: BatchRecord): PackedRecord {
  const { operators, outputs } = record
  const head = {
    ...record,
    operators: operators.map((operator) => ({ ...operator, firstIn: none, firstOut: none })),
    outputs: outputs.map((output) => ({ ...output, wrote: none })),
  }
  const any =
    operators.some(({ firstIn, firstOut }) => firstIn.length + firstOut.length > 0) || outputs.some(({ wrote }) => wrote.length > 0)
  if (!any) return { head }
  const samples: Samples = {
    operators: operators.map(({ firstIn, firstOut }) => ({ in: firstIn.length, out: firstOut })),
    wrote: outputs.map(({ wrote }) => wrote),
  }
  return { head, samples: JSON.stringify(samples) }
}

export function unpackRecord({ head, samples }: PackedRecord): BatchRecord {
  if (samples === undefined) return head
  const { operators, wrote } = JSON.parse(samples) as Samples
  const outOf = new Map(head.operators.map(({ id }, at) => [id, operators[at]!.out]))
  return {
    ...head,
    operators: head.operators.map((operator, at) => ({
      ...operator,
      firstIn: operator.parents.flatMap((parent) => outOf.get(parent) ?? none).slice(0, operators[at]!.in),
      firstOut: operators[at]!.out,
    })),
    outputs: head.outputs.map((output, at) => ({ ...output, wrote: wrote[at]! })),
  }
}
