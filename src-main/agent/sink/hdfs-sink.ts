// sink `hdfs`: writes events to files in buckets, on a local directory or in HDFS over WebHDFS (Flume HDFSEventSink).
//
// A take is committed after its bytes are with the file system. What a failed transaction wrote is taken back. After a kill the transaction
// that was under way may come twice, and `.tmp` files stay, as Flume leaves them.

import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { gatherBatch } from '../../../src-shared/event/build-batch.ts'
import { type EventBatch, headerAt } from '../../../src-shared/event/event-batch.ts'
import { oneAtATime } from '../../../src-shared/one-at-a-time.ts'
import type { OptionsOf } from '../../../src-shared/spec/property.ts'
import { boolean, int, long, map, oneOf, string } from '../../../src-shared/spec/property.ts'
import type { SinkContext } from '../../component/context.ts'
import { defineSink, type Sink, type Status } from '../../component/define.ts'
import { codecNames, type HadoopCodec, hadoopCodec } from '../../hadoop/hadoop-codecs.ts'
import { BucketPath, type BucketPathOptions, type RoundUnit } from '../hdfs/bucket-path.ts'
import { type BucketOptions, BucketWriter } from '../hdfs/bucket-writer.ts'
import { compressedStream, dataStream, type FileFormat, sequenceFile } from '../hdfs/file-formats.ts'
import type { TargetFileSystem } from '../hdfs/file-system.ts'
import { hdfsTarget } from '../hdfs/target.ts'
import { takeLimit, takeTransaction } from './take-events.ts'

const properties = {
  channel: string().optional().describe('Channel to take from.'),
  'hdfs.path': string().describe(
    'Directory, with escapes: a path or file: of this machine, webhdfs://namenode:9870/path or swebhdfs://… for HDFS.',
  ),
  'hdfs.filePrefix': string().default('FlumeData').describe('What file names begin with; escapes too.'),
  'hdfs.fileSuffix': string().optional().describe('What file names end with; the codec’s extension when absent.'),
  'hdfs.inUsePrefix': string().default('').describe('What the name of a file that is being written begins with.'),
  'hdfs.inUseSuffix': string().default('.tmp').describe('What it ends with.'),
  'hdfs.emptyInUseSuffix': boolean().default(false).describe('No such ending, whatever hdfs.inUseSuffix says.'),
  'hdfs.rollInterval': long().default(30).unit('s').describe('A file is closed at this age; 0 or less: never.'),
  'hdfs.rollSize': long().default(1024).unit('bytes').describe('… when it has bodies of so many bytes, uncompressed; 0 or less: never.'),
  'hdfs.rollCount': long().default(10).unit('events').describe('… when it has so many events; 0 or less: never.'),
  'hdfs.idleTimeout': int().default(0).unit('s').describe('… when nothing came for so long; 0 or less: never.'),
  'hdfs.batchSize': long()
    .min(1)
    .default(100)
    .unit('events')
    .describe('Most events of one transaction, and never more than one of the channel holds.'),
  'hdfs.adaptiveBatch': boolean()
    .default(false)
    .extension()
    .describe('Instead of hdfs.batchSize as many events as are there, up to 10,000 and 1 MiB: the fastest.'),
  'hdfs.codeC': string()
    .optional()
    .describe(`Codec: ${codecNames.join(', ')}, short (gzip) or as a class name.`),
  'hdfs.fileType': oneOf('SequenceFile', 'DataStream', 'CompressedStream')
    .default('SequenceFile')
    .describe('SequenceFile; DataStream: the serializer’s bytes; CompressedStream: the same through the codec.'),
  'hdfs.writeFormat': oneOf('Writable', 'Text').default('Writable').describe('Values of a SequenceFile: BytesWritable or Text.'),
  'hdfs.maxOpenFiles': int().min(1).default(5000).describe('Most files open at once; the one that was written longest ago is closed.'),
  'hdfs.round': boolean().default(false).describe('Whether dates in the path are rounded down.'),
  'hdfs.roundValue': int().default(1).describe('… to a multiple of this.'),
  'hdfs.roundUnit': string().default('second').describe('second, minute or hour.'),
  'hdfs.timeZone': string().optional().describe('Time zone of the dates; this machine’s when absent.'),
  'hdfs.useLocalTimeStamp': boolean().default(false).describe('The clock instead of the header timestamp.'),
  'hdfs.closeTries': int().default(0).describe('How often a rename is tried; 0 or less: without end.'),
  'hdfs.retryInterval': long().default(180).unit('s').describe('Between those tries; 0 or less: one try.'),
  'hdfs.callTimeout': long().default(30_000).unit('ms').describe('For each call of HDFS; 0 or less: none.'),
  'hdfs.proxyUser': string().optional().describe('User for HDFS; HADOOP_USER_NAME or this user when absent.'),
  'hdfs.threadsPoolSize': int().noEffect('One loop writes all files here.'),
  'hdfs.rollTimerPoolSize': int().noEffect('One loop writes all files here.'),
  'hdfs.minBlockReplicas': int().noEffect('Replication is HDFS’s own business over WebHDFS.'),
  'hdfs.kerberosPrincipal': string().noEffect('Millrace has no Kerberos; simple authentication is used.'),
  'hdfs.kerberosKeytab': string().noEffect('Millrace has no Kerberos; simple authentication is used.'),
  serializer: string().default('TEXT').describe('How events become bytes in DataStream and CompressedStream.'),
  'serializer.*': map(string()).describe('Properties of the serializer.'),
}

