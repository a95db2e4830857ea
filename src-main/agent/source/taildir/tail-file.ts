// One file that is tailed, through renaming, truncation and replacement.
import { type FileHandle, open } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import type { EventBatch, Headers, OriginSource } from '../../../../src-shared/event/event-batch.ts'
import type { MultiLineRule } from '../../multiline/multi-line-rule.ts'
import type { FileRules } from '../../platform/file-rules.ts'
import type { ChunkMemory } from './chunk-memory.ts'
import type { FoundFile } from './file-groups.ts'
import { extended, type Fingerprint, fingerprintOf, noFingerprint, stillFits } from './fingerprint.ts'
import { LineReader, type ReadLines } from './line-reader.ts'
import { MultiLineReader } from './multi-line-reader.ts'
import type { StoredPosition } from './position-store.ts'

export interface TailFileOptions {
  readonly rules: FileRules
  readonly component: string
  readonly headers: Headers
  /** Header that gets the path, when the source has one. */
  readonly pathHeader: string | undefined
  readonly maxLineBytes: number
  readonly memory: ChunkMemory
  /** Absent: every line is an event. */
  readonly multiLine: MultiLineRule | undefined
  /** Told when the file turns out to be another one than was read before, or shorter. */
  readonly onOther: (found: OtherFile) => void
}

/** What is under the path of a file whose position is known, when it is not that file as it was. */
export interface OtherFile {
  readonly sentence: string
  /** False where it only became shorter. */
  readonly replaced: boolean
}

export class TailFile {
  readonly id: string
  readonly inode: string
  path: string
  /** Everything before it is committed. */
  position: number
  size: number
  mtimeMs: number
  /** Monotonic time of the last change that was seen. */
  changedAt: number
  /** Whether the last look found it where a group looks for it. */
  listed = true
  /** Whether no directory has it any more: what is left is read through the open handle. */
  deleted = false
  /** Monotonic time since which no look has found it; a handle may still hold it. */
  missingSince: number | undefined
  readonly #options: TailFileOptions
  #fingerprint: Fingerprint
  #handle: FileHandle | undefined
  #reader: LineReader | MultiLineReader | undefined
  #ahead: Promise<ReadLines | undefined> | undefined
  /** Whether the file is known to be the one whose position is known, as it was when last looked at. */
  #checked: boolean
  /** It changed and did not grow: what the reader remembers of the bytes behind the position may be gone. */
  #rewritten = false
  #source: OriginSource
  #headers: Headers

  constructor(found: FoundFile, position: number, fingerprint: Fingerprint, now: number, options: TailFileOptions) {
    this.id = found.id
    this.inode = found.inode
    this.path = found.path
    this.size = found.size
    this.mtimeMs = found.mtimeMs
    this.position = position
    this.changedAt = now
    this.#fingerprint = fingerprint
    this.#checked = position === found.size
    this.#options = options
    this.#source = { component: options.component, path: found.path, fileId: found.id }
    this.#headers = this.#withPath()
  }

