// The memory that rows of a log are encoded in, used again. A row travels to the writer's thread and back, is taken from memory by the
// sinks, and is needed no more when they have consumed it. Fresh memory for each made the collector run for longer than everything else.

const granule = 64 * 1024
/** Of what is kept for the next rows, together. */
const mostSpareBytes = 8 * 1024 * 1024

export class RowMemory {
  readonly #spare: ArrayBuffer[] = []
  #spareBytes = 0

  /** At least so many bytes, with whatever is in them. */
  take(length: number): ArrayBuffer {
    const index = this.#spare.findLastIndex((buffer) => buffer.byteLength >= length)
    if (index < 0) return new ArrayBuffer(Math.ceil(length / granule) * granule)
    const [buffer] = this.#spare.splice(index, 1)
    this.#spareBytes -= buffer!.byteLength
    return buffer!
  }

  /** Nobody looks at it any more. */
  giveBack(buffer: ArrayBuffer): void {
    if (this.#spareBytes + buffer.byteLength > mostSpareBytes) return
    this.#spare.push(buffer)
    this.#spareBytes += buffer.byteLength
  }
}
