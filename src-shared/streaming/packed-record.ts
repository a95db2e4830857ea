// A batch record as text: whoever hands it on or keeps it need not take it apart. There are many of them, and few are ever looked at.
import type { BatchRecord, BatchStatus } from './batch-record.ts'
import { packSamples, unpackSamples } from './packed-samples.ts'

export interface PackedRecord {
  readonly batchTime: number
  readonly status: BatchStatus
  readonly programVersion: string
  /** Of all inputs together. */
  readonly records: number
  /** Message of the first error. */
  readonly error?: string
  /** JSON: the record without the samples of operators and outputs. */
  readonly head: string
  /** Absent where there are none. */
  readonly samples?: string
}

export function packRecord(record: BatchRecord): PackedRecord {
  const { batchTime, status, programVersion, inputs, operators, outputs, errors } = record
  const head: BatchRecord = {
    ...record,
    operators: operators.map((operator) => ({ ...operator, firstIn: [], firstOut: [] })),
    outputs: outputs.map((output) => ({ ...output, wrote: [] })),
  }
  const samples = packSamples(record)
  return {
    batchTime,
    status,
    programVersion,
    records: inputs.reduce((sum, input) => sum + input.records, 0),
    ...(errors[0] !== undefined && { error: errors[0].message }),
    head: JSON.stringify(head),
    ...(samples !== undefined && { samples }),
  }
}

export function unpackRecord({ head, samples }: Pick<PackedRecord, 'head' | 'samples'>): BatchRecord {
  const record = JSON.parse(head) as BatchRecord
  return samples === undefined ? record : unpackSamples(record, samples)
}
