// source `spooldir`: reads files that are put into a directory, each completely, then renames or deletes it (Flume SpoolDirectorySource).
//
// A place in a file is tracked after its events are in the channels, so a kill repeats one transaction at most. A file that cannot be read on is
// put aside and the others go on (rule spooldir-quarantine), where Flume stops for good.
import { constants } from 'node:fs'
import { access, type FileHandle, open, stat } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { withSharedHeaders } from '../../../src-shared/event/build-batch.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { isJavaCharset } from '../../../src-shared/flume/java-charset.ts'
import { javaRegexWhole } from '../../../src-shared/regex/java-regex.ts'
import { boolean, int, map, oneOf, string } from '../../../src-shared/spec/property.ts'
import type { SourceContext } from '../../component/context.ts'
import { defineSource, type EventDeserializer, type EventStream, type Source } from '../../component/define.ts'
import { isInterceptorFailure } from '../interceptor/interceptor-chain.ts'
import { ownFileRules } from '../platform/file-rules.ts'
import type { DecodeErrorPolicy } from '../spool/character-decoder.ts'
import { SpoolDirectory, type SpoolFile } from '../spool/spool-directory.ts'
import { readSpoolTracker, removeSpoolTracker, writeSpoolTracker } from '../spool/spool-tracker.ts'
import { batchProperties, mostEvents } from './batch-properties.ts'

export const definition = defineSource({
  type: 'spooldir',
  className: 'org.apache.flume.source.SpoolDirectorySource',
  summary: 'Reads files that are put into a directory, each completely, then renames or deletes it.',
  properties: {
    spoolDir: string().describe('Directory to read. Files in it must not change any more.'),
    fileSuffix: string().default('.COMPLETED').describe('Added to the name of a file that has been read.'),
    deletePolicy: oneOf('never', 'immediate').default('never').describe('Whether a file that has been read is deleted.'),
    fileHeader: boolean().default(false).describe('Whether events carry the path of their file.'),
    fileHeaderKey: string().default('file').describe('Header with the path.'),
    basenameHeader: boolean().default(false).describe('Whether events carry the name of their file.'),
    basenameHeaderKey: string().default('basename').describe('Header with the name.'),
    includePattern: string().default('^.*$').describe('Java regular expression that the whole name of a file must match.'),
    ignorePattern: string().default('^$').describe('Java regular expression for names that are left alone; wins over includePattern.'),
    trackerDir: string().default('.flumespool').describe('Directory of the tracker; relative to spoolDir.'),
    trackingPolicy: oneOf('rename', 'tracker_dir')
      .default('rename')
      .describe('Mark a file as read by renaming it, or by a file in trackerDir.'),
    consumeOrder: oneOf('oldest', 'youngest', 'random')
      .default('oldest')
      .describe('Which file comes next, by time of change; of equal ones the first by name.'),
    pollDelay: int().min(1).default(500).unit('ms').describe('Between looks at the directory.'),
    recursiveDirectorySearch: boolean().default(false).describe('Whether directories below are read too.'),
    maxBackoff: int().min(1).default(4000).unit('ms').describe('Longest wait for room in a full channel; begins at 250 and doubles.'),
    ...batchProperties,
    inputCharset: string().default('UTF-8').describe('Character set of the files.'),
    decodeErrorPolicy: oneOf('FAIL', 'REPLACE', 'IGNORE')
      .default('FAIL')
      .describe('What happens with bytes that are no characters: the file is put aside, U+FFFD, or nothing.'),
    deserializer: string().default('LINE').describe('How a file becomes events: LINE, AVRO, BlobDeserializer, or a class name.'),
    'deserializer.*': map(string()).describe('Properties of the deserializer.'),
    'multiline.*': map(string())
      .extension()
      .describe('Events of several lines, with the deserializer LINE: start, continue, maxLines, maxBytes as in taildir.'),
    bufferMaxLines: int().noEffect('Obsolete in Flume too.'),
    bufferMaxLineLength: int().optional().describe('Obsolete name of deserializer.maxLineLength.'),
  },
  rules: ['spooldir-quarantine', 'spooldir-whole-characters', 'batch-above-transaction'],
  examples: [
    { title: 'Lines of rotated logs', properties: 'spoolDir = /var/spool/logs\nfileHeader = true' },
    { title: 'Stack traces, each an event', properties: 'spoolDir = /var/spool/logs\nmultiline.continue = ^\\\\s' },
  ],
  create: (options, context) => {
    const trackerDir = isAbsolute(options.trackerDir) ? options.trackerDir : join(options.spoolDir, options.trackerDir)
    if (Object.keys(options['multiline.*']).length > 0 && !/^(line|.*\.LineDeserializer(\$Builder)?)$/i.test(options.deserializer)) {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        `multiline.* puts lines together; the deserializer ${options.deserializer} reads none. Use LINE.`,
      )
    }
    // Whatever reads the files, as Flume.
    if (!isJavaCharset(options.inputCharset))
      throw new MillraceError(
        'BAD_CONFIGURATION',
        `inputCharset = ${options.inputCharset} is no character set. Use UTF-8, ISO-8859-1, UTF-16LE, …`,
      )
    const settings = {
      ...options['deserializer.*'],
      ...Object.fromEntries(Object.entries(options['multiline.*']).map(([key, value]) => [`multiline.${key}`, value])),
      ...(options.bufferMaxLineLength !== undefined && { maxLineLength: `${options.bufferMaxLineLength}` }),
    }
    return new SpoolDirectorySource(
      {
        directory: options.spoolDir,
        trackerPath: join(trackerDir, '.flumespool-main.meta'),
        mustRename: options.trackingPolicy === 'rename',
        pollDelayMs: options.pollDelay,
        maxBackOffMs: options.maxBackoff,
        tellsOfEmpty: options.consumeOrder !== 'random',
        mostEvents: () => mostEvents(options, context.channelProcessor),
        inputCharset: options.inputCharset,
        decodeErrorPolicy: options.decodeErrorPolicy,
        deserialize: context.deserializer(options.deserializer, settings),
        headersOf: (path) => ({
          ...(options.fileHeader && { [options.fileHeaderKey]: path }),
          ...(options.basenameHeader && { [options.basenameHeaderKey]: basename(path) }),
        }),
        files: new SpoolDirectory({
          directory: ownFileRules.absolute(options.spoolDir),
          trackerDir,
          suffix: options.fileSuffix,
          include: javaRegexWhole(options.includePattern),
          ignore: javaRegexWhole(options.ignorePattern),
          recursive: options.recursiveDirectorySearch,
          order: options.consumeOrder,
          policy: options.trackingPolicy,
          deleteDone: options.deletePolicy === 'immediate',
          random: Math.random,
        }),
      },
      context,
    )
  },
})

