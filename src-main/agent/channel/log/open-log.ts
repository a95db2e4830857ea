// A log that is open: puts, takes and cursors over the writer's thread. The channel (log-channel.ts) adds Flume's transactions.

import { MillraceError } from '../../../../src-shared/errors.ts'
import { sliceBatch } from '../../../../src-shared/event/build-batch.ts'
import { concatBatches } from '../../../../src-shared/event/concat-batches.ts'
import type { EventBatch } from '../../../../src-shared/event/event-batch.ts'
import { layOutBatch } from '../../../../src-shared/event/event-batch-encoding.ts'
import type { Clock } from '../../../clock.ts'
import type { Logger } from '../../../log.ts'
import { decodeBatch, nodeEncoding } from '../../../storage/batch-encoding.ts'
import { Arrivals } from '../arrivals.ts'
import type { TakeLimit } from '../channel.ts'
import type { CursorState, Extent } from '../durable-channel.ts'
import { lastWithin } from '../last-within.ts'
import { Permits } from '../permits.ts'
import { Consumed, type Range } from './consumed.ts'
import { Leases } from './leases.ts'
import { LogHistory } from './log-history.ts'
import type { CursorChange, EncodedRow } from './log-store.ts'
import { type LogWriter, PutFailure } from './log-writer.ts'
import type { Retention } from './retention.ts'
import type { KeyRing } from './row-cipher.ts'
import { RowMemory } from './row-memory.ts'
import { RowSource } from './row-source.ts'

/** Small batches of one transaction become one row up to this size. */
const rowBytes = 2 ** 20

/** SQLite's own limit for a blob, less some room for the row around it. */
const largestRowBytes = 1_000_000_000 - 4096

export interface OpenLogOptions {
  readonly capacity: number
  readonly retention: Retention
  readonly recentBytes: number
  readonly keys: KeyRing
  readonly clock: Clock
  readonly log: Logger
}

export class OpenLog {
  readonly #writer: LogWriter
  readonly #options: OpenLogOptions
  readonly #leases: Leases
  readonly #streams = new Map<string, Consumed>()
  readonly #rows: RowSource
  readonly #memory = new RowMemory()
  readonly history: LogHistory
  readonly arrivals = new Arrivals()
  /** Room in events: capacity less what is not consumed and what open transactions mean to put. */
  readonly room: Permits
  #next: number
  #sinksWired: boolean
  #counted: number

