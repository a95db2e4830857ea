// The files of one bucket (one resolved path and prefix), one after another: `.tmp` while written, rolled by count, size, age and idleness,
// renamed when closed. What a transaction wrote counts when it has been committed; until then it can be taken back.
import { sliceBatch } from '../../../src-shared/event/build-batch.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { FileFormat } from './file-formats.ts'
import type { OutputFile, TargetFileSystem } from './file-system.ts'

export interface BucketOptions {
  readonly inUsePrefix: string
  readonly inUseSuffix: string
  readonly fileSuffix: string
  /** Each 0 or less: never for this reason. */
  readonly rollCount: number
  readonly rollSize: number
  readonly rollIntervalMs: number
  readonly idleTimeoutMs: number
  readonly format: () => FileFormat
  readonly fileSystem: TargetFileSystem
  /** Monotonic, ms. */
  readonly monotonic: () => number
  /** A file is complete under its temporary name and is to get its own. Never rejects. */
  readonly finished: (from: string, to: string) => Promise<void>
  /** A file could not be closed as it should; its events are written as far as they were committed. */
  readonly leftBehind: (path: string, error: unknown) => void
  readonly opened: () => void
  readonly closed: () => void
}

interface Current {
  readonly out: OutputFile
  readonly target: string
  readonly format: FileFormat
  readonly openedAt: number
  events: number
  /** Of bodies, uncompressed: what rollSize counts. */
  bytes: number
  /** The same at the last commit. */
  committed: { events: number; bytes: number }
}

export class BucketWriter {
  readonly #folder: string
  readonly #prefix: string
  readonly #options: BucketOptions
  #counter: number
  #current: Current | undefined
  /** Full files of the transaction under way: closed when it is committed. */
  #full: Current[] = []
  #lastWriteAt: number

  /** `counter`: the time in ms; file names count on from it, as Flume's. */
  constructor(folder: string, prefix: string, counter: number, options: BucketOptions) {
    this.#folder = folder
    this.#prefix = prefix
    this.#counter = counter
    this.#options = options
    this.#lastWriteAt = options.monotonic()
  }

  get isOpen(): boolean {
    return this.#current !== undefined
  }

  /** Its time is over: too old, or nothing came for too long. */
  isDue(now: number): boolean {
    const { rollIntervalMs, idleTimeoutMs } = this.#options
    const current = this.#current
    if (current === undefined || this.#hasUncommitted(current)) return false
    return (rollIntervalMs > 0 && now - current.openedAt >= rollIntervalMs) || this.isIdle(now, idleTimeoutMs)
  }

  isIdle(now: number, idleMs: number): boolean {
    return idleMs > 0 && now - this.#lastWriteAt >= idleMs
  }

  async append(batch: EventBatch): Promise<void> {
    this.#lastWriteAt = this.#options.monotonic()
    for (let from = 0; from < batch.count; ) {
      if (this.#current !== undefined && this.#isFull(this.#current)) {
        this.#full.push(this.#current)
        this.#current = undefined
      }
      const current = this.#current ?? (await this.#open())
      const until = this.#fits(current, batch, from)
      const part = sliceBatch(batch, from, until)
      const encoded = await current.format.encode(part)
      await current.out.append(current.events === 0 ? Buffer.concat([await current.format.beginning(), encoded]) : encoded)
      current.events += part.count
      current.bytes += bytesBefore(batch, until) - bytesBefore(batch, from)
      from = until
    }
  }

  /** The transaction is committed: nothing of it can be taken back any more. */
  commit(): void {
    for (const each of this.#all()) {
      each.out.commit()
      each.committed = { events: each.events, bytes: each.bytes }
    }
  }

  /** Closes the files that are full. Call it after commit(). Never rejects. */
  async closeFull(): Promise<void> {
    for (const each of this.#full.splice(0)) await this.#finish(each)
  }

  /** What the transaction wrote is taken back; a file that takes no more afterwards is closed. Never rejects. */
  async rollback(): Promise<void> {
    const all = this.#all()
    this.#full = []
    this.#current = undefined
    for (const each of all) {
      const goesOn = await each.out.rollback().catch((error: unknown) => {
        this.#options.leftBehind(each.out.path, error)
        return false
      })
      each.events = each.committed.events
      each.bytes = each.committed.bytes
      if (goesOn && each === all[0] && each.events > 0) this.#current = each
      else await this.#finish(each)
    }
  }

  /** Closes the current file. Not while a transaction is under way. Never rejects. */
  async close(): Promise<void> {
    const current = this.#current
    this.#current = undefined
    if (current !== undefined) await this.#finish(current)
  }

  async #open(): Promise<Current> {
    const { inUsePrefix, inUseSuffix, fileSuffix, fileSystem, format, monotonic, opened } = this.#options
    const name = `${this.#prefix}.${++this.#counter}${fileSuffix}`
    const out = await fileSystem.create(`${this.#folder}/${inUsePrefix}${name}${inUseSuffix}`)
    opened()
    this.#current = {
      out,
      target: `${this.#folder}/${name}`,
      format: format(),
      openedAt: monotonic(),
      events: 0,
      bytes: 0,
      committed: { events: 0, bytes: 0 },
    }
    return this.#current
  }

  #all(): readonly Current[] {
    return this.#current === undefined ? this.#full : [...this.#full, this.#current]
  }

  #hasUncommitted({ events, committed }: Current): boolean {
    return this.#full.length > 0 || events !== committed.events
  }

  #isFull({ events, bytes }: Current): boolean {
    const { rollCount, rollSize } = this.#options
    return (rollCount > 0 && events >= rollCount) || (rollSize > 0 && bytes >= rollSize)
  }

  /** Behind the last event from `from` on that still goes into this file: full is full after an event, never before it. */
  #fits(current: Current, batch: EventBatch, from: number): number {
    const { rollCount, rollSize } = this.#options
    let until = rollCount > 0 ? Math.min(batch.count, from + rollCount - current.events) : batch.count
    if (rollSize <= 0) return until
    const begins = bytesBefore(batch, from)
    for (let row = from + 1; row < until; row++) {
      if (current.bytes + bytesBefore(batch, row) - begins >= rollSize) until = row
    }
    return until
  }

  async #finish({ out, format, target, events }: Current): Promise<void> {
    this.#options.closed()
    try {
      if (events === 0) {
        await out.close()
        await this.#options.fileSystem.remove(out.path)
        return
      }
      const ending = await format.ending()
      if (ending.length > 0) await out.append(ending)
      await out.close()
    } catch (error) {
      this.#options.leftBehind(out.path, error)
      // An ending that could not be written leaves it open; what closing says was said already.
      await out.close().catch(() => undefined)
      return
    }
    await this.#options.finished(out.path, target)
  }
}

/** Bytes of the bodies before row `row`, without gaps. */
function bytesBefore(batch: EventBatch, row: number): number {
  if (row === 0) return 0
  return batch.ends[row - 1]! - (row - 1) * batch.gap
}
