// The durable channel is a log: a folder that holds every event until all consumers have had it, and for a while after.
//
// Files
//   index.db                       cursors and settings (SQLite, WAL, 1 KiB pages)
//   log-<ordinal, 16 digits>.db    a segment: the rows from that ordinal on (SQLite, WAL, 16 KiB pages), about 256 MB each
//   lock.db                        exclusively locked by the process that writes (folder-lock.ts); `owner` says which, for people
//   reserve                        4 MiB that are given up when the disk is full, so that cursors can still move
//   damaged/                       what a repair moved aside
//   streams/                       wishes of streams in other processes (stream-mailbox.ts)
// Segments may lie in other folders (Flume's dataDirs); the index says which.
//
// A row of a segment's table `batch` is `first` (ordinal of its first event, the key), `count`, `at` (milliseconds since 1970 when it was
// put) and `data` (an encoded EventBatch, checksum included; empty where the events are lost and were given up). A transaction of puts
// is one row, or a few that one SQLite transaction makes visible together.
//
// Invariants
//  1. Every event has an ordinal, counted up from 0. The segments' names and rows give it; no ordinal is ever given twice, because the last
//     segment stays, however empty. Rows follow one another without gaps, a segment begins where the one before it ended.
//  2. Only the last segment is written. It has no rows that are not committed; a put is answered after SQLite's fsync (durability commit).
//  3. Nothing is ever checkpointed by a commit. A segment's rows stay in SQLite's write-ahead log until it is sealed and the channel has
//     leisure; then a thread of its own folds it. Under load segments come and go without being written twice.
//     Behind the frames of the live log may be up to a megabyte of zeros, which small commits are written over (log-room.ts).
//  4. A cursor is a low-water ordinal and the committed ranges above it. Cursors are not fsynced with each take: a killed process loses
//     nothing, after a power cut a consumed tail may come again. They are written after the events that they consumed were fsynced, and
//     note how far the log went: a log that is shorter than that is damaged, and refused.
//  5. Consumption moves a cursor. Only retention unlinks files, whole segments, oldest first, none that a wired consumer still needs.
//  6. Leases (open takes) are in memory only: what was taken and not committed is there again after a crash.
//  7. What cannot be read is left as it is and named. Reading other segments, and putting, go on.
import { MillraceError, messageOf } from '../../../../src-shared/errors.ts'
import type { Clock } from '../../../clock.ts'
import type { Logger } from '../../../log.ts'
import type { FileLock } from '../../../storage/file-lock.ts'
import type { ChannelGauges, Transaction } from '../channel.ts'
import type { CheckReport, CursorState, DurableChannel, Extent, StreamCursor } from '../durable-channel.ts'
import type { FaultPlan } from './faults.ts'
import { lockFolder } from './folder-lock.ts'
import { failure } from './log-errors.ts'
import { type LogFolder, makeFolders } from './log-folder.ts'
import type { Durability } from './log-store.ts'
import { checkInThread } from './log-tasks.ts'
import { type ChannelCounts, LogTransaction } from './log-transaction.ts'
import { type LogWriter, type OpenWriter, openThreadWriter } from './log-writer.ts'
import { OpenLog } from './open-log.ts'
import type { Retention } from './retention.ts'
import { keyRing } from './row-cipher.ts'
import { followWishes } from './stream-mailbox.ts'
import type { WriterEvent } from './writer-protocol.ts'

export interface LogChannelOptions {
  readonly name: string
  readonly log: LogFolder
  /** Most events that some wired consumer has not consumed. */
  readonly capacity: number
  readonly transactionCapacity: number
  readonly keepAliveMs: number
  /** Null headers are kept as empty ones, as Flume's file channel keeps them. */
  readonly nullHeadersAreEmpty?: boolean
  readonly durability: Durability
  /** Durability interval: how often puts are fsynced. */
  readonly syncIntervalMs: number
  readonly retention: Retention
  readonly segmentBytes: number
  /** Newest rows kept in memory for sinks that keep up. */
  readonly recentBytes: number
  readonly reserveBytes: number
}

