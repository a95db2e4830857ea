import type { BatchRecord } from '../../src-shared/streaming/batch-record.ts'
import { packDetails } from '../../src-shared/streaming/packed-details.ts'
import { SampleColumns } from '../../src-shared/streaming/sample-columns.ts'

/** The details of a record, as what recorded it would have packed them. */
export function detailsOf({ operators, outputs }: BatchRecord): string | undefined {
  const columns = new Map(operators.map(({ firstOut }) => [firstOut, SampleColumns.of(firstOut)]))
  return packDetails(
    operators.map(({ id, name, callSite, parents, in: taken, out, ms, firstIn, firstOut, combinesByKey }) => ({
      facts: { id, name, callSite, parents, ...(combinesByKey && { combinesByKey }) },
      in: taken,
      out,
      ms,
      firstIn: firstIn.length,
      firstOut: columns.get(firstOut)!,
    })),
    outputs.map(({ wrote }) => wrote),
  )
}
