// One stream, run: its program under supervision, its store, its cursors. What the program's process asks is answered here, each answer
// after what it promises is on the disk. Runs in the engine.
import { dirname } from 'node:path'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import type { ReceiverInfo } from '../../../src-shared/streaming/batch-info.ts'
import type { InputRange, RecordingLimits } from '../../../src-shared/streaming/batch-record.ts'
import type { StreamingListenerEvent } from '../../../src-shared/streaming/listener.ts'
import type { PackedDetails, PackedRecord } from '../../../src-shared/streaming/packed-record.ts'
import { blockingDifferences, refusal } from '../checkpoint/graph-difference.ts'
import { StreamStore, type StreamTotals } from '../checkpoint/stream-store.ts'
import type { GraphDescription } from '../host.ts'
import { folderChannel } from '../input/folder-channel.ts'
import { isReceiverLog, ownCursor, receiverLogFolder, receiverLogs } from '../input/receiver-log.ts'
import type { StreamChannel } from '../input/stream-channel.ts'
import { ActiveBatches } from './active-batches.ts'
import type { ProgramVersion } from './load-program.ts'
import type { EngineHandlers, RestoreAnswer, RunOrder, VersionMessage } from './program-messages.ts'
import type { RestartPolicy } from './restart-policy.ts'
import { type ProgramState, type SuperviseDeps, SupervisedProgram } from './supervise-program.ts'

/** Keeps what happened, for looking at. */
export interface BatchRecorder {
  version(version: ProgramVersion): void
  /** `details`: of this batch and of earlier ones. Those of short batches come after their records. */
  batch(record: PackedRecord, attempts: number, details: readonly PackedDetails[]): void
  details(details: readonly PackedDetails[]): void
}

/** Places at which a test stops the engine dead. */
export type RunnerPoint = 'range-written' | 'output-done' | 'outputs-done' | 'cursor-moved'

export interface StreamRunnerOptions {
  /** Absolute path of the program. */
  readonly file: string
  /** The stream's state folder. */
  readonly folder: string
  /** Folder in which the program's process runs; by default the program's own. */
  readonly cwd?: string
  /** Channels that the program may read; asked at each start. */
  readonly channels: () => readonly StreamChannel[]
  /** Where a stream without a past begins in a channel. */
  readonly startAt: 'oldest' | 'now'
  readonly memoryMb: number
  readonly master?: string
  readonly recording?: RecordingLimits
  readonly restart: RestartPolicy
  readonly stopGraceMs: number
  readonly recorder: BatchRecorder
  readonly onOutput: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void | Promise<void>
  readonly probe?: (point: RunnerPoint, batchTime: number, outputId?: number) => void
}

/** See file. `start` may be called again after it stopped or failed. */
export class StreamRunner {
  totals: StreamTotals = { completed: 0, failed: 0, records: 0 }
  readonly active: ActiveBatches
  readonly program: SupervisedProgram
  readonly receivers = new Map<number, ReceiverInfo>()
  /** Why the newest batch failed, while no later one has succeeded. */
  batchFailure: { readonly batchTime: number; readonly message: string } | undefined
  /** When the context that runs, or ran last, started; epoch ms. */
  startedAt: number | undefined
  #graph: GraphDescription | undefined
  #versionHash: string | undefined
  readonly #options: StreamRunnerOptions
  readonly #deps: SuperviseDeps
  readonly #listeners = new Set<() => void>()
  #store: StreamStore | undefined
  #channels: readonly StreamChannel[] = []
  /** Logs of its own receivers, opened when the program has made them. */
  readonly #received = new Map<string, StreamChannel & Disposable>()

