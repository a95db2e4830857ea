// Taps on wires, for the contract's `taps` area. A durable channel is a log, so a tap is a look at a part of it: what went in lies before
// its end, what came out lies before a consumer's cursor. Nothing is added to the pipeline; a closed tap does not exist.
import { type EncodedTapEvent, encodeTapEvents } from '../../src-shared/contract/tap-frame.ts'
import type { TapStatus } from '../../src-shared/contract/taps.ts'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import { bodyAt, headersAt } from '../../src-shared/event/event-batch.ts'
import { type DurableChannel, isDurable } from '../agent/channel/durable-channel.ts'
import { type LogRange, type LogReader, openLogReader } from '../agent/channel/log/log-reader.ts'
import type { Clock } from '../clock.ts'
import type { BulkTransfer } from './bulk-server.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import type { PipelineService } from './pipeline/pipeline-service.ts'

export interface TapRequest {
  readonly pipeline: string
  readonly wire: string
  readonly recent: number
  readonly cut: number
}

const lookEveryMs = 100
const statusEveryMs = 250
/** More events than this in one look are not shown: nobody could read them. */
const mostPerLook = 100
/** Look-back reads whole rows of the log; this bounds what one look decodes. */
const mostBytesPerLook = 4 * 1024 * 1024

export class TapService {
  readonly #pipelines: PipelineService
  readonly #clock: Clock

  constructor(pipelines: PipelineService, clock: Clock) {
    this.#pipelines = pipelines
    this.#clock = clock
  }

  async *open(request: TapRequest, transfer: BulkTransfer, signal: AbortSignal | undefined): AsyncGenerator<TapStatus> {
    const tap = new Tap(this.#pipelines.find(request.pipeline), request, transfer, this.#clock)
    const stopped = signal === undefined ? transfer.signal : AbortSignal.any([signal, transfer.signal])
    let last: TapStatus | undefined
    let lastAt = -Infinity
    try {
      while (!stopped.aborted) {
        const status = await tap.look()
        const now = this.#clock.monotonic()
        const differs =
          last === undefined || status.shown !== last.shown || status.skipped !== last.skipped || status.sentence !== last.sentence
        if (differs && now - lastAt >= statusEveryMs) {
          last = status
          lastAt = now
          yield status
        }
        await this.#clock.sleep(lookEveryMs, stopped)
      }
    } catch (error) {
      if (!transfer.signal.aborted) throw error
    } finally {
      transfer.end()
    }
  }
}

class Tap {
  readonly #pipeline: Pipeline
  readonly #request: TapRequest
  readonly #transfer: BulkTransfer
  readonly #clock: Clock
  readonly #end: WireEnd
  #shown = 0
  #skipped = 0
  /** Everything before this ordinal was shown or skipped; undefined while there is no channel. */
  #at: number | undefined

  constructor(pipeline: Pipeline, request: TapRequest, transfer: BulkTransfer, clock: Clock) {
    this.#pipeline = pipeline
    this.#request = request
    this.#transfer = transfer
    this.#clock = clock
    this.#end = wireEnd(request.wire)
  }

  /** Sends what has passed since the last look. */
  async look(): Promise<TapStatus> {
    const channel = this.#pipeline.agents.find(({ name }) => name === this.#end.agent)?.channel(this.#end.channel)
    if (channel === undefined) {
      this.#at = undefined
      return this.#status('waiting', 'The channel is not open. What passes shows here when its pipeline runs.')
    }
    if (!isDurable(channel))
      return this.#status('waiting', `The channel ${this.#end.channel} keeps nothing to look at: taps need a durable one.`)
    await this.#show(channel)
    return this.#status('open', this.#skipped === 0 ? '' : 'More pass than can be shown; the newest are.')
  }

  async #show(channel: DurableChannel): Promise<void> {
    const { recent, cut } = this.#request
    const until = positionOf(channel, this.#end.consumer)
    const first = channel.extent().first
    const most = this.#at === undefined ? Math.max(mostPerLook, recent) : mostPerLook
    const at = this.#at ?? Math.max(first, until - recent)
    this.#at = at
    if (until <= at || !this.#transfer.ready) return
    const events = this.#read(channel.folder, Math.max(at, first, until - most), until, cut)
    this.#skipped += until - at - events.length
    this.#shown += events.length
    this.#at = until
    if (events.length > 0) await this.#transfer.send(encodeTapEvents(events))
  }

  #status(state: TapStatus['state'], sentence: string): TapStatus {
    return { state, sentence, shown: this.#shown, skipped: this.#skipped }
  }

  /** The newest events of a range as far as the limits allow, oldest first. */
  #read(folder: string, from: number, until: number, cut: number): EncodedTapEvent[] {
    const reader = openLogReader(folder)
    const seenAt = this.#clock.now()
    const encoder = new TextEncoder()
    const events: EncodedTapEvent[] = []
    try {
      for (const { batch } of reader.read({ from: newestRows(reader, { from, to: until }), to: until })) {
        for (let index = 0; index < batch.count; index++) {
          const body = bodyAt(batch, index)
          events.push({
            seenAt,
            headers: encoder.encode(JSON.stringify(headersAt(batch, index))),
            length: body.length,
            body: body.slice(0, cut),
          })
        }
      }
      return events
    } catch (error) {
      // Retention may overtake a look at the oldest events: they count as not shown.
      if (error instanceof MillraceError && error.code === 'NOT_FOUND') return events
      throw new MillraceError('IO', `The tap cannot read the channel in ${folder}: ${messageOf(error)}`, { cause: error })
    } finally {
      reader.close()
    }
  }
}

/** Where the newest rows of a range begin that one look may decode: at least one. */
function newestRows(reader: LogReader, range: LogRange): number {
  let from = range.to
  let bytes = 0
  for (const row of reader.rows(range).toReversed()) {
    bytes += row.bytes
    if (bytes > mostBytesPerLook && from < range.to) break
    from = row.from
  }
  return from
}

interface WireEnd {
  readonly agent: string
  readonly channel: string
  /** Whose cursor; undefined for a wire into the channel. */
  readonly consumer: string | undefined
}

/** `a1.sources.r1->a1.channels.c1`, `a1.channels.c1->a1.sinks.k1`, `a1.channels.c1->stream:s`. */
function wireEnd(wire: string): WireEnd {
  const match = /^(.+)->(.+)$/.exec(wire)
  const [from, to] = [match?.[1] ?? '', match?.[2] ?? '']
  const into = /^(.+)\.channels\.(.+)$/.exec(to)
  if (into !== null) return { agent: into[1]!, channel: into[2]!, consumer: undefined }
  const out = /^(.+)\.channels\.(.+)$/.exec(from)
  if (out === null) throw new MillraceError('BAD_ARGUMENT', `${wire} is no wire: one end must be a channel.`)
  return { agent: out[1]!, channel: out[2]!, consumer: to.startsWith('stream:') ? to.slice('stream:'.length) : 'sinks' }
}

function positionOf(channel: DurableChannel, consumer: string | undefined): number {
  if (consumer === undefined) return channel.extent().next
  const cursor = channel.cursors().find((candidate) => (consumer === 'sinks' ? candidate.kind === 'sinks' : candidate.name === consumer))
  return cursor?.position ?? channel.extent().first
}
