// Looking into texts without decoding them.
import { NULL_START, type TextColumn, TRUE, UNKNOWN } from './column.ts'

type Test = (bytes: Buffer, start: number, end: number) => boolean

/** A boolean per row: `test`, or unknown where the text is null. */
export function testEach(column: TextColumn, test: Test): Uint8Array {
  const { bytes, starts, ends } = column
  const found = new Uint8Array(starts.length)
  for (let row = 0; row < starts.length; row++) {
    const start = starts[row]!
    found[row] = start === NULL_START ? UNKNOWN : test(bytes, start, ends[row]!) ? TRUE : 0
  }
  return found
}

/** Which rows contain `part`. */
export function containing(column: TextColumn, part: Buffer): Uint8Array {
  if (column.ordered && part.length > 0 && isDense(column)) return containingInOrder(column, part)
  return testEach(column, (bytes, start, end) => containsAt(bytes, start, end, part))
}

/** Is most of the buffer between the first and the last row made of rows? Then one search over it is cheaper than one per row. */
function isDense({ starts, ends }: TextColumn): boolean {
  const rows = starts.length
  if (rows < 8) return false
  let bytes = 0
  for (let row = 0; row < rows; row++) {
    if (starts[row] === NULL_START) return false
    bytes += ends[row]! - starts[row]!
  }
  return bytes * 2 > ends[rows - 1]! - starts[0]!
}

/** The native search runs over all rows at once; each row that has a hit is left at its first one. */
function containingInOrder({ bytes, starts, ends }: TextColumn, part: Buffer): Uint8Array {
  const rows = starts.length
  const found = new Uint8Array(rows)
  const searched = bytes.subarray(0, ends[rows - 1])
  const { length } = part
  let row = 0
  for (let at = searched.indexOf(part, starts[0]); at >= 0; ) {
    while (row < rows && ends[row]! < at + length) row += 1
    if (row === rows) break
    // A hit that begins before the row lies in a separator or across a border.
    if (starts[row]! <= at) {
      found[row] = TRUE
      row += 1
      if (row === rows) break
    }
    at = searched.indexOf(part, Math.max(at + 1, starts[row]!))
  }
  return found
}

function containsAt(bytes: Buffer, start: number, end: number, part: Uint8Array): boolean {
  const last = end - part.length
  if (part.length === 0) return true
  const first = part[0]!
  for (let at = start; at <= last; at++) {
    if (bytes[at] === first && sameAt(bytes, at, part)) return true
  }
  return false
}

/** Does `part` stand at `at`? The caller knows that there is room. */
function sameAt(bytes: Uint8Array, at: number, part: Uint8Array): boolean {
  for (let index = 0; index < part.length; index++) if (bytes[at + index] !== part[index]) return false
  return true
}

export const equalTo =
  (text: Uint8Array): Test =>
  (bytes, start, end) =>
    end - start === text.length && sameAt(bytes, start, text)

export const startingWith =
  (text: Uint8Array): Test =>
  (bytes, start, end) =>
    end - start >= text.length && sameAt(bytes, start, text)

export const endingWith =
  (text: Uint8Array): Test =>
  (bytes, start, end) =>
    end - start >= text.length && sameAt(bytes, end - text.length, text)

/** Bytes of two rows: less than 0, 0, more than 0. The order of UTF-8 bytes is that of code points. */
export function compareRows(one: TextColumn, other: TextColumn, row: number): number {
  const start = one.starts[row]!
  const length = one.ends[row]! - start
  const otherStart = other.starts[row]!
  const otherLength = other.ends[row]! - otherStart
  const least = Math.min(length, otherLength)
  for (let index = 0; index < least; index++) {
    const difference = one.bytes[start + index]! - other.bytes[otherStart + index]!
    if (difference !== 0) return difference
  }
  return length - otherLength
}

/** Rows where the boolean is true. */
export function rowsWhereTrue(found: Uint8Array): Uint32Array {
  let count = 0
  for (let row = 0; row < found.length; row++) if (found[row] === TRUE) count += 1
  const rows = new Uint32Array(count)
  for (let row = 0, at = 0; at < count; row++) if (found[row] === TRUE) rows[at++] = row
  return rows
}
