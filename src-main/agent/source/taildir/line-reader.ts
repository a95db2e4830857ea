// Reads one file line by line from a position, in chunks of 1 MiB, one chunk ahead of what is being delivered.
//
// A line that has no end yet is left where it is. How far it has been searched is remembered, so that a long line that grows slowly is
// not read again and again. What is left of a chunk that is too little for a batch is read again with what follows: a full batch is one
// transaction, and on a durable channel one fsync, where two short ones would be two. A line longer than `maxLineBytes` is cut into pieces, so that memory stays bounded.
import type { FileHandle } from 'node:fs/promises'
import type { EventBatch, Headers, OriginSource } from '../../../../src-shared/event/event-batch.ts'
import { type ChunkMemory, chunkBytes, type Lent, noMemory } from './chunk-memory.ts'
import { lineBatch, unterminatedEvent } from './line-batch.ts'

export interface LineReaderOptions {
  readonly file: FileHandle
  readonly position: number
  readonly maxLineBytes: number
  readonly memory: ChunkMemory
  readonly source: () => OriginSource
  readonly headers: () => Headers
}

export interface ReadLines {
  readonly batch: EventBatch
  /** File offset behind the batch: the position once it is committed. */
  readonly end: number
  /** The batch is one event that does not end where a line ends. */
  readonly cutLine: boolean
  /** The bytes as they were read, line ends included. */
  readonly bytes: Uint8Array
  /** What the batch is a view of; to be given to delivered(), or kept. */
  readonly lent?: Lent
}

interface Chunk {
  readonly base: number
  readonly bytes: Uint8Array
  readonly lent: Lent
}

export class LineReader {
  readonly #options: LineReaderOptions
  #chunk: Chunk
  #ahead: Promise<Chunk> | undefined
  /** No LF stands between the current position and here. */
  #searchedTo: number
  /** Of the last batch, while something of its chunk is left. */
  #batchBytes = 0

  constructor(options: LineReaderOptions) {
    this.#options = options
    this.#chunk = nothingAt(options.position)
    this.#searchedTo = options.position
  }

  /** Offset of the next byte to deliver. */
  get position(): number {
    return this.#chunk.base
  }

