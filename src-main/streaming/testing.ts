// For programs' own tests: `import { StreamingTestDriver } from 'millrace/testing'`. A context on a clock that stands until it is moved,
// inputs that are pushed, outputs that are kept. Nothing sleeps and nothing is written.
import { batchOf } from '../../src-shared/event/build-batch.ts'
import type { NumberedBatch } from '../../src-shared/event/event-batch.ts'
import type { BatchRecord, InputRange } from '../../src-shared/streaming/batch-record.ts'
import { defaultRecordingLimits } from '../../src-shared/streaming/batch-record.ts'
import { type Duration, seconds, type Time } from '../../src-shared/streaming/time.ts'
import { ManualClock } from '../clock.ts'
import { silentLogger } from '../log.ts'
import type { DStream } from './dstream/dstream.ts'
import { InputDStream } from './dstream/input-dstream.ts'
import { type DirectInput, type RangeLimit, type ReceiverLog, type StreamingHost, setStreamingHost, streamingHost } from './host.ts'
import { CollectingOutputs } from './output-context.ts'
import type { RDD } from './rdd/rdd.ts'
import type { SparkContext } from './rdd/spark-context.ts'
import { decodeRecords, encodeRecords } from './receiver/record-encoding.ts'
import type { Conf } from './scheduler/settings.ts'
import { StreamingContext } from './streaming-context.ts'

export { ManualClock } from '../clock.ts'
export { CollectingOutputs } from './output-context.ts'

/** An input whose batches are listed: the i-th batch gets the i-th list, split over `slices` partitions; null: no RDD at all; past the end: nothing. */
export class TestInputDStream<T> extends InputDStream<T> {
  readonly #batches: (readonly T[] | null)[]
  readonly #slices: number
  readonly #reported = new Set<number>()

  constructor(context: StreamingContext, batches: readonly (readonly T[] | null)[], slices = 2) {
    super(context, 'testInput')
    this.#batches = [...batches]
    this.#slices = slices
  }

  /** The content of the batch after the last one that is listed. */
  push(...elements: T[]): void {
    this.#batches.push(elements)
  }

