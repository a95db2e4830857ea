// The host that a stream program's context finds in its process: everything durable is asked of the engine over the pipe, everything read
// comes from the logs themselves.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { MillraceError } from '../../../src-shared/errors.ts'
import type { BatchHead, InputRange, RecordingLimits } from '../../../src-shared/streaming/batch-record.ts'
import type { StreamingListenerEvent } from '../../../src-shared/streaming/listener.ts'
import { type PackedDetails, packRecord } from '../../../src-shared/streaming/packed-record.ts'
import type { ProgramFailure } from '../../../src-shared/streaming/program-failure.ts'
import { type Clock, ManualClock, systemClock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import { StateFile } from '../checkpoint/state-file.ts'
import type {
  BatchCompletion,
  DirectInput,
  GraphDescription,
  LogRetention,
  ReceiverLog,
  Restored,
  StateHistory,
  StreamingHost,
} from '../host.ts'
import { LogInput } from '../input/log-input.ts'
import { StoredReceiverLog } from '../input/receiver-log.ts'
import { CollectingOutputs, type OutputContext, processOutputs } from '../output-context.ts'
import type { Executors } from '../rdd/executors.ts'
import type { StreamingContext } from '../streaming-context.ts'
import { HeldDetails } from './held-details.ts'
import type { ProgramVersion } from './load-program.ts'
import type { ProgramLink } from './program-link.ts'
import type { EngineHandlers, RunOrder } from './program-messages.ts'
import { ThreadExecutors } from './thread-executors.ts'

export interface ProgramHostDeps {
  readonly link: ProgramLink<EngineHandlers>
  readonly order: RunOrder
  readonly log: Logger
  /** The program's version: its files as loaded so far. */
  readonly version: () => ProgramVersion
  /** A replay's batch is done: nothing more is to run. */
  readonly onReplayed: () => void
  /** The program threw in a thread that was to run its stages. */
  readonly onThrownInThread: (error: unknown) => void
  readonly onThreadFailure: (failure: ProgramFailure) => void
}

/** See file. `order.replay` makes it a host for that one batch: its time stands still, its outputs collect. */
export class ProgramHost implements StreamingHost {
  readonly clock: Clock
  readonly log: Logger
  readonly outputs: OutputContext
  readonly recording?: RecordingLimits
  readonly master?: string
  readonly #deps: ProgramHostDeps
  readonly withoutReceivers: boolean
  readonly #inputs = new Map<string, LogInput>()
  readonly #receiverLogs: StoredReceiverLog[] = []
  readonly #collecting: CollectingOutputs | undefined
  readonly #processing = new Set<number>()
  #batchDone = Promise.withResolvers<void>()
  readonly #details: HeldDetails
  #version: string | undefined
  #state: StateFile | undefined
  #operators: GraphDescription['operators'] = []
  #stateVersion = Number.MIN_SAFE_INTEGER
  /** True once a receiver has started: what it received is only here, and must be processed before a stop. */
  hasReceivers = false

  constructor(deps: ProgramHostDeps) {
    const { recording, replay, master } = deps.order
    this.#deps = deps
    this.log = deps.log
    this.withoutReceivers = replay !== undefined
    this.#collecting = replay && new CollectingOutputs()
    this.clock = replay ? new ManualClock(replay.batch.batchTime) : systemClock
    this.outputs = this.#collecting ?? processOutputs
    if (recording !== undefined) this.recording = recording
    if (master !== undefined) this.master = master
    this.#details = new HeldDetails(systemClock, (details) => void this.#handOver(details))
  }

  get programVersion(): string {
    this.#version ??= this.#deps.version().hash
    return this.#version
  }

  /** Resolves when no batch is being processed, or when the one that is has been recorded. */
  async betweenBatches(): Promise<void> {
    if (this.#processing.size > 0) await this.#batchDone.promise
  }

  /** Hands over what is held of batches that are done; to be called before the process ends. */
  async handOver(): Promise<void> {
    await this.#handOver(this.#details.take())
  }

  async #handOver(details: readonly PackedDetails[]): Promise<void> {
    if (details.length === 0) return
    await this.#deps.link.note('details', details).catch(() => {}) // the pipe has closed: the process is about to end
  }

  openDirectInput(name: string): DirectInput {
    const channel = this.#deps.order.channels.find((candidate) => candidate.name === name)
    if (channel === undefined) throw new MillraceError('NOT_FOUND', noSuchChannel(name, this.#deps.order))
    if (this.#inputs.has(name)) {
      throw new MillraceError(
        'BAD_ARGUMENT',
        `The program reads channel ${name} twice. Keep the stream that the first call gave, and use it for both.`,
      )
    }
    const input = new LogInput(name, channel.folder)
    this.#inputs.set(name, input)
    return input
  }

  startExecutors(context: StreamingContext): Executors | undefined {
    const { order, version, onThrownInThread, onThreadFailure } = this.#deps
    // What runs again is looked at by one person: threads would take longer to start.
    if (order.replay !== undefined) return undefined
    const { files, hash } = version()
    return new ThreadExecutors({
      context,
      orders: {
        file: order.file,
        sources: [...files],
        channels: order.channels,
        programVersion: hash,
        master: context.sparkContext.master,
        ...(order.recording && { recording: order.recording }),
      },
      heapMb: order.memoryMb,
      onThrown: onThrownInThread,
      onFailure: onThreadFailure,
    })
  }

  openReceiverLog(streamId: number, retention: LogRetention): ReceiverLog {
    const { log, order } = this.#deps
    const opened = new StoredReceiverLog({ streamId, streamFolder: order.folder, retention, clock: this.clock, log })
    this.#receiverLogs.push(opened)
    return opened
  }

  async restore(graph: GraphDescription): Promise<Restored | undefined> {
    for (const log of this.#receiverLogs) {
      if (!this.withoutReceivers) await log.open()
      else if (log.exists) log.openToRead()
    }
    const version = this.#deps.version()
    const { restored, positions, completedThrough } = await this.#deps.link.call('restore', {
      graph,
      version: { ...version, files: [...version.files] },
    })
    for (const input of [...this.#inputs.values(), ...this.#receiverLogs]) {
      const position = positions[input.name]
      if (position !== undefined) input.startAt(position)
    }
    this.#openState(graph, completedThrough)
    return restored
  }

  restoredState(operatorId: number, historyMs: number): StateHistory | undefined {
    return this.#state?.historyOf(operatorId, this.#stateVersion, historyMs)
  }

  // A batch of 10 ms should not cost five messages. Operations and ends stand in the batch's record; that a batch waits is worth telling
  // only when it waits for another. That it begins is always told: it may never return.
  #toldOtherwise(event: StreamingListenerEvent): boolean {
    if (event.type === 'BatchSubmitted') return this.#processing.size === 0
    return event.type === 'BatchCompleted' || event.type === 'OutputOperationStarted' || event.type === 'OutputOperationCompleted'
  }

  #openState(graph: GraphDescription, completedThrough: number): void {
    const { folder, replay } = this.#deps.order
    this.#operators = graph.operators
    this.#stateVersion = replay === undefined ? completedThrough : replay.batch.batchTime - 1
    if (!existsSync(join(folder, 'state.db'))) return
    if (replay !== undefined) {
      this.#state = StateFile.openToRead(folder)
      return
    }
    this.#state = StateFile.open(folder)
    this.#state.rollBackTo(completedThrough)
    for (const { id, name } of this.#state.operators()) {
      const now = graph.operators[id]?.name
      if (now !== name) throw new MillraceError('BAD_CONFIGURATION', lostState(id, name, now))
    }
  }

  async onRangesChosen(batchTime: number, ranges: readonly InputRange[], zeroTime: number): Promise<void> {
    await this.#deps.link.call('plan', { batchTime, ranges, zeroTime })
  }

  async onOutputDone(batchTime: number, outputId: number): Promise<void> {
    if (this.#deps.order.tellOutputs === true) await this.#deps.link.call('outputDone', { batchTime, outputId })
  }

  async onBatchCompleted(batchTime: number, record: BatchHead, completion: BatchCompletion): Promise<void> {
    const { succeeded, oldestNeeded, states } = completion
    // Before the batch counts as completed; what a batch wrote that did not come to count is left out at the next start.
    if (succeeded && states.length > 0 && this.#collecting === undefined) {
      this.#state ??= StateFile.open(this.#deps.order.folder)
      this.#state.save(batchTime, states, (id) => this.#operators[id]?.name ?? '')
    }
    const collected = this.#collecting && { collected: this.#collecting.collected }
    const details = this.#details.add({ batchTime, failed: !succeeded, details: completion.details })
    await this.#deps.link.call('batchDone', { record: packRecord(record), details, succeeded, oldestNeeded, ...collected })
    this.#processing.delete(batchTime)
    this.#batchDone.resolve()
    this.#batchDone = Promise.withResolvers()
    if (this.#collecting !== undefined) this.#deps.onReplayed()
  }

  onEvent(event: StreamingListenerEvent): void {
    if (event.type === 'BatchStarted') this.#processing.add(event.batchInfo.batchTime)
    if (event.type === 'ReceiverStarted') this.hasReceivers = true
    if (this.#toldOtherwise(event)) return
    this.#deps.link.note('event', event).catch(() => {}) // the pipe has closed: the process is about to end
  }
}

function noSuchChannel(name: string, order: RunOrder): string {
  // One name of each: a channel whose short name is its alone has that too.
  const folders = new Set(order.channels.map((channel) => channel.folder))
  const names = [...folders].map((folder) => order.channels.findLast((channel) => channel.folder === folder)!.name)
  if (names.length === 0) {
    return `The program reads channel ${name}, but this stream was given no channel. Name one with --channel DIR, or a configuration with --conf FILE --name AGENT.`
  }
  const meant = names.filter((each) => each.endsWith(`.${name}`))
  if (meant.length > 1)
    return `Several channels are named ${name}: ${meant.join(', ')}. Write the whole name of one of them: channelStream('${meant[0]}').`
  return `The program reads channel ${name}, which is not there: there is ${names.length === 1 ? 'only ' : ''}${names.join(', ')}. Correct the name in the program, or start the pipeline that has it.`
}

function lostState(id: number, name: string, now: string | undefined): string {
  const place = now === undefined ? 'has no such operator any more' : `has ${now} in its place`
  return (
    `The stream keeps the state of ${name} (operator ${id}), and the program ${place}: the state would be lost. ` +
    'Put new operators after it in the program, or give the stream a new --work-dir to begin without state.'
  )
}
