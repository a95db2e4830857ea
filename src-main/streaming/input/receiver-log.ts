// A receiver's write-ahead log: a log of the channels' own kind in the stream's folder, `received/<stream id>`. A block is a row. The
// program's process writes it; a batch is a range of it, written down by the engine before the batch runs, as for a channel. Blocks that no
// batch has are simply what lies behind the last range. The engine's cursor lets go of what completed batches had.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { MillraceError } from '../../../src-shared/errors.ts'
import type { NumberedBatch } from '../../../src-shared/event/event-batch.ts'
import type { InputRange } from '../../../src-shared/streaming/batch-record.ts'
import { LogChannel } from '../../agent/channel/log/log-channel.ts'
import { putInTransaction } from '../../agent/channel/put-in-transaction.ts'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { LogRetention, RangeLimit, ReceiverLog } from '../host.ts'
import type { ChannelFolder } from '../program/program-messages.ts'
import { decodeRecords, encodeRecords } from '../receiver/record-encoding.ts'
import { LogInput } from './log-input.ts'

/** The name of the stream's cursor on its own logs. */
export const ownCursor = 'stream'

/** What the log of this receiver is called among a stream's inputs. No channel's name has a slash. */
export const receiverLogName = (streamId: number): string => `received/${streamId}`

export const isReceiverLog = (input: string): boolean => input.startsWith('received/')

export const receiverLogFolder = (streamFolder: string, name: string): string => join(streamFolder, ...name.split('/'))

/** Receivers' logs that lie in a stream's folder. */
export function receiverLogs(streamFolder: string): ChannelFolder[] {
  const parent = join(streamFolder, 'received')
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .sort()
    .map((id) => ({ name: receiverLogName(Number(id)), folder: join(parent, id) }))
}

export interface StoredReceiverLogOptions {
  readonly streamId: number
  readonly streamFolder: string
  readonly retention: LogRetention
  readonly clock: Clock
  readonly log: Logger
}

const segmentBytes = 64 * 2 ** 20
/** A program whose engine was killed ends within moments, and with it its hold on the log; a busy machine makes them longer. */
const lockPatienceMs = 10_000
const lockEveryMs = 50

/** See file. open() or openToRead() comes first. */
export class StoredReceiverLog implements ReceiverLog {
  readonly name: string
  readonly #channel: LogChannel
  readonly #clock: Clock
  #input: LogInput | undefined

  constructor({ streamId, streamFolder, retention, clock, log }: StoredReceiverLogOptions) {
    this.name = receiverLogName(streamId)
    this.#clock = clock
    const folder = receiverLogFolder(streamFolder, this.name)
    this.#channel = new LogChannel(
      {
        name: this.name,
        log: { folder, dataFolders: [folder] },
        // A receiver is slowed by its rate, not by a full log: what no batch has yet must be taken.
        capacity: Number.MAX_SAFE_INTEGER,
        transactionCapacity: Number.MAX_SAFE_INTEGER,
        keepAliveMs: 0,
        durability: 'commit',
        syncIntervalMs: 1000,
        retention,
        segmentBytes,
        recentBytes: 0,
        reserveBytes: 4 * 2 ** 20,
      },
      { clock, log, trouble: () => {} },
    )
  }

  /** Opens the log for its receiver. Rejects with CHANNEL_LOCKED, CHANNEL_DAMAGED, DISK_FULL or IO. */
  async open(): Promise<void> {
    await this.#start()
    await this.#channel.wireSinks(false)
    this.#channel.streamCursor(ownCursor)
    this.openToRead()
  }

  // The stream's own lock says that no other engine runs it: who has this log is a program of its past, about to end.
  async #start(): Promise<void> {
    const patience = this.#clock.monotonic() + lockPatienceMs
    for (;;) {
      try {
        return await this.#channel.start()
      } catch (error) {
        if (!(error instanceof MillraceError) || error.code !== 'CHANNEL_LOCKED' || this.#clock.monotonic() >= patience) throw error
      }
      await this.#clock.sleep(lockEveryMs)
    }
  }

  /** Opens what is there, beside the process that writes it. Throws NOT_FOUND. */
  openToRead(): void {
    this.#input = new LogInput(this.name, this.#channel.folder)
  }

  get exists(): boolean {
    return existsSync(this.#channel.folder)
  }

  startAt(ordinal: number): void {
    this.#opened.startAt(ordinal)
  }

  append(records: readonly unknown[]): Promise<void> {
    return putInTransaction(this.#channel, encodeRecords(records))
  }

  choose(limit: RangeLimit): InputRange {
    return this.#opened.choose(limit)
  }

  stored(): InputRange {
    const { first, next } = this.#opened.extent()
    return { input: this.name, from: first, until: next, records: next - first, bytes: 0 }
  }

  blocks(range: InputRange): readonly (() => readonly unknown[])[] {
    return this.#opened.rows(range).map((row) => () => [...this.#opened.read(row)].flatMap(({ batch }) => decodeRecords(batch)))
  }

  read(range: InputRange): Iterable<NumberedBatch> {
    return this.#opened.read(range)
  }

  backlog(): { readonly records: number; readonly bytes: number } {
    return this.#opened.backlog()
  }

  /** Waits for what is being stored. */
  close(): Promise<void> {
    return this.#channel.stop()
  }

  get #opened(): LogInput {
    if (this.#input === undefined) throw new Error(`The log ${this.name} is not open.`)
    return this.#input
  }
}
