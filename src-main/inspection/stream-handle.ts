// One stream as the engine, the window and the command line hold it: start and stop, what it is doing in a sentence, its batches, live and
// recorded, what it printed, and replay.
import { basename, extname } from 'node:path'
import type * as view from '../../src-shared/contract/streams.ts'
import { MillraceError, phraseOf } from '../../src-shared/errors.ts'
import { numRecords, type ReceiverInfo } from '../../src-shared/streaming/batch-info.ts'
import { defaultRecordingLimits, type RecordingLimits } from '../../src-shared/streaming/batch-record.ts'
import type { PackedRecord } from '../../src-shared/streaming/packed-record.ts'
import { StreamStore } from '../streaming/checkpoint/stream-store.ts'
import { isReceiverLog } from '../streaming/input/receiver-log.ts'
import type { StreamChannel } from '../streaming/input/stream-channel.ts'
import type { ChannelFolder } from '../streaming/program/program-messages.ts'
import { defaultRestartPolicy, type RestartPolicy } from '../streaming/program/restart-policy.ts'
import { type RunnerPoint, StreamRunner } from '../streaming/program/stream-runner.ts'
import { streamSentence } from '../streaming/program/stream-sentence.ts'
import type { ProgramState, SuperviseDeps } from '../streaming/program/supervise-program.ts'
import { StoreRecorder } from './batch-recorder.ts'
import { BatchStore, type BatchStoreLimits } from './batch-store.ts'
import { activeSummaryOf, infoOf, recordOf, type StoredBatch, summaryOf } from './batch-view.ts'
import { PastBatches, type ReplayProgram } from './past-batches.ts'
import { type OutputLine, ProgramOutput } from './program-output.ts'
import type { Replay } from './replay-batch.ts'
import { writeDescription } from './stream-description.ts'
import { streamingRest } from './streaming-rest.ts'

export interface StreamHandleOptions {
  readonly id: string
  /** Absolute path of the program. */
  readonly file: string
  /** The stream's state folder; made when it is not there. */
  readonly folder: string
  /** Channels that the program may read by name; asked at each start and replay. */
  readonly channels: () => readonly StreamChannel[]
  readonly cwd?: string
  readonly startAt?: 'oldest' | 'now'
  /** Limit of the program's heap, MiB. */
  readonly memoryMb?: number
  /** The master of a program that names none itself, for example `local[2]`. */
  readonly master?: string
  /** null: nothing is recorded but counts and errors. */
  readonly recording?: RecordingLimits | null
  readonly restart?: RestartPolicy
  readonly stopGraceMs?: number
  readonly limits?: BatchStoreLimits
  /** What the program prints, also to here (a terminal); a promise holds the program back. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void | Promise<void>
  /** Each batch that has ended. */
  readonly onBatch?: (batch: Pick<PackedRecord, 'batchTime' | 'status'>) => void
  readonly probe?: (point: RunnerPoint, batchTime: number, outputId?: number) => void
}

/** Spark's spark.streaming.ui.retainedBatches. */
const restBatches = 1000

const defaultMemoryMb = 1024

/** See file. Nothing runs until start(). close() after the last use. */
export class StreamHandle {
  readonly id: string
  readonly file: string
  readonly #deps: SuperviseDeps
  readonly #options: StreamHandleOptions
  readonly #store: BatchStore
  readonly #recorder: StoreRecorder
  readonly #runner: StreamRunner
  readonly #output: ProgramOutput
  readonly #past: PastBatches
  /** By anybody but a restart, which ends with a start. */
  #stopsAsked = 0

