// What a program's own thread and the threads that run its stages say to each other.
import type { MessagePort } from 'node:worker_threads'
import type { InputRange, RecordingLimits, RecordOrigin } from '../../../src-shared/streaming/batch-record.ts'
import type { GraphDescription } from '../host.ts'
import type { Stage } from '../rdd/executors.ts'
import type { RecordedRun } from '../scheduler/batch-recording.ts'
import type { CarriedUpdate } from './carried-updates.ts'
import type { CarriedColumn } from './carried-values.ts'
import type { ChannelFolder } from './program-messages.ts'

/** Given to a thread when it is made. */
export interface ExecutorOrders {
  readonly file: string
  /** The texts that the program's own thread has loaded: URL and text. */
  readonly sources: readonly (readonly [string, string])[]
  readonly channels: readonly ChannelFolder[]
  readonly programVersion: string
  readonly master: string
  readonly recording?: RecordingLimits
  readonly port: MessagePort
  /** Goes up with every task that is sent: the thread sleeps on it. */
  readonly signal: Int32Array
}

/** One partition of a stage. */
export interface ExecutorTask extends Stage {
  readonly id: number
  readonly partition: number
  readonly zeroTime: number
  /** Of the stage's batch. */
  readonly ranges: readonly InputRange[]
}

export interface CarriedError {
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly culprit?: { readonly record: CarriedColumn; readonly operatorId: number | undefined; readonly origin: RecordOrigin | undefined }
}

/** What came of a task: for an action a value or a column of elements, for a map side keys and values for each reduce partition. */
export type TaskResult =
  | { readonly value: unknown }
  | { readonly elements: CarriedColumn }
  | { readonly buckets: readonly { readonly keys: CarriedColumn; readonly values: CarriedColumn }[] }

export type FromExecutor =
  /** The program has started its context, with this graph and these accumulators. */
  | { readonly ready: GraphDescription; readonly accumulators: readonly string[] }
  /** The program has come to its end without starting a context. */
  | { readonly neverStarted: true }
  | {
      readonly done: number
      readonly result: TaskResult
      readonly updates: readonly CarriedUpdate[]
      readonly recorded: readonly RecordedRun[]
    }
  | { readonly failed: number; readonly error: CarriedError; readonly recorded: readonly RecordedRun[] }
  /** The result, or what was added to an accumulator, cannot be handed over: it is of this kind. */
  | { readonly notCarried: number; readonly kind: string }