  get stored(): StoredPosition & { readonly id: string } {
    const { id, inode, path, position, missingSince } = this
    return { id, inode, path, position, fingerprint: this.#fingerprint, ...(missingSince !== undefined && { missing: true }) }
  }

  /** Nothing to read and nothing to check: need not be opened. */
  get atRest(): boolean {
    return this.#handle === undefined && this.#checked && this.position === this.size
  }

  get open(): boolean {
    return this.#handle !== undefined
  }

  /** Takes over what the directory shows now. */
  seen(found: FoundFile, now: number): void {
    this.listed = true
    this.missingSince = undefined
    if (found.path !== this.path) {
      this.path = found.path
      this.#source = { ...this.#source, path: found.path }
      this.#headers = this.#withPath()
    }
    if (found.size !== this.size || found.mtimeMs !== this.mtimeMs) this.changed(found.size, found.mtimeMs, now)
  }

  changed(size: number, mtimeMs: number, now: number): void {
    if (size <= this.size) this.#rewritten = true
    this.size = size
    this.mtimeMs = mtimeMs
    this.changedAt = now
    this.#checked = false
  }

  /** A file that no group lists any more (renamed away, deleted) is still read through its open handle: looks how long it is. */
  async lookThroughHandle(now: number): Promise<void> {
    if (this.#handle === undefined) return
    const { size, mtimeMs, nlink } = await this.#handle.stat()
    this.deleted = nlink === 0
    if (size !== this.size || mtimeMs !== this.mtimeMs) this.changed(size, mtimeMs, now)
  }

  /** Opens the file and makes sure that it is still the one whose position is known; otherwise its position is its beginning. */
  async check(): Promise<void> {
    if (this.inode === '0' && !this.#checked && (await this.#heldHasMore())) return
    this.#handle ??= await this.#opened()
    if (this.#checked) return
    this.#checked = true
    if (this.#rewritten) await this.forgetRead()
    this.#rewritten = false
    let why: OtherFile | undefined
    if (this.size < this.position) {
      const sentence = `${this.path} was truncated from ${this.position} to ${this.size} bytes or more; it is read from its beginning.`
      why = { sentence, replaced: false }
    } else if (!(await stillFits(this.#handle, this.#fingerprint))) {
      const sentence = `${this.path} has been replaced: it begins with other bytes than before. It is read from its beginning.`
      why = { sentence, replaced: true }
    }
    if (why === undefined && this.position > 0 && this.#fingerprint.length === 0) {
      this.#fingerprint = await fingerprintOf(this.#handle, this.position)
    }
    if (why === undefined) return
    this.position = 0
    this.#fingerprint = noFingerprint
    await this.forgetRead()
    this.#options.onOther(why)
  }

  /**
   * Where files have no number, the path may be another file's by now, and only the handle still has what was not read of the old one. Answers
   * whether there is such a rest, which is then what there is to read; otherwise the handle is closed, and the path looked at anew.
   */
  async #heldHasMore(): Promise<boolean> {
    const held = await this.#handle?.stat()
    if (held !== undefined && held.size > this.position && (await stillFits(this.#handle!, this.#fingerprint))) {
      this.size = held.size
      return true
    }
    await this.close()
    return false
  }

  /**
   * The file behind the path, when it is still this one: between looking and opening a rotation may put another there, whose lines must not
   * be taken for this file's. Rejects like for a path that is gone; the next look finds both where they are now.
   */
  async #opened(): Promise<FileHandle> {
    const handle = await open(this.path, 'r')
    if (this.#options.rules.identityOf(await handle.stat({ bigint: true }), this.path) === this.id) return handle
    await handle.close()
    throw Object.assign(new Error(`${this.path} is another file now`), { code: 'ENOENT' })
  }

  /**
   * After a kill: moves the position behind a batch that the channel has, when the file has the same bytes there. Answers whether it did.
   */
  async recover(batch: EventBatch): Promise<boolean> {
    const origin = batch.origin
    if (!batch.terminated || origin?.kind !== 'base' || origin.sources[0].fileId !== this.id) return false
    const end = origin.base + batch.ends[batch.count - 1]! + 1
    if (origin.base > this.position || end <= this.position || end > this.size) return false
    await this.check()
    if (origin.base > this.position) return false
    const bytes = Buffer.alloc(end - origin.base)
    const { bytesRead } = await this.#handle!.read(bytes, 0, bytes.length, origin.base)
    if (bytesRead < bytes.length || !bytes.equals(batch.bodies.subarray(0, bytes.length))) return false
    if (origin.base === this.position) this.#fingerprint = extended(this.#fingerprint, bytes, this.position)
    this.position = end
    return true
  }

  /** The next whole lines; undefined when there are none. The position moves with `committed`. */
  read(maxEvents: number): Promise<ReadLines | undefined> {
    const ahead = this.#ahead
    this.#ahead = undefined
    return ahead ?? this.#read(maxEvents)
  }

  /** Reads what the next read() will answer, once what was just begun (a put) is under way. */
  readAhead(maxEvents: number): void {
    this.#ahead ??= setImmediate().then(() => this.#read(maxEvents))
    this.#ahead.catch(() => {}) // read() reports it.
  }

  /** Lines were read whose event may still go on. */
  get holds(): boolean {
    return this.#reader instanceof MultiLineReader && this.#reader.holds
  }

  /** The event that holds() speaks of, as it is. */
  readHeld(): ReadLines | undefined {
    return this.#reader instanceof MultiLineReader ? this.#reader.flush() : undefined
  }

  /** What is left of a file that is given up as idle: an unterminated end is an event. Undefined when nothing is left. */
  async readRest(): Promise<ReadLines | undefined> {
    if (this.position >= this.size) return undefined
    return this.#lines().rest(this.size)
  }

  /** What was read is in the channel. */
  committed(lines: ReadLines): void {
    this.#fingerprint = extended(this.#fingerprint, lines.bytes, this.position)
    this.position = lines.end
    if (this.#reader instanceof LineReader) this.#reader.delivered(lines)
  }

  /** What was read is not in the channel and will be read again. */
  async forgetRead(): Promise<void> {
    await this.#ahead?.catch(() => undefined)
    this.#ahead = undefined
    await this.#reader?.settle()
    this.#reader = undefined
  }

  async close(): Promise<void> {
    await this.forgetRead()
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }

  async #read(maxEvents: number): Promise<ReadLines | undefined> {
    if ((this.#reader?.position ?? this.position) >= this.size) return undefined
    return this.#lines().next(this.size, maxEvents)
  }

  #lines(): LineReader | MultiLineReader {
    const { maxLineBytes, memory, multiLine } = this.#options
    const options = {
      file: this.#handle!,
      position: this.position,
      maxLineBytes,
      memory,
      source: () => this.#source,
      headers: () => this.#headers,
    }
    this.#reader ??= multiLine === undefined ? new LineReader(options) : new MultiLineReader(options, multiLine)
    return this.#reader
  }

  #withPath(): Headers {
    const { headers, pathHeader } = this.#options
    return pathHeader === undefined ? headers : { ...headers, [pathHeader]: this.path }
  }
}