  constructor(writer: LogWriter, options: OpenLogOptions) {
    const { segments, next, cursors, settings } = writer.state
    this.#writer = writer
    this.#options = options
    this.#next = next
    this.#sinksWired = settings['sinksWired'] !== 'false'
    this.#rows = new RowSource(options.recentBytes, options.keys, (ordinal) => this.history.fileOf(ordinal))
    this.history = new LogHistory(segments, {
      ...options,
      writer,
      pin: () => this.pin(),
      next: () => this.#next,
      beforeDrop: (paths) => {
        for (const path of paths) this.#rows.forget(path)
        // Sinks that are not wired pin nothing; what they have not taken may be gone now.
        this.#leases.skipTo(this.history.first)
      },
    })
    const sinks = cursors.find((cursor) => cursor.kind === 'sinks')
    this.#leases = new Leases(new Consumed(sinks?.low ?? 0, sinks?.above))
    this.#leases.skipTo(this.history.first)
    for (const cursor of cursors) if (cursor.kind === 'stream') this.#streams.set(cursor.name, new Consumed(cursor.low))
    this.#counted = this.unconsumed()
    this.room = new Permits(options.capacity - this.#counted)
  }

  get extent(): Extent {
    return { first: this.history.first, next: this.#next }
  }

  /** Stores batches, all or none; resolves when they are as safe as the channel's durability says, and can be taken. */
  async put(batches: readonly EventBatch[]): Promise<void> {
    let rows: readonly EncodedRow[] = encodedRows(batches, (length) => this.#memory.take(length))
    const tooLarge = rows.find((row) => row.bytes.length > largestRowBytes)
    if (tooLarge) {
      throw new MillraceError(
        'CHANNEL_EXCEPTION',
        `A transaction of ${tooLarge.bytes.length} bytes is more than a row can hold (${largestRowBytes}).`,
      )
    }
    const at = this.#options.clock.now()
    for (;;) {
      try {
        const answer = await this.#writer.ask('put', { at, rows })
        return this.#stored(answer.first, answer.put.rows)
      } catch (error) {
        if (!(error instanceof PutFailure) || error.code !== 'DISK_FULL' || !(await this.history.makeRoom())) throw error
        rows = error.put.rows
      }
    }
  }

  #stored(first: number, rows: readonly EncodedRow[]): void {
    for (const { bytes, count } of rows) {
      if (this.#sinksWired) this.#rows.recent.add({ first, count, batch: decodeBatch(bytes, { trusted: true }) })
      else this.#memory.giveBack(bytes.buffer)
      this.history.notePut(bytes.length)
      first += count
    }
    this.#counted += first - this.#next
    this.#next = first
    // Who put goes on first: takers take the loop for a while, and the answer may have somebody on another machine wait.
    setImmediate(() => this.arrivals.announce())
  }

  /** True when a take would find something. */
  get hasAvailable(): boolean {
    return this.#leases.available(this.#next) !== undefined
  }

  get availableCount(): number {
    return this.#leases.countAvailable(this.#next)
  }

  /**
   * Leases events from the front. Reads until a limit is reached, but at least one event; null when there is none. `ranges` may hold more
   * than the batch: events that were lost to damage and given up. Throws CHANNEL_DAMAGED when the first cannot be read.
   */
  take(limit: TakeLimit): { batch: EventBatch | null; ranges: Range[] } {
    const parts: EventBatch[] = []
    const ranges: Range[] = []
    let events = 0
    let bytes = 0
    for (let range = this.#leases.available(this.#next); range && events < limit.events; range = this.#leases.available(this.#next)) {
      const part = this.#part(range, limit.events - events, limit.bytes - bytes, parts.length === 0)
      if (part === undefined) break
      ranges.push(this.#leases.lease(part.to))
      if (part.batch) {
        parts.push(part.batch)
        events += part.batch.count
        bytes += part.batch.bodies.length
      }
    }
    return { batch: parts.length === 0 ? null : concatBatches(parts), ranges }
  }

  /** The start of `range`, as far as its row and the limits go; undefined when not even one event may be added. */
  #part(range: Range, events: number, bytes: number, first: boolean): { to: number; batch: EventBatch | undefined } | undefined {
    const row = this.#rowAt(range[0], first)
    if (row === undefined) return undefined
    const to = Math.min(row.first + row.count, range[1])
    if (row.batch === undefined) return { to, batch: undefined }
    const from = range[0] - row.first
    let end = Math.min(to - row.first, from + events)
    end = lastWithin(row.batch, from, end, bytes)
    if (end === from) {
      if (!first) return undefined
      end = from + 1
    }
    return { to: row.first + end, batch: sliceBatch(row.batch, from, end) }
  }

  #rowAt(ordinal: number, first: boolean): ReturnType<RowSource['at']> | undefined {
    try {
      return this.#rows.at(ordinal)
    } catch (error) {
      // What was read before the damage is delivered; the next take meets it first.
      if (first) throw error
      return undefined
    }
  }

  giveBack(ranges: readonly Range[]): void {
    this.#leases.giveBack(ranges)
    if (ranges.length > 0) this.arrivals.announce()
  }

  /** Leased ranges are consumed; when it rejects they are still leased. */
  async consume(ranges: readonly Range[]): Promise<void> {
    await this.#change({ kind: 'sinks', name: '', consumed: ranges }, false)
    this.#leases.commit(ranges)
    // All of a row's events were taken by transactions that are committed now: nobody looks at its memory any more.
    this.#rows.recent.dropBelow(this.#leases.consumed.low, ({ batch }) => {
      if (batch?.bodies.buffer instanceof ArrayBuffer) this.#memory.giveBack(batch.bodies.buffer)
    })
    this.#recount()
  }

  /** Whether sinks have consumed the event of that ordinal. */
  isConsumed(ordinal: number): boolean {
    const { low, above } = this.#leases.consumed
    return ordinal < low || above.some(([from, to]) => from <= ordinal && ordinal < to)
  }

