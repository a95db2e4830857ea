// File streams: files that appear in directories, each once, by Spark's rules. A file belongs to the first batch whose time is not before its
// modification time, and is too old after a minute (spark.streaming.fileStream.minRememberDuration). Why a file was left out is logged.
//
// Where the host keeps logs, each batch's files are written down before it runs, as entries of a log of the stream's own: a batch that runs
// again reads the same files, and a restart knows which files were taken. The log begins with when the stream first looked.
import { globSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { messageOf } from '../../../src-shared/errors.ts'
import type { InputRange } from '../../../src-shared/streaming/batch-record.ts'
import type { Time } from '../../../src-shared/streaming/time.ts'
import { AscendingMap } from '../ascending-map.ts'
import type { ReceiverLog } from '../host.ts'
import type { RDD } from '../rdd/rdd.ts'
import type { StreamingContext } from '../streaming-context.ts'
import type { FileReader } from './file-records.ts'
import { InputDStream, type RangedInput } from './input-dstream.ts'

export interface FileStreamOptions {
  /** Default: names that do not begin with a dot. */
  readonly filter?: (path: string) => boolean
  /** False: files that are there at the start are read too. Default true. */
  readonly newFilesOnly?: boolean
}

/** An entry of the log. */
type Entry = { readonly since: number } | { readonly path: string; readonly batchTime: number }

const everything = { records: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER }

export class FileInputDStream<T> extends InputDStream<T> {
  readonly #directory: string
  readonly #read: FileReader<T>
  readonly #filter: (path: string) => boolean
  readonly #rememberMs: number
  #initialThreshold: number
  /** Batch time → files, for as long as they could be found again. */
  readonly #selected = new AscendingMap<readonly string[]>()
  /** Modification times of the files that the last look found, as they were first seen. */
  #modified = new Map<string, number>()
  #lastLook: number | undefined
  #log: FileLog | undefined

  /** `directory` may be a pattern (`logs/*`): every directory that it matches is looked at. */
  constructor(context: StreamingContext, directory: string, read: FileReader<T>, options: FileStreamOptions, operation: string) {
    super(context, operation)
    this.#directory = directory
    this.#read = read
    this.#filter = options.filter ?? ((path) => !basename(path).startsWith('.'))
    this.#initialThreshold = options.newFilesOnly === false ? 0 : context.host.clock.now()
    const slide = this.slideDuration.milliseconds
    this.#rememberMs = Math.ceil(context.settings.fileMinRememberMs / slide) * slide
  }

  override get ranged(): RangedInput | undefined {
    return this.#log
  }

  /** Called when the context starts, before it says what it reads. */
  keepIn(log: ReceiverLog): void {
    this.#log = new FileLog(this.inputId, log, (batchTime) => this.#select(batchTime))
  }

  /** What an earlier run has looked at. */
  override async start(): Promise<void> {
    if (this.#log === undefined || this.context.host.withoutReceivers === true) return
    const entries = this.#log.all()
    for (const entry of entries) {
      if ('since' in entry) this.#initialThreshold = Math.min(this.#initialThreshold, entry.since)
      else this.#selected.set(entry.batchTime, [...(this.#selected.get(entry.batchTime) ?? []), entry.path])
    }
    if (entries.length === 0) await this.#log.append([{ since: this.#initialThreshold }])
    this.#lastLook = this.#selected.keys().at(-1)
  }

  override compute(time: Time): RDD<T> {
    const files = this.#log === undefined ? this.#select(time.milliseconds) : this.#log.filesOf(time.milliseconds)
    this.reportInput(time, 0, { files, Description: files.join('\n') })
    const { sparkContext } = this.context
    return sparkContext.union(files.map((file) => this.#rdd(file)))
  }

  #rdd(file: string): RDD<T> {
    const read = this.#read
    return this.context.sparkContext
      .newRdd<T>(this.operation, {
        className: 'NewHadoopRDD',
        dependencies: [],
        partitions: () => 1,
        each: (_partition, push) => read(file, push),
      })
      .setName(file)
  }

  #select(batchTime: number): readonly string[] {
    const files = this.#findNewFiles(batchTime)
    this.#selected.set(batchTime, files)
    this.#lastLook = batchTime
    return files
  }

  #findNewFiles(batchTime: number): string[] {
    // After ticks that were left out (a machine that slept, a stream that was stopped) the window begins where the last look's would have.
    const looksAt = Math.min(batchTime, (this.#lastLook ?? batchTime) + this.slideDuration.milliseconds)
    const oldest = looksAt - this.#rememberMs
    const threshold = Math.max(this.#initialThreshold, oldest)
    this.#selected.removeBelow(oldest)
    const recent = new Set(this.#selected.values().flat())
    const modified = new Map<string, number>()
    const found: string[] = []
    for (const path of this.#list()) {
      const at = this.#modified.get(path) ?? modifiedAt(path)
      if (at === undefined) continue // it vanished while it was listed, or is no file
      modified.set(path, at)
      if (!this.#filter(path) || recent.has(path) || at > batchTime) continue
      if (at <= threshold) this.context.host.log.debug('A file is too old for its stream.', { path, modified: at, threshold })
      else found.push(path)
    }
    this.#modified = modified
    return found.sort()
  }

  #list(): string[] {
    try {
      const pattern = /[*?[{]/.test(this.#directory)
      const directories = pattern ? globSync(this.#directory).filter((path) => statSync(path).isDirectory()) : [this.#directory]
      return directories.flatMap((directory) => readdirSync(directory).map((name) => join(directory, name)))
    } catch (thrown) {
      this.context.host.log.warn('The directory of a file stream cannot be listed; the batch has no files.', {
        directory: this.#directory,
        error: messageOf(thrown),
      })
      return []
    }
  }
}

function modifiedAt(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true ? Math.floor(found.mtimeMs) : undefined
}

/** The files of batches, in a log. */
class FileLog implements RangedInput {
  readonly inputId: number
  readonly #log: ReceiverLog
  readonly #select: (batchTime: number) => readonly string[]
  readonly #ranges = new AscendingMap<InputRange>()

  constructor(inputId: number, log: ReceiverLog, select: (batchTime: number) => readonly string[]) {
    this.inputId = inputId
    this.#log = log
    this.#select = select
  }

  get directInputName(): string {
    return this.#log.name
  }

  append(entries: readonly Entry[]): Promise<void> {
    return this.#log.append(entries)
  }

  /** Everything that is kept. */
  all(): readonly Entry[] {
    return this.#log.blocks(this.#log.stored()).flatMap((block) => block() as Entry[])
  }

  async choose(_limit: unknown, batchTime: number): Promise<InputRange> {
    const files = this.#select(batchTime)
    if (files.length > 0) await this.append(files.map((path) => ({ path, batchTime })))
    return this.#log.choose(everything)
  }

  filesOf(batchTime: number): string[] {
    const range = this.#ranges.get(batchTime)
    const entries = range === undefined || range.records === 0 ? [] : this.#log.blocks(range).flatMap((block) => block() as Entry[])
    return entries.flatMap((entry) => ('path' in entry ? [entry.path] : []))
  }

  backlog(): { readonly records: number; readonly bytes: number } {
    return this.#log.backlog()
  }

  setRange(batchTime: number, range: InputRange): void {
    this.#ranges.set(batchTime, range)
  }

  forgetRanges(before: number): void {
    this.#ranges.removeBelow(before)
  }
}
