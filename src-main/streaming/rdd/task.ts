// Running: a job is one task per partition; a task that throws ends the job with Spark's text. Also the memory of which record a user's
// function was given when it threw.
import type { RecordOrigin } from '../../../src-shared/streaming/batch-record.ts'
import { SparkException } from '../../../src-shared/streaming/exceptions.ts'
import { originAtHand } from './record-at-hand.ts'
import { newTaskUpdates } from './task-updates.ts'

/** Thrown by an action that has enough; user functions are never on the stack between source and action, so none can catch it. */
export const enough = new Error('enough')

/** Which record, in which operator. */
export interface Culprit {
  readonly record: unknown
  readonly operatorId: number | undefined
  /** Where the record came from, when it was made of one that was read. */
  readonly origin: RecordOrigin | undefined
}

const culprits = new WeakMap<object, Culprit>()

/** Notes the record that a user's function threw on; the first note stays. Returns the error, as an object, to be thrown on. */
export function blame(
  thrown: unknown,
  record: unknown,
  definition: { readonly operatorId?: number },
  origin: RecordOrigin | undefined = originAtHand(),
): object {
  const error = typeof thrown === 'object' && thrown !== null ? thrown : new Error(String(thrown))
  if (!culprits.has(error)) culprits.set(error, { record, operatorId: definition.operatorId, origin })
  return error
}

/** The record behind an error, or behind its causes. */
export function culpritOf(thrown: unknown): Culprit | undefined {
  for (let error = thrown; typeof error === 'object' && error !== null; error = (error as Error).cause) {
    const culprit = culprits.get(error)
    if (culprit !== undefined) return culprit
  }
  return undefined
}

/** Says in which operator it was, where nobody has said it yet: what runs while an RDD is made belongs to none. Returns the error. */
export function blameOperator(thrown: unknown, operatorId: number): unknown {
  for (let error = thrown; typeof error === 'object' && error !== null; error = (error as Error).cause) {
    const culprit = culprits.get(error)
    if (culprit !== undefined && culprit.operatorId === undefined) culprits.set(error, { ...culprit, operatorId })
  }
  return thrown
}

let stages = 0
let tasks = 0

/** A stage as far as error texts go. */
export interface Stage {
  readonly id: number
}

export const newStage = (): Stage => ({ id: stages++ })

class JobAborted extends SparkException {}

/**
 * Runs one task; what it throws becomes Spark's "Job aborted due to stage failure", with the thrown error as its cause. What it adds to
 * accumulators counts when it has succeeded.
 */
export function runTask<R>(stage: Stage, index: number, body: () => R): R {
  const task = tasks++
  const updates = newTaskUpdates()
  try {
    const result = updates === undefined ? body() : updates.run(body)
    updates?.commit()
    return result
  } catch (thrown) {
    throw jobAborted(thrown, stage, index, task)
  }
}

/** The same for a task that may be asynchronous. */
export async function runAsyncTask<R>(stage: Stage, index: number, body: () => R | Promise<R>): Promise<R> {
  const task = tasks++
  const updates = newTaskUpdates()
  try {
    const result = await (updates === undefined ? body() : updates.run(body))
    updates?.commit()
    return result
  } catch (thrown) {
    throw jobAborted(thrown, stage, index, task)
  }
}

/** The error of a job whose task has thrown; an error that already is one stays as it is. */
export function jobAborted(thrown: unknown, stage: Stage, index: number, task = tasks++): unknown {
  if (thrown === enough || thrown instanceof JobAborted) return thrown
  const what = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  const lost = `Lost task ${index}.0 in stage ${stage.id}.0 (TID ${task}) (localhost executor driver): ${what}`
  const text = `Job aborted due to stage failure: Task ${index} in stage ${stage.id}.0 failed 1 times, most recent failure: ${lost}`
  return new JobAborted(text, { cause: thrown })
}
