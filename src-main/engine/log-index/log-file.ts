// One local file as a log that is looked at: an index that follows the file, and its rows as bytes. Runs in the log thread.
//
// The file is polled: often while it grows, four times a second at rest. What is checked each time, in this order:
//   - the path names another file (renamed and made anew): the rest of the old one has been read, a new generation begins with the new one
//   - the file is shorter than what was indexed, or the bytes before the end of the index are not the ones that were there (truncated
//     and written again): a new generation begins
//   - the file is gone: state `missing`; the old file stays readable until a new one appears
//   - the file has grown: the new bytes are indexed
import { type FileHandle, open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { LogLength, LogMarker, LogState } from '../../../src-shared/contract/logs.ts'
import type { LogRow } from '../../../src-shared/contract/rows-frame.ts'
import { MillraceError } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import { ioError } from './io-error.ts'
import { LineIndex } from './line-index.ts'

export interface LogFileOptions {
  readonly path: string
  readonly clock: Clock
  /** Called after each change of what length() says. */
  readonly changed: () => void
  /** Aborts when the log is closed. */
  readonly signal: AbortSignal
  /** Number of the first generation; 1 when absent. */
  readonly firstGeneration?: number
}

const chunkBytes = 4 * 1024 * 1024
/** Bytes before the end of the index that are compared at each growth. */
const witnessBytes = 64
const busyPollMs = 50
const restPollMs = 250
const mostMarkers = 100

export class LogFile {
  readonly path: string
  readonly #options: LogFileOptions
  #file: FileHandle
  #identity: string
  #index = new LineIndex()
  #witness: Buffer = Buffer.alloc(0)
  #generation: number
  #bytes: number
  #state: LogState = 'indexing'
  #sentence = ''
  #binary = false
  #markers: LogMarker[] = []
  #rate = { at: 0, lines: 0, perSecond: 0 }
  readonly #chunk = Buffer.allocUnsafeSlow(chunkBytes)
  /** Rows and polling share the file handle: it is closed only between them. */
  #readers = 0

  private constructor(options: LogFileOptions, file: FileHandle, identity: string, bytes: number) {
    this.path = options.path
    this.#options = options
    this.#generation = options.firstGeneration ?? 1
    this.#file = file
    this.#identity = identity
    this.#bytes = bytes
  }

  /** Opens a log. Rejects with a sentence where there is none to be had; indexing goes on behind. */
  static async open(options: LogFileOptions): Promise<LogFile> {
    const { file, identity, bytes } = await openFile(options.path)
    const log = new LogFile(options, file, identity, bytes)
    // The first chunk before the answer: whoever opens a log can ask for its first rows at once.
    await log.#poll()
    void log.#run()
    return log
  }

  get length(): LogLength {
    return {
      generation: this.#generation,
      state: this.#state,
      sentence: this.#sentence,
      lines: this.#index.lines,
      lastLineOpen: this.#index.lastLineOpen,
      bytes: Math.max(this.#bytes, this.#index.indexedBytes),
      indexedBytes: this.#index.indexedBytes,
      longestLine: this.#index.longestLine,
      binary: this.#binary,
      markers: this.#markers,
      linesPerSecond: this.#rate.perSecond,
    }
  }

  /** Which file on the disk the rows of this generation are from; a search opens the path itself and compares. */
  get identity(): string {
    return this.#identity
  }

  /** Rows from line `from`, at most `count`, no more than about `budget` bytes of them (but at least one). `cut`: most bytes of one row. */
  async rows(request: { generation: number; from: number; count: number; cut: number; budget: number }): Promise<LogRow[]> {
    if (request.generation !== this.#generation) return []
    const index = this.#index
    const until = Math.min(index.lines, request.from + request.count)
    const rows: LogRow[] = []
    this.#readers++
    try {
      let taken = 0
      for (let line = request.from; line < until && (taken < request.budget || rows.length === 0); ) {
        const next = await this.#readRun(index, { from: line, until, cut: request.cut, budget: request.budget - taken }, rows)
        if (next === line) break
        for (; line < next; line++) taken += rows[line - request.from]?.bytes.length ?? 0
      }
    } finally {
      this.#readers--
    }
    return request.generation === this.#generation ? rows : []
  }

  /** Part of one line as it stands in the file; shorter than `length` at the line's end. */
  async lineBytes(request: { generation: number; line: number; from: number; length: number }): Promise<Uint8Array> {
    if (request.generation !== this.#generation || request.line >= this.#index.lines) return new Uint8Array(0)
    const start = this.#index.startOf(request.line) + request.from
    const length = Math.max(0, Math.min(request.length, this.#index.endOf(request.line) - start))
    this.#readers++
    try {
      return await readAt(this.#file, Buffer.allocUnsafeSlow(length), start)
    } finally {
      this.#readers--
    }
  }

  lineAt(offset: number): number {
    return this.#index.lineAt(offset)
  }

  /** How many lines begin before byte `offset`. */
  linesBefore(offset: number): number {
    return offset <= 0 || this.#index.lines === 0 ? 0 : this.#index.lineAt(offset - 1) + 1
  }

  /** Reads as many lines as lie together in one read of sensible size; answers the line after them. */
  async #readRun(index: LineIndex, run: { from: number; until: number; cut: number; budget: number }, rows: LogRow[]): Promise<number> {
    const start = index.startOf(run.from)
    const mostBytes = Math.max(Math.min(run.budget, 1024 * 1024), Math.min(run.cut, index.endOf(run.from) - start))
    let next = run.from + 1
    while (next < run.until && index.endOf(next) - start <= mostBytes && index.endOf(next) - index.startOf(next) <= run.cut) next++
    const wanted = next === run.from + 1 ? Math.min(index.endOf(run.from) - start, run.cut) : index.endOf(next - 1) - start
    const bytes = await readAt(this.#file, Buffer.allocUnsafeSlow(wanted), start)
    for (let line = run.from; line < next; line++) {
      const at = index.startOf(line) - start
      const whole = index.endOf(line) - index.startOf(line)
      let row: Uint8Array = bytes.subarray(at, at + Math.min(whole, run.cut))
      let length = whole
      if (row.length === whole && row.at(-1) === 13) {
        row = row.subarray(0, -1)
        length--
      }
      rows.push({ line, offset: start + at, length, bytes: row })
    }
    return next
  }

  async #run(): Promise<void> {
    const { clock, signal } = this.#options
    while (!signal.aborted) {
      let busy = false
      try {
        busy = await this.#poll()
      } catch (error) {
        this.#say('failed', ioError(error, 'read', this.path).message)
      }
      if (!busy || this.#state === 'following') await clock.sleep(busy ? busyPollMs : restPollMs, signal)
    }
    while (this.#readers > 0) await clock.sleep(10)
    await this.#file.close()
  }

  /** One look at the file; true when there was something new. */
  async #poll(): Promise<boolean> {
    const named = await identityOf(this.path)
    const held = await this.#file.stat()
    this.#bytes = held.size
    if (held.size < this.#index.indexedBytes) {
      this.#beginAnew('truncated', `${basename(this.path)} was truncated to ${held.size} bytes.`)
      return true
    }
    if (held.size > this.#index.indexedBytes) return await this.#indexChunk()
    if (named === undefined) {
      this.#say('missing', `${this.path} is gone; it is shown again as soon as there is a file of that name.`)
      return false
    }
    if (named !== this.#identity) {
      await this.#reopen()
      return true
    }
    this.#measureRate()
    this.#say('following', '')
    return false
  }

  async #indexChunk(): Promise<boolean> {
    const indexed = this.#index.indexedBytes
    const from = indexed - this.#witness.length
    const read = await readAt(this.#file, this.#chunk, from)
    if (read.length <= this.#witness.length) return false
    if (!read.subarray(0, this.#witness.length).equals(this.#witness)) {
      this.#beginAnew('truncated', `${basename(this.path)} was written anew.`)
      return true
    }
    const fresh = read.subarray(this.#witness.length)
    if (indexed === 0) this.#binary = fresh.subarray(0, 8192).includes(0)
    this.#index.append(fresh)
    this.#witness = Buffer.from(read.subarray(Math.max(0, read.length - witnessBytes)))
    this.#measureRate()
    const behind = this.#bytes - this.#index.indexedBytes
    if (behind > chunkBytes) this.#say('indexing', `${Math.floor((this.#index.indexedBytes / this.#bytes) * 100)} % indexed`, true)
    else this.#say('following', '', true)
    return true
  }

  async #reopen(): Promise<void> {
    const { file, identity, bytes } = await openFile(this.path)
    while (this.#readers > 0) await this.#options.clock.sleep(5)
    const old = this.#file
    this.#file = file
    this.#identity = identity
    this.#bytes = bytes
    this.#beginAnew('replaced', `${basename(this.path)} was replaced by another file.`)
    await old.close()
  }

  #beginAnew(kind: LogMarker['kind'], sentence: string): void {
    this.#generation++
    this.#index = new LineIndex()
    this.#witness = Buffer.alloc(0)
    this.#rate = { at: this.#options.clock.monotonic(), lines: 0, perSecond: this.#rate.perSecond }
    this.#markers = [
      ...this.#markers.map((marker) => ({ ...marker, line: 0 })),
      { line: 0, at: this.#options.clock.now(), kind, sentence },
    ].slice(-mostMarkers)
    this.#say('following', sentence, true)
  }

  #measureRate(): void {
    const now = this.#options.clock.monotonic()
    const since = now - this.#rate.at
    if (since < 500) return
    const lines = this.#index.lines
    // Reading up to what was there at opening says nothing about how fast the file grows.
    const perSecond = this.#rate.at === 0 || this.#state === 'indexing' ? 0 : Math.max(0, ((lines - this.#rate.lines) / since) * 1000)
    const changed = perSecond !== this.#rate.perSecond
    this.#rate = { at: now, lines, perSecond }
    if (changed) this.#options.changed()
  }

  #say(state: LogState, sentence: string, always = false): void {
    const changed = state !== this.#state || sentence !== this.#sentence
    this.#state = state
    this.#sentence = sentence
    if (changed || always) this.#options.changed()
  }
}

async function openFile(path: string): Promise<{ file: FileHandle; identity: string; bytes: number }> {
  let file: FileHandle | undefined
  try {
    const found = await stat(path)
    // Asked before opening: opening a pipe would wait for its writer.
    if (found.isDirectory()) throw new MillraceError('BAD_ARGUMENT', `${path} is a folder; open one of the files in it.`)
    if (!found.isFile())
      throw new MillraceError('BAD_ARGUMENT', `${path} is not a regular file (a pipe, socket or device); only files can be shown.`)
    file = await open(path, 'r')
    const { dev, ino, size } = await file.stat()
    return { file, identity: `${dev}:${ino}`, bytes: size }
  } catch (error) {
    await file?.close()
    throw error instanceof MillraceError ? error : ioError(error, 'open', path)
  }
}

async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path)
    return `${dev}:${ino}`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Fills `buffer` from `position` as far as the file goes. */
async function readAt(file: FileHandle, buffer: Buffer, position: number): Promise<Buffer> {
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
