// Input streams: where data enters. A program may make its own by extending InputDStream.

import type { InputRange } from '../../../src-shared/streaming/batch-record.ts'
import type { Time } from '../../../src-shared/streaming/time.ts'
import type { RangeLimit } from '../host.ts'
import type { RDD } from '../rdd/rdd.ts'
import type { StreamingContext } from '../streaming-context.ts'
import { DStream } from './dstream.ts'

/** An input whose batches are ranges of a log; what the context and the generator of batches need of it. */
export interface RangedInput {
  readonly inputId: number
  /** The log's name. */
  readonly directInputName: string
  choose(limit: RangeLimit, batchTime: number): InputRange | Promise<InputRange>
  backlog(): { readonly records: number; readonly bytes: number }
  setRange(batchTime: number, range: InputRange): void
  forgetRanges(before: number): void
}

/** Its compute() is called once per batch, in order, when the batch's jobs are made. */
export abstract class InputDStream<T> extends DStream<T> {
  /** Position among the input streams, from 0. */
  readonly inputId: number

  constructor(context: StreamingContext, operation = 'inputStream') {
    super(context, operation, {
      className: 'InputDStream',
      parents: [],
      slideDuration: context.graph.batchDuration!,
      compute: () => undefined,
    })
    this.inputId = context.graph.inputStreams.length - 1
  }

  override get className(): string {
    return this.constructor.name
  }

  /** Shown in batch records and statistics: `Socket stream [0]`. */
  get displayName(): string {
    const words = this.constructor.name
      .replace('InputDStream', 'Stream')
      .split(/(?=[A-Z])/)
      .map((word) => word.toLowerCase())
      .join(' ')
    return `${words.charAt(0).toUpperCase()}${words.slice(1)} [${this.inputId}]`
  }

  /** The name of the log that this stream reads, when it reads one. */
  get directInputName(): string | undefined {
    return this.ranged?.directInputName
  }

  /** How its batches are chosen, where each is a range of a log; not known before the context starts. */
  get ranged(): RangedInput | undefined {
    return undefined
  }

  abstract override compute(time: Time): RDD<T> | undefined

  /** Called when the context starts, before the first batch. */
  start(): void | Promise<void> {}

  stop(): void | Promise<void> {}

  /** For compute(): tells how many records the batch gets from this stream. */
  protected reportInput(time: Time, numRecords: number, metadata?: Readonly<Record<string, unknown>>): void {
    this.context.inputInfo.report(time.milliseconds, {
      inputStreamId: this.inputId,
      numRecords,
      ...(metadata === undefined ? {} : { metadata }),
    })
  }
}