type HdfsOptions = OptionsOf<typeof properties>

export const definition = defineSink({
  type: 'hdfs',
  className: 'org.apache.flume.sink.hdfs.HDFSEventSink',
  summary: 'Writes events to files by time and headers, on this machine or in HDFS over WebHDFS.',
  rules: [
    'batch-above-transaction',
    'hdfs-webhdfs',
    'hdfs-headers-stay-below',
    'hdfs-failed-transaction',
    'hdfs-write-format-in-any-case',
    'hdfs-max-open-files',
  ],
  properties,
  examples: [
    {
      title: 'Hourly directories of gzip files in HDFS',
      properties:
        'channel = c1\nhdfs.path = webhdfs://namenode:9870/logs/%{host}/%Y-%m-%d/%H\nhdfs.fileType = CompressedStream\nhdfs.codeC = gzip\nhdfs.rollInterval = 3600\nhdfs.rollSize = 0\nhdfs.rollCount = 0',
    },
    {
      title: 'Lines in a local directory, a file a day',
      properties:
        'channel = c1\nhdfs.path = /var/spool/events/%Y-%m-%d\nhdfs.fileType = DataStream\nhdfs.useLocalTimeStamp = true\nhdfs.rollInterval = 0\nhdfs.rollSize = 0\nhdfs.rollCount = 0\nhdfs.idleTimeout = 600',
    },
  ],
  create: (options, context) => new HdfsSink(options, context),
})

/** How often it is looked whether a file's time is over. */
const lookEveryMs = 500

/** A file that is complete and could not be renamed yet. */
interface Unrenamed {
  readonly from: string
  readonly to: string
  tries: number
  nextAt: number
}

class HdfsSink implements Sink {
  readonly #options: HdfsOptions
  readonly #context: SinkContext
  readonly #path: BucketPath
  readonly #prefix: BucketPath
  readonly #fileSystem: TargetFileSystem
  readonly #bucket: BucketOptions
  /** By path and prefix, the one that was written longest ago first. */
  readonly #writers = new Map<string, BucketWriter>()
  #unrenamed: Unrenamed[] = []
  readonly #stopping = new AbortController()
  #ticking: Promise<void> = Promise.resolve()
  /** A transaction's writing, and the closing of files whose time is over. */
  readonly #alone = oneAtATime()

