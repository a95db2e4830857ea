// StreamingContext: what a stream program begins with. It owns the graph, the scheduler and the receivers, and goes through Spark's states.

import { messageOf } from '../../src-shared/errors.ts'
import { IllegalArgumentException, IllegalStateException, requirement, SparkException } from '../../src-shared/streaming/exceptions.ts'
import type { StreamingListener, StreamingListenerEvent } from '../../src-shared/streaming/listener.ts'
import type { Plan } from '../../src-shared/streaming/structured/plan.ts'
import type { Schema } from '../../src-shared/streaming/structured/schema.ts'
import { type Duration, Time } from '../../src-shared/streaming/time.ts'
import { ContextInputs } from './context-inputs.ts'
import { DirectInputDStream } from './dstream/direct-input-dstream.ts'
import { DStream } from './dstream/dstream.ts'
import { DStreamGraph } from './dstream/dstream-graph.ts'
import { transformed, unionOf } from './dstream/element-streams.ts'
import { FileInputDStream, type FileStreamOptions } from './dstream/file-input-dstream.ts'
import { fixedLengthRecords, textLines } from './dstream/file-records.ts'
import { type MapWithStateDStream, mapWithState } from './dstream/map-with-state.ts'
import { ConstantInputDStream, QueueInputDStream } from './dstream/memory-streams.ts'
import type { StateSpec } from './dstream/state-spec.ts'
import type { StreamNode } from './dstream/stream-node.ts'
import { type GraphDescription, type Restored, type StateHistory, type StreamingHost, streamingHost } from './host.ts'
import type { OutputContext } from './output-context.ts'
import { takesDuration } from './program-arguments.ts'
import { andThen } from './rdd/definition.ts'
import { sequenceFilePairs } from './rdd/input-files.ts'
import type { Partitioner } from './rdd/partitioner.ts'
import type { RDD } from './rdd/rdd.ts'
import { SparkContext } from './rdd/spark-context.ts'
import { StorageLevel } from './rdd/storage-level.ts'
import type { Receiver } from './receiver/receiver.ts'
import { ReceiverInputDStream } from './receiver/receiver-input-dstream.ts'
import { ReceiverTracker } from './receiver/receiver-tracker.ts'
import { linesOf, RawNetworkReceiver, type SocketDecoder, SocketReceiver } from './receiver/socket-receiver.ts'
import { BatchRecordings } from './scheduler/batch-recording.ts'
import { ContextWaiter } from './scheduler/context-waiter.ts'
import { InputInfoTracker } from './scheduler/input-info-tracker.ts'
import { JobGenerator } from './scheduler/job-generator.ts'
import { JobScheduler } from './scheduler/job-scheduler.ts'
import { StreamingListenerBus } from './scheduler/listener-bus.ts'
import { type Conf, readSettings, type StreamingSettings } from './scheduler/settings.ts'
import { WrittenOutputs } from './scheduler/written-outputs.ts'
import { StateStore, type StateStoreOptions } from './state/state-store.ts'
import { runPlan } from './structured/run-plan.ts'
import type { StructuredStream } from './structured/structured-stream.ts'

export type StreamingContextState = 'INITIALIZED' | 'ACTIVE' | 'STOPPED'

export interface StreamingContextOptions {
  readonly appName?: string
  readonly batchDuration?: Duration
  /** Where it runs: `local` (default), `local[n]`, `local[*]`. Goes before `spark.master` in `conf`, and both before what the host says. */
  readonly master?: string
  /** Spark's configuration keys, and `millrace.streaming.…` ones. */
  readonly conf?: Conf
  /** Directory that marks checkpointing as wanted (stateful operations ask for it). What is stored there is the host's business. */
  readonly checkpoint?: string | null
  readonly sparkContext?: SparkContext | null
  /** Who runs this program; by default the process's host. */
  readonly host?: StreamingHost
}

let active: StreamingContext | undefined

