// What an engine and a stream program's process say to each other, on a ProgramLink.
import type { InputRange, RecordingLimits } from '../../../src-shared/streaming/batch-record.ts'
import type { StreamingListenerEvent } from '../../../src-shared/streaming/listener.ts'
import type { PackedDetails, PackedRecord } from '../../../src-shared/streaming/packed-record.ts'
import type { ProgramFailure } from '../../../src-shared/streaming/program-failure.ts'
import type { GraphDescription, PendingBatch, Restored } from '../host.ts'
import type { CollectedOutput } from '../output-context.ts'

/** What to run and on what. */
export interface RunOrder {
  /** Absolute path of the program. */
  readonly file: string
  /** Limit of V8's heap; the whole process may have half as much again, and 128 MiB. */
  readonly memoryMb: number
  /** The master of a program that names none itself. */
  readonly master?: string
  /** Texts to run instead of what the files hold now: URL and text. */
  readonly recorded?: readonly (readonly [string, string])[]
  /** Logs that the program may read, by name. */
  readonly channels: readonly ChannelFolder[]
  readonly recording?: RecordingLimits
  /** The stream's folder: for the state of operators. */
  readonly folder: string
  /** Call outputDone after each output that succeeded, and wait for the answer: for tests. */
  readonly tellOutputs?: boolean
  /** Run this one past batch through collecting outputs and end, instead of going on with the stream. */
  readonly replay?: ReplayOrder
}

export interface ChannelFolder {
  readonly name: string
  readonly folder: string
}

export interface ReplayOrder {
  readonly zeroTime: number
  readonly batch: PendingBatch
  /** Earlier batches that windows may read. */
  readonly remembered: readonly PendingBatch[]
}

/** A program version as it crosses the pipe. */
export interface VersionMessage {
  readonly hash: string
  readonly main: string
  readonly files: readonly (readonly [string, string])[]
}

/** Answer to `restore`: what a restart begins with, and for each channel the ordinal at which its next range begins. */
export interface RestoreAnswer {
  readonly restored?: Restored
  /** The last batch that has completed: operators' state is as of it. */
  readonly completedThrough: number
  readonly positions: Readonly<Record<string, number>>
}

/** What the program's process answers. */
export type ProgramHandlers = {
  readonly run: (order: RunOrder) => void
  /** Finish the batch under way, then end. */
  readonly stop: (how: { readonly graceful: boolean }) => void
  readonly ping: (nothing: undefined) => undefined
}

/** What the engine answers. What a call changes is durable when it is answered. */
export type EngineHandlers = {
  readonly hello: (value: { readonly protocol: number; readonly pid: number }) => void
  readonly failed: (failure: ProgramFailure) => void
  readonly finished: (nothing: undefined) => void
  /** The context starts with this graph. Rejects with the difference when the stream cannot go on with it. */
  readonly restore: (request: {
    readonly graph: GraphDescription
    readonly version: VersionMessage
  }) => RestoreAnswer | Promise<RestoreAnswer>
  readonly event: (event: StreamingListenerEvent) => void
  readonly plan: (request: { readonly batchTime: number; readonly ranges: readonly InputRange[]; readonly zeroTime: number }) => void
  readonly outputDone: (request: { readonly batchTime: number; readonly outputId: number }) => void
  /** All outputs have ended. When every one succeeded the cursors move. */
  readonly batchDone: (request: {
    readonly record: PackedRecord
    /** Of this batch and of earlier ones; what is missing comes later. */
    readonly details: readonly PackedDetails[]
    readonly succeeded: boolean
    readonly oldestNeeded: number
    /** What a replay's outputs would have written. */
    readonly collected?: readonly CollectedOutput[]
  }) => void | Promise<void>
  /** Of batches that are done. */
  readonly details: (details: readonly PackedDetails[]) => void
}
