// A search through a file from its beginning, chunk by chunk at line ends, with progress; it can go on when the file has grown.
import { type FileHandle, open } from 'node:fs/promises'
import type { LogQuery } from '../../../src-shared/contract/logs.ts'
import { MillraceError } from '../../../src-shared/errors.ts'
import { ioError } from './io-error.ts'
import { type LineMatcher, lineMatcher } from './line-matcher.ts'

const chunkBytes = 4 * 1024 * 1024
/** A line longer than this is searched in pieces that overlap. */
const longestLine = 64 * 1024 * 1024
const overlapBytes = 64 * 1024

export interface SearchStep {
  /** Where matching lines begin in the file, ascending. The index says which lines those are. */
  readonly hits: Float64Array
  readonly searchedBytes: number
}

/** One search. `advance` goes on from where it stopped; a last line without an end is looked at now and again when it has grown. */
export class LogSearch {
  readonly #file: FileHandle
  readonly #matches: LineMatcher
  #buffer = Buffer.allocUnsafeSlow(chunkBytes)
  /** Bytes that lie behind. */
  #offset = 0
  /** Begin of the last line that was reported: a line is reported once, however often it is looked at. */
  #lastHit = -1
  /** Begin of the line whose pieces are searched one by one, because it is too long to be held whole. */
  #longLine: number | undefined

  private constructor(file: FileHandle, matches: LineMatcher) {
    this.#file = file
    this.#matches = matches
  }

  /** Rejects with CONFLICT when the path names another file than `identity` by now. */
  static async open(path: string, identity: string, query: LogQuery): Promise<LogSearch> {
    const matches = lineMatcher(query)
    let file: FileHandle
    try {
      file = await open(path, 'r')
    } catch (error) {
      throw ioError(error, 'open', path)
    }
    const { dev, ino } = await file.stat()
    if (`${dev}:${ino}` !== identity) {
      await file.close()
      throw new MillraceError('CONFLICT', `${path} was replaced by another file.`)
    }
    return new LogSearch(file, matches)
  }

  /** Searches up to byte `until` (the file's indexed end), telling each step. */
  async advance(until: number, step: (step: SearchStep) => void): Promise<void> {
    let wanted = chunkBytes
    while (this.#offset < until) {
      const chunk = await this.#read(Math.min(wanted, until - this.#offset))
      if (chunk.length === 0) return
      const isEnd = this.#offset + chunk.length >= until
      const lines = chunk.lastIndexOf(10) + 1
      if (lines === 0 && !isEnd && chunk.length < longestLine) {
        wanted *= 2
        continue
      }
      wanted = chunkBytes
      if (lines > 0) {
        this.#search(chunk.subarray(0, lines), step)
        this.#offset += lines
        this.#longLine = undefined
      }
      if (isEnd) {
        // Not passed by: it is looked at again as a whole when it has grown.
        if (chunk.length > lines) this.#search(chunk.subarray(lines), step)
        return
      }
      if (lines === 0) {
        this.#search(chunk, step)
        this.#longLine ??= this.#offset
        this.#offset += chunk.length - overlapBytes
      }
    }
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  /** Whole lines, a last one without an end, or a piece of a line; they begin at the offset. */
  #search(chunk: Buffer, step: (step: SearchStep) => void): void {
    const hits: number[] = []
    this.#matches(chunk, (start) => {
      const line = start === 0 ? (this.#longLine ?? this.#offset) : this.#offset + start
      if (line <= this.#lastHit) return
      this.#lastHit = line
      hits.push(line)
    })
    step({ hits: Float64Array.from(hits), searchedBytes: this.#offset + chunk.length })
  }

  async #read(wanted: number): Promise<Buffer> {
    if (this.#buffer.length < wanted) this.#buffer = Buffer.allocUnsafeSlow(wanted)
    let filled = 0
    while (filled < wanted) {
      const { bytesRead } = await this.#file.read(this.#buffer, filled, wanted - filled, this.#offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return this.#buffer.subarray(0, filled)
  }
}