export class StreamingContext {
  readonly sparkContext: SparkContext
  readonly graph = new DStreamGraph()
  readonly inputs: ContextInputs
  readonly settings: StreamingSettings
  readonly host: StreamingHost
  readonly outputs: OutputContext
  readonly inputInfo = new InputInfoTracker()
  readonly receivers: ReceiverTracker
  readonly scheduler: JobScheduler
  readonly stateStores: StateStore<unknown, unknown>[] = []
  readonly recordings: BatchRecordings | undefined
  #generator: JobGenerator | undefined
  #state: StreamingContextState = 'INITIALIZED'
  readonly #waiter = new ContextWaiter()
  readonly #bus: StreamingListenerBus
  readonly written: WrittenOutputs
  #startSite = ''
  #scopeDepth = 0
  #started: Promise<void> = Promise.resolve()
  #stopping: Promise<void> | undefined

  constructor(options: StreamingContextOptions = {}) {
    requirement(
      !(options.sparkContext === null && (options.checkpoint === null || options.checkpoint === undefined)),
      'Spark Streaming cannot be initialized with both SparkContext and checkpoint as null',
    )
    if (options.batchDuration === undefined)
      throw new IllegalArgumentException('A StreamingContext needs a batchDuration, for example seconds(5)')
    takesDuration('The batchDuration', options.batchDuration)
    if (!(options.batchDuration.milliseconds > 0)) {
      throw new IllegalArgumentException(`The batchDuration must be more than 0 ms, and is ${options.batchDuration}`)
    }
    this.settings = readSettings(options.conf ?? {})
    this.inputs = new ContextInputs(this.graph, this.settings)
    this.host = options.host ?? streamingHost()
    for (const key of this.settings.withoutEffect) this.host.log.warn(`${key} has no effect in Millrace.`)
    this.written = new WrittenOutputs(this.host.outputs, this.host.recording)
    this.outputs = this.written.outputs
    const { defaultParallelism, checkpointDirectory } = this.settings
    const master = options.master ?? this.settings.master ?? this.host.master
    this.sparkContext =
      options.sparkContext ??
      new SparkContext({
        outputs: this.outputs,
        clock: this.host.clock,
        ...(options.appName === undefined ? {} : { appName: options.appName }),
        ...(master === undefined ? {} : { master }),
        ...(defaultParallelism === undefined ? {} : { defaultParallelism }),
      })
    this.graph.setBatchDuration(options.batchDuration)
    this.#bus = new StreamingListenerBus(this.host.log)
    this.receivers = new ReceiverTracker(this)
    this.scheduler = new JobScheduler(this)
    this.recordings = this.host.recording === undefined ? undefined : new BatchRecordings(this.host.recording)
    const directory = options.checkpoint ?? checkpointDirectory
    if (directory !== undefined && directory !== null) this.checkpoint(directory)
  }

  // ---- what a program calls

  /** INITIALIZED until start(), then ACTIVE, then STOPPED for good. */
  getState(): StreamingContextState {
    return this.#state
  }

  /** The context that is ACTIVE in this process. */
  static getActive(): StreamingContext | undefined {
    return active
  }

  /**
   * The context of a directory with a checkpoint, by Spark's name. A checkpoint holds data and never code, so `create` always builds the
   * graph, also after a restart; what was kept is given back to it when it starts. A context that has no directory gets this one.
   */
  static getOrCreate(directory: string, create: () => StreamingContext): StreamingContext {
    const context = create()
    if (context.sparkContext.checkpointDir === undefined) context.checkpoint(directory)
    return context
  }

  /** The context that is ACTIVE, or a new one: of a directory as getOrCreate, where one is named. */
  static getActiveOrCreate(create: () => StreamingContext): StreamingContext
  static getActiveOrCreate(directory: string, create: () => StreamingContext): StreamingContext
  static getActiveOrCreate(first: string | (() => StreamingContext), create?: () => StreamingContext): StreamingContext {
    if (active !== undefined) return active
    return typeof first === 'string' ? StreamingContext.getOrCreate(first, create!) : first()
  }

