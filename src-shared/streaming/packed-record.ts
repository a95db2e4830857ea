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

/** `details`: the text of the record's details, where there are any. Throws an Error for texts that packRecord() and packDetails() do not make. */
export function unpackRecord(head: string, details: string | undefined): BatchRecord {
  const record = checkedRecord(JSON.parse(head))
  return details === undefined ? record : unpackDetails(record, details)
}

const numbers = ['batchTime', 'submissionTime'] as const
const texts = ['status', 'programVersion'] as const
const lists = ['inputs', 'operators', 'outputs', 'errors'] as const

/** The value, which has what every record has. By hand: a list of batches reads a thousand of them, several times a second. */
export function checkedRecord(value: unknown): BatchRecord {
  const record = (value ?? {}) as Partial<BatchRecord>
  const wrong =
    numbers.find((key) => typeof record[key] !== 'number') ??
    texts.find((key) => typeof record[key] !== 'string') ??
    lists.find((key) => !Array.isArray(record[key]))
  if (wrong !== undefined) throw new TypeError(`it has no ${wrong}`)
  return record as BatchRecord
}
