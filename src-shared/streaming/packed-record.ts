// A batch record as text, in two parts: the head, and the details, which are most of it. Whoever hands it on or keeps it need not take it
// apart. There are many of them, and few are ever looked at.
import type { BatchHead, BatchRecord, BatchStatus } from './batch-record.ts'
import { unpackDetails } from './packed-details.ts'

export interface PackedRecord {
  readonly batchTime: number
  readonly status: BatchStatus
  readonly programVersion: string
  /** Of all inputs together. */
  readonly records: number
  /** Message of the first error. */
  readonly error?: string
  /** JSON: the record without its operators and without what its outputs wrote. */
  readonly head: string
}

/** The operators of a batch with their samples, and what its outputs wrote: the text of packDetails(). */
export interface PackedDetails {
  readonly batchTime: number
  readonly text: string
}

export function packRecord(record: BatchHead): PackedRecord {
  const { batchTime, status, programVersion, inputs, outputs, errors } = record
  const head: BatchRecord = { ...record, operators: [], outputs: outputs.map((output) => ({ ...output, wrote: [] })) }
  return {
    batchTime,
    status,
    programVersion,
    records: inputs.reduce((sum, input) => sum + input.records, 0),
    ...(errors[0] !== undefined && { error: errors[0].message }),
    head: JSON.stringify(head),
  }
}

/** `details`: the text of the record's details, where there are any. */
export function unpackRecord(head: string, details: string | undefined): BatchRecord {
  const record = JSON.parse(head) as BatchRecord
  return details === undefined ? record : unpackDetails(record, details)
}