  /** Keeps the RDDs of all streams for this long. Once only. */
  remember(duration: Duration): void {
    takesDuration('The duration to remember', duration)
    this.graph.setRememberDuration(duration)
  }

  /** Switches checkpointing on, or off with null. Stateful operations and inverse windows ask for it. Before start(). */
  checkpoint(directory: string | null): void {
    this.sparkContext.setCheckpointDir(directory ?? undefined)
  }

  /** `listener` is told of every later event, in order. */
  addStreamingListener(listener: StreamingListener): void {
    this.#bus.add(listener)
  }

  /** `listener` is told nothing more. */
  removeStreamingListener(listener: StreamingListener): void {
    this.#bus.remove(listener)
  }

  /**
   * The RDDs of a queue that the program fills: one per batch, or all that wait; then `defaultRDD` (an empty one; null: one without partitions). For tests:
   * what is in the queue is gone after a restart.
   */
  queueStream<T>(queue: RDD<T>[], oneAtATime = true, defaultRDD?: RDD<T> | null): DStream<T> {
    return new QueueInputDStream(this, queue, oneAtATime, defaultRDD === undefined ? this.sparkContext.makeRDD<T>([], 1) : defaultRDD)
  }

  /** The same RDD in every batch. */
  constantStream<T>(rdd: RDD<T>): DStream<T> {
    return new ConstantInputDStream(this, rdd)
  }

  /** What a receiver of the program's own stores; one partition per block. */
  receiverStream<T>(receiver: Receiver<T>): ReceiverInputDStream<T> {
    return new ReceiverInputDStream(this, receiver)
  }

  /** Lines of a TCP server, as UTF-8. Connects again, after 2 s, whenever there is no connection. */
  socketTextStream(
    host: string,
    port: number,
    storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_SER_2,
  ): ReceiverInputDStream<string> {
    return new ReceiverInputDStream(this, new SocketReceiver(host, port, linesOf, storageLevel), 'socketTextStream', 'SocketInputDStream')
  }

  /** A socket whose bytes `decode` makes records of. */
  socketStream<T>(host: string, port: number, decode: SocketDecoder<T>, storageLevel: StorageLevel): ReceiverInputDStream<T> {
    return new ReceiverInputDStream(this, new SocketReceiver(host, port, decode, storageLevel), 'socketStream', 'SocketInputDStream')
  }

  /** Blocks that are serialised already: frames of a 4-byte big-endian length and what encodeObjects gives. */
  rawSocketStream<T>(host: string, port: number, storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_SER_2): ReceiverInputDStream<T> {
    return new ReceiverInputDStream(this, new RawNetworkReceiver<T>(host, port, storageLevel), 'rawSocketStream', 'RawInputDStream')
  }

  /** Lines of the files that appear in a directory, or in the directories that a pattern matches. */
  textFileStream(directory: string): DStream<string> {
    return new FileInputDStream(this, directory, textLines, {}, 'textFileStream')
  }

  /**
   * As textFileStream, for files that `filter` accepts, or also for those that are there at the start. With SequenceFileInputFormat the
   * pairs of Hadoop's SequenceFiles.
   */
  fileStream(directory: string, options?: FileStreamOptions & { readonly format?: 'TextInputFormat' }): DStream<string>
  fileStream<K, V>(directory: string, options: FileStreamOptions & { readonly format: 'SequenceFileInputFormat' }): DStream<[K, V]>
  fileStream(
    directory: string,
    options: FileStreamOptions & { readonly format?: string } = {},
  ): DStream<string> | DStream<[unknown, unknown]> {
    const { format = 'TextInputFormat' } = options
    if (format === 'TextInputFormat') return new FileInputDStream<string>(this, directory, textLines, options, 'fileStream')
    if (format === 'SequenceFileInputFormat')
      return new FileInputDStream<[unknown, unknown]>(this, directory, sequenceFilePairs, options, 'fileStream')
    throw new IllegalArgumentException(`There is no input format ${format}; there are TextInputFormat and SequenceFileInputFormat.`)
  }

