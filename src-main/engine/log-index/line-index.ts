// Where each line of a file begins, in about 4 bytes a line: blocks of up to 65,536 lines, each with the offset of its first line and
// 32-bit distances from it. A new block begins early when a distance would not fit, so lines and files may have any length.

const blockLines = 65_536

interface Block {
  /** Number of the block's first line. */
  readonly firstLine: number
  readonly base: number
  distances: Uint32Array
  used: number
}

export class LineIndex {
  readonly #blocks: Block[] = []
  #starts = 0
  #indexedBytes = 0
  #longestLine = 0

  constructor() {
    this.#push(0)
  }

  /** Bytes that were appended so far. */
  get indexedBytes(): number {
    return this.#indexedBytes
  }

  /** Whole lines, and the unfinished last one when it has bytes. */
  get lines(): number {
    return this.lastLineOpen ? this.#starts : this.#starts - 1
  }

  /** Bytes stand after the last line end. */
  get lastLineOpen(): boolean {
    return this.#indexedBytes > this.startOf(this.#starts - 1)
  }

  /** Length in bytes of the longest whole line, its line end not counted. */
  get longestLine(): number {
    return this.#longestLine
  }

  /** The bytes that follow those appended so far. */
  append(bytes: Buffer): void {
    const base = this.#indexedBytes
    let previous = this.startOf(this.#starts - 1)
    let longest = this.#longestLine
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) {
      const start = base + at + 1
      if (start - previous - 1 > longest) longest = start - previous - 1
      previous = start
      this.#push(start)
    }
    this.#longestLine = longest
    this.#indexedBytes += bytes.length
  }

  /** Offset at which line `line` (0-based) begins. `line` may be `lines`: then where the next one begins or the index ends. */
  startOf(line: number): number {
    if (line >= this.#starts) return this.#indexedBytes
    const block = this.#blocks[this.#blockOf(line)]!
    return block.base + block.distances[line - block.firstLine]!
  }

  /** Offset behind the last byte of line `line`, its LF not counted. */
  endOf(line: number): number {
    return line + 1 < this.#starts ? this.startOf(line + 1) - 1 : this.#indexedBytes
  }

  /** The line that byte `offset` belongs to (a line end belongs to the line it ends); the last one for an offset behind the end. */
  lineAt(offset: number): number {
    let low = 0
    let high = Math.max(0, this.lines - 1)
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.startOf(middle) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }

  #push(start: number): void {
    let block = this.#blocks.at(-1)
    if (block === undefined || block.used === blockLines || start - block.base > 0xffff_ffff) {
      block = { firstLine: this.#starts, base: start, distances: new Uint32Array(block === undefined ? 256 : blockLines), used: 0 }
      this.#blocks.push(block)
    } else if (block.used === block.distances.length) {
      const more = new Uint32Array(Math.min(blockLines, block.used * 4))
      more.set(block.distances)
      block.distances = more
    }
    block.distances[block.used++] = start - block.base
    this.#starts++
  }

  #blockOf(line: number): number {
    // All blocks but those cut short by a huge distance are full, so the guess is nearly always right.
    let index = Math.min(this.#blocks.length - 1, Math.floor(line / blockLines))
    while (index + 1 < this.#blocks.length && this.#blocks[index + 1]!.firstLine <= line) index++
    return index
  }
}