  /** Events that some wired consumer has not consumed. */
  unconsumed(): number {
    const streams = Math.min(...this.#streamPositions())
    if (!this.#sinksPin()) return this.#next - streams
    const bySinks = this.#leases.consumed.missingBelow(Math.min(streams, this.#next))
    return streams < this.#next ? bySinks + this.#next - streams : bySinks
  }

  /** The lowest ordinal that some wired consumer needs. */
  pin(): number {
    return Math.min(...this.#streamPositions(), this.#sinksPin() ? this.#leases.consumed.low : this.#next, this.#next)
  }

  async wireSinks(wired: boolean): Promise<void> {
    this.#sinksWired = wired
    await this.#writer.ask('setting', { name: 'sinksWired', value: String(wired) })
    this.#recount()
  }

  cursors(): CursorState[] {
    const state = (kind: CursorState['kind'], name: string, consumed: Consumed): CursorState => ({
      name,
      kind,
      position: consumed.low,
      pinnedEvents: consumed.missingBelow(this.#next),
      pinnedBytes: this.history.bytesFrom(consumed.low),
    })
    const streams = [...this.#streams].map(([name, consumed]) => state('stream', name, consumed))
    return this.#sinksPin() ? [state('sinks', 'sinks', this.#leases.consumed), ...streams] : streams
  }

  streamPosition(name: string): number | undefined {
    return this.#streams.get(name)?.low
  }

  /** Pins from `from` on, at once; the disk follows. */
  async addStream(name: string, from: number): Promise<void> {
    const start = Math.max(this.history.first, Math.min(from, this.#next))
    this.#streams.set(name, new Consumed(start))
    this.#recount()
    await this.#change({ kind: 'stream', name, start }, false)
  }

  async advanceStream(name: string, to: number): Promise<void> {
    const cursor = this.#streams.get(name)
    if (cursor === undefined) throw new MillraceError('BAD_ARGUMENT', `The cursor of stream ${name} was released.`)
    if (to < cursor.low || to > this.#next) {
      throw new MillraceError(
        'BAD_ARGUMENT',
        `The cursor of stream ${name} cannot go from ${cursor.low} to ${to}: the log ends at ${this.#next}.`,
      )
    }
    await this.#change({ kind: 'stream', name, start: cursor.low, consumed: [[cursor.low, to]] }, true)
    cursor.add([cursor.low, to])
    this.#recount()
  }

  async releaseStream(name: string): Promise<void> {
    await this.#change({ kind: 'stream', name, release: true }, true)
    this.#streams.delete(name)
    this.#recount()
  }

  close(): void {
    this.#rows.close()
  }

  /** When not even the writer's reserve is left on a full disk, consumed segments are given up for it, as for a put. */
  async #change(change: CursorChange, durable: boolean): Promise<void> {
    for (;;) {
      try {
        await this.#writer.ask('cursors', { changes: [change], durable })
        return
      } catch (error) {
        if (!(error instanceof MillraceError) || error.code !== 'DISK_FULL' || !(await this.history.makeRoom())) throw error
      }
    }
  }

  /** Without any wired consumer everything stays, as in Flume: the sinks' cursor then pins for whoever comes. */
  #sinksPin(): boolean {
    return this.#sinksWired || this.#streams.size === 0
  }

  #streamPositions(): number[] {
    return [...this.#streams.values()].map((cursor) => cursor.low)
  }

  /** After consumption or wiring changed: room for those who wait to put, and segments that may go. */
  #recount(): void {
    const unconsumed = this.unconsumed()
    const freed = this.#counted - unconsumed
    this.#counted = unconsumed
    if (freed >= 0) this.room.release(freed)
    else this.room.take(-freed)
    this.history.consumed()
  }
}

/** One row for each batch; neighbours that are small share one. */
function encodedRows(batches: readonly EventBatch[], memory: (length: number) => ArrayBuffer): EncodedRow[] {
  const rows: EncodedRow[] = []
  for (let from = 0; from < batches.length; ) {
    let to = from + 1
    for (let bytes = batches[from]!.bodies.length; to < batches.length && bytes + batches[to]!.bodies.length <= rowBytes; to++) {
      bytes += batches[to]!.bodies.length
    }
    const batch = to === from + 1 ? batches[from]! : concatBatches(batches.slice(from, to))
    rows.push({ bytes: layOutBatch(batch, nodeEncoding, memory), count: batch.count })
    from = to
  }
  return rows
}
