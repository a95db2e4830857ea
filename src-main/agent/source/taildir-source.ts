// source `taildir`: the lines of files that grow, are rotated, truncated and replaced (Flume TaildirSource).
//
// At-least-once: a position moves after the channel has committed, and is noted at once (position-store.ts). A killed process could repeat
// the one transaction whose commit it did not live to note; where one durable channel is required, and no interceptor changed the events,
// the source finds that transaction in the channel at its next start and repeats nothing.
import { basename, dirname, join } from 'node:path'
import { MillraceError, phraseOf } from '../../../src-shared/errors.ts'
import { columnOf, withHeaderColumn } from '../../../src-shared/event/build-batch.ts'
import { type EventBatch, originAt } from '../../../src-shared/event/event-batch.ts'
import { hashMapOrder } from '../../../src-shared/flume/java-hash-order.ts'
import type { OptionsOf } from '../../../src-shared/spec/property.ts'
import { boolean, int, list, long, map, string } from '../../../src-shared/spec/property.ts'
import type { SourceContext } from '../../component/context.ts'
import { defineSource, type Source, type Status } from '../../component/define.ts'
import { isInterceptorFailure } from '../interceptor/interceptor-chain.ts'
import { untilAborted } from '../lifecycle/back-off.ts'
import { MultiLineRule, multiLineProperties } from '../multiline/multi-line-rule.ts'
import { ownFileRules } from '../platform/file-rules.ts'
import { batchProperties, mostEvents } from './batch-properties.ts'
import { pollBackOff } from './poll-back-off.ts'
import { FileGroup, lookWith } from './taildir/file-groups.ts'
import { whenChanged } from './taildir/file-watch.ts'
import type { ReadLines } from './taildir/line-reader.ts'
import { PositionStore } from './taildir/position-store.ts'
import type { TailFile } from './taildir/tail-file.ts'
import { TailedFiles } from './taildir/tailed-files.ts'

const properties = {
  channels: list().default([]).describe('Channels to write to.'),
  filegroups: list().describe('Names of the groups of files.'),
  'filegroups.*': map(string()).describe(
    'Absolute path of a group: a directory, and a regular expression for the names of its files. On Windows write the directory with slashes.',
  ),
  'headers.*': map(string()).describe('headers.<group>.<header>: a header for all events of a group.'),
  positionFile: string().optional().describe('Where positions are kept (JSON, as Flume). In the agent’s folder when absent.'),
  skipToEnd: boolean().default(false).describe('Begins at the end of files that have no position yet.'),
  idleTimeout: long()
    .default(120_000)
    .unit('ms')
    .describe('A file unchanged for so long is closed; a last line without an end is then delivered.'),
  writePosInterval: long().min(1).default(3000).unit('ms').describe('How often the position file is written.'),
  ...batchProperties,
  maxBatchCount: long().optional().describe('Transactions from one file before the next has its turn; all when absent, or less than 1.'),
  cachePatternMatching: boolean().default(true).describe('Lists a directory again only when it has changed.'),
  fileHeader: boolean().default(false).describe('Adds the path of the file as a header.'),
  fileHeaderKey: string().default('file').describe('Name of that header.'),
  byteOffsetHeader: boolean().default(false).describe('Adds header byteoffset: where the line begins in its file.'),
  maxLineBytes: int()
    .min(1 << 20)
    .default(16 << 20)
    .unit('bytes')
    .extension()
    .describe('A longer line is cut into several events, so that memory stays bounded.'),
  ...multiLineProperties,
  ...pollBackOff,
}

export const definition = defineSource({
  type: 'taildir',
  className: 'org.apache.flume.source.taildir.TaildirSource',
  summary: 'Reads lines from files as they are written, through rotation, and goes on where it was.',
  rules: [
    'taildir-rename',
    'taildir-latency',
    'taildir-missing-directory',
    'taildir-replaced',
    'taildir-position',
    'taildir-position-more',
    'taildir-long-line',
    'batch-above-transaction',
  ],
  properties,
  examples: [
    { title: 'All logs of a directory', properties: 'filegroups = f1\nfilegroups.f1 = /var/log/app/.*\\\\.log\nfileHeader = true' },
    {
      title: 'Java logs with stack traces, each an event',
      properties: 'filegroups = f1\nfilegroups.f1 = /var/log/app/.*\\\\.log\nmultiline.start = ^\\\\d{4}-\\\\d{2}-\\\\d{2}',
    },
  ],
  create: (options, context) => new TaildirSource(options, context),
})

