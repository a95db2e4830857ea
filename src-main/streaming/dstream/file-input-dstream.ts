// textFileStream: files that appear in a directory, each once, by Spark's rules: a file belongs to the first batch whose time is not before
// its modification time, and is too old after a minute. Why a file was left out is logged.
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { messageOf } from '../../../src-shared/errors.ts'
import type { Time } from '../../../src-shared/streaming/time.ts'
import type { RDD } from '../rdd/rdd.ts'
import type { StreamingContext } from '../streaming-context.ts'
import { InputDStream } from './input-dstream.ts'

export interface FileStreamOptions {
  /** Default: names that do not begin with a dot. */
  readonly filter?: (path: string) => boolean
  /** False: files that are there at the start are read too. Default true. */
  readonly newFilesOnly?: boolean
}

export class FileInputDStream extends InputDStream<string> {
  readonly #directory: string
  readonly #filter: (path: string) => boolean
  readonly #initialThreshold: number
  readonly #rememberMs: number
  /** Batch time → files, for as long as they are remembered. */
  readonly #selected = new Map<number, readonly string[]>()

  constructor(context: StreamingContext, directory: string, options: FileStreamOptions = {}, operation = 'textFileStream') {
    super(context, operation)
    this.#directory = directory
    this.#filter = options.filter ?? ((path) => !basename(path).startsWith('.'))
    this.#initialThreshold = options.newFilesOnly === false ? 0 : context.host.clock.now()
    const slide = this.slideDuration.milliseconds
    this.#rememberMs = Math.ceil(context.settings.fileMinRememberMs / slide) * slide
  }

  override compute(time: Time): RDD<string> {
    const files = this.#findNewFiles(time.milliseconds)
    this.#selected.set(time.milliseconds, files)
    this.reportInput(time, 0, { files, Description: files.join('\n') })
    const { sparkContext } = this.context
    return sparkContext.union(
      files.map((file) =>
        sparkContext
          .newRdd<string>('textFile', {
            className: 'NewHadoopRDD',
            dependencies: [],
            partitions: () => 1,
            each(_partition, push) {
              const lines = readFileSync(file, 'utf8').split('\n')
              if (lines.at(-1) === '') lines.pop()
              for (const line of lines) push(line.endsWith('\r') ? line.slice(0, -1) : line)
            },
          })
          .setName(file),
      ),
    )
  }

  #findNewFiles(batchTime: number): string[] {
    const threshold = Math.max(this.#initialThreshold, batchTime - this.#rememberMs)
    for (const time of this.#selected.keys()) if (time < batchTime - this.#rememberMs) this.#selected.delete(time)
    const recent = new Set([...this.#selected.values()].flat())
    let entries: Dirent[]
    try {
      entries = readdirSync(this.#directory, { withFileTypes: true })
    } catch (thrown) {
      this.context.host.log.warn('The directory of a file stream cannot be listed; the batch has no files.', {
        directory: this.#directory,
        error: messageOf(thrown),
      })
      return []
    }
    const found: string[] = []
    for (const entry of entries) {
      const path = join(this.#directory, entry.name)
      if (!entry.isFile() || recent.has(path) || !this.#filter(path)) continue
      const modified = this.#modified(path)
      if (modified === undefined || modified > batchTime) continue
      if (modified <= threshold) this.context.host.log.debug('A file is too old for its stream.', { path, modified, threshold })
      else found.push(path)
    }
    return found.sort()
  }

  #modified(path: string): number | undefined {
    try {
      return Math.floor(statSync(path).mtimeMs)
    } catch (thrown) {
      this.context.host.log.warn('A file vanished while it was listed.', { path, error: messageOf(thrown) })
      return undefined
    }
  }
}
