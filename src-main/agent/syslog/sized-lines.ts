// Lines of bytes with a longest length, as Flume's LineSplitter: a line that reaches it is given as incomplete, and what follows is read as the next.

export interface SizedLine {
  readonly line: Uint8Array
  readonly incomplete: boolean
}

export class SizedLines {
  readonly #most: number
  #held: Uint8Array = new Uint8Array(0)

  constructor(most: number) {
    this.#most = most
  }

  /** Bytes of a line that is not whole yet. */
  get heldBytes(): number {
    return this.#held.length
  }

  /** The lines that are complete with this chunk. Empty lines are none. */
  read(chunk: Uint8Array): SizedLine[] {
    const lines: SizedLine[] = []
    let bytes: Uint8Array = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    while (bytes.length > 0) {
      const end = bytes.indexOf(10)
      if (end >= 0 && end <= this.#most) {
        if (end > 0) lines.push({ line: bytes.subarray(0, end), incomplete: false })
        bytes = bytes.subarray(end + 1)
      } else if (bytes.length > this.#most) {
        lines.push({ line: bytes.subarray(0, this.#most), incomplete: true })
        bytes = bytes.subarray(this.#most)
      } else break
    }
    this.#held = Uint8Array.from(bytes)
    return lines
  }
}
