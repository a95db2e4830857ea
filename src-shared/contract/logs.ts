// Contract: log files. The engine keeps the index; a window is told lengths and asks for the rows it shows.
import { oc } from '@orpc/contract'
import * as v from 'valibot'
import { answer, bulk, byId, count, id, path, values } from './schema.ts'

export interface LogSummary {
  readonly id: string
  readonly path: string
  readonly name: string
  readonly bytes: number
  readonly lines: number
  readonly state: LogState
}

/** `missing`: the file is gone for now and is opened again when it comes back. `failed`: see the sentence. */
export type LogState = 'indexing' | 'following' | 'missing' | 'failed'

/** What happened to the file, to be shown between rows: lines before `line` belong to what was there before. */
export interface LogMarker {
  readonly line: number
  readonly at: number
  readonly kind: 'truncated' | 'replaced'
  readonly sentence: string
}

export interface LogLength {
  /** Counts up each time that line numbers begin anew: file truncated or replaced. Rows are asked for with it. */
  readonly generation: number
  readonly state: LogState
  readonly sentence: string
  /** Whole lines, and the unfinished last one when it has bytes. */
  readonly lines: number
  /** The last line has no line end yet and may grow. */
  readonly lastLineOpen: boolean
  /** Bytes in the file, and how many of them are indexed. */
  readonly bytes: number
  readonly indexedBytes: number
  readonly longestLine: number
  /** Looks like no text: shown with control characters visible. */
  readonly binary: boolean
  readonly markers: readonly LogMarker[]
  /** Lines per second lately. */
  readonly linesPerSecond: number
}

const logQuery = v.strictObject({
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(10_000)),
  regex: v.boolean(),
  caseSensitive: v.boolean(),
  wholeWord: v.boolean(),
})
export type LogQuery = v.InferOutput<typeof logQuery>

/** Progress of a search; values are deltas: `hits` are the ones since the value before. */
export interface SearchProgress {
  readonly generation: number
  /** Numbers of lines that match, 0-based, ascending. At most `maxHits` over all values. */
  readonly hits: readonly number[]
  /** Matching lines found so far, also those that are not listed any more. */
  readonly total: number
  readonly searchedBytes: number
  readonly searchedLines: number
  readonly bytes: number
  /** Has caught up with the file; goes on when the file grows and `follow` was asked for. */
  readonly done: boolean
}

export const logs = {
  list: oc.output(values<readonly LogSummary[]>()),
  /** Opens a file, or finds it open. Rejects with a sentence for a folder or an unreadable file. */
  open: oc.input(v.strictObject({ path })).output(answer<LogSummary>()),
  /**
   * Opens the file that byte `offset` was read from and says which line begins there: under its path, or, when it was renamed since, under the
   * name that it has now. `fileId`: as an event's origin has it. Rejects with NOT_FOUND and a sentence when that place is no longer there.
   */
  openAt: oc
    .input(v.strictObject({ path, fileId: v.optional(v.string()), offset: count }))
    .output(answer<{ readonly log: LogSummary; readonly line: number }>()),
  close: oc.input(byId).output(answer<void>()),
  /** At most 16 values a second. */
  watch: oc.input(byId).output(values<LogLength>()),
  /**
   * Rows `from` … `from + count - 1` (0-based) as one or more DATA frames (rows-frame.ts) and an END. Fewer when the log is shorter; none
   * when `generation` is not the current one. `cut`: most bytes of one line. Answers when all frames are sent.
   */
  rows: oc
    .input(
      v.strictObject({
        id,
        generation: count,
        from: count,
        count: v.pipe(count, v.maxValue(5000)),
        cut: v.optional(v.pipe(count, v.minValue(1), v.maxValue(1024 * 1024)), 8192),
        bulk,
      }),
    )
    .output(answer<{ readonly generation: number; readonly sent: number }>()),
  /** Bytes of one line (from `from`, at most `length`), for a line longer than the cut. One DATA frame per 64 KiB: plain bytes. */
  lineBytes: oc
    .input(v.strictObject({ id, generation: count, line: count, from: count, length: v.pipe(count, v.maxValue(128 * 1024 * 1024)), bulk }))
    .output(answer<{ readonly sent: number }>()),
  /** Searches from the beginning; leaving the subscription cancels it. Rejects with BAD_ARGUMENT and a sentence for a bad pattern. */
  search: oc
    .input(v.strictObject({ id, query: logQuery, follow: v.boolean(), maxHits: v.optional(v.pipe(count, v.maxValue(1_000_000)), 100_000) }))
    .output(values<SearchProgress>()),
}