  /** Records of `recordLength` bytes of the files that appear in a directory. */
  binaryRecordsStream(directory: string, recordLength: number): DStream<Uint8Array> {
    if (!Number.isInteger(recordLength) || recordLength <= 0)
      throw new IllegalArgumentException(`The recordLength of binaryRecordsStream must be a whole number above 0, and is ${recordLength}.`)
    return new FileInputDStream(this, directory, fixedLengthRecords(recordLength), {}, 'binaryRecordsStream')
  }

  /** The events of a durable channel, each batch a range of its log. */
  channelStream(name: string): DirectInputDStream {
    if (this.host.openDirectInput === undefined) {
      throw new IllegalArgumentException(
        `There is no channel "${name}" here: this program was started by itself. Run it with "millrace stream", or from the window, to read channels.`,
      )
    }
    return new DirectInputDStream(this, name, this.host.openDirectInput(name))
  }

  /** The stream that a plan describes. Its channels are read once, whoever else reads them. Throws with all that is wrong with the plan. */
  structured<S extends Schema = Schema>(plan: Plan): StructuredStream<S> {
    return runPlan(this, plan) as StructuredStream<Schema> as StructuredStream<S>
  }

  /** The elements of all streams, which need the same slide. */
  union<T>(streams: readonly DStream<T>[]): DStream<T> {
    return new DStream(this, 'union', unionOf(streams))
  }

  /** Any function of the RDDs of these streams, run for every batch as it is made. */
  transform<U>(
    streams: readonly DStream<never>[] | readonly DStream<unknown>[],
    f: (rdds: RDD<unknown>[], time: Time) => RDD<U>,
  ): DStream<U> {
    return new DStream(this, 'transform', transformed(streams, f))
  }

  /** Starts. Everything that can be refused is refused here, at once; the first batch comes at the next multiple of the batch duration. */
  start(): void {
    if (this.#state === 'ACTIVE') {
      this.host.log.warn('StreamingContext has already been started')
      return
    }
    if (this.#state === 'STOPPED') throw new IllegalStateException('StreamingContext has already been stopped')
    if (active !== undefined) {
      throw new IllegalStateException(
        `Only one StreamingContext may be started in this JVM. Currently running StreamingContext was started at${active.#startSite}`,
      )
    }
    this.sparkContext.start()
    if (this.host.execute !== undefined) {
      this.graph.validate()
      this.host.execute(this)
    }
    this.#startSite = this.sparkContext.callSite('start').frames[0] ?? ''
    let restored: Restored | undefined | Promise<Restored | undefined>
    try {
      this.graph.validate()
      if (this.sparkContext.isStopped) throw new IllegalStateException('LiveListenerBus is stopped.')
      if (this.sparkContext.threads > 1) this.sparkContext.executors = this.host.startExecutors?.(this)
      this.inputs.openLogs(this.host, this.sparkContext.checkpointDir)
      restored = this.host.restore?.(this.graph.describe(this.inputs.ranged.map((input) => input.directInputName)))
      this.#generator = new JobGenerator(this)
      if (!(restored instanceof Promise)) this.#begin(restored)
    } catch (thrown) {
      this.#state = 'STOPPED'
      throw thrown
    }
    this.#state = 'ACTIVE'
    active = this
    this.post({ type: 'StreamingStarted', time: this.host.clock.now() })
    this.#started = Promise.resolve(
      andThen(restored, (known) => {
        if (restored instanceof Promise) this.#begin(known)
        return this.#run(known)
      }),
    ).catch((thrown: unknown) => {
      this.reportError('Error starting the context', thrown)
    })
  }

