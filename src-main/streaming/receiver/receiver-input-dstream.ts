// A stream of what a receiver brings: the batch's blocks are the partitions of its RDD. With a write-ahead log a batch is a range of it.
import type { InputRange } from '../../../src-shared/streaming/batch-record.ts'
import type { Time } from '../../../src-shared/streaming/time.ts'
import { AscendingMap } from '../ascending-map.ts'
import { InputDStream, type RangedInput } from '../dstream/input-dstream.ts'
import type { ReceiverLog } from '../host.ts'
import type { RDD } from '../rdd/rdd.ts'
import type { StreamingContext } from '../streaming-context.ts'
import type { Receiver } from './receiver.ts'

const everything = { records: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER }

export class ReceiverInputDStream<T> extends InputDStream<T> {
  readonly receiver: Receiver<T>
  readonly #name: string
  #logged: LoggedBlocks | undefined

  constructor(context: StreamingContext, receiver: Receiver<T>, operation = 'receiverStream', className = 'PluggableInputDStream') {
    super(context, operation)
    this.receiver = receiver
    this.#name = className
  }

  override get className(): string {
    return this.#name
  }

  /** Where blocks are made durable; undefined: they are in memory. */
  get log(): ReceiverLog | undefined {
    return this.#logged?.log
  }

  override get ranged(): RangedInput | undefined {
    return this.#logged
  }

  /** Called when the context starts, before it says what it reads. */
  keepIn(log: ReceiverLog): void {
    this.#logged = new LoggedBlocks(this.inputId, log)
  }

  override compute(time: Time): RDD<T> {
    return this.#logged === undefined ? this.#fromMemory(time) : this.#fromLog(time, this.#logged)
  }

  #fromMemory(time: Time): RDD<T> {
    const blocks = this.context.receivers.blocks.blocksOf(time.milliseconds, this.inputId)
    this.reportInput(
      time,
      blocks.reduce((sum, block) => sum + (block.counted === false ? 0 : block.records.length), 0),
    )
    return this.context.sparkContext.fromPartitions(
      'BlockRDD',
      blocks.map((block) => block.records as readonly T[]),
    )
  }

  #fromLog(time: Time, { log, rangeOf }: LoggedBlocks): RDD<T> {
    const range = rangeOf(time.milliseconds)
    this.reportInput(time, range?.records ?? 0)
    const blocks = range === undefined || range.records === 0 ? [] : log.blocks(range)
    return this.context.sparkContext.newRdd<T>(this.operation, {
      className: 'WriteAheadLogBackedBlockRDD',
      dependencies: [],
      partitions: () => blocks.length,
      each(partition, push) {
        for (const record of blocks[partition]!()) push(record as T)
      },
    })
  }
}

/** The blocks of a receiver with a log. A batch gets everything that is durable when it begins, whatever rates say: as without a log. */
class LoggedBlocks implements RangedInput {
  readonly inputId: number
  readonly log: ReceiverLog
  readonly #ranges = new AscendingMap<InputRange>()

  constructor(inputId: number, log: ReceiverLog) {
    this.inputId = inputId
    this.log = log
  }

  get directInputName(): string {
    return this.log.name
  }

  readonly rangeOf = (batchTime: number): InputRange | undefined => this.#ranges.get(batchTime)

  choose(): InputRange | Promise<InputRange> {
    return this.log.choose(everything)
  }

  backlog(): { readonly records: number; readonly bytes: number } {
    return this.log.backlog()
  }

  setRange(batchTime: number, range: InputRange): void {
    this.#ranges.set(batchTime, range)
  }

  forgetRanges(before: number): void {
    this.#ranges.removeBelow(before)
  }
}
