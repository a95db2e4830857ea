// The search of one log view: the engine reads, the window keeps the numbers of the lines that match and knows which one is next.
import type { EngineConnection, Subscription } from '../../src-shared/contract/client.ts'
import type { LogQuery } from '../../src-shared/contract/logs.ts'

export interface SearchState {
  readonly query: LogQuery
  /** Matching lines, ascending. */
  readonly hits: readonly number[]
  readonly total: number
  readonly done: boolean
  /** 0 … 1 of the bytes. */
  readonly progress: number
  readonly trouble: string | undefined
}

export class LogSearch {
  readonly #connection: EngineConnection
  readonly #id: string
  readonly #changed: () => void
  #subscription: Subscription | undefined
  #hits: number[] = []
  #generation = -1
  state: SearchState | undefined

  constructor(id: string, connection: EngineConnection, changed: () => void) {
    this.#id = id
    this.#connection = connection
    this.#changed = changed
  }

  /** Begins anew; an empty text ends the search. */
  start(query: LogQuery): void {
    this.stop()
    if (query.text === '') {
      this.state = undefined
      this.#changed()
      return
    }
    this.state = { query, hits: this.#hits, total: 0, done: false, progress: 0, trouble: patternProblem(query) }
    this.#changed()
    if (this.state.trouble === undefined) this.#listen(query)
  }

  /** Takes a stopped search up again (its view was hidden). */
  resume(): void {
    const { state } = this
    if (state !== undefined && state.trouble === undefined && this.#subscription === undefined) this.#listen(state.query)
  }

  stop(): void {
    this.#subscription?.close()
    this.#subscription = undefined
  }

  #listen(query: LogQuery): void {
    this.#hits = []
    this.#subscription = this.#connection.subscribe((engine) => engine.logs.search({ id: this.#id, query, follow: true }), {
      value: (progress) => {
        // A new generation, and a search that began again after the link was lost, count from the beginning.
        if (progress.generation !== this.#generation || progress.total < this.#hits.length) this.#hits = []
        this.#generation = progress.generation
        for (const hit of progress.hits) if (hit > (this.#hits.at(-1) ?? -1)) this.#hits.push(hit)
        this.state = {
          query,
          hits: this.#hits,
          total: progress.total,
          done: progress.done,
          progress: progress.bytes === 0 ? 1 : progress.searchedBytes / progress.bytes,
          trouble: undefined,
        }
        this.#changed()
      },
      error: (error) => {
        this.state = { query, hits: this.#hits, total: this.#hits.length, done: true, progress: 1, trouble: error.message }
        this.#changed()
      },
    })
  }

  /** The hit after (or before) a line, around the end; undefined without hits. */
  next(from: number, step: 1 | -1): number | undefined {
    const hits = this.#hits
    if (hits.length === 0) return undefined
    const at = firstAtLeast(hits, step === 1 ? from + 1 : from)
    return step === 1 ? (hits[at] ?? hits[0]) : (hits[at - 1] ?? hits.at(-1))
  }

  /** 1-based place of a line among the hits, 0 when it is none. */
  placeOf(line: number | undefined): number {
    if (line === undefined) return 0
    const at = firstAtLeast(this.#hits, line)
    return this.#hits[at] === line ? at + 1 : 0
  }
}

/** Index of the first number that is not below `value`. */
export function firstAtLeast(numbers: readonly number[], value: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The query as a pattern for showing hits in rows; undefined when it is none. */
export function patternOf(query: LogQuery | undefined): RegExp | undefined {
  if (query === undefined || query.text === '') return undefined
  const source = query.regex ? query.text : query.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  try {
    return new RegExp(query.wholeWord ? `\\b(?:${source})\\b` : source, query.caseSensitive ? 'gu' : 'giu')
  } catch {
    return undefined
  }
}

function patternProblem(query: LogQuery): string | undefined {
  if (!query.regex || patternOf(query) !== undefined) return undefined
  try {
    new RegExp(query.text, 'u')
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, 'Not a regular expression: ')
  }
}