  /** The next events, `maxEvents` at most, when the file is `size` bytes long; undefined when no whole line is there. */
  async next(size: number, maxEvents: number): Promise<ReadLines | undefined> {
    await this.#fillUp(size)
    const buffered = this.#split(size, maxEvents)
    if (buffered !== undefined) return buffered
    if (!(await this.#fill(size))) return undefined
    return this.#split(size, maxEvents) ?? this.#cut()
  }

  /** What lies between the position and `size`, a line without an end, as one event: for a file that is given up as idle. */
  async rest(size: number): Promise<ReadLines | undefined> {
    const length = Math.min(size - this.position, this.#options.maxLineBytes)
    if (length <= 0) return undefined
    this.#goOnWith(await this.#read(this.position, length))
    return this.#chunk.bytes.length === 0 ? undefined : this.#cut()
  }

  /** What next() or rest() answered is where it should be: its memory may be used again. */
  delivered({ lent }: ReadLines): void {
    if (lent !== undefined) this.#options.memory.giveBack(lent)
  }

  /** Waits for a read under way, so that the file can be closed. */
  async settle(): Promise<void> {
    await this.#ahead?.catch(() => undefined)
  }

  #split(size: number, maxEvents: number): ReadLines | undefined {
    const { base, bytes, lent } = this.#chunk
    if (bytes.length === 0) return undefined
    const lines = lineBatch({ chunk: bytes, base, maxEvents, source: this.#options.source(), headers: this.#options.headers() })
    if (lines === undefined) return undefined
    const end = base + lines.consumed
    this.#chunk = { base: end, bytes: bytes.subarray(lines.consumed), lent }
    this.#batchBytes = lines.consumed
    lent.users += 1
    this.#searchedTo = Math.max(this.#searchedTo, end)
    // The whole chunk is split: what follows is read while this batch is delivered.
    if (lines.batch.count < maxEvents && size > base + bytes.length) {
      this.#ahead = this.#read(end, Math.min(chunkBytes, size - end))
      this.#ahead.catch(() => {}) // next() awaits it too and reports; when nobody calls next() again it does not matter.
    }
    return { batch: lines.batch, end, cutLine: false, bytes: bytes.subarray(0, lines.consumed), lent }
  }

  /** Reads what is left of the chunk again together with what follows, when it is likely too little for a batch. */
  async #fillUp(size: number): Promise<void> {
    const { base, bytes } = this.#chunk
    if (bytes.length >= this.#batchBytes || size <= base + bytes.length || this.#ahead !== undefined) return
    this.#batchBytes = 0
    const fuller = await this.#read(base, Math.min(chunkBytes, size - base))
    // A file that was truncated meanwhile has other bytes or none; what was read of it is still delivered.
    if (Buffer.compare(fuller.bytes.subarray(0, bytes.length), bytes) === 0) this.#goOnWith(fuller)
    else this.#options.memory.giveBack(fuller.lent)
  }

  /** Gets a chunk that begins at the position and has a line feed in it, or is as long as a line may be. False when neither is there. */
  async #fill(size: number): Promise<boolean> {
    const ahead = this.#ahead
    this.#ahead = undefined
    const position = this.position
    if (ahead !== undefined) this.#goOnWith(await ahead)
    else if (this.#searchedTo > position) {
      const lineFeed = await this.#findLineFeed(size)
      const length = (lineFeed ?? size) + 1 - position
      if (lineFeed === undefined && length <= this.#options.maxLineBytes) return false
      this.#goOnWith(await this.#read(position, Math.min(Math.max(length, chunkBytes), size - position, this.#options.maxLineBytes)))
    } else this.#goOnWith(await this.#read(position, Math.min(chunkBytes, size - position)))
    while (!this.#chunk.bytes.includes(0x0a)) {
      const { length } = this.#chunk.bytes
      if (length >= this.#options.maxLineBytes) return true
      this.#searchedTo = position + length
      if (position + length >= size || length === 0) {
        this.#goOnWith(nothingAt(position))
        return false
      }
      this.#goOnWith(await this.#read(position, Math.min(length * 2, size - position, this.#options.maxLineBytes)))
    }
    return true
  }

  async #findLineFeed(size: number): Promise<number | undefined> {
    while (this.#searchedTo < size) {
      const chunk = await this.#read(this.#searchedTo, Math.min(chunkBytes, size - this.#searchedTo))
      const at = chunk.bytes.indexOf(0x0a)
      this.#options.memory.giveBack(chunk.lent)
      if (chunk.bytes.length === 0) return undefined
      if (at >= 0) return chunk.base + at
      this.#searchedTo += chunk.bytes.length
    }
    return undefined
  }

  #cut(): ReadLines {
    const { base, bytes, lent } = this.#chunk
    const end = base + bytes.length
    this.#chunk = nothingAt(end)
    this.#searchedTo = end
    const { source, headers } = this.#options
    return { batch: unterminatedEvent({ chunk: bytes, base, source: source(), headers: headers() }), end, cutLine: true, bytes, lent }
  }

  #goOnWith(chunk: Chunk): void {
    this.#options.memory.giveBack(this.#chunk.lent)
    this.#chunk = chunk
    this.#batchBytes = 0
  }

  async #read(base: number, length: number): Promise<Chunk> {
    const lent = this.#options.memory.lend(Math.max(length, 0))
    const { bytes } = lent
    let filled = 0
    while (filled < bytes.length) {
      const { bytesRead } = await this.#options.file.read(bytes, filled, bytes.length - filled, base + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return { base, bytes: filled === bytes.length ? bytes : bytes.subarray(0, filled), lent }
  }
}

const nothingAt = (base: number): Chunk => ({ base, bytes: noMemory.bytes, lent: noMemory })