  constructor(options: HdfsOptions, context: SinkContext) {
    this.#options = options
    this.#context = context
    const { clock, counters } = context
    const target = hdfsTarget(options['hdfs.path'], { user: options['hdfs.proxyUser'], timeoutMs: options['hdfs.callTimeout'] })
    const escapes = { ...escapesOf(options, () => clock.now()), contained: () => context.departs('hdfs-headers-stay-below') }
    this.#fileSystem = target.fileSystem
    this.#path = new BucketPath(target.path, escapes)
    this.#prefix = new BucketPath(options['hdfs.filePrefix'], escapes)
    const codec = codecOf(options)
    this.#bucket = {
      inUsePrefix: options['hdfs.inUsePrefix'],
      inUseSuffix: options['hdfs.emptyInUseSuffix'] ? '' : options['hdfs.inUseSuffix'],
      fileSuffix: options['hdfs.fileSuffix'] ?? codec?.extension ?? '',
      rollCount: options['hdfs.rollCount'],
      rollSize: options['hdfs.rollSize'],
      rollIntervalMs: options['hdfs.rollInterval'] * 1000,
      idleTimeoutMs: options['hdfs.idleTimeout'] * 1000,
      format: formatOf(options, codec, context),
      fileSystem: target.fileSystem,
      monotonic: () => clock.monotonic(),
      finished: (from, to) => this.#rename({ from, to, tries: 0, nextAt: 0 }),
      leftBehind: (path, error) => this.#leftBehind(path, error),
      opened: () => counters.add('ConnectionCreatedCount', 1),
      closed: () => counters.add('ConnectionClosedCount', 1),
    }
  }

  async start(): Promise<void> {
    const { clock } = this.#context
    const { signal } = this.#stopping
    this.#ticking = (async () => {
      while (!signal.aborted) {
        await clock.sleep(lookEveryMs, signal)
        if (!signal.aborted) await this.#alone(() => this.#closeDue())
      }
    })()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#ticking
    for (const writer of this.#writers.values()) await writer.close()
    this.#writers.clear()
    for (const file of this.#unrenamed.splice(0)) await this.#rename(file)
    for (const { from, to } of this.#unrenamed) this.#context.log.warn(`${from} is complete and could not be renamed to ${to}.`)
  }

  async process(): Promise<Status> {
    const { channel, counters, signal } = this.#context
    const limit = this.#options['hdfs.adaptiveBatch'] ? 'adaptive' : this.#options['hdfs.batchSize']
    // With adaptiveBatch every batch is as large as it can be.
    const complete = limit === 'adaptive' ? 1 : takeLimit(channel, limit).events
    const touched = new Set<BucketWriter>()
    let failing = 'ChannelReadFail' as 'ChannelReadFail' | 'EventWriteFail'
    try {
      const count = await takeTransaction(channel, limit, signal, async ({ batches, count: taken }) => {
        if (taken > 0) counters.add('EventDrainAttemptCount', taken)
        failing = 'EventWriteFail'
        await this.#alone(async () => {
          for (const batch of batches) await this.#write(batch, touched)
        })
        failing = 'ChannelReadFail'
      })
      for (const writer of touched) writer.commit()
      await this.#alone(async () => {
        for (const writer of touched) await writer.closeFull()
        await this.#closeEldest(new Set())
      })
      counters.add(count === 0 ? 'BatchEmptyCount' : count < complete ? 'BatchUnderflowCount' : 'BatchCompleteCount', 1)
      counters.add('EventDrainSuccessCount', count)
      return count === 0 ? 'BACKOFF' : 'READY'
    } catch (error) {
      counters.add(failing, 1)
      if (failing === 'EventWriteFail') this.#context.departs('hdfs-failed-transaction')
      await this.#alone(async () => {
        for (const writer of touched) await writer.rollback()
      })
      if (error instanceof MillraceError && error.code === 'EVENT_DELIVERY') throw error
      throw new MillraceError('EVENT_DELIVERY', `Failed to write to ${this.#options['hdfs.path']}: ${messageOf(error)}`, { cause: error })
    }
  }

  async #write(batch: EventBatch, touched: Set<BucketWriter>): Promise<void> {
    for (const { writer, part } of this.#divided(batch)) {
      touched.add(writer)
      await writer.append(part)
    }
    await this.#closeEldest(touched)
  }

  /** The batch by bucket, in order within each. */
  #divided(batch: EventBatch): { writer: BucketWriter; part: EventBatch }[] {
    if (this.#path.fixed && this.#prefix.fixed) return [{ writer: this.#writer(batch, 0), part: batch }]
    const rows = new Map<BucketWriter, number[]>()
    for (let row = 0; row < batch.count; row++) {
      const writer = this.#writer(batch, row)
      const before = rows.get(writer)
      if (before === undefined) rows.set(writer, [row])
      else before.push(row)
    }
    return [...rows].map(([writer, of]) => ({ writer, part: of.length === batch.count ? batch : gatherBatch(batch, of) }))
  }

  #writer(batch: EventBatch, row: number): BucketWriter {
    const header = (name: string): string | null | undefined => headerAt(batch, row, name)
    const folder = this.#path.resolve(header)
    const prefix = this.#prefix.resolve(header)
    const key = `${folder}/${prefix}`
    const known = this.#writers.get(key)
    // Put last: the first of the map is the one that was not used for longest.
    this.#writers.delete(key)
    const writer = known ?? new BucketWriter(folder, prefix, this.#context.clock.now(), this.#bucket)
    this.#writers.set(key, writer)
    if (known === undefined) this.#context.status(`Writing ${key}.*`)
    return writer
  }

  /** More files than hdfs.maxOpenFiles are open only while one transaction writes to them all. */
  async #closeEldest(touched: ReadonlySet<BucketWriter>): Promise<void> {
    for (const [key, writer] of this.#writers) {
      if (this.#writers.size <= this.#options['hdfs.maxOpenFiles']) return
      if (touched.has(writer)) continue
      this.#writers.delete(key)
      await writer.close()
    }
  }

  #leftBehind(path: string, error: unknown): void {
    const sentence = `${path} could not be closed and keeps its name: ${messageOf(error)}`
    this.#context.log.warn(sentence)
    this.#context.status(sentence, { severity: 'warning' })
  }

  async #closeDue(): Promise<void> {
    const now = this.#context.clock.monotonic()
    for (const writer of this.#writers.values()) if (writer.isDue(now)) await writer.close()
    // A bucket that nothing has come for in an hour is forgotten: paths with dates never come back.
    for (const [key, writer] of this.#writers) if (!writer.isOpen && writer.isIdle(now, 3_600_000)) this.#writers.delete(key)
    const due = this.#unrenamed.filter(({ nextAt }) => now >= nextAt)
    this.#unrenamed = this.#unrenamed.filter(({ nextAt }) => now < nextAt)
    for (const file of due) await this.#rename(file)
  }

  /** A file whose events are all written is never lost: a rename that fails is tried again and said. */
  async #rename(file: Unrenamed): Promise<void> {
    const { 'hdfs.closeTries': most, 'hdfs.retryInterval': seconds } = this.#options
    const { log, status, clock } = this.#context
    if (file.from === file.to) return
    try {
      await this.#fileSystem.rename(file.from, file.to)
    } catch (error) {
      file.tries += 1
      const again = seconds > 0 && (most <= 0 || file.tries < most)
      const sentence = `${file.from} is complete and could not be renamed to ${file.to}: ${messageOf(error)}`
      log.warn(again ? `${sentence}. It is tried again in ${seconds} s.` : `${sentence}. It keeps its name.`)
      status(sentence, { severity: 'warning' })
      if (again) this.#unrenamed.push({ ...file, nextAt: clock.monotonic() + seconds * 1000 })
    }
  }
}

