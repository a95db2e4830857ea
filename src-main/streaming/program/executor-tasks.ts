// The loop of a thread that runs stages: a task comes with the ranges of its batch and the place of its RDD in the graph, the RDD is made
// here, one partition of it is computed, and everything of the batch is forgotten again.
import { receiveMessageOnPort } from 'node:worker_threads'
import { messageOf } from '../../../src-shared/errors.ts'
import { SparkException } from '../../../src-shared/streaming/exceptions.ts'
import { Time } from '../../../src-shared/streaming/time.ts'
import { partitionResults } from '../rdd/actions.ts'
import { toColumns } from '../rdd/combine-table.ts'
import { follow } from '../rdd/executors.ts'
import type { RDD } from '../rdd/rdd.ts'
import { culpritOf } from '../rdd/task.ts'
import { TaskUpdates } from '../rdd/task-updates.ts'
import { show } from '../rdd/value.ts'
import type { StreamingContext } from '../streaming-context.ts'
import { carryUpdates } from './carried-updates.ts'
import { type CarriedColumn, carry, NotCarried } from './carried-values.ts'
import type { CarriedError, ExecutorOrders, ExecutorTask, FromExecutor, TaskResult } from './executor-messages.ts'

/** Runs tasks as they come, until the thread is ended. */
export function runTasks(context: StreamingContext, { port, signal }: ExecutorOrders): never {
  for (;;) {
    const seen = Atomics.load(signal, 0)
    const received = receiveMessageOnPort(port) as { readonly message: ExecutorTask } | undefined
    if (received === undefined) Atomics.wait(signal, 0, seen)
    else {
      const transfer: ArrayBuffer[] = []
      port.postMessage(answer(context, received.message, transfer), transfer)
    }
  }
}

function answer(context: StreamingContext, task: ExecutorTask, transfer: ArrayBuffer[]): FromExecutor {
  const { batchTime } = task.address
  try {
    // Even where there is no accumulator yet: a function may make one.
    const added = new TaskUpdates()
    const result = added.run(() => resultOf(context, task, transfer))
    const updates = carryUpdates(added, context.sparkContext, transfer)
    return { done: task.id, result, updates, recorded: context.recordings?.recorded(batchTime) ?? [] }
  } catch (thrown) {
    transfer.length = 0
    if (thrown instanceof NotCarried) return { notCarried: task.id, kind: thrown.kind }
    return { failed: task.id, error: carriedError(thrown), recorded: context.recordings?.recorded(batchTime) ?? [] }
  } finally {
    context.forgetBatch(batchTime)
  }
}

function resultOf(context: StreamingContext, task: ExecutorTask, transfer: ArrayBuffer[]): TaskResult {
  const { address, work, partition } = task
  if (context.graph.zeroTime === undefined) context.graph.start(new Time(task.zeroTime))
  context.inputs.setRanges(address.batchTime, task.ranges)
  const rdd = follow(context.graph.streams[address.streamId]!.getOrCompute(new Time(address.batchTime))!, address.path)
  if ('mapSide' in work) {
    const side = rdd.mapSides[work.mapSide]!
    mustBeSynchronous(side.prepare([partition]))
    const buckets = side.partition(partition).map(toColumns)
    return { buckets: buckets.map(({ keys, values }) => ({ keys: carry(keys, transfer), values: carry(values, transfer) })) }
  }
  mustBeSynchronous(rdd.prepare([partition]))
  return actionResult(rdd, work.action, partition, transfer)
}

function actionResult(rdd: RDD<unknown>, action: keyof typeof partitionResults, partition: number, transfer: ArrayBuffer[]): TaskResult {
  const result = partitionResults[action](rdd, partition)
  if (Array.isArray(result)) return { elements: carry(result, transfer) }
  return { value: result }
}

function mustBeSynchronous(prepared: unknown): void {
  if (prepared instanceof Promise) {
    prepared.catch(() => {}) // what becomes of it is nobody's any more
    throw new SparkException(
      'A function that was given to mapPartitions returned a promise in a thread. Write it as an async function: it then runs in the ' +
        "program's own thread.",
    )
  }
}

function carriedError(thrown: unknown): CarriedError {
  const culprit = culpritOf(thrown)
  const error = thrown instanceof Error ? thrown : undefined
  return {
    name: error?.name ?? 'Error',
    message: messageOf(thrown),
    ...(error?.stack !== undefined && { stack: error.stack }),
    ...(culprit && { culprit: { ...culprit, record: carriedRecord(culprit.record) } }),
  }
}

/** The record, or its text where it cannot be handed over. */
function carriedRecord(record: unknown): CarriedColumn {
  try {
    return carry([record], [])
  } catch {
    return carry([show(record)], [])
  }
}
