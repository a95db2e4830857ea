import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type StreamingSnapshot, streamingRest } from '../../src-main/inspection/streaming-rest.ts'
import type { BatchInfo, OutputOperationInfo } from '../../src-shared/streaming/batch-info.ts'

interface RecordedBatch {
  readonly batchId: number
  readonly inputSize: number
  readonly schedulingDelay: number
  readonly processingTime: number
  readonly numTotalOutputOps: number
  readonly numFailedOutputOps: number
  readonly firstFailureReason?: string
}

interface RecordedReceiver {
  readonly streamId: number
  readonly streamName: string
  readonly lastErrorMessage?: string
  readonly lastError?: string
  readonly eventRates: readonly (readonly [number, number])[]
}

const recording = <T>(name: string): T =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/spark/rest', `rest-${name}.json`), 'utf8')) as T

const batches = recording<RecordedBatch[]>('batches')
const receivers = recording<RecordedReceiver[]>('receivers')
const operations = recording<{ outputOpId: number; name: string; description: string; startTime: string; endTime: string }[]>('operations')

/** The application as it was when its REST answers were recorded: `running` has not ended yet. */
function snapshot(running?: number): StreamingSnapshot {
  const infos = batches.map((batch) => infoOf(batch, batch.batchId === running))
  return {
    applicationId: 'local-1795384557198',
    startTime: Date.parse('2026-11-22T21:55:58.976Z'),
    batchDurationMs: 2000,
    receivers: receivers.map(({ streamId, streamName, lastErrorMessage = '', lastError = '' }) => ({
      streamId,
      name: streamName,
      active: true,
      location: 'localhost',
      executorId: 'driver',
      lastErrorMessage,
      lastError,
      lastErrorTime: -1,
    })),
    streamNames: { 0: 'Receiver stream [0]', 1: 'Socket text stream [1]' },
    totalCompletedBatches: 29,
    receivedRecords: 24_387,
    processedRecords: 23_402,
    completed: infos.filter((info) => info.batchTime !== running),
    active: infos.filter((info) => info.batchTime === running),
  }
}

function infoOf(batch: RecordedBatch, running: boolean): BatchInfo {
  const start = batch.batchId + batch.schedulingDelay
  const records = (streamId: number): number => {
    const rate = receivers[streamId]!.eventRates.find(([time]) => time === batch.batchId)?.[1] ?? 0
    return rate * 2
  }
  return {
    batchTime: batch.batchId,
    submissionTime: batch.batchId,
    processingStartTime: start,
    ...(!running && { processingEndTime: start + batch.processingTime }),
    streamIdToInputInfo: Object.fromEntries([0, 1].map((id) => [id, { inputStreamId: id, numRecords: records(id) }])),
    outputOperationInfos: Object.fromEntries(
      Array.from({ length: batch.numTotalOutputOps }, (_, id): [number, OutputOperationInfo] => {
        const recorded = batch === batches[0] ? operations.find((operation) => operation.outputOpId === id) : undefined
        return [
          id,
          {
            batchTime: batch.batchId,
            id,
            name: recorded?.name ?? 'x',
            description: recorded?.description ?? '',
            startTime: recorded === undefined ? start : Date.parse(recorded.startTime.replace('GMT', 'Z')),
            endTime: recorded === undefined ? start + 1 : Date.parse(recorded.endTime.replace('GMT', 'Z')),
            ...(id < batch.numFailedOutputOps && { failureReason: batch.firstFailureReason ?? '' }),
          },
        ]
      }),
    ),
  }
}

const get = (path: string, query = ''): unknown => {
  const answer = streamingRest(snapshot(), path, new URLSearchParams(query))
  expect(answer.status).toBe(200)
  return answer.body
}

test('batches are answered as Spark answered them: newest first, every field', () => {
  expect(get('batches')).toEqual(batches)
})

test('one batch, and one unknown', () => {
  expect(get(`batches/${batches[0]!.batchId}`)).toEqual(recording('batch'))
  expect(streamingRest(snapshot(), 'batches/17')).toEqual({ status: 404, body: 'unknown batch: 17' })
})

test('status selects batches, repeatable and in any case', () => {
  const running = batches[0]!.batchId
  const list = (query: string): unknown => streamingRest(snapshot(running), 'batches', new URLSearchParams(query)).body
  expect(list('status=processing')).toMatchObject([{ batchId: running, status: 'PROCESSING' }])
  expect(list('status=PROCESSING&status=COMPLETED')).toHaveLength(batches.length)
  expect(list('status=QUEUED')).toEqual([])
})

test('statistics of the recorded application: averages over what is retained, whole milliseconds cut off', () => {
  const running = streamingRest(snapshot(batches[0]!.batchId), 'statistics').body
  expect(running).toEqual({ ...recording<object>('statistics') })
})

test('receivers: every input stream, its rate at every retained batch', () => {
  expect(get('receivers')).toEqual(receivers)
  expect(streamingRest(snapshot(), 'receivers/7')).toEqual({ status: 404, body: 'unknown receiver: 7' })
})

test('an input stream that is no receiver has a name and rates, and nothing of an executor', () => {
  const { body } = streamingRest({ ...snapshot(), receivers: [] }, 'receivers/1')
  expect(Object.keys(body as object)).toEqual(['streamId', 'streamName', 'avgEventRate', 'eventRates'])
})

test('output operations of a batch, last first', () => {
  const withoutJobs = recording<object[]>('operations').map((operation) => ({ ...operation, jobIds: [] }))
  expect(get(`batches/${batches[0]!.batchId}/operations`)).toEqual(withoutJobs)
  expect(get(`batches/${batches[0]!.batchId}/operations/1`)).toEqual(withoutJobs[1])
  expect(streamingRest(snapshot(), `batches/${batches[0]!.batchId}/operations/9`).body).toBe('unknown output operation: 9')
})