  /** The graph gets its zero time; refuses what cannot run. */
  #begin(restored: Restored | undefined): void {
    this.graph.start(new Time(restored?.zeroTime ?? this.#generator!.lastTick()))
    for (const batch of restored?.remembered ?? []) this.inputs.setRanges(batch.batchTime, batch.ranges)
  }

  #run(restored: Restored | undefined): void | Promise<void> {
    const pending: Promise<void>[] = []
    for (const stream of this.graph.inputStreams) {
      const started = stream.start()
      if (started instanceof Promise) pending.push(started)
    }
    const go = (): void => {
      this.inputs.startRateControl((streamId, rate) => this.receivers.updateRate(streamId, rate))
      if (this.host.withoutReceivers !== true) {
        this.receivers.start(this.inputs.receivers.map(({ inputId, receiver, log }) => ({ streamId: inputId, receiver, log })))
      }
      this.#generator!.start(restored)
    }
    if (pending.length === 0) return go()
    return Promise.all(pending).then(go)
  }

  /** Resolves when the context has been stopped; rejects with the last error of a batch, also when that came before the call. */
  awaitTermination(): Promise<void> {
    return this.#waiter.untilStopped()
  }

  /** True when stopped, false when `timeoutMs` went by; rejects like awaitTermination. */
  awaitTerminationOrTimeout(timeoutMs: number): Promise<boolean> {
    return this.#waiter.untilStoppedOrTimeout(this.host.clock, timeoutMs)
  }

