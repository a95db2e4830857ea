// The newest rows of a log, in memory, so that a sink that keeps up never reads the disk. Bounded in the bytes
// that they hold; the oldest go first.
import type { EventBatch } from '../../../../src-shared/event/event-batch.ts'

export interface NumberedRow {
  readonly first: number
  readonly count: number
  /** Undefined where the events are lost (a repair gave them up). */
  readonly batch: EventBatch | undefined
}

export class RecentBatches {
  readonly #limitBytes: number
  #rows: NumberedRow[] = []
  /** Rows before this index were let go; the array is cut now and then. */
  #start = 0
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** Adds a row behind all others. */
  add(row: NumberedRow): void {
    this.#rows.push(row)
    this.#bytes += heldBytes(row)
    while (this.#bytes > this.#limitBytes && this.#start < this.#rows.length) this.#dropOldest()
  }

  /** The row that has `ordinal`, if it is still here. */
  at(ordinal: number): NumberedRow | undefined {
    let low = this.#start
    let high = this.#rows.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const row = this.#rows[middle]!
      if (ordinal < row.first) high = middle - 1
      else if (ordinal >= row.first + row.count) low = middle + 1
      else return row
    }
    return undefined
  }

  /** Lets go of rows that lie wholly below `ordinal`, and says so of each. */
  dropBelow(ordinal: number, dropped?: (row: NumberedRow) => void): void {
    while (this.#start < this.#rows.length) {
      const oldest = this.#rows[this.#start]!
      if (oldest.first + oldest.count > ordinal) return
      this.#dropOldest()
      dropped?.(oldest)
    }
  }

  clear(): void {
    this.#rows = []
    this.#start = 0
    this.#bytes = 0
  }

  #dropOldest(): void {
    this.#bytes -= heldBytes(this.#rows[this.#start]!)
    this.#rows[this.#start++] = released
    if (this.#start < 256 || this.#start * 2 < this.#rows.length) return
    this.#rows = this.#rows.slice(this.#start)
    this.#start = 0
  }
}

const released: NumberedRow = { first: -1, count: 0, batch: undefined }

/** About what the objects of a row take, and those of one value of its headers. */
const rowObjectsBytes = 512
const valueBytes = 64

/** What a row keeps from the collector: its memory is held as a whole, however little of it the row fills. */
function heldBytes({ batch }: NumberedRow): number {
  if (batch === undefined) return rowObjectsBytes
  const columns = batch.columns.reduce((sum, { codes, values }) => sum + codes.byteLength + values.length * valueBytes, 0)
  return rowObjectsBytes + batch.bodies.buffer.byteLength + columns
}