/** After a change: how long to wait for more of it, so that a busy log gives a few dozen transactions a second and not thousands. */
const gatherMs = 20
/** Flume looks for idle files every 5 s; a line that is being written has so long at least to get its end. */
const shortestIdleMs = 500
const retryMs = { first: 1000, longest: 5000 }

class TaildirSource implements Source {
  readonly #options: OptionsOf<typeof properties>
  readonly #context: SourceContext
  readonly #groups: readonly FileGroup[]
  readonly #positions: PositionStore
  readonly #multiLine: MultiLineRule | undefined
  #files: TailedFiles | undefined
  #saver: Promise<void> | undefined
  #pollCostMs = 0

  constructor(options: OptionsOf<typeof properties>, context: SourceContext) {
    this.#options = options
    this.#context = context
    this.#multiLine = MultiLineRule.of(options)
    // Flume keeps the groups in a hash map, and with them the order of files. One that says nothing is left out.
    this.#groups = hashMapOrder([...new Set(options.filegroups)]).flatMap((name) => {
      const path = options['filegroups.*'][name]
      if (path !== undefined) return new FileGroup(name, path, headersOf(name, options['headers.*']))
      context.log.warn(`filegroups lists ${name}, but filegroups.${name} does not say which files those are. It is left out.`)
      return []
    })
    if (this.#groups.length === 0)
      throw new MillraceError(
        'BAD_CONFIGURATION',
        `filegroups names no group of files: give ${[...options.filegroups.map((name) => `filegroups.${name}`), 'filegroups.<group>'][0]} a path.`,
      )
    const { workDir, name, log, departs } = context
    const positionFile = options.positionFile ?? join(workDir, `${name}.taildir_position.json`)
    this.#positions = new PositionStore(positionFile, join(dirname(positionFile), `.${basename(positionFile)}.journal`), log, departs)
  }

  async start(): Promise<void> {
    const { name, clock, log, status, departs, counters } = this.#context
    const { fileHeader, fileHeaderKey, maxLineBytes, skipToEnd, cachePatternMatching } = this.#options
    this.#files = new TailedFiles({
      component: name,
      groups: this.#groups,
      rules: ownFileRules,
      look: lookWith(ownFileRules),
      stored: this.#positions.load(),
      skipToEnd,
      useCache: cachePatternMatching,
      pathHeader: fileHeader ? fileHeaderKey : undefined,
      maxLineBytes,
      multiLine: this.#multiLine,
      clock,
      log,
      status,
      departs,
      counters,
    })
    await this.#files.update()
    await this.#files.recover(this.#context.channelProcessor.recentlyStored())
    await this.#positions.save(() => this.#files!.stored())
    this.#saver = this.#saveRegularly()
  }

  async stop(): Promise<void> {
    await this.#saver
    await this.#files?.close()
    if (this.#files !== undefined) await this.#positions.save(() => this.#files!.stored())
  }

  async process(): Promise<Status> {
    const { clock, signal } = this.#context
    const began = clock.monotonic()
    const files = this.#files!
    await files.update()
    let delivered = false
    for (const file of files.all()) {
      if (signal.aborted) break
      if (await this.#tail(file)) delivered = true
    }
    this.#pollCostMs = delivered ? 0 : clock.monotonic() - began
    return delivered ? 'READY' : 'BACKOFF'
  }

  async whenReady(signal: AbortSignal): Promise<void> {
    const files = this.#files!
    const directories = [...new Set(this.#groups.map((group) => group.directory))]
    const over = new AbortController()
    const ends = AbortSignal.any([signal, over.signal])
    void this.#heldTooLong(ends).then(() => over.abort())
    await whenChanged(directories, ends, () => files.haveChanged())
    over.abort()
    await this.#context.clock.sleep(Math.max(gatherMs, this.#pollCostMs * 10), signal)
  }

  /** Resolves when an event of several lines has waited long enough for its next line, or when `signal` aborts. */
  async #heldTooLong(signal: AbortSignal): Promise<void> {
    const { clock } = this.#context
    const since = Math.min(...this.#files!.all().flatMap((file) => (file.holds ? [file.changedAt] : [])))
    const forEver = this.#multiLine === undefined || since === Number.POSITIVE_INFINITY
    if (forEver) await untilAborted(signal)
    else await clock.sleep(Math.max(0, since + this.#multiLine.timeoutMs - clock.monotonic()), signal)
  }

  /** Delivers what one file has. True when something was delivered. */
  async #tail(file: TailFile): Promise<boolean> {
    const { channelProcessor, counters, log, clock, signal } = this.#context
    const { maxBatchCount = 0, idleTimeout } = this.#options
    const mostBatches = maxBatchCount > 0 ? maxBatchCount : Number.POSITIVE_INFINITY
    const idle = file.deleted || clock.monotonic() - file.changedAt >= Math.max(idleTimeout, shortestIdleMs)
    let delivered = false
    try {
      if (!(await this.#files!.ready(file))) return false
      for (let batches = 0; batches < mostBatches && !signal.aborted; batches++) {
        const lines = await file.read(mostEvents(this.#options, channelProcessor))
        if (lines === undefined) break
        const most = mostEvents(this.#options, channelProcessor)
        const room = this.#options.adaptiveBatch ? most - lines.batch.count : most
        if (room > 0) file.readAhead(room)
        if (!(await this.#deliver(file, lines))) return delivered
        delivered = true
      }
      if (idle && !delivered && file.open) {
        for (let rest = await file.readRest(); rest !== undefined; rest = await file.readRest()) {
          if (!(await this.#deliver(file, rest))) return delivered
        }
        await file.close()
      } else if (!delivered && file.holds && clock.monotonic() - file.changedAt >= this.#multiLine!.timeoutMs) {
        const held = file.readHeld()
        if (held !== undefined && (await this.#deliver(file, held))) delivered = true
      }
    } catch (error) {
      counters.add('EventReadFail', 1)
      log.error(`${file.path} could not be read: ${phraseOf(error)}. Other files go on.`)
      await file.close()
    }
    return delivered
  }

  /** One transaction, tried again until it is committed. False when the source is to stop before that. */
  async #deliver(file: TailFile, lines: ReadLines): Promise<boolean> {
    const { channelProcessor, counters, clock, signal, log, status } = this.#context
    // A header of that name which the group gives wins, as in Flume.
    const hasOwn = byteOffset in lines.batch.shared
    const batch = this.#options.byteOffsetHeader && !hasOwn ? withByteOffsets(lines.batch) : lines.batch
    counters.add('EventReceivedCount', batch.count)
    counters.add('AppendBatchReceivedCount', 1)
    for (let pauseMs = retryMs.first; ; pauseMs = Math.min(pauseMs * 2, retryMs.longest)) {
      try {
        await channelProcessor.processEventBatch(batch)
        break
      } catch (error) {
        counters.add('ChannelWriteFail', 1)
        const sentence = `Unable to put ${batch.count} events of ${file.path} on the channel: ${phraseOf(error)}. Trying again in ${pauseMs} ms.`
        log.warn(sentence)
        status(sentence, { severity: isInterceptorFailure(error) ? 'error' : 'warning' })
        await clock.sleep(pauseMs, signal)
        if (signal.aborted) {
          await file.forgetRead()
          return false
        }
      }
    }
    file.committed(lines)
    this.#positions.note(file.stored)
    counters.add('EventAcceptedCount', batch.count)
    counters.add('AppendBatchAcceptedCount', 1)
    this.#files!.delivered(file)
    return true
  }

  async #saveRegularly(): Promise<void> {
    const { clock, signal, log } = this.#context
    while (!signal.aborted) {
      await clock.sleep(this.#options.writePosInterval, signal)
      if (signal.aborted || !this.#files!.takeMoved()) continue
      try {
        await this.#positions.save(() => this.#files!.stored())
      } catch (error) {
        log.error(`The position file could not be written: ${phraseOf(error)}. A restart may repeat events.`)
      }
    }
  }
}

function headersOf(group: string, headers: Readonly<Record<string, string>>): Record<string, string> {
  const prefix = `${group}.`
  return Object.fromEntries(
    Object.entries(headers).flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])),
  )
}

const byteOffset = 'byteoffset'

function withByteOffsets(batch: EventBatch): EventBatch {
  return withHeaderColumn(
    batch,
    columnOf(byteOffset, batch.count, (row) => String(originAt(batch, row)!.offset)),
  )
}