  /** Stops. Gracefully: what was received is processed first. */
  stop(stopSparkContext = this.settings.stopSparkContext, stopGracefully = false): Promise<void> {
    if (this.#bus.delivering) throw new SparkException('Cannot stop StreamingContext within listener bus thread.')
    if (this.#state !== 'ACTIVE') {
      this.host.log.warn(
        this.#state === 'INITIALIZED' ? 'StreamingContext has not been started yet' : 'StreamingContext has already been stopped',
      )
      this.#state = 'STOPPED'
      if (stopSparkContext) this.sparkContext.stop()
      return this.#stopping ?? Promise.resolve()
    }
    this.#stopping ??= this.#stop(stopGracefully).finally(() => {
      if (stopSparkContext) this.sparkContext.stop()
    })
    return this.#stopping
  }

  async #stop(gracefully: boolean): Promise<void> {
    await this.#started
    await this.receivers.stop()
    if (gracefully) await this.#drain()
    await this.#generator!.stop()
    if (!gracefully) this.scheduler.stop()
    for (const stream of this.graph.inputStreams) await stream.stop()
    this.#state = 'STOPPED'
    if (active === this) active = undefined
    this.#waiter.notifyStop()
  }

  /** Blocks that no batch has get one, and every batch is finished; at most for the graceful stop time-out. */
  async #drain(): Promise<void> {
    const ended = new AbortController()
    const limit = this.settings.gracefulStopTimeoutMs ?? 10 * this.graph.batchDuration!.milliseconds
    const late = this.host.clock.sleep(limit, ended.signal).then(() => !ended.signal.aborted)
    const drained = (async (): Promise<boolean> => {
      while (this.#hasUnallocatedBlocks) await this.#generator!.nextBatch()
      await this.#generator!.stop()
      await this.scheduler.untilPending(0)
      return false
    })()
    const timedOut = await Promise.race([late, drained])
    ended.abort()
    if (timedOut)
      this.host.log.warn('The graceful stop took too long; what was left is not processed.', {
        limitMs: limit,
        batches: this.scheduler.pendingBatches,
      })
  }

  get #hasUnallocatedBlocks(): boolean {
    return this.receivers.blocks.hasUnallocated || this.inputs.receivers.some(({ log }) => (log?.backlog().records ?? 0) > 0)
  }

  // ---- for streams, the scheduler and tests

  /** Throws when streams may no longer be added. */
  checkMayChange(): void {
    if (this.#state === 'INITIALIZED') return
    const when = this.#state === 'ACTIVE' ? 'starting' : 'stopping'
    throw new IllegalStateException(`Adding new inputs, transformations, and output operations after ${when} a context is not supported`)
  }

  /** Runs the body of a public method of a stream: streams made inside, but for the one it returns, are internal. */
  scoped<R extends DStream<never> | DStream<unknown>>(operation: string, body: () => R): R {
    const outermost = this.#scopeDepth === 0
    const from = this.graph.streams.length
    this.#scopeDepth += 1
    try {
      const result = this.sparkContext.scoped(operation, body)
      if (outermost) {
        for (const stream of this.graph.streams.slice(from)) stream.internal = stream !== (result as unknown)
        result.operation = operation
      }
      return result
    } finally {
      this.#scopeDepth -= 1
    }
  }

  /** An operation makes streams for its own use. */
  get inOperation(): boolean {
    return this.#scopeDepth > 0
  }

  /** Here for DStream.mapWithState: what it gives extends DStream, which therefore cannot import it. */
  mapWithState<K, V, S, M>(parent: DStream<[K, V]>, spec: StateSpec<K, V, S, M>, partitioner: Partitioner): MapWithStateDStream<K, S, M> {
    return mapWithState(parent, spec, partitioner)
  }

  /** The store of a stateful stream, filled with what the host kept of an earlier run. */
  newStateStore<K, V>(
    stream: Pick<StreamNode<never>, 'id' | 'requestedHistory'>,
    name: string,
    partitioner: Partitioner,
    options: Pick<StateStoreOptions<K, V>, 'externalise' | 'internalise' | 'onRestored'>,
  ): StateStore<K, V> {
    const historyMs = (): number => stream.requestedHistory.milliseconds
    const restored = (): StateHistory | undefined => this.host.restoredState?.(stream.id, historyMs())
    const store = new StateStore<K, V>({ operatorId: stream.id, name, partitioner, restored, historyMs, ...options })
    this.stateStores.push(store as unknown as StateStore<unknown, unknown>)
    return store
  }

  /** The graph as another evaluation of the same program makes it too. */
  describe(): GraphDescription {
    return this.graph.describe(this.inputs.channels.map((stream) => stream.channel))
  }

  /** Everything that was made for one batch is let go. */
  forgetBatch(batchTime: number): void {
    for (const stream of this.graph.streams) stream.generatedRDDs.delete(batchTime)
    this.inputs.forgetRanges(Number.POSITIVE_INFINITY)
    this.inputInfo.cleanup(Number.POSITIVE_INFINITY)
    this.recordings?.forget(batchTime)
  }

  /** Tells the host, the listeners and the rate controllers. */
  post(event: StreamingListenerEvent): void {
    this.host.onEvent?.(event)
    this.#bus.post(event)
    if (event.type === 'BatchCompleted') this.inputs.onBatchCompleted(event.batchInfo)
  }

  /** Logs an error that no batch can be told of, and ends awaitTermination() with it. */
  reportError(what: string, thrown: unknown): void {
    this.host.log.error(what, { error: messageOf(thrown) })
    this.#waiter.notifyError(thrown)
  }

  /** The batch is done: what only it and older ones need is let go. */
  onBatchCompletion(batchTime: number): void {
    this.graph.clearMetadata(new Time(batchTime))
    const oldest = batchTime - this.graph.maxInputRemember()
    this.inputInfo.cleanup(oldest)
    this.receivers.blocks.cleanup(oldest)
    this.inputs.forgetRanges(oldest)
  }

  /** Resolves when the batch of `batchTime` has been made and everything that was submitted until then is done. */
  async untilBatch(batchTime: number): Promise<void> {
    await this.#started
    await this.#generator!.untilGenerated(batchTime)
    await this.scheduler.untilPending(0)
  }
}
