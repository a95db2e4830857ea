// Spark's monitoring API of a streaming application (`/api/v1/applications/<id>/streaming/…`) as a pure function over what is known of a
// stream. Paths, fields, averages and texts as Spark 3.5 gives them (recorded in test/fixtures/spark); absent values are left out.
import type { RestAnswer } from '../../src-shared/contract/streams.ts'
import {
  type BatchInfo,
  numRecords,
  type OutputOperationInfo,
  operationDuration,
  processingDelay,
  type ReceiverInfo,
  schedulingDelay,
  totalDelay,
} from '../../src-shared/streaming/batch-info.ts'

/** What a stream is at one moment. */
export interface StreamingSnapshot {
  readonly applicationId: string
  readonly startTime: number
  readonly batchDurationMs: number
  readonly receivers: readonly ReceiverInfo[]
  /** Names of the input streams, by id. */
  readonly streamNames: Readonly<Record<number, string>>
  readonly totalCompletedBatches: number
  readonly receivedRecords: number
  readonly processedRecords: number
  /** Kept, any order. */
  readonly completed: readonly BatchInfo[]
  /** Queued and processing ones. */
  readonly active: readonly BatchInfo[]
}

/** `path`: what follows `/streaming/`. */
export function streamingRest(snapshot: StreamingSnapshot, path: string, query: URLSearchParams = new URLSearchParams()): RestAnswer {
  const [resource, id, operations, operation] = path.split('/').filter((part) => part !== '')
  if (resource === 'statistics' && id === undefined) return ok(statistics(snapshot))
  if (resource === 'receivers') return receivers(snapshot, id)
  if (resource === 'batches') return batches(snapshot, query, id, operations, operation)
  return { status: 404, body: 'HTTP 404 Not Found' }
}

function batches(snapshot: StreamingSnapshot, query: URLSearchParams, id?: string, operations?: string, operation?: string): RestAnswer {
  const all = retained(snapshot).reverse()
  if (id === undefined) {
    const wanted = query.getAll('status').map((status) => status.toUpperCase())
    return ok(all.map((info) => batchOf(snapshot, info)).filter((batch) => wanted.length === 0 || wanted.includes(batch.status)))
  }
  const info = all.find((candidate) => String(candidate.batchTime) === id)
  if (info === undefined) return { status: 404, body: `unknown batch: ${id}` }
  if (operations === undefined) return ok(batchOf(snapshot, info))
  if (operations !== 'operations') return { status: 404, body: 'HTTP 404 Not Found' }
  const infos = Object.values(info.outputOperationInfos).sort((one, other) => other.id - one.id)
  if (operation === undefined) return ok(infos.map(operationOf))
  const found = infos.find((candidate) => String(candidate.id) === operation)
  return found === undefined ? { status: 404, body: `unknown output operation: ${operation}` } : ok(operationOf(found))
}

function statistics(snapshot: StreamingSnapshot): unknown {
  const all = retained(snapshot)
  const active = snapshot.receivers.filter((receiver) => receiver.active).length
  return {
    startTime: gmt(snapshot.startTime),
    batchDuration: snapshot.batchDurationMs,
    numReceivers: snapshot.receivers.length,
    numActiveReceivers: active,
    numInactiveReceivers: snapshot.receivers.length - active,
    numTotalCompletedBatches: snapshot.totalCompletedBatches,
    numRetainedCompletedBatches: snapshot.completed.length,
    numActiveBatches: snapshot.active.length,
    numProcessedRecords: snapshot.processedRecords,
    numReceivedRecords: snapshot.receivedRecords,
    ...optional('avgInputRate', mean(all.map((info) => rate(snapshot, numRecords(info))))),
    ...optional('avgSchedulingDelay', whole(mean(defined(all.map(schedulingDelay))))),
    ...optional('avgProcessingTime', whole(mean(defined(all.map(processingDelay))))),
    ...optional('avgTotalDelay', whole(mean(defined(all.map(totalDelay))))),
  }
}