  /** Fills up with empty batches until the one that will run next. */
  pushNext(done: number, elements: readonly T[]): void {
    while (this.#batches.length < done) this.#batches.push([])
    this.#batches.push(elements)
  }

  override compute(time: Time): RDD<T> | undefined {
    const index = time.minus(this.zeroTime!).milliseconds / this.slideDuration.milliseconds - 1
    const batch = index < this.#batches.length ? this.#batches[index] : []
    if (batch === null || batch === undefined) return undefined
    // A slice may ask for a batch again whose RDD is forgotten: it was counted the first time.
    if (!this.#reported.has(time.milliseconds)) this.reportInput(time, batch.length)
    this.#reported.add(time.milliseconds)
    return this.context.sparkContext.makeRDD(batch, this.#slices)
  }
}

/** A channel for programs that read one: push lines, and the next batch gets them. */
export class TestChannel implements DirectInput {
  readonly name: string
  readonly #events: Uint8Array[] = []
  #position = 0

  constructor(name: string) {
    this.name = name
  }

  push(...lines: string[]): void {
    for (const line of lines) this.#events.push(Buffer.from(line))
  }

  choose(limit: RangeLimit): InputRange {
    const from = this.#position
    const until = Math.min(this.#events.length, from + limit.records)
    this.#position = until
    const bytes = this.#events.slice(from, until).reduce((sum, event) => sum + event.length, 0)
    return { input: this.name, from, until, records: until - from, bytes }
  }

  read(range: InputRange): Iterable<NumberedBatch> {
    return [{ from: range.from, batch: batchOf(this.#events.slice(range.from, range.until).map((body) => ({ headers: {}, body }))) }]
  }

  backlog(): { readonly records: number; readonly bytes: number } {
    const waiting = this.#events.slice(this.#position)
    return { records: waiting.length, bytes: waiting.reduce((sum, event) => sum + event.length, 0) }
  }
}

/** A receiver's write-ahead log that is in memory. */
class TestReceiverLog implements ReceiverLog {
  readonly name: string
  readonly #blocks: (readonly unknown[])[] = []
  #stored = 0
  #position = 0

  constructor(name: string) {
    this.name = name
  }

  async append(records: readonly unknown[]): Promise<void> {
    this.#blocks.push(decodeRecords(encodeRecords(records)))
    this.#stored += records.length
  }

  choose(): InputRange {
    const from = this.#position
    this.#position = this.#stored
    return { input: this.name, from, until: this.#stored, records: this.#stored - from, bytes: 0 }
  }

  stored(): InputRange {
    return { input: this.name, from: 0, until: this.#stored, records: this.#stored, bytes: 0 }
  }

  blocks(range: InputRange): readonly (() => readonly unknown[])[] {
    let first = 0
    return this.#blocks.flatMap((block) => {
      const [from, until] = [Math.max(range.from, first), Math.min(range.until, first + block.length)]
      const part = block.slice(from - first, Math.max(from, until) - first)
      first += block.length
      return part.length === 0 ? [] : [() => part]
    })
  }

  *read(range: InputRange): Iterable<NumberedBatch> {
    let { from } = range
    for (const block of this.blocks(range)) {
      const batch = encodeRecords(block())
      yield { from, batch }
      from += batch.count
    }
  }

  backlog(): { readonly records: number; readonly bytes: number } {
    return { records: this.#stored - this.#position, bytes: 0 }
  }
}

/** What a stream gave, batch by batch. */
export interface CollectedBatch<T> {
  readonly time: number
  /** Partitions, in order. */
  readonly partitions: readonly (readonly T[])[]
  /** All partitions one after the other. */
  readonly elements: readonly T[]
}

export interface StreamingTestDriverOptions {
  readonly batchDuration?: Duration
  /** What the clock shows at the start, in ms. */
  readonly startAt?: number
  readonly conf?: Conf
  /** Marks a checkpoint directory as set, which stateful operations ask for. Default true; nothing is written. */
  readonly checkpoint?: boolean
  /** Keeps a record of every batch. Default false. */
  readonly recording?: boolean
  /** The one of another driver's context, where two are to share it. */
  readonly sparkContext?: SparkContext
  /** More of a host: channels, hooks. */
  readonly host?: Partial<StreamingHost>
}

/**
 * Drives one context. Either build the program on `context` and start() it, or load() a program file that makes and starts its own.
 * Then advance and look. Call stop() at the end of each test.
 */
export class StreamingTestDriver {
  readonly clock: ManualClock
  readonly outputs: CollectingOutputs
  readonly records: BatchRecord[] = []
  readonly #channels = new Map<string, TestChannel>()
  readonly #host: StreamingHost
  readonly #options: StreamingTestDriverOptions
  #context: StreamingContext | undefined
  #batches = 0

  constructor(options: StreamingTestDriverOptions = {}) {
    this.clock = new ManualClock(options.startAt ?? 0)
    this.outputs = new CollectingOutputs()
    this.#options = options
    const extra = options.host ?? {}
    this.#host = {
      clock: this.clock,
      log: silentLogger,
      outputs: this.outputs,
      programVersion: 'test',
      openDirectInput: (name) => this.channel(name),
      openReceiverLog: (streamId) => new TestReceiverLog(`received/${streamId}`),
      ...(options.recording === true ? { recording: defaultRecordingLimits } : {}),
      ...extra,
      onBatchCompleted: (batchTime, record, completion) => {
        this.records.push({ ...record, operators: completion.operators() })
        return extra.onBatchCompleted?.(batchTime, record, completion)
      },
    }
  }

  /** The context: the loaded program's, or one of the driver's own, made when it is first asked for. */
  get context(): StreamingContext {
    this.#context ??= new StreamingContext({
      appName: 'test',
      batchDuration: this.#options.batchDuration ?? seconds(1),
      ...(this.#options.sparkContext === undefined ? {} : { sparkContext: this.#options.sparkContext }),
      conf: { 'spark.default.parallelism': 2, 'millrace.streaming.missedTicks': 'replay', ...this.#options.conf },
      checkpoint: this.#options.checkpoint === false ? null : 'memory',
      host: this.#host,
    })
    return this.#context
  }

  /**
   * Runs a program file, `() => import('./program.ts')`, on this driver's clock, channels and outputs. Resolves when it has started its
   * context; rejects when it ends or throws before that.
   */
  async load(program: () => Promise<unknown>): Promise<void> {
    const before = streamingHost()
    setStreamingHost(this.#host)
    try {
      let ended: { readonly error?: unknown } | undefined
      program().then(
        () => {
          ended = {}
        },
        (error: unknown) => {
          ended = { error }
        },
      )
      while (StreamingContext.getActive() === undefined && ended === undefined) await new Promise((resolve) => setImmediate(resolve))
      if (ended !== undefined) throw ended.error ?? new Error('The program ended without starting a StreamingContext.')
      this.#context = StreamingContext.getActive()!
    } finally {
      setStreamingHost(before)
    }
  }

  /** The channel that programs read under this name. */
  channel(name: string): TestChannel {
    let channel = this.#channels.get(name)
    if (channel === undefined) {
      channel = new TestChannel(name)
      this.#channels.set(name, channel)
    }
    return channel
  }

  /** An input with these batches. */
  input<T>(batches: readonly (readonly T[] | null)[] = [], slices = 2): TestInputDStream<T> {
    return new TestInputDStream(this.context, batches, slices)
  }

  /** Registers an output that keeps what `stream` gives. */
  collect<T>(stream: DStream<T>): CollectedBatch<T>[] {
    const collected: CollectedBatch<T>[] = []
    stream.foreachRDD(async (rdd, time) => {
      const partitions = await rdd.collectPartitions()
      collected.push({ time: time.milliseconds, partitions, elements: partitions.flat(1) as T[] })
    })
    return collected
  }

  start(): void {
    this.context.start()
  }

  /** Batches that advance() has run. */
  get batches(): number {
    return this.#batches
  }

  /** Moves the clock batch by batch; each batch is done before the next begins. */
  async advance(batches = 1): Promise<void> {
    const batchMs = this.context.graph.batchDuration!.milliseconds
    for (let left = batches; left > 0; left--) {
      const next = (Math.floor(this.clock.now() / batchMs) + 1) * batchMs
      this.clock.advance(next - this.clock.now())
      await this.context.untilBatch(next)
      this.#batches += 1
    }
  }

  /** What `print()` wrote so far. */
  stdout(): string {
    return this.outputs.stdout()
  }

  stop(): Promise<void> {
    return this.context.stop(true, false)
  }
}