export interface LogChannelDeps {
  readonly clock: Clock
  readonly log: Logger
  /** Says a trouble to a person; undefined: it is over. */
  readonly trouble: (sentence: string | undefined) => void
  /** For tests: a writer in this thread, and things that go wrong in it. */
  readonly openWriter?: OpenWriter
  readonly faults?: FaultPlan
}

const tickMs = 5000

interface Running {
  readonly log: OpenLog
  readonly writer: LogWriter
  readonly lock: FileLock
  readonly stopping: AbortController
  readonly background: Promise<unknown>
}

export class LogChannel implements DurableChannel {
  readonly name: string
  readonly folder: string
  readonly transactionCapacity: number
  readonly #options: LogChannelOptions
  readonly #deps: LogChannelDeps
  #counts: ChannelCounts = { putAttempts: 0, putSuccesses: 0, takeAttempts: 0, takeSuccesses: 0 }
  #running: Running | undefined
  #closedBecause: unknown
  readonly #underWay = new Set<Promise<unknown>>()

  constructor(options: LogChannelOptions, deps: LogChannelDeps) {
    this.name = options.name
    this.folder = options.log.folder
    this.transactionCapacity = options.transactionCapacity
    this.#options = options
    this.#deps = deps
  }

  /**
   * Opens the log, and makes it where there is none. Rejects with CHANNEL_LOCKED, CHANNEL_DAMAGED, DISK_FULL or IO; the files are then as
   * they were and start() may be tried again.
   */
  async start(): Promise<void> {
    if (this.#running) return
    try {
      this.#running = await this.#open()
      this.#closedBecause = undefined
    } catch (error) {
      this.#closedBecause = error
      throw error
    }
  }

  async #open(): Promise<Running> {
    const { log: folder, name } = this.#options
    const { clock, log } = this.#deps
    try {
      makeFolders(folder)
    } catch (error) {
      throw failure('Making the folders of the log', folder.folder, error)
    }
    const lock = lockFolder(folder.folder, name)
    let writer: LogWriter | undefined
    try {
      writer = await this.#openWriter()
      const openLog = new OpenLog(writer, { ...this.#options, keys: keyRing(folder.keyNames ?? []), clock, log })
      await followWishes(folder.folder, openLog, log)
      this.#counts = { putAttempts: 0, putSuccesses: 0, takeAttempts: 0, takeSuccesses: 0 }
      const stopping = new AbortController()
      return { log: openLog, writer, lock, stopping, background: this.#keep(openLog, writer, stopping.signal) }
    } catch (error) {
      // The lock is not given up before the writer has closed the files.
      await writer?.ask('close', undefined).catch((closing: unknown) => this.#trouble(messageOf(closing)))
      lock.release()
      throw failure('Opening the log', folder.folder, error)
    }
  }

  #openWriter(): Promise<LogWriter> {
    const { log, durability, segmentBytes, reserveBytes } = this.#options
    const { faults, openWriter = openThreadWriter } = this.#deps
    return openWriter({ log, durability, segmentBytes, reserveBytes, ...(faults && { faults }) }, (event) => this.#onEvent(event))
  }

  /** What comes round as long as the log is open. */
  #keep(log: OpenLog, writer: LogWriter, signal: AbortSignal): Promise<unknown> {
    const { durability, syncIntervalMs } = this.#options
    return Promise.all([
      this.#every(tickMs, signal, async () => {
        await followWishes(this.folder, log, this.#deps.log)
        await log.history.tick(tickMs / 1000)
      }),
      durability === 'interval' && this.#every(syncIntervalMs, signal, () => writer.ask('sync', undefined)),
    ])
  }

  /** Waits for what is under way, then closes the files. Transactions that are still open can only be rolled back afterwards. */
  async stop(): Promise<void> {
    const running = this.#running
    if (running === undefined) return
    this.#running = undefined
    running.stopping.abort()
    await Promise.allSettled([...this.#underWay, running.background])
    await running.log.history.idle()
    running.log.close()
    try {
      await running.writer.ask('close', undefined)
    } finally {
      running.lock.release()
    }
  }

  transaction(): Transaction {
    this.#log()
    return new LogTransaction({
      name: this.name,
      capacity: this.transactionCapacity,
      keepAliveMs: this.#options.keepAliveMs,
      nullHeadersAreEmpty: this.#options.nullHeadersAreEmpty === true,
      clock: this.#deps.clock,
      counts: this.#counts,
      log: () => this.#log(),
      underWay: (work) => this.#track(work),
    })
  }

  get isOpen(): boolean {
    return this.#running !== undefined
  }

  get freeRoom(): number {
    return Math.max(0, this.#running?.log.room.available ?? 0)
  }

  async whenAvailable(signal: AbortSignal): Promise<void> {
    const log = this.#log()
    if (!log.hasAvailable) await log.arrivals.next(signal)
  }

  gauges(): ChannelGauges {
    return {
      channelSize: this.#running?.log.unconsumed() ?? 0,
      channelCapacity: this.#options.capacity,
      eventPutAttemptCount: this.#counts.putAttempts,
      eventPutSuccessCount: this.#counts.putSuccesses,
      eventTakeAttemptCount: this.#counts.takeAttempts,
      eventTakeSuccessCount: this.#counts.takeSuccesses,
    }
  }

  extent(): Extent {
    return this.#log().extent
  }

  streamCursor(name: string, from?: number): StreamCursor {
    const log = this.#log()
    const made = log.streamPosition(name) === undefined ? this.#track(log.addStream(name, from ?? log.extent.first)) : Promise.resolve()
    made.catch((error) => this.#deps.log.error(`The cursor of stream ${name} could not be stored`, { error: messageOf(error) }))
    const change = async (work: (open: OpenLog) => Promise<void>): Promise<void> => {
      await made
      await this.#track(work(this.#log()))
    }
    let last = log.streamPosition(name)!
    const position = (): number => {
      last = this.#running?.log.streamPosition(name) ?? last
      return last
    }
    return {
      name,
      get position() {
        return position()
      },
      advance: (to) => change((open) => open.advanceStream(name, to)),
      skipToNow: () => change((open) => open.advanceStream(name, open.extent.next)),
      release: () => change((open) => open.releaseStream(name)),
    }
  }

  isConsumedBySinks(ordinal: number): boolean {
    return this.#log().isConsumed(ordinal)
  }

  cursors(): readonly CursorState[] {
    return this.#log().cursors()
  }

  async wireSinks(wired: boolean): Promise<void> {
    await this.#track(this.#log().wireSinks(wired))
  }

  check(): Promise<CheckReport> {
    return checkInThread(this.folder)
  }

  retained(): { readonly events: number; readonly bytes: number } {
    const log = this.#log()
    const pin = log.pin()
    return { events: pin - log.extent.first, bytes: log.history.bytesFrom(log.extent.first) - log.history.bytesFrom(pin) }
  }

  async forgetHistory(): Promise<void> {
    await this.#track(this.#log().history.forget())
  }

  #log(): OpenLog {
    if (this.#running) return this.#running.log
    const because = this.#closedBecause
    const why =
      because instanceof MillraceError ? `. Due to ${because.code}: ${because.message}` : because ? `. Due to ${messageOf(because)}` : ''
    throw new MillraceError('TRANSACTION_STATE', `Channel closed [channel=${this.name}]${why}`, { cause: because })
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work)
    const done = (): unknown => this.#underWay.delete(work)
    work.then(done, done)
    return work
  }

  async #every(ms: number, signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      await this.#deps.clock.sleep(ms, signal)
      if (signal.aborted) return
      try {
        await work()
        this.#deps.trouble(undefined)
      } catch (error) {
        this.#trouble(messageOf(error))
      }
    }
  }

  #onEvent(event: WriterEvent): void {
    if ('rolled' in event) this.#running?.log.history.rolled(event.rolled)
    else this.#trouble(event.trouble.message)
  }

  #trouble(sentence: string): void {
    this.#deps.log.warn(sentence, { channel: this.name })
    this.#deps.trouble(sentence)
  }
}
