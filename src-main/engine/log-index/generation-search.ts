// A search of one generation of a log, in a thread of its own: fed with what is indexed as the log grows, and asked for what it has found.
import type { LogLength, LogQuery } from '../../../src-shared/contract/logs.ts'
import { MillraceError } from '../../../src-shared/errors.ts'
import { Changes } from '../live.ts'
import { startThread, type Thread } from '../thread-calls.ts'
import type { SearchStep } from './log-search.ts'
import type { SearchThreadApi } from './search-thread.ts'

/** The log as a search needs it; `changes` counts those of `length` and `closed`. */
export interface SearchedLog {
  readonly path: string
  readonly identity: string
  readonly length: LogLength
  readonly closed: boolean
  readonly changes: Changes
}

export interface SearchRequest {
  readonly query: LogQuery
  /** It goes on as the log grows. */
  readonly follow: boolean
  /** Of those that are listed; all are counted. */
  readonly maxHits: number
}

/** What was found since it was asked last. */
export interface Found {
  /** Where the lines of the hits begin, bytes; `maxHits` in all at most. */
  readonly offsets: Float64Array
  readonly total: number
  readonly searchedBytes: number
  /** All that is indexed was searched. */
  readonly caughtUp: boolean
}

export class GenerationSearch {
  readonly generation: number
  /** Counts what there is to ask for. */
  readonly news = new Changes()
  readonly #log: SearchedLog
  readonly #request: SearchRequest
  readonly #signal: AbortSignal
  readonly #thread: Thread<SearchThreadApi>
  /** Found, and nobody was told yet. */
  #untold: Float64Array[] = []
  #listed = 0
  #total = 0
  #searchedBytes = 0
  #caughtUp = false
  #failure: MillraceError | undefined

  constructor(log: SearchedLog, request: SearchRequest, signal: AbortSignal) {
    this.#log = log
    this.#request = request
    this.#signal = signal
    this.generation = log.length.generation
    this.#thread = startThread<SearchThreadApi>(
      'search-thread',
      (step: SearchStep) => this.#step(step),
      (error) => this.#fail(error),
    )
    this.#run().catch((error: unknown) => {
      this.#fail(error instanceof MillraceError ? error : new MillraceError('INTERNAL', String(error), { cause: error }))
    })
  }

  /** False when the log has begun anew or is closed, or nobody wants it any more. */
  get goesOn(): boolean {
    return !this.#signal.aborted && !this.#log.closed && this.#log.length.generation === this.generation
  }

  /** Why it has ended, when it has failed. */
  get failure(): MillraceError | undefined {
    return this.#failure
  }

  /** Something was found, or everything was searched: whoever asks need not hurry. */
  get quiet(): boolean {
    return this.#total > 0 || this.#caughtUp
  }

  /** All that will ever be found was asked for. */
  get isOver(): boolean {
    return this.#caughtUp && !this.#request.follow && this.#untold.length === 0
  }

  take(): Found {
    const offsets = joined(this.#untold, this.#request.maxHits - this.#listed)
    this.#untold = []
    this.#listed += offsets.length
    return { offsets, total: this.#total, searchedBytes: this.#searchedBytes, caughtUp: this.#caughtUp }
  }

  async stop(): Promise<void> {
    await this.#thread.terminate()
  }

  async #run(): Promise<void> {
    const log = this.#log
    await this.#thread.call('open', { path: log.path, identity: log.identity, query: this.#request.query })
    while (this.goesOn) {
      const seen = log.changes.count
      const until = log.length.indexedBytes
      if (until > this.#searchedBytes) {
        this.#caughtUp = false
        await this.#thread.call('advance', { until })
      }
      this.#caughtUp = log.length.indexedBytes === until && log.length.state !== 'indexing'
      this.news.changed()
      if (this.#caughtUp && !this.#request.follow) return
      await log.changes.after(seen, this.#signal)
    }
    this.news.changed()
  }

  #step({ hits, searchedBytes }: SearchStep): void {
    this.#total += hits.length
    this.#searchedBytes = searchedBytes
    if (hits.length > 0) this.#untold.push(hits)
    this.news.changed()
  }

  #fail(error: MillraceError): void {
    this.#failure = error
    this.news.changed()
  }
}

/** These offsets as one list, of at most `most`. */
function joined(parts: readonly Float64Array[], most: number): Float64Array {
  const count = parts.reduce((sum, part) => sum + part.length, 0)
  const all = new Float64Array(Math.max(0, Math.min(most, count)))
  let at = 0
  for (const part of parts) {
    const fits = part.subarray(0, all.length - at)
    all.set(fits, at)
    at += fits.length
  }
  return all
}
