// A stream's recorded batches and their replay, from its state folder: also when another process runs the stream.

import type { ReplayResult } from '../../src-shared/contract/streams.ts'
import { MillraceError } from '../../src-shared/errors.ts'
import { defaultRecordingLimits } from '../../src-shared/streaming/batch-record.ts'
import { StreamStore } from '../streaming/checkpoint/stream-store.ts'
import { receiverLogs } from '../streaming/input/receiver-log.ts'
import type { ChannelFolder } from '../streaming/program/program-messages.ts'
import type { SuperviseDeps } from '../streaming/program/supervise-program.ts'
import { BatchStore } from './batch-store.ts'
import { recordOf, type StoredBatch } from './batch-view.ts'
import { type Replay, replayBatch } from './replay-batch.ts'
import { readDescription } from './stream-description.ts'

/** Which program a replay runs: the version that the batch was run by, the files as they are now, or this text. */
export type ReplayProgram = 'recorded' | 'current' | { readonly text: string }

export interface PastBatchesOptions {
  readonly id: string
  readonly file: string
  readonly folder: string
  readonly channels: () => readonly ChannelFolder[]
  readonly memoryMb: number
  readonly master?: string
}

const replayTimeoutMs = 60_000
const defaultMemoryMb = 1024

/** See file. */
export class PastBatches implements Disposable {
  readonly #deps: SuperviseDeps
  readonly #options: PastBatchesOptions
  readonly #store: BatchStore

  /** Of the stream that lies in `folder`. NOT_FOUND when none does. */
  static open(deps: SuperviseDeps, folder: string): PastBatches {
    const store = BatchStore.openToRead(folder)
    const description = readDescription(folder)
    if (description === undefined) throw new MillraceError('NOT_FOUND', `${folder} does not say of which program its stream is.`)
    return new PastBatches(deps, { ...description, folder, channels: () => description.channels, memoryMb: defaultMemoryMb }, store)
  }

  constructor(deps: SuperviseDeps, options: PastBatchesOptions, store: BatchStore) {
    this.#deps = deps
    this.#options = options
    this.#store = store
  }

  /** NOT_FOUND with a sentence when the batch is not kept. */
  find(batchTime: number): StoredBatch {
    const stored = this.#store.batch(batchTime)
    if (stored !== undefined) return stored
    const newest = this.#store.list(1)[0]
    throw new MillraceError(
      'NOT_FOUND',
      newest === undefined
        ? `The stream ${this.#options.id} has recorded no batch yet.`
        : `The stream ${this.#options.id} keeps no batch of time ${batchTime}. The newest that it keeps is ${newest.record.batchTime}.`,
    )
  }

  /** Runs a past batch again through collecting outputs. Writes nothing. */
  async replay(batchTime: number, program: ReplayProgram): Promise<ReplayResult & { readonly replay: Replay }> {
    const { record } = this.find(batchTime)
    const { file, folder, channels, memoryMb, id, master } = this.#options
    const recorded = this.#store.version(record.programVersion)
    if (program === 'recorded' && recorded === undefined) {
      throw new MillraceError(
        'NOT_FOUND',
        `The program version ${record.programVersion} of this batch is no longer kept. Replay it with the program as it is now.`,
      )
    }
    const version = typeof program === 'object' ? program : program === 'recorded' ? recorded : undefined
    const past = StreamStore.peek(folder, batchTime)
    const replay = await replayBatch(this.#deps, {
      file,
      folder,
      channels: [...channels(), ...receiverLogs(folder)],
      memoryMb,
      ...(master !== undefined && { master }),
      recording: defaultRecordingLimits,
      record,
      zeroTime: past.zeroTime ?? batchTime - 1,
      remembered: past.remembered,
      timeoutMs: replayTimeoutMs,
      ...(version && { version }),
    })
    return {
      record: recordOf(id, { record: replay.record, attempts: 1 }, replay.sources),
      same: replay.same,
      ...(replay.difference !== undefined && { difference: replay.difference }),
      replay,
    }
  }

  [Symbol.dispose](): void {
    this.#store.close()
  }
}
