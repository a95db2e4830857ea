// The memory that rows of a log are encoded in, used again. A row travels to the writer's thread and back, is taken from memory by the
// sinks, and is needed no more when they have consumed it. Fresh memory for each made the collector run for longer than everything else.

/** Of what is kept for the next rows, together. */
const mostSpareBytes = 8 * 1024 * 1024
const mostSpare = 64

export class RowMemory {
  /** The newest last: the next rows are most likely as large. */
  readonly #spare: ArrayBuffer[] = []
  #spareBytes = 0

  /** At least so many bytes, with whatever is in them, and not many more: as long as the row is kept, all of them are. */
  take(length: number): ArrayBuffer {
    const fresh = roundedUp(length)
    const index = this.#spare.findLastIndex(({ byteLength }) => byteLength >= length && byteLength <= 2 * fresh)
    return index < 0 ? new ArrayBuffer(fresh) : this.#remove(index)
  }

  /** Nobody looks at it any more. */
  giveBack(buffer: ArrayBuffer): void {
    if (buffer.byteLength > mostSpareBytes) return
    this.#spare.push(buffer)
    this.#spareBytes += buffer.byteLength
    while (this.#spareBytes > mostSpareBytes || this.#spare.length > mostSpare) this.#remove(0)
  }

  #remove(index: number): ArrayBuffer {
    const buffer = this.#spare.splice(index, 1)[0]!
    this.#spareBytes -= buffer.byteLength
    return buffer
  }
}

/** An eighth more at most, but in steps: rows differ a little in length, and the memory of one is to serve for the next. */
function roundedUp(length: number): number {
  const step = 2 ** Math.max(8, Math.floor(Math.log2(length)) - 3)
  return Math.ceil(length / step) * step
}
