// split: one row per piece. The pieces are ranges of the bytes that were split; the other fields are repeated only when somebody reads them.
import type { SplitOperator } from '../../../src-shared/streaming/structured/plan.ts'
import { NULL_START, TextColumn } from './column.ts'
import { Frame } from './frame.ts'

/** A text that is null gives one piece that is null. */
export function splitFrames(operator: SplitOperator): (frame: Frame) => Frame {
  const { field, as = field } = operator
  const separator = Buffer.from(operator.separator)
  const pieces = new Pieces()
  return (frame) => {
    const column = frame.text(field)
    pieces.clear()
    if (separator.length === 1) splitAtByte(column, separator[0]!, pieces)
    else splitAt(column, separator, pieces)
    const { starts, ends, rows } = pieces.take()
    const others = frame.names.filter((name) => name !== as)
    const repeated = others.length === 0 ? undefined : frame.rows(rows, true)
    const split = new TextColumn(column.bytes, starts, ends, column.ordered)
    return new Frame(
      starts.length,
      frame.names.includes(as)
        ? frame.names.map((name) => [name, name === as ? split : () => repeated!.column(name)])
        : [...others.map((name) => [name, () => repeated!.column(name)] as const), [as, split]],
      frame.originsAt(rows),
    )
  }
}

/** Grows once and serves every frame. */
class Pieces {
  #starts = new Uint32Array(1024)
  #ends = new Uint32Array(1024)
  #rows = new Uint32Array(1024)
  #count = 0

  clear(): void {
    this.#count = 0
  }

  add(start: number, end: number, row: number): void {
    const at = this.#count++
    if (at === this.#starts.length) this.#grow()
    this.#starts[at] = start
    this.#ends[at] = end
    this.#rows[at] = row
  }

  take(): { starts: Uint32Array; ends: Uint32Array; rows: Uint32Array } {
    const count = this.#count
    return { starts: this.#starts.slice(0, count), ends: this.#ends.slice(0, count), rows: this.#rows.slice(0, count) }
  }

  #grow(): void {
    const double = (values: Uint32Array): Uint32Array<ArrayBuffer> => {
      const larger = new Uint32Array(values.length * 2)
      larger.set(values)
      return larger
    }
    this.#starts = double(this.#starts)
    this.#ends = double(this.#ends)
    this.#rows = double(this.#rows)
  }
}

function splitAtByte({ bytes, starts, ends }: TextColumn, separator: number, pieces: Pieces): void {
  for (let row = 0; row < starts.length; row++) {
    let from = starts[row]!
    const end = ends[row]!
    if (from !== NULL_START) {
      for (let at = from; at < end; at++) {
        if (bytes[at] !== separator) continue
        pieces.add(from, at, row)
        from = at + 1
      }
    }
    pieces.add(from, end, row)
  }
}

function splitAt({ bytes, starts, ends }: TextColumn, separator: Buffer, pieces: Pieces): void {
  for (let row = 0; row < starts.length; row++) {
    let from = starts[row]!
    const end = ends[row]!
    if (from !== NULL_START) {
      const text = bytes.subarray(0, end)
      for (let at = text.indexOf(separator, from); at >= 0; at = text.indexOf(separator, from)) {
        pieces.add(from, at, row)
        from = at + separator.length
      }
    }
    pieces.add(from, end, row)
  }
}
