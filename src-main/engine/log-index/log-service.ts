// The logs that are open in this engine, for the contract's `logs` area: lengths to watch, rows on request, searches. The work is done
// in threads: one for all indexes and rows, one for each search.
import { createHash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import type { LogLength, LogSummary, SearchProgress } from '../../../src-shared/contract/logs.ts'
import { MillraceError } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import { Changes, liveValues } from '../live.ts'
import { startThread, type Thread } from '../thread-calls.ts'
import { GenerationSearch, type SearchRequest } from './generation-search.ts'
import { lineMatcher } from './line-matcher.ts'
import type { LogThreadApi, LogThreadEvent } from './log-thread.ts'
import type { PlaceSought } from './place-in-file.ts'

interface OpenLog {
  readonly id: string
  readonly path: string
  length: LogLength
  identity: string
  readonly changes: Changes
  closed: boolean
}

export interface LogServiceOptions {
  readonly clock: Clock
  /** Called with the paths that are open after each change, to be opened again after a restart. */
  readonly remember: (paths: readonly string[]) => void
}

const lengthEveryMs = 62.5
const searchEveryMs = 100
/** For the first hit of a search. */
const soonMs = 20

export class LogService {
  readonly #options: LogServiceOptions
  readonly #logs = new Map<string, OpenLog>()
  /** By id, as #logs. */
  readonly #opening = new Map<string, { readonly path: string; readonly opened: Promise<OpenLog> }>()
  readonly #listChanges = new Changes()
  #thread: Thread<LogThreadApi> | undefined

  constructor(options: LogServiceOptions) {
    this.#options = options
  }

  /** Opens a file, or finds it open. */
  async open(path: string): Promise<LogSummary> {
    const absolute = resolve(path)
    const id = idOf(absolute)
    const known = this.#logs.get(id)
    if (known !== undefined) return summary(known)
    let opening = this.#opening.get(id)
    if (opening === undefined) {
      opening = { path: absolute, opened: this.#open(id, absolute).finally(() => this.#opening.delete(id)) }
      this.#opening.set(id, opening)
    }
    return summary(await opening.opened)
  }

  /** Opens the file that a byte was read from, whatever it is called by now. */
  async openAt(sought: PlaceSought): Promise<{ readonly log: LogSummary; readonly line: number }> {
    const { path, line } = await this.#running().call('place', { ...sought, path: resolve(sought.path) })
    return { log: await this.open(path), line }
  }

  async close(id: string): Promise<void> {
    const log = this.#found(id)
    log.closed = true
    this.#logs.delete(id)
    log.changes.changed()
    this.#changedList()
    await this.#thread?.call('close', { log: id })
  }

  list(signal: AbortSignal | undefined): AsyncGenerator<readonly LogSummary[]> {
    return liveValues(this.#listChanges, () => [...this.#logs.values()].map(summary), { clock: this.#options.clock, everyMs: 250, signal })
  }

  async *watch(id: string, signal: AbortSignal | undefined): AsyncGenerator<LogLength> {
    const log = await this.#soon(id)
    yield* liveValues(log.changes, () => (log.closed ? undefined : log.length), {
      clock: this.#options.clock,
      everyMs: lengthEveryMs,
      signal,
    })
  }

  /** Rows as an encoded payload (rows-frame.ts), of about `budget` bytes at most. */
  async rows(request: { id: string; generation: number; from: number; count: number; cut: number; budget: number }): Promise<Uint8Array> {
    const { id, ...rest } = request
    await this.#soon(id)
    return this.#running().call('rows', { log: id, ...rest })
  }

  lineBytes(request: { id: string; generation: number; line: number; from: number; length: number }): Promise<Uint8Array> {
    const { id, ...rest } = request
    this.#found(id)
    return this.#running().call('lineBytes', { log: id, ...rest })
  }

  /** Progress of a search; begins anew (total 0, new generation) when the log does. */
  async *search(request: SearchRequest & { readonly id: string }, signal: AbortSignal | undefined): AsyncGenerator<SearchProgress> {
    const log = await this.#soon(request.id)
    // A bad pattern is refused here, before a thread is started.
    lineMatcher(request.query)
    const stopped = signal ?? new AbortController().signal
    while (!stopped.aborted && !log.closed) {
      const { generation } = log.length
      const done = yield* this.#searchGeneration(log, request, stopped)
      if (done) return
      if (log.length.generation === generation) await log.changes.after(log.changes.count, stopped)
    }
  }

  /** Ends all threads. */
  async stop(): Promise<void> {
    await this.#thread?.terminate()
    this.#thread = undefined
  }

  /** True when there is nothing more to come. */
  async *#searchGeneration(log: OpenLog, request: SearchRequest, signal: AbortSignal): AsyncGenerator<SearchProgress, boolean> {
    const search = new GenerationSearch(log, request, signal)
    const { generation, news } = search
    try {
      while (search.goesOn) {
        const seen = news.count
        // The path names another file: the log is about to begin a new generation, and the search with it.
        if (search.failure?.code === 'CONFLICT') return false
        if (search.failure !== undefined) throw search.failure
        const { offsets, total, searchedBytes, caughtUp: done } = search.take()
        const at = await this.#running().call('linesAt', { log: log.id, offsets, until: searchedBytes })
        if (at.generation !== generation) return false
        yield { generation, hits: [...at.lines], total, searchedBytes, searchedLines: at.before, bytes: log.length.bytes, done }
        if (done && search.isOver) return true
        await this.#options.clock.sleep(search.quiet ? searchEveryMs : soonMs, signal)
        await news.after(seen, signal)
      }
      return false
    } finally {
      await search.stop()
    }
  }

  async #open(id: string, path: string): Promise<OpenLog> {
    const { length, identity } = await this.#running().call('open', { log: id, path, firstGeneration: 1 })
    const log: OpenLog = { id, path, length, identity, changes: new Changes(), closed: false }
    this.#logs.set(id, log)
    this.#changedList()
    return log
  }

  #running(): Thread<LogThreadApi> {
    this.#thread ??= startThread<LogThreadApi>(
      'log-thread',
      (event: LogThreadEvent) => this.#told(event),
      () => this.#threadDied(),
    )
    return this.#thread
  }

  #told(event: LogThreadEvent): void {
    const log = this.#logs.get(event.log)
    if (log === undefined) return
    log.length = event.length
    log.identity = event.identity
    log.changes.changed()
    this.#listChanges.changed()
  }

  /** A defect: every log is opened again in a new thread, its lines anew. */
  #threadDied(): void {
    this.#thread = undefined
    for (const log of this.#logs.values()) {
      void this.#running()
        .call('open', { log: log.id, path: log.path, firstGeneration: log.length.generation + 1 })
        .then(
          (event) => this.#told(event),
          (error: Error) => {
            log.length = { ...log.length, state: 'failed', sentence: error.message }
            log.changes.changed()
          },
        )
    }
  }

  #changedList(): void {
    this.#listChanges.changed()
    this.#options.remember([...new Set([...this.#logs.values(), ...this.#opening.values()].map((log) => log.path))])
  }

  /** The log, once it is open: after a restart a window asks for its logs before they are open again. */
  #soon(id: string): OpenLog | Promise<OpenLog> {
    return this.#logs.get(id) ?? this.#opening.get(id)?.opened ?? this.#found(id)
  }

  #found(id: string): OpenLog {
    const log = this.#logs.get(id)
    if (log === undefined) throw new MillraceError('NOT_FOUND', `The log ${id} is not open here; open the file again.`)
    return log
  }
}

/** The same for the same path in every engine: a tab finds its log again after a restart. */
function idOf(path: string): string {
  return `log-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`
}

function summary(log: OpenLog): LogSummary {
  const { bytes, lines, state } = log.length
  return { id: log.id, path: log.path, name: basename(log.path), bytes, lines, state }
}
