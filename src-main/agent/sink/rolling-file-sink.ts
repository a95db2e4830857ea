// sink `file_roll`: writes events to files in a directory, a new file every rollInterval seconds (Flume RollingFileSink).
//
// A take is committed after its bytes are with the operating system: a killed process loses and halves nothing. On a durable channel it
// repeats nothing either (rolled-file.ts); on others at most the transaction it was killed in. `sink.fsync = batch` also waits for the disk.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { boolean, int, long, map, oneOf, string } from '../../../src-shared/spec/property.ts'
import type { SinkContext } from '../../component/context.ts'
import { defineSink, type EventSerializer, type Sink, type Status } from '../../component/define.ts'
import { isDurable } from '../channel/durable-channel.ts'
import { defaultPathManager, type PathManager, rollTimePathManager } from './path-manager.ts'
import { cutUnfinishedEnd, RolledFile } from './rolled-file.ts'
import { type TakenEvents, takeTransaction } from './take-events.ts'

const pathManagers = {
  default: defaultPathManager,
  rolltime: rollTimePathManager,
  'org.apache.flume.formatter.output.DefaultPathManager$Builder': defaultPathManager,
  'org.apache.flume.formatter.output.RollTimePathManager$Builder': rollTimePathManager,
}

export const definition = defineSink({
  type: 'file_roll',
  className: 'org.apache.flume.sink.RollingFileSink',
  summary: 'Writes events to files in a directory, a new one every so many seconds.',
  rules: ['file-roll-no-half-event', 'batch-above-transaction'],
  properties: {
    channel: string().optional().describe('Channel to take from.'),
    'sink.directory': string().describe('Directory to write to. It must exist.'),
    'sink.rollInterval': long().min(0).default(30).unit('s').describe('A new file every so often; 0 writes one file for ever.'),
    'sink.batchSize': int()
      .min(1)
      .default(100)
      .unit('events')
      .describe('Most events of one transaction, and never more than one of the channel holds.'),
    'sink.adaptiveBatch': boolean()
      .default(false)
      .extension()
      .describe('Instead of sink.batchSize as many events as are there, up to 10,000 and 1 MiB: the fastest.'),
    'sink.serializer': string().default('TEXT').describe('How events become bytes: text, header_and_text, avro_event, or a class name.'),
    'sink.serializer.*': map(string()).describe('Properties of the serializer.'),
    'sink.pathManager': oneOf(...(Object.keys(pathManagers) as (keyof typeof pathManagers)[]))
      .default('default')
      .describe('File names: default counts from the time of the start, rolltime names the second of each file.'),
    'sink.pathManager.prefix': string().default('').describe('What each file name begins with.'),
    'sink.pathManager.extension': string().default('').describe('Extension of each file, without the dot.'),
    'sink.fsync': oneOf('never', 'roll', 'batch')
      .default('roll')
      .extension()
      .describe('When bytes are forced to the disk: never, when a file is finished, or before each take is committed.'),
  },
  examples: [{ title: 'One file for ever', properties: 'channel = c1\nsink.directory = /var/spool/events\nsink.rollInterval = 0' }],
  create: (options, context) => {
    const createSerializer = context.serializer(options['sink.serializer'], options['sink.serializer.*'])
    const paths = pathManagers[options['sink.pathManager']]({
      directory: options['sink.directory'],
      prefix: options['sink.pathManager.prefix'],
      extension: options['sink.pathManager.extension'],
      clock: context.clock,
      exists: existsSync,
    })
    return new RollingFileSink(
      {
        directory: options['sink.directory'],
        rollMs: options['sink.rollInterval'] * 1000,
        batchSize: options['sink.adaptiveBatch'] ? 'adaptive' : options['sink.batchSize'],
        fsync: options['sink.fsync'],
        createSerializer,
        paths,
      },
      context,
    )
  },
})

interface RollingFileSinkOptions {
  readonly directory: string
  readonly rollMs: number
  readonly batchSize: number | 'adaptive'
  readonly fsync: 'never' | 'roll' | 'batch'
  readonly createSerializer: () => EventSerializer
  readonly paths: PathManager
}

class RollingFileSink implements Sink {
  readonly #options: RollingFileSinkOptions
  readonly #context: SinkContext
  #file: RolledFile | undefined
  #serializer: EventSerializer | undefined
  #rollAt = Number.POSITIVE_INFINITY

