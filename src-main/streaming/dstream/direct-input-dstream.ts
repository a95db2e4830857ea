// Direct input from a durable channel: each batch is a range of its log, read segment by segment when a job needs it, never kept whole.
// Records stay bytes until a function asks for text: an event is a small view on its row.
import { isAscii } from 'node:buffer'
import { bodyAt, type EventBatch, type Headers, headersAt, type NumberedBatch, startOf } from '../../../src-shared/event/event-batch.ts'
import type { InputRange } from '../../../src-shared/streaming/batch-record.ts'
import type { Time } from '../../../src-shared/streaming/time.ts'
import { AscendingMap } from '../ascending-map.ts'
import type { DirectInput, RangeLimit } from '../host.ts'
import type { Push, RddDefinition } from '../rdd/definition.ts'
import type { RDD } from '../rdd/rdd.ts'
import { eachAtHand, originsInChannel, type Place } from '../rdd/record-at-hand.ts'
import type { RecordedElements } from '../scheduler/batch-recording.ts'
import type { StreamingContext } from '../streaming-context.ts'
import { frameOfEvents } from '../structured/input-frames.ts'
import { recordedFrames } from '../structured/recorded-frames.ts'
import { planOf, type StructuredStream, structuredStream } from '../structured/structured-stream.ts'
import { DStream } from './dstream.ts'
import { InputDStream, type RangedInput } from './input-dstream.ts'
import { anyStream } from './stream-definition.ts'

/** One event of a channel. Valid as long as the batch that holds it; copy the body to keep it. */
export class ChannelEvent {
  readonly #batch: EventBatch
  readonly #index: number

  constructor(batch: EventBatch, index: number) {
    this.#batch = batch
    this.#index = index
  }

