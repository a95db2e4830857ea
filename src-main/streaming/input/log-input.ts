// A durable channel as a stream program reads it: its own read-only connection, short reads, no cursor moved from here.
import type { NumberedBatch } from '../../../src-shared/event/event-batch.ts'
import type { InputRange } from '../../../src-shared/streaming/batch-record.ts'
import { type LogReader, openLogReader } from '../../agent/channel/log/log-reader.ts'
import type { DirectInput, RangeLimit } from '../host.ts'

/** DirectInput over the log in a folder. `position` is where the next range begins; the engine says it before the first choose(). */
export class LogInput implements DirectInput {
  readonly name: string
  readonly #reader: LogReader
  #position: number | undefined
  // Of the last range that had any: the backlog's bytes are estimated by it.
  #bytesPerRecord = 0

  constructor(name: string, folder: string) {
    this.name = name
    this.#reader = openLogReader(folder)
  }

  /** Ordinals that are retained now. */
  extent(): { readonly first: number; readonly next: number } {
    return this.#reader.extent()
  }

  startAt(ordinal: number): void {
    this.#position = ordinal
  }

  choose(limit: RangeLimit): InputRange {
    const from = this.#position ?? this.#reader.extent().first
    const until = this.#reader.rangeUpTo(from, { events: limit.records, bytes: limit.bytes })
    const { events, bytes } = this.#reader.measure({ from, to: until })
    this.#position = until
    if (events > 0) this.#bytesPerRecord = bytes / events
    return { input: this.name, from, until, records: events, bytes }
  }

  read(range: InputRange): Iterable<NumberedBatch> {
    return range.until === range.from ? [] : this.#reader.read({ from: range.from, to: range.until })
  }

  /** A range row by row; rows that a repair gave up are left out. */
  rows(range: InputRange): InputRange[] {
    return this.#reader.rows({ from: range.from, to: range.until }).map(({ from, to, bytes }) => ({
      ...{ input: this.name, from, until: to, records: to - from, bytes },
    }))
  }

  backlog(): { readonly records: number; readonly bytes: number } {
    const { first, next } = this.#reader.extent()
    const records = Math.max(0, next - (this.#position ?? first))
    return { records, bytes: Math.round(records * this.#bytesPerRecord) }
  }
}
