// Contract: the engine as a whole, what it has open, and its own output.
import { oc } from '@orpc/contract'
import * as v from 'valibot'
import type { Problem, ProblemCode } from '../flume/problem.ts'
import { answer, count, path, values } from './schema.ts'

/** The status bar, the side bar's counts and the start page. */
export interface EngineOverview {
  readonly version: string
  readonly state: 'starting' | 'ready' | 'stopping'
  readonly pid: number
  readonly startedAt: number
  /** The workspace's folder. */
  readonly workspace: string
  /** Where the user's own files are looked for and made (pipelines, programs). */
  readonly pipelinesFolder: string
  /** What was taken up again after a crash or a restart, in a sentence; absent after a clean start. */
  readonly recovered?: string
  readonly running: { readonly pipelines: number; readonly streams: number }
  readonly events: { readonly inPerSecond: number; readonly outPerSecond: number }
  readonly fullestChannel?: {
    readonly pipeline: string
    readonly channel: string
    /** 0 … 1. */
    readonly fill: number
    /** Absent when it is not filling. */
    readonly secondsToFull?: number
  }
  readonly problems: { readonly errors: number; readonly warnings: number }
  readonly memory: { readonly rssBytes: number }
  /** Nothing was ever opened here: offer the demo. */
  readonly firstRun: boolean
}

/** A problem with where to go for it. */
export interface WorkspaceProblem extends Omit<Problem, 'code'> {
  /** `AT_RUN_TIME`: a component or stream that runs says so. */
  readonly code: ProblemCode | 'AT_RUN_TIME'
  readonly pipeline?: string
  readonly stream?: string
  /** A trouble at run time has a time; a problem of a file has none. */
  readonly since?: number
  /** It speaks of events that were set aside: their id for `deadLetters.page`. */
  readonly deadLetters?: string
}

export interface RecentFile {
  readonly path: string
  readonly kind: 'log' | 'pipeline' | 'program'
  readonly openedAt: number
}

/** One line of the engine's output. `seq` counts up without gaps while the engine lives. */
export interface OutputLine {
  readonly seq: number
  readonly at: number
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Who says it: `engine`, a pipeline, a stream. */
  readonly from: string
  readonly sentence: string
  readonly fields: Readonly<Record<string, string | number | boolean | null>>
}

export interface DirectoryEntry {
  readonly name: string
  readonly path: string
  readonly kind: 'folder' | 'file'
  readonly bytes: number
  readonly modifiedAt: number
}

export const workspace = {
  /** At most 4 values a second. */
  overview: oc.output(values<EngineOverview>()),
  problems: oc.output(values<readonly WorkspaceProblem[]>()),
  recent: oc.output(values<readonly RecentFile[]>()),
  forgetRecent: oc.input(v.strictObject({ path })).output(answer<void>()),
  /** New lines only, after `after` (0: all that are kept, the last 2,000). */
  output: oc.input(v.strictObject({ after: count })).output(values<readonly OutputLine[]>()),
  /** A folder's entries, for an open dialog where there is no native one. `path` absent: the user's home. */
  listFolder: oc
    .input(v.strictObject({ path: v.optional(path) }))
    .output(answer<{ readonly path: string; readonly parent?: string; readonly entries: readonly DirectoryEntry[] }>()),
  /** Versions, sizes, states and the last output as text, without secrets: "Copy diagnostics". */
  diagnostics: oc.output(answer<string>()),
  /** Counters and levels of everything that runs, in Prometheus' text format. */
  metrics: oc.output(answer<string>()),
}