  constructor(deps: SuperviseDeps, options: StreamHandleOptions) {
    this.id = options.id
    this.file = options.file
    this.#deps = deps
    this.#options = options
    // Before anything is open that a refusal would leave open.
    const { totals } = StreamStore.peek(options.folder, 0)
    this.#store = BatchStore.open(options.folder, options.limits)
    this.#recorder = new StoreRecorder(this.#store, deps.clock, deps.log)
    this.#output = new ProgramOutput(deps.clock)
    const { id, file, folder, memoryMb = defaultMemoryMb } = options
    const master = options.master !== undefined && { master: options.master }
    const channels = (): ChannelFolder[] => channelFolders(options.channels())
    this.#past = new PastBatches(deps, { id, file, folder, memoryMb, channels, ...master }, this.#store)
    const recording = options.recording === undefined ? defaultRecordingLimits : options.recording
    this.#runner = new StreamRunner(deps, {
      file,
      folder,
      channels: options.channels,
      startAt: options.startAt ?? 'oldest',
      memoryMb,
      restart: options.restart ?? defaultRestartPolicy,
      stopGraceMs: options.stopGraceMs ?? 10_000,
      recorder: {
        version: (version) => this.#recorder.version(version),
        batch: (record, attempts, details) => {
          this.#recorder.batch(record, attempts, details)
          options.onBatch?.(record)
        },
        details: (details) => this.#recorder.details(details),
      },
      onOutput: (stream, bytes) => {
        this.#output.write(stream, bytes)
        return options.onOutput?.(stream, bytes)
      },
      ...(recording && { recording }),
      ...master,
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      ...(options.probe && { probe: options.probe }),
    })
    this.#runner.totals = totals ?? this.#runner.totals
  }

  /** CHANNEL_LOCKED when another process runs this stream, IO when its folder cannot be used. What goes wrong later is told by the state. */
  start(): void {
    this.#runner.start()
    const { folder, master } = this.#options
    const channels = channelFolders(this.#runner.channels)
    try {
      writeDescription(folder, { id: this.id, file: this.file, channels, ...(master !== undefined && { master }) })
    } catch (error) {
      void this.#stop(0)
      throw new MillraceError('IO', `The stream's folder ${folder} cannot be written: ${phraseOf(error)}.`, { cause: error })
    }
  }

  /** Asks, then kills; resolves when the process is gone and everything is written down. */
  async stop(graceMs?: number): Promise<void> {
    this.#stopsAsked++
    await this.#stop(graceMs)
  }

  /** Goes on with the program's files as they are now, unless it is stopped meanwhile. */
  async restart(): Promise<void> {
    const asked = this.#stopsAsked
    await this.#stop()
    if (this.#stopsAsked === asked) this.start()
  }

  async #stop(graceMs?: number): Promise<void> {
    await this.#runner.stop(graceMs)
    this.#output.end()
    this.#recorder.flush()
  }

  /** Stops and lets go of everything. */
  async close(): Promise<void> {
    await this.stop()
    this.#store.close()
  }

  /** Resolves with the last state when it stopped, or failed and is left alone. */
  async ended(): Promise<ProgramState> {
    const state = await this.#runner.program.ended
    this.#output.end()
    this.#recorder.flush()
    return state
  }

  /** Called after every change of state and every batch, until the returned function is called. */
  onChange(listener: () => void): () => void {
    return this.#runner.onChange(listener)
  }

  get state(): ProgramState {
    return this.#runner.state
  }

  summary(): view.StreamSummary {
    const { phase, since } = this.#runner.state
    const { sentence, trouble } = streamSentence(this.#runner, this.#deps.clock.now())
    const graph = this.#runner.graph
    return {
      id: this.id,
      name: basename(this.file, extname(this.file)),
      file: this.file,
      state: phase === 'waiting' ? 'retrying' : phase,
      sentence,
      since,
      channels: graph?.directInputs.filter((input) => !isReceiverLog(input)) ?? [],
      totals: this.totals(),
      ...(graph && { batchIntervalMs: graph.batchDurationMs }),
      ...(trouble && { trouble }),
    }
  }

  totals(): view.StreamTotals {
    const backlogRecords = this.#runner.backlogRecords()
    return {
      ...this.#runner.totals,
      queued: this.#runner.active.queued,
      ...(backlogRecords !== undefined && { backlogRecords }),
    }
  }

  /** The newest batches first: those under way, then recorded ones. */
  batches(limit: number): readonly view.BatchSummary[] {
    this.#recorder.flush()
    const active = this.#runner.active.list().map((info) => activeSummaryOf(this.id, info))
    const under = new Set(active.map((batch) => batch.batchTime))
    const recorded = this.#store.list(limit).filter((stored) => !under.has(stored.record.batchTime))
    return [...active.reverse(), ...recorded.map((stored) => summaryOf(this.id, stored))]
      .sort((one, other) => other.batchTime - one.batchTime)
      .slice(0, limit)
  }

  /** NOT_FOUND with a sentence when the batch is not kept. */
  batch(batchTime: number): view.BatchRecord {
    this.#recorder.flush()
    const stored = this.#past.find(batchTime)
    return recordOf(this.id, stored, this.#store.version(stored.record.programVersion)?.files ?? new Map())
  }

  /** The records behind batches(), for statistics; newest first, without samples. */
  recorded(limit: number): readonly StoredBatch[] {
    this.#recorder.flush()
    return this.#store.list(limit)
  }

  receivers(): readonly ReceiverInfo[] {
    return [...this.#runner.receivers.values()].sort((one, other) => one.streamId - other.streamId)
  }

  /** When the context that runs, or ran last, started; undefined where none did in this process. */
  get startedAt(): number | undefined {
    return this.#runner.startedAt
  }

  /** Spark's monitoring API: `path` is what follows `/api/v1/applications/<id>/streaming/`. */
  rest(path: string, query?: URLSearchParams): view.RestAnswer {
    const graph = this.#runner.graph
    if (graph === undefined) return { status: 404, body: `no streaming listener attached to ${this.id}` }
    const completed = this.recorded(restBatches)
    const active = this.#runner.active.list()
    const { completed: succeeded, failed, records } = this.#runner.totals
    const processing = active.filter((info) => info.processingStartTime !== undefined)
    return streamingRest(
      {
        applicationId: this.id,
        startTime: this.#runner.startedAt ?? this.#runner.state.since,
        batchDurationMs: graph.batchDurationMs,
        receivers: this.receivers(),
        streamNames: Object.fromEntries(completed.flatMap(({ record }) => record.inputs.map((input) => [input.streamId, input.name]))),
        totalCompletedBatches: succeeded + failed,
        processedRecords: records,
        receivedRecords: records + processing.reduce((sum, info) => sum + numRecords(info), 0),
        completed: completed.map(({ record }) => infoOf(record)),
        active,
      },
      path,
      query,
    )
  }

  /** Lines that the program printed after `seq`, as far as they are kept. */
  output(seq: number): readonly OutputLine[] {
    return this.#output.after(seq)
  }

  /** Batches that have not completed do not run again. Only while stopped. Answers how many. */
  giveUpPending(): number {
    return this.#runner.giveUpPending()
  }

  /** Runs a past batch again through collecting outputs. Writes nothing. */
  replay(batchTime: number, program: ReplayProgram = 'recorded'): Promise<view.ReplayResult & { readonly replay: Replay }> {
    this.#recorder.flush()
    return this.#past.replay(batchTime, program)
  }
}

function channelFolders(channels: readonly StreamChannel[]): ChannelFolder[] {
  return channels.map(({ name, folder }) => ({ name, folder }))
}