  get headers(): Headers {
    return headersAt(this.#batch, this.#index)
  }

  /** A view on the bytes. */
  get body(): Uint8Array {
    return bodyAt(this.#batch, this.#index)
  }

  /** The body as UTF-8 text. */
  text(): string {
    return bodyText(this.#batch, this.#index)
  }

  toString(): string {
    return this.text()
  }
}

function bodyText(batch: EventBatch, index: number): string {
  const { bodies } = batch
  return Buffer.from(bodies.buffer, bodies.byteOffset, bodies.length).toString('utf8', startOf(batch, index), batch.ends[index]!)
}

/** Pushes the body of every event as text. Bytes that are all ASCII, as logs mostly are, are decoded once for the whole batch. */
export function eachText(batch: EventBatch, push: Push<string>, place: Place = { index: 0 }): void {
  const { bodies, ends, count, gap } = batch
  const buffer = Buffer.from(bodies.buffer, bodies.byteOffset, bodies.length)
  if (!isAscii(buffer)) {
    for (let index = 0, start = 0; index < count; index++) {
      place.index = index
      push(buffer.toString('utf8', start, ends[index]))
      start = ends[index]! + gap
    }
    return
  }
  const all = buffer.toString('latin1')
  for (let index = 0, start = 0; index < count; index++) {
    place.index = index
    push(all.slice(start, ends[index]))
    start = ends[index]! + gap
  }
}

/** Pushes what there is in a row of the log. */
type EachOf<T> = (events: NumberedBatch, push: Push<T>) => void

/** A stream that makes its elements of the log's rows itself. */
interface Decoding<T> {
  readonly partitions: number
  readonly each: EachOf<T>
  readonly recorded?: RecordedElements<T>
}

/** Events of a channel, a range of its log per batch. */
export class DirectInputDStream extends InputDStream<ChannelEvent> implements RangedInput {
  readonly channel: string
  readonly #input: DirectInput
  /** Ranges of batches that are not forgotten. */
  readonly #ranges = new AscendingMap<InputRange>()

  constructor(context: StreamingContext, channel: string, input: DirectInput) {
    super(context, 'channelStream')
    this.channel = channel
    this.#input = input
  }

  override get directInputName(): string {
    return this.#input.name
  }

  override get ranged(): RangedInput {
    return this
  }

  override get displayName(): string {
    return `Channel ${this.channel} [${this.inputId}]`
  }

  choose(limit: RangeLimit): InputRange | Promise<InputRange> {
    return this.#input.choose(limit)
  }

  backlog(): { readonly records: number; readonly bytes: number } {
    return this.#input.backlog()
  }

  setRange(batchTime: number, range: InputRange): void {
    this.#ranges.set(batchTime, range)
  }

  rangeOf(batchTime: number): InputRange | undefined {
    return this.#ranges.get(batchTime)
  }

  forgetRanges(before: number): void {
    this.#ranges.removeBelow(before)
  }

  override get sameEverywhere(): boolean {
    return true
  }

  override compute(time: Time): RDD<ChannelEvent> | undefined {
    const range = this.#report(time)
    return this.context.sparkContext.newRdd(this.operation, this.#rdd(range, this.#threads, this.#oneByOne(eachEvent)))
  }

  /** The bodies as UTF-8 text; no event objects are made on the way. */
  text(): DStream<string> {
    return this.#decoded('text', { partitions: this.#threads, each: this.#oneByOne(eachText) })
  }

  /** The events as rows with named fields, for operators that are data: `body`, and the headers named. Nothing is decoded on the way. */
  structured<Name extends string = never>(
    options: { readonly headers?: readonly Name[] } = {},
  ): StructuredStream<{ readonly body: 'text' } & { readonly [Header in Name]: 'text' }> {
    const { headers = [] } = options
    const plan = planOf({ channel: this.channel, ...(headers.length === 0 ? {} : { headers }) })
    return structuredStream(plan, () =>
      this.#decoded('structured', {
        // What operators on bytes do runs in this thread.
        partitions: 1,
        each: (events, push) => push(frameOfEvents(events.batch, headers, originsInChannel(this.channel, events))),
        recorded: recordedFrames,
      }),
    )
  }

  /** What `each` makes of the batches of the log; the events are only counted and sampled (as what it makes), never made. */
  #decoded<T>(operation: string, { partitions, each, recorded }: Decoding<T>): DStream<T> {
    const decoded: DStream<T> = new DStream<T>(this.context, operation, {
      className: 'MappedDStream',
      parents: [anyStream(this)],
      slideDuration: this.slideDuration,
      ...(recorded && { recorded }),
      sameEverywhere: partitions > 1,
      compute: (time) => {
        this.getOrCompute(time)
        const { recordings } = this.context
        const reading = recordings?.decoding(time.milliseconds, this.id, decoded.id, recorded as RecordedElements<unknown> | undefined)
        return this.context.sparkContext.newRdd(operation, this.#rdd(this.#ranges.get(time.milliseconds), partitions, each, reading))
      },
    })
    return decoded
  }

  /** Says, while a record is pushed, which event it is. */
  #oneByOne<T>(each: (batch: EventBatch, push: Push<T>, place: Place) => void): EachOf<T> {
    return (events, push) => eachAtHand(originsInChannel(this.channel, events), (place) => each(events.batch, push, place))
  }

  #report(time: Time): InputRange | undefined {
    const range = this.#ranges.get(time.milliseconds)
    if (range !== undefined) {
      const description = range.records === 0 ? 'nothing' : `events ${range.from} to ${range.until - 1} of ${this.channel}`
      this.reportInput(time, range.records, { Description: description })
    }
    return range
  }

  get #threads(): number {
    return this.context.sparkContext.threads
  }

  /** `reading` is told the ms that reading took, apart from what `each` does. */
  #rdd<T>(range: InputRange | undefined, partitions: number, each: EachOf<T>, reading?: (ms: number) => void): RddDefinition<T> {
    const input = this.#input
    return {
      className: 'ChannelRDD',
      dependencies: [],
      partitions: () => partitions,
      each(partition, push) {
        if (range === undefined || range.records === 0) return
        let readMs = 0
        let began = performance.now()
        try {
          for (const events of input.read(partOf(range, partition, partitions))) {
            readMs += performance.now() - began
            each(events, push)
            began = performance.now()
          }
        } finally {
          reading?.(readMs)
        }
      },
    }
  }
}

/** The events of a range, spread evenly over partitions. */
function partOf(range: InputRange, partition: number, partitions: number): InputRange {
  const { from, until } = range
  const at = (index: number): number => from + Math.floor((index * (until - from)) / partitions)
  return partitions === 1 ? range : { ...range, from: at(partition), until: at(partition + 1) }
}

function eachEvent(batch: EventBatch, push: Push<ChannelEvent>, place: Place): void {
  for (let index = 0; index < batch.count; index++) {
    place.index = index
    push(new ChannelEvent(batch, index))
  }
}
