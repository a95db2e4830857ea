// A batch's record as a person sees it: the contract's shapes, made from what the program's process recorded.
import type * as view from '../../src-shared/contract/streams.ts'
import { type BatchInfo, processingDelay, schedulingDelay, totalDelay } from '../../src-shared/streaming/batch-info.ts'
import type { BatchRecord, ErrorRecord, OperatorRecord, OutputRecord } from '../../src-shared/streaming/batch-record.ts'
import { locationIn, type ProgramSources } from '../streaming/program/locate-failure.ts'

/** A record as kept: with how often its batch was begun. */
export interface StoredBatch {
  readonly record: BatchRecord
  readonly attempts: number
}

export function batchId(stream: string, batchTime: number): string {
  return `${stream}/${batchTime}`
}

/** A finished batch in the list. */
export function summaryOf(stream: string, { record, attempts }: StoredBatch): view.BatchSummary {
  const bytes = record.inputs.reduce((sum, input) => sum + (input.range?.bytes ?? 0), 0)
  const error = record.errors[0]?.message.split('\n')[0]
  return {
    id: batchId(stream, record.batchTime),
    batchTime: record.batchTime,
    status: record.status,
    records: record.inputs.reduce((sum, input) => sum + input.records, 0),
    ...(record.inputs.some((input) => input.range !== undefined) && { bytes }),
    ...timesOf(infoOf(record)),
    ...(error !== undefined && { error }),
    ...(attempts > 1 && { rerun: true }),
    ...(record.alerts && { alertsRaised: sum(record.alerts) }),
    ...(record.rejected && { rowsLeftOut: sum(record.rejected) }),
  }
}

const sum = (counted: readonly { readonly count: number }[]): number => counted.reduce((total, each) => total + each.count, 0)

/** A batch that has not ended, in the list. */
export function activeSummaryOf(stream: string, info: BatchInfo): view.BatchSummary {
  return {
    id: batchId(stream, info.batchTime),
    batchTime: info.batchTime,
    status: info.processingStartTime === undefined ? 'queued' : 'processing',
    records: Object.values(info.streamIdToInputInfo).reduce((sum, input) => sum + input.numRecords, 0),
    ...timesOf(info),
  }
}

/** The whole page of a batch. `sources`: the program version that ran it, to point at lines. */
export function recordOf(stream: string, stored: StoredBatch, sources: ProgramSources): view.BatchRecord {
  const { record } = stored
  const errors = record.errors.map((error) => errorView(error, sources))
  return {
    ...summaryOf(stream, stored),
    stream,
    inputs: record.inputs.map(inputView),
    ranges: record.inputs.flatMap(({ range }) => (range === undefined ? [] : [rangeView(range)])),
    operators: record.operators.map((operator) => {
      const error = errors[record.errors.findIndex((candidate) => candidate.operatorId === operator.id)]
      return { ...operatorView(operator), ...(error && { error }) }
    }),
    outputs: record.outputs.map((output) => {
      const error = errors[record.errors.findIndex((candidate) => candidate.outputId === output.outputId)]
      return { ...outputView(output), ...(error && { error }) }
    }),
    errors,
    rejected: (record.rejected ?? []).map(({ operatorId, reason, count, samples }) => ({
      operator: operatorId,
      reason,
      count,
      samples,
    })),
    alerts: (record.alerts ?? []).flatMap(({ outputId, count, alerts }) => {
      const output = record.outputs.find((each) => each.outputId === outputId)
      return output === undefined ? [] : [{ output: output.id, count, alerts }]
    }),
    programVersion: record.programVersion,
  }
}

/** What the record says of the batch as Spark's listener would: for statistics. */
export function infoOf(record: BatchRecord): BatchInfo {
  const { batchTime, submissionTime, processingStartTime, processingEndTime } = record
  return {
    batchTime,
    submissionTime,
    ...(processingStartTime !== undefined && { processingStartTime }),
    ...(processingEndTime !== undefined && { processingEndTime }),
    streamIdToInputInfo: Object.fromEntries(
      record.inputs.map((input) => [input.streamId, { inputStreamId: input.streamId, numRecords: input.records }]),
    ),
    outputOperationInfos: Object.fromEntries(
      record.outputs.map((output) => {
        const failure = record.errors.find((error) => error.outputId === output.outputId)
        const { id, name, description, startTime, endTime } = output
        return [
          id,
          {
            batchTime,
            id,
            name,
            description,
            ...(startTime !== undefined && { startTime }),
            ...(endTime !== undefined && { endTime }),
            ...(output.status === 'failed' && { failureReason: failure?.stack || failure?.message || 'failed' }),
          },
        ]
      }),
    ),
  }
}

function timesOf(info: BatchInfo): Pick<view.BatchSummary, 'submittedAt' | 'schedulingDelayMs' | 'processingTimeMs' | 'totalDelayMs'> {
  const schedulingDelayMs = schedulingDelay(info)
  const processingTimeMs = processingDelay(info)
  const totalDelayMs = totalDelay(info)
  return {
    submittedAt: info.submissionTime,
    ...(schedulingDelayMs !== undefined && { schedulingDelayMs }),
    ...(processingTimeMs !== undefined && { processingTimeMs }),
    ...(totalDelayMs !== undefined && { totalDelayMs }),
  }
}

function rangeView(range: NonNullable<BatchRecord['inputs'][number]['range']>): view.RangeRecord {
  return { channel: range.input, from: range.from, until: range.until, records: range.records }
}

function inputView({ operatorId, name, records, description, range }: BatchRecord['inputs'][number]): view.InputRecord {
  return {
    operator: operatorId,
    name,
    records,
    ...(description !== undefined && { description }),
    ...(range && { range: rangeView(range) }),
  }
}

function operatorView(operator: OperatorRecord): view.OperatorRecord {
  const line = Number(/:(\d+)\)?$/.exec(operator.callSite)?.[1] ?? Number.NaN)
  return {
    id: operator.id,
    name: operator.callSite,
    operation: operator.name,
    ...(Number.isInteger(line) && { line }),
    parents: operator.parents,
    recordsIn: operator.in,
    recordsOut: operator.out,
    timeMs: operator.ms,
    samplesIn: operator.firstIn,
    samplesOut: operator.firstOut,
    ...(operator.combinesByKey && { combinesByKey: true as const }),
  }
}

const outputStatus = { succeeded: 'completed', failed: 'failed', skipped: 'pending' } as const

function outputView(output: OutputRecord): view.OutputRecord {
  const { id, name, status, startTime, endTime, wrote } = output
  const lines = wrote.flatMap((sample) => sample.text.replace(/\n$/, '').split('\n'))
  return {
    id,
    name,
    status: outputStatus[status],
    ...(startTime !== undefined && endTime !== undefined && { timeMs: endTime - startTime }),
    lines,
    cut: wrote.some((sample) => sample.cut),
  }
}

function errorView(error: ErrorRecord, sources: ProgramSources): view.RecordedError {
  const where = locationIn(error.stack, sources)
  return {
    message: error.message,
    ...(error.stack !== '' && { stack: error.stack }),
    ...(error.operator !== undefined && { operator: error.operator }),
    ...(error.record && { record: error.record }),
    ...(where && { line: where.line }),
    ...(where?.column !== undefined && { column: where.column }),
  }
}