const roundLimits: Readonly<Record<RoundUnit, number>> = { second: 60, minute: 60, hour: 24 }

function escapesOf(options: HdfsOptions, now: () => number): BucketPathOptions {
  const unit = options['hdfs.roundUnit'].trim().toLowerCase()
  const value = options['hdfs.roundValue']
  // As Flume: an unknown unit turns rounding off.
  const known = options['hdfs.round'] && Object.hasOwn(roundLimits, unit) ? (unit as RoundUnit) : undefined
  const most = roundLimits[known ?? 'second']
  if (options['hdfs.round'] && (value < 1 || value > most))
    throw new MillraceError('BAD_CONFIGURATION', `hdfs.roundValue = ${value}: it must be from 1 to ${most} where hdfs.round = true.`)
  return {
    timeZone: options['hdfs.timeZone'],
    round: known && { value, unit: known },
    localTime: options['hdfs.useLocalTimeStamp'] ? now : undefined,
  }
}

function codecOf(options: HdfsOptions): HadoopCodec | null {
  const name = options['hdfs.codeC']
  const fileType = options['hdfs.fileType']
  const codec = name === undefined ? null : hadoopCodec(name)
  if (codec === null && fileType === 'CompressedStream')
    throw new MillraceError('BAD_CONFIGURATION', "It's essential to set compress codec when fileType is: CompressedStream")
  if (name === undefined) return null
  if (codec === undefined)
    throw new MillraceError(
      'BAD_CONFIGURATION',
      `hdfs.codeC = ${name}: there is no such codec here. Known are None, ${codecNames.join(', ')}.`,
    )
  if (fileType === 'DataStream')
    throw new MillraceError(
      'BAD_CONFIGURATION',
      `fileType: ${fileType} which does NOT support compressed output. Please don't set codeC or change the fileType if compressed output is desired.`,
    )
  return codec
}

function formatOf(options: HdfsOptions, codec: HadoopCodec | null, context: SinkContext): () => FileFormat {
  if (options['hdfs.fileType'] === 'SequenceFile') return () => sequenceFile(options['hdfs.writeFormat'], codec, () => context.clock.now())
  const serializer = context.serializer(options.serializer, options['serializer.*'])
  return codec === null ? () => dataStream(serializer()) : () => compressedStream(serializer(), codec)
}