interface SpoolOptions {
  readonly directory: string
  readonly trackerPath: string
  readonly mustRename: boolean
  readonly pollDelayMs: number
  readonly maxBackOffMs: number
  /** Of the next transaction. */
  readonly mostEvents: () => number
  readonly inputCharset: string
  readonly decodeErrorPolicy: DecodeErrorPolicy
  readonly deserialize: (stream: EventStream) => EventDeserializer
  readonly headersOf: (path: string) => Readonly<Record<string, string>>
  readonly files: SpoolDirectory
  /** Whether every file without an event gives an empty one: in random order Flume does so only for the first that it reads. */
  readonly tellsOfEmpty: boolean
}

class SpoolDirectorySource implements Source {
  readonly #options: SpoolOptions
  readonly #context: SourceContext
  #loop: Promise<void> | undefined
  /** Why the last look at the directory failed. */
  #trouble: string | undefined
  #hasRead = false

  constructor(options: SpoolOptions, context: SourceContext) {
    this.#options = options
    this.#context = context
  }

  async start(): Promise<void> {
    const { directory, mustRename } = this.#options
    const found = await stat(directory).catch(() => undefined)
    if (found?.isDirectory() !== true)
      throw new MillraceError('COMPONENT_START', `spoolDir ${directory} is not a directory. Create it; the source looks again every 3 s.`)
    const wanted = constants.R_OK | (mustRename ? constants.W_OK : 0)
    await access(directory, wanted).catch((cause: unknown) => {
      throw new MillraceError(
        'COMPONENT_START',
        `spoolDir ${directory} cannot be ${mustRename ? 'read and written' : 'read'}. Give the right to, or use trackingPolicy = tracker_dir.`,
        { cause },
      )
    })
    this.#loop = this.#run()
  }

  async stop(): Promise<void> {
    await this.#loop
  }