  constructor(options: RollingFileSinkOptions, context: SinkContext) {
    this.#options = options
    this.#context = context
  }

  async start(): Promise<void> {
    const { directory, rollMs } = this.#options
    const { clock, counters, log } = this.#context
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
      const what = existsSync(directory) ? 'is not a directory' : 'does not exist'
      counters.add('ConnectionFailedCount', 1)
      throw new MillraceError('COMPONENT_START', `sink.directory ${directory} ${what}. Create it; the sink looks again every 3 s.`)
    }
    const cut = cutUnfinishedEnd(this.#notePath(), (ordinals) => this.#isWaiting(ordinals))
    if (cut !== undefined) {
      log.warn(`Cut ${cut.cutBytes} bytes of an unfinished transaction from the end of ${cut.path}; its events come again.`)
    }
    if (rollMs > 0) this.#rollAt = clock.monotonic() + rollMs
  }

  async stop(): Promise<void> {
    await this.#close()
  }

  async process(): Promise<Status> {
    const { batchSize } = this.#options
    const { channel, counters, signal, clock, log } = this.#context
    if (clock.monotonic() >= this.#rollAt) await this.#roll()
    if (this.#file?.isDeleted === true) {
      log.warn(`${this.#file!.path} was deleted while it was written; a new file is begun.`)
      await this.#close()
    }
    const file = this.#file ?? (await this.#open())
    let length: number | undefined
    let failing: 'ChannelReadFail' | 'EventWriteFail' = 'ChannelReadFail'
    try {
      const count = await takeTransaction(channel, batchSize, signal, async (taken) => {
        failing = 'EventWriteFail'
        length = await this.#write(file, taken)
        failing = 'ChannelReadFail'
      })
      if (length !== undefined) file.commit(length)
      counters.add('EventDrainSuccessCount', count)
      return count === 0 ? 'BACKOFF' : 'READY'
    } catch (error) {
      counters.add(failing, 1)
      await file.rollback()
      throw new MillraceError('EVENT_DELIVERY', `Failed to process transaction of ${file.path}`, { cause: error })
    }
  }

  async #write(file: RolledFile, { batches, count, ordinals }: TakenEvents): Promise<number | undefined> {
    if (count === 0) return undefined
    this.#context.counters.add('EventDrainAttemptCount', count)
    const length = await file.append(await this.#serializer!.serialize(batches), ordinals)
    if (this.#options.fsync === 'batch') await file.sync()
    return length
  }

  async #open(): Promise<RolledFile> {
    const { counters, status } = this.#context
    const path = this.#options.paths.next()
    this.#serializer = this.#options.createSerializer()
    try {
      this.#file = await RolledFile.create(path, this.#notePath(), this.#serializer.beginning?.())
    } catch (error) {
      counters.add('ConnectionFailedCount', 1)
      throw new MillraceError('EVENT_DELIVERY', `Failed to open file ${path} while delivering event: ${messageOf(error)}`, { cause: error })
    }
    counters.add('ConnectionCreatedCount', 1)
    status(`Writing ${path}`)
    return this.#file
  }

  async #roll(): Promise<void> {
    const { rollMs } = this.#options
    const now = this.#context.clock.monotonic()
    this.#rollAt += Math.ceil((now - this.#rollAt + 1) / rollMs) * rollMs
    await this.#close()
  }

  async #close(): Promise<void> {
    const file = this.#file
    if (file === undefined) return
    this.#file = undefined
    try {
      await file.close({ ending: this.#serializer?.ending?.(), sync: this.#options.fsync !== 'never' })
      this.#context.counters.add('ConnectionClosedCount', 1)
    } catch (error) {
      this.#context.counters.add('ConnectionFailedCount', 1)
      throw new MillraceError('EVENT_DELIVERY', `Unable to rotate file ${file.path} while delivering event`, { cause: error })
    }
  }

  /** False also for a channel that never had these events: then it is another one than at the time of the note. */
  #isWaiting([first, next]: readonly [first: number, next: number]): boolean {
    const { channel } = this.#context
    if (!isDurable(channel)) return false
    const extent = channel.extent()
    return extent.first <= first && next <= extent.next && !channel.isConsumedBySinks(first)
  }

  #notePath(): string {
    return join(this.#context.workDir, `${this.#context.name}.file_roll`)
  }
}
