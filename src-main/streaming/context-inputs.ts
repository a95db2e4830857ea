// The inputs of a context: which of them read a log, what each batch reads of those, and the rates that they keep to.
import type { BatchInfo } from '../../src-shared/streaming/batch-info.ts'
import type { InputRange } from '../../src-shared/streaming/batch-record.ts'
import { IllegalArgumentException, SparkException } from '../../src-shared/streaming/exceptions.ts'
import { DirectInputDStream } from './dstream/direct-input-dstream.ts'
import type { DStreamGraph } from './dstream/dstream-graph.ts'
import { FileInputDStream } from './dstream/file-input-dstream.ts'
import type { InputDStream, RangedInput } from './dstream/input-dstream.ts'
import type { StreamingHost } from './host.ts'
import { PidRateEstimator, RateController } from './receiver/rate.ts'
import { ReceiverInputDStream } from './receiver/receiver-input-dstream.ts'
import type { StreamingSettings } from './scheduler/settings.ts'

const noCheckpointForLog =
  'Cannot enable receiver write-ahead log without checkpoint directory set. Please use streamingContext.checkpoint() to set the checkpoint directory. See documentation for more details.'
const nowhereToLog =
  'There is nowhere to keep a write-ahead log: this program was started by itself. Run it with "millrace stream", or from the window, or set spark.streaming.receiver.writeAheadLog.enable to false.'

export class ContextInputs {
  readonly #graph: DStreamGraph
  readonly #settings: StreamingSettings
  readonly #rateControllers: RateController[] = []

  constructor(graph: DStreamGraph, settings: StreamingSettings) {
    this.#graph = graph
    this.#settings = settings
  }

  get #all(): readonly InputDStream<unknown>[] {
    return this.#graph.inputStreams
  }

  get channels(): readonly DirectInputDStream[] {
    return this.#all.filter((stream: unknown) => stream instanceof DirectInputDStream)
  }

  get receivers(): readonly ReceiverInputDStream<unknown>[] {
    return this.#all.filter((stream) => stream instanceof ReceiverInputDStream)
  }

  /** Inputs whose batches are ranges of a log: channels, receivers with a log, and files where there is one. */
  get ranged(): readonly RangedInput[] {
    return this.#all.flatMap((stream) => stream.ranged ?? [])
  }

  /** Names every input that is to have a log where it is; throws where there can be none. Before the context says what it reads. */
  openLogs(host: StreamingHost, checkpointDir: string | undefined): void {
    const { receiverLog, receiverLogRetention } = this.#settings
    if (host.openReceiverLog !== undefined) {
      for (const stream of this.#all) {
        if (stream instanceof FileInputDStream) stream.keepIn(host.openReceiverLog(stream.inputId, receiverLogRetention))
      }
    }
    if (!receiverLog) return
    for (const stream of this.receivers) {
      if (checkpointDir === undefined) throw new SparkException(noCheckpointForLog)
      if (host.openReceiverLog === undefined) throw new IllegalArgumentException(nowhereToLog)
      stream.keepIn(host.openReceiverLog(stream.inputId, receiverLogRetention))
    }
  }

  /** With back-pressure: from now on finished batches say how fast receivers and logs are read. `publish` is told each new rate. */
  startRateControl(publish: (streamId: number, recordsPerSecond: number) => void): void {
    if (!this.#settings.backpressure) return
    for (const stream of this.#all) {
      if (!(stream instanceof ReceiverInputDStream) && stream.ranged === undefined) continue
      const estimator = new PidRateEstimator(this.#batchMs, this.#settings.pid)
      this.#rateControllers.push(new RateController(stream.inputId, estimator, (rate) => publish(stream.inputId, rate)))
    }
  }

  onBatchCompleted(info: BatchInfo): void {
    for (const controller of this.#rateControllers) controller.onBatchCompleted(info)
  }

  /** What the next batch reads of each log, within the limits. */
  async choose(batchTime: number): Promise<InputRange[]> {
    const ranges: InputRange[] = []
    for (const stream of this.ranged) {
      const limit = { records: this.#mostRecords(stream), bytes: this.#settings.maxBytesPerBatch }
      ranges.push(await stream.choose(limit, batchTime))
    }
    return ranges
  }

  #mostRecords({ inputId }: RangedInput): number {
    const { backpressureInitialRate, receiverMaxRate } = this.#settings
    const learned = this.#rateControllers.find((controller) => controller.streamId === inputId)?.latestRate ?? -1
    const perSecond = learned > 0 ? learned : (backpressureInitialRate ?? receiverMaxRate)
    return perSecond === undefined ? Number.MAX_SAFE_INTEGER : Math.max(1, Math.floor((perSecond * this.#batchMs) / 1000))
  }

  get #batchMs(): number {
    return this.#graph.batchDuration!.milliseconds
  }

  setRanges(batchTime: number, ranges: readonly InputRange[]): void {
    for (const stream of this.ranged) {
      const range = ranges.find((candidate) => candidate.input === stream.directInputName)
      if (range !== undefined) stream.setRange(batchTime, range)
    }
  }

  /** What a batch that is not forgotten reads of channels. */
  channelRangesOf(batchTime: number): InputRange[] {
    return this.channels.flatMap((stream) => stream.rangeOf(batchTime) ?? [])
  }

  /** Ranges of batches before that time are asked for no more. */
  forgetRanges(before: number): void {
    for (const stream of this.ranged) stream.forgetRanges(before)
  }
}
