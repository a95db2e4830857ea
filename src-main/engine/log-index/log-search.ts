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
  readonly hits: Float64Array
  readonly searchedBytes: number
  readonly searchedLines: number
}

/** One search. `advance` goes on from where it stopped; the unfinished last line is searched only when `until` is said to be the end. */
export class LogSearch {
  readonly #file: FileHandle
  readonly #matches: LineMatcher
  /** Bytes and lines that lie behind. */
  #offset = 0
  #line = 0
  /** The unfinished last line was reported already. */
  #openLineHit = -1
  #pieceHit = false

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
    let size = chunkBytes
    while (this.#offset < until) {
      const wanted = Math.min(size, until - this.#offset)
      const chunk = await this.#read(wanted)
      if (chunk.length === 0) return
      const isEnd = this.#offset + chunk.length >= until
      const lastEnd = chunk.lastIndexOf(10)
      if (lastEnd === -1 && !isEnd && chunk.length < longestLine) {
        size *= 2
        continue
      }
      size = chunkBytes
      if (lastEnd === -1 && !isEnd) this.#searchPiece(chunk, step)
      else {
        if (lastEnd !== -1) this.#searchLines(chunk.subarray(0, lastEnd + 1), step)
        if (isEnd) {
          this.#searchOpenLine(chunk.subarray(lastEnd + 1), step)
          return
        }
      }
    }
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  #searchLines(chunk: Buffer, step: (step: SearchStep) => void): void {
    const hits: number[] = []
    const lines = this.#matches(chunk, (line) => {
      const number = this.#line + line
      const known = number === this.#openLineHit || (line === 0 && this.#pieceHit)
      if (!known) hits.push(number)
    })
    this.#offset += chunk.length
    this.#line += lines
    this.#pieceHit = false
    step({ hits: Float64Array.from(hits), searchedBytes: this.#offset, searchedLines: this.#line })
  }

  /** A part of a line that is too long to be held whole. */
  #searchPiece(piece: Buffer, step: (step: SearchStep) => void): void {
    let hit = false
    this.#matches(piece, () => {
      hit = true
    })
    const hits = hit && !this.#pieceHit && this.#line !== this.#openLineHit ? [this.#line] : []
    this.#pieceHit ||= hit
    this.#offset += piece.length - overlapBytes
    step({ hits: Float64Array.from(hits), searchedBytes: this.#offset, searchedLines: this.#line })
  }

  /** The last line, which has no end yet: looked at now, and again as a whole when it has grown. */
  #searchOpenLine(rest: Buffer, step: (step: SearchStep) => void): void {
    const hits: number[] = []
    if (rest.length > 0 && this.#line !== this.#openLineHit && !this.#pieceHit) {
      this.#matches(rest, () => {
        hits.push(this.#line)
      })
      if (hits.length > 0) this.#openLineHit = this.#line
    }
    if (rest.length > 0) step({ hits: Float64Array.from(hits), searchedBytes: this.#offset + rest.length, searchedLines: this.#line + 1 })
  }

  async #read(wanted: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(wanted)
    let filled = 0
    while (filled < wanted) {
      const { bytesRead } = await this.#file.read(buffer, filled, wanted - filled, this.#offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }
}