function receivers(snapshot: StreamingSnapshot, id: string | undefined): RestAnswer {
  const ids = new Set([...Object.keys(snapshot.streamNames).map(Number), ...snapshot.receivers.map((receiver) => receiver.streamId)])
  const all = [...ids].sort((one, other) => one - other).map((streamId) => receiverOf(snapshot, streamId))
  if (id === undefined) return ok(all)
  const found = all.find((receiver) => String(receiver.streamId) === id)
  return found === undefined ? { status: 404, body: `unknown receiver: ${id}` } : ok(found)
}

function receiverOf(snapshot: StreamingSnapshot, streamId: number) {
  const info = snapshot.receivers.find((receiver) => receiver.streamId === streamId)
  const eventRates = retained(snapshot).map((batch): [number, number] => [
    batch.batchTime,
    rate(snapshot, batch.streamIdToInputInfo[streamId]?.numRecords ?? 0),
  ])
  return {
    streamId,
    streamName: info?.name ?? snapshot.streamNames[streamId] ?? `Stream-${streamId}`,
    ...(info && { isActive: info.active, executorId: info.executorId, executorHost: info.location }),
    ...(info && info.lastErrorTime >= 0 && { lastErrorTime: gmt(info.lastErrorTime) }),
    ...(info && info.lastErrorMessage !== '' && { lastErrorMessage: info.lastErrorMessage }),
    ...(info && info.lastError !== '' && { lastError: info.lastError }),
    ...optional('avgEventRate', mean(eventRates.map(([, value]) => value))),
    eventRates,
  }
}

function batchOf(snapshot: StreamingSnapshot, info: BatchInfo) {
  const operations = Object.values(info.outputOperationInfos)
  const failed = operations.filter((operation) => operation.failureReason !== undefined)
  const completed = operations.filter((operation) => operation.endTime !== undefined && operation.failureReason === undefined)
  const status = info.processingStartTime === undefined ? 'QUEUED' : info.processingEndTime === undefined ? 'PROCESSING' : 'COMPLETED'
  return {
    batchId: info.batchTime,
    batchTime: gmt(info.batchTime),
    status,
    batchDuration: snapshot.batchDurationMs,
    inputSize: numRecords(info),
    ...optional('schedulingDelay', schedulingDelay(info)),
    ...optional('processingTime', processingDelay(info)),
    ...optional('totalDelay', totalDelay(info)),
    numActiveOutputOps: operations.filter((operation) => operation.endTime === undefined).length,
    numCompletedOutputOps: completed.length,
    numFailedOutputOps: failed.length,
    numTotalOutputOps: operations.length,
    ...optional('firstFailureReason', failed[0]?.failureReason),
  }
}

function operationOf(operation: OutputOperationInfo): unknown {
  return {
    outputOpId: operation.id,
    name: operation.name,
    description: operation.description,
    ...(operation.startTime !== undefined && { startTime: gmt(operation.startTime) }),
    ...(operation.endTime !== undefined && { endTime: gmt(operation.endTime) }),
    ...optional('duration', operationDuration(operation)),
    ...optional('failureReason', operation.failureReason),
    // An output here is one job of its own; it has Spark's place in the list, not a Spark job's number.
    jobIds: [],
  }
}

/** Completed and active, oldest first. */
function retained(snapshot: StreamingSnapshot): BatchInfo[] {
  return [...snapshot.completed, ...snapshot.active].sort((one, other) => one.batchTime - other.batchTime)
}

function rate(snapshot: StreamingSnapshot, records: number): number {
  return (records * 1000) / snapshot.batchDurationMs
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}

function whole(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.trunc(value)
}

function defined(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined)
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V })
}

function gmt(time: number): string {
  return new Date(time).toISOString().replace('Z', 'GMT')
}

function ok(body: unknown): RestAnswer {
  return { status: 200, body }
}
