// A stream of what a receiver brings: the batch's blocks are the partitions of its RDD.
import type { Time } from '../../../src-shared/streaming/time.ts'
import { InputDStream } from '../dstream/input-dstream.ts'
import type { RDD } from '../rdd/rdd.ts'
import type { StreamingContext } from '../streaming-context.ts'
import type { Receiver } from './receiver.ts'

export class ReceiverInputDStream<T> extends InputDStream<T> {
  readonly receiver: Receiver<T>
  readonly #name: string

  constructor(context: StreamingContext, receiver: Receiver<T>, operation = 'receiverStream', className = 'PluggableInputDStream') {
    super(context, operation)
    this.receiver = receiver
    this.#name = className
  }

  override get className(): string {
    return this.#name
  }

  override compute(time: Time): RDD<T> {
    const blocks = this.context.receivers.blocks.blocksOf(time.milliseconds, this.inputId)
    this.reportInput(
      time,
      blocks.reduce((sum, block) => sum + block.records.length, 0),
    )
    return this.context.sparkContext.fromPartitions(
      'BlockRDD',
      blocks.map((block) => block.records as readonly T[]),
    )
  }
}