  constructor(deps: SuperviseDeps, options: StreamRunnerOptions) {
    this.#deps = deps
    this.#options = options
    this.active = new ActiveBatches(deps.clock)
    this.program = new SupervisedProgram(deps, {
      order: () => this.#order(),
      cwd: options.cwd ?? dirname(options.file),
      restart: options.restart,
      stopGraceMs: options.stopGraceMs,
      handlers: () => this.#handlers(),
      onOutput: options.onOutput,
      onExit: () => this.#exited(),
      completedBatches: () => this.totals.completed,
    })
    this.program.onChange(() => this.#changed())
  }

  /** The program's graph, once it has started. */
  get graph(): GraphDescription | undefined {
    return this.#graph
  }

  /** Channels given at the last start. */
  get channels(): readonly StreamChannel[] {
    return this.#channels
  }

  /** Hash of the program version that runs or ran last. */
  get version(): string | undefined {
    return this.#versionHash
  }

  /** The stream's state folder must be free: CHANNEL_LOCKED, when another process runs this stream. */
  start(): void {
    this.#store ??= StreamStore.open(this.#options.folder)
    this.totals = this.#store.checkpoint()?.totals ?? this.totals
    this.#channels = this.#options.channels()
    this.program.start()
  }

  /** Stops the program and lets go of the state folder. */
  async stop(graceMs?: number): Promise<void> {
    await this.program.stop(graceMs)
    this.close()
  }

  /** Lets go of the state folder; the program must have ended. */
  close(): void {
    this.#store?.close()
    this.#store = undefined
    for (const channel of this.#channels) channel[Symbol.dispose]?.()
    for (const log of this.#received.values()) log[Symbol.dispose]()
    this.#received.clear()
  }

  /** Gives up batches that have not completed: they do not run again. Only while it is stopped. Answers how many. */
  giveUpPending(): number {
    const store = this.#store ?? StreamStore.open(this.#options.folder)
    try {
      return store.giveUpPending()
    } finally {
      if (this.#store === undefined) store.close()
    }
  }

  /** Records in its channels that no batch has taken; undefined before the program has started, and while nobody can tell. */
  backlogRecords(): number | undefined {
    const [graph, store] = [this.#graph, this.#store]
    if (graph === undefined || store === undefined) return undefined
    const waiting = (name: string): number => {
      const { first, next } = this.#channel(name).extent()
      return Math.max(0, next - Math.max(first, store.endOf(name) ?? first))
    }
    try {
      return graph.directInputs.reduce((records, name) => records + waiting(name), 0)
    } catch {
      // A channel's folder is gone or damaged, or the stream's own: the next batch needs them too, and says so.
      return undefined
    }
  }

  /** Called after every change of state and every batch, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get state(): ProgramState {
    return this.program.state
  }

  #order(): RunOrder {
    const { file, folder, memoryMb, recording, master } = this.#options
    return {
      file,
      folder,
      memoryMb,
      channels: this.#channels.map(({ name, folder }) => ({ name, folder })),
      ...(recording && { recording }),
      ...(master !== undefined && { master }),
      ...(this.#options.probe && { tellOutputs: true }),
    }
  }

  #handlers(): Omit<EngineHandlers, 'hello' | 'failed' | 'finished'> {
    return {
      restore: ({ graph, version }) => this.#restore(graph, version),
      event: (event) => this.#event(event),
      plan: ({ batchTime, ranges, zeroTime }) => this.#plan(batchTime, ranges, zeroTime),
      outputDone: ({ batchTime, outputId }) => this.#options.probe?.('output-done', batchTime, outputId),
      batchDone: (done) => this.#batchDone(done),
      details: (details) => this.#options.recorder.details(details),
    }
  }

  async #restore(graph: GraphDescription, { hash, main, files }: VersionMessage): Promise<RestoreAnswer> {
    const store = this.#opened()
    const stored = store.checkpoint()
    const pending = store.pending()
    const differences = stored === undefined ? [] : blockingDifferences(stored.graph, graph, pending)
    if (differences.length > 0) throw new MillraceError('BAD_CONFIGURATION', refusal(differences, pending))
    const positions = Object.fromEntries(graph.directInputs.map((name) => [name, this.#position(store, name)]))
    await this.#pin(store, positions)
    this.#tellOfLeftLogs(store, graph)
    const aligned = stored?.graph.batchDurationMs === graph.batchDurationMs ? stored : undefined
    store.saveCheckpoint({ ...aligned, graph })
    this.#options.recorder.version({ hash, main, files: new Map(files) })
    this.#graph = graph
    this.#versionHash = hash
    this.program.reportRunning()
    const completedThrough = store.lastCompleted() ?? Number.MIN_SAFE_INTEGER
    if (aligned?.zeroTime === undefined) return { positions, completedThrough }
    const remembered = aligned.neededAfter === undefined ? [] : store.completedAfter(aligned.neededAfter)
    return { positions, completedThrough, restored: { zeroTime: aligned.zeroTime, pending: store.beginAgain(), remembered } }
  }

  // Where the next range of a channel begins.
  #position(store: StreamStore, name: string): number {
    const channel = this.#channel(name)
    const { first, next } = channel.extent()
    const begin = this.#options.startAt === 'now' && !isReceiverLog(name) ? next : first
    const position = store.endOf(name) ?? channel.position ?? begin
    if (position < first) {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        `Events ${position} to ${first - 1} of channel ${name} were given up before this stream had read them: its retention was too short. ` +
          'Give the stream a new --work-dir to begin at the oldest event that is kept.',
      )
    }
    return position
  }

  #plan(batchTime: number, ranges: readonly InputRange[], zeroTime: number): void {
    this.#opened().plan(batchTime, ranges, zeroTime)
    this.#options.probe?.('range-written', batchTime)
  }

  async #batchDone({ record, details, succeeded, oldestNeeded }: Parameters<EngineHandlers['batchDone']>[0]): Promise<void> {
    const store = this.#opened()
    const { batchTime } = record
    // A batch without direct inputs has no ranges; neither has one whose ranges could not be chosen.
    const planned = store.batch(batchTime)
    const records = this.totals.records + record.records
    if (succeeded) {
      this.#options.probe?.('outputs-done', batchTime)
      const totals = { ...this.totals, completed: this.totals.completed + 1, records }
      if (planned !== undefined) {
        store.complete(batchTime, oldestNeeded, totals)
        await this.#moveCursors(store)
      }
      this.#options.probe?.('cursor-moved', batchTime)
      this.totals = totals
      this.batchFailure = undefined
    } else {
      if (planned !== undefined) store.fail(batchTime)
      this.totals = { ...this.totals, failed: this.totals.failed + 1 }
      this.batchFailure = { batchTime, message: record.error ?? 'An output failed.' }
    }
    this.active.done(batchTime)
    this.#options.recorder.batch(record, planned?.attempts ?? 1, details)
    this.#changed()
  }

  // From the start on, before the first batch has moved anything.
  async #pin(store: StreamStore, positions: Readonly<Record<string, number>>): Promise<void> {
    for (const [name, position] of Object.entries(positions)) await this.#advance(name, store.lowWaterOf(name) ?? position)
  }

  // The store is what counts; a channel that hears of it later keeps its events longer.
  async #moveCursors(store: StreamStore): Promise<void> {
    for (const name of this.#graph?.directInputs ?? []) {
      const ordinal = store.lowWaterOf(name)
      if (ordinal !== undefined) await this.#advance(name, ordinal)
    }
  }

  async #advance(name: string, ordinal: number): Promise<void> {
    try {
      await this.#channel(name).advance?.(ordinal)
    } catch (error) {
      this.#deps.log.warn(`The cursor of the stream on channel ${name} did not move: ${messageOf(error)}`, { ordinal })
    }
  }

  #event(event: StreamingListenerEvent): void {
    if (event.type === 'BatchSubmitted' || event.type === 'BatchStarted') this.active.update(event.batchInfo)
    if (event.type === 'StreamingStarted') this.startedAt = event.time
    if ('receiverInfo' in event) this.receivers.set(event.receiverInfo.streamId, event.receiverInfo)
    this.#changed()
  }

  #exited(): void {
    this.active.clear()
    this.receivers.clear()
  }

  #channel(name: string): StreamChannel {
    const channel = isReceiverLog(name) ? this.#receiverLog(name) : this.#channels.find((candidate) => candidate.name === name)
    if (channel === undefined) throw new MillraceError('NOT_FOUND', `There is no channel ${name}.`)
    return channel
  }

  #receiverLog(name: string): StreamChannel {
    let log = this.#received.get(name)
    if (log === undefined) {
      log = folderChannel({ name, folder: receiverLogFolder(this.#options.folder, name) }, ownCursor, this.#deps.clock)
      this.#received.set(name, log)
    }
    return log
  }

  // A receiver that the program no longer has, or has without its log: what no batch had of it waits.
  #tellOfLeftLogs(store: StreamStore, graph: GraphDescription): void {
    for (const { name } of receiverLogs(this.#options.folder)) {
      if (graph.directInputs.includes(name)) continue
      const { first, next } = this.#receiverLog(name).extent()
      const records = next - Math.max(first, store.endOf(name) ?? first)
      if (records > 0)
        this.#deps.log.warn('Records that were received wait in a write-ahead log that the program does not use.', { name, records })
    }
  }

  #opened(): StreamStore {
    if (this.#store === undefined) throw new MillraceError('STREAMING_STATE', 'The stream is not started.')
    return this.#store
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