  async #run(): Promise<void> {
    const { clock, signal } = this.#context
    while (!signal.aborted) {
      try {
        for (let next = this.#next(); next !== undefined && !signal.aborted; next = this.#next()) await this.#consume(next)
      } catch (error) {
        this.#lost(messageOf(error))
      }
      await clock.sleep(this.#options.pollDelayMs, signal)
    }
  }

  /** Said when it begins or changes, and not at each look: a directory may be away for a night. */
  #lost(trouble: string): void {
    const { counters, log, status } = this.#context
    counters.add('GenericProcessingFail', 1)
    status(`The directory cannot be read: ${trouble}`, {
      severity: 'error',
      retrying: true,
      hint: 'Bring it back, or give the right to read it: it is looked for again and again.',
    })
    if (trouble !== this.#trouble)
      log.error(`The directory ${this.#options.directory} cannot be read. It is looked for again and again.`, { error: trouble })
    this.#trouble = trouble
  }

  #next(): SpoolFile | undefined {
    const [first, ...others] = this.#options.files.pending()
    if (this.#trouble !== undefined) this.#context.log.info(`The directory ${this.#options.directory} can be read again.`)
    this.#trouble = undefined
    if (first !== undefined)
      this.#context.status(`Reading ${basename(first.path)}${others.length > 0 ? `, ${others.length} more wait` : ''}`)
    else this.#context.status(`Waiting for files in ${this.#options.directory}`)
    return first
  }

  /** Delivers one file and marks it as done. A channel that takes nothing is waited for; a file that cannot be read on is put aside. */
  async #consume(file: SpoolFile): Promise<void> {
    const { files, trackerPath } = this.#options
    const { counters, log } = this.#context
    let handle: FileHandle | undefined
    try {
      handle = await open(file.path, 'r')
      if (!(await this.#deliver(file, handle))) return
      const now = files.file(file.path)
      if (now?.size !== file.size) throw new Error(`File has changed size since being read: ${file.path}`)
      if (now.mtimeMs !== file.mtimeMs) throw new Error(`File has been modified since being read: ${file.path}`)
      // Windows keeps the name of a deleted file until nobody has it open.
      await handle.close()
      handle = undefined
      const { completed, taken } = files.complete(file.path)
      if (taken) {
        counters.add('EventReadFail', 1)
        this.#context.departs('spooldir-quarantine')
        log.warn('A name was used again for another file; its events are delivered, and it got another completed name.', {
          file: file.path,
          completed,
        })
      }
      removeSpoolTracker(trackerPath)
    } catch (error) {
      counters.add('EventReadFail', 1)
      this.#context.departs('spooldir-quarantine')
      const aside = files.quarantine(file.path)
      removeSpoolTracker(trackerPath)
      log.error('A file could not be read to its end; it is put aside and the others go on.', {
        file: file.path,
        aside,
        error: messageOf(error),
      })
      this.#context.status(`${basename(aside)}: ${messageOf(error)}`, {
        severity: 'warning',
        hint: 'Mend the file and put it back under another name; what was delivered of it comes again.',
      })
    } finally {
      await handle?.close()
    }
  }

  /** False when the source is stopped before the end. */
  async #deliver(file: SpoolFile, handle: FileHandle): Promise<boolean> {
    const { trackerPath, deserialize, inputCharset, decodeErrorPolicy, headersOf, mostEvents, tellsOfEmpty } = this.#options
    const { signal } = this.#context
    const headers = headersOf(file.path)
    // A file without an event is one empty event, so that something says that it was there.
    const nothing: EventBatch = {
      count: 1,
      bodies: new Uint8Array(0),
      ends: Uint32Array.of(0),
      gap: 0,
      terminated: false,
      shared: headers,
      columns: [],
    }
    // What is written to a file while it is read is delivered too, as by Flume, before the file is put aside for it.
    let size = file.size
    const deserializer = deserialize({
      path: file.path,
      get size() {
        return size
      },
      inputCharset,
      decodeErrorPolicy,
      read: async (offset, length) => {
        const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)))
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset)
        return buffer.subarray(0, bytesRead)
      },
    })
    const tracked = readSpoolTracker(trackerPath)
    let offset = tracked !== undefined && ownFileRules.samePath(tracked.file, file.path) ? tracked.offset : 0
    while (!signal.aborted) {
      size = Math.max(size, (await handle.stat()).size)
      const taken = await deserializer.read(offset, mostEvents())
      const first = !this.#hasRead
      this.#hasRead = true
      if (taken === null || taken.batch.count === 0) return offset === 0 && (tellsOfEmpty || first) ? this.#put(nothing) : true
      if (!(await this.#put(withSharedHeaders(taken.batch, headers)))) return false
      offset = taken.next
      writeSpoolTracker(trackerPath, { file: file.path, offset })
    }
    return false
  }

  /** One transaction, again and again until the channels take it. False when the source is stopped before. */
  async #put(batch: EventBatch): Promise<boolean> {
    const { channelProcessor, clock, counters, log, signal, status } = this.#context
    counters.add('AppendBatchReceivedCount', 1)
    counters.add('EventReceivedCount', batch.count)
    for (let waitMs = 250; !signal.aborted; waitMs = Math.min(this.#options.maxBackOffMs, waitMs * 2)) {
      try {
        await channelProcessor.processEventBatch(batch)
        counters.add('AppendBatchAcceptedCount', 1)
        counters.add('EventAcceptedCount', batch.count)
        return true
      } catch (error) {
        counters.add('ChannelWriteFail', 1)
        const failed = isInterceptorFailure(error)
        status(`Events are not taken: ${messageOf(error)}`, {
          severity: failed ? 'error' : 'warning',
          retrying: true,
          hint: 'The file waits; nothing is lost.',
        })
        const why = failed ? 'Events are not taken.' : 'The channel is full, and cannot write data now.'
        log.warn(`${why} The source will try again.`, { waitMs, error: messageOf(error) })
        await clock.sleep(waitMs, signal)
      }
    }
    return false
  }
}
