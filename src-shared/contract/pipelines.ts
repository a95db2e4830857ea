// Contract: pipelines. A pipeline is a `.properties` file with one agent or several; canvas and text show the same document.
import { oc } from '@orpc/contract'
import * as v from 'valibot'
import type { Problem } from '../flume/problem.ts'
import { answer, byId, id, name, path, text, values } from './schema.ts'
import { approval, type StartAnswer } from './trust.ts'

export type RunState = 'stopped' | 'starting' | 'running' | 'stopping' | 'failed'

export interface PipelineSummary {
  readonly id: string
  readonly name: string
  /** The file. */
  readonly file: string
  readonly agents: readonly string[]
  readonly state: RunState
  /** What it is doing or why it is not. */
  readonly sentence: string
  readonly since: number
  readonly problems: { readonly errors: number; readonly warnings: number }
  /** One per component, in the file's order: what the side bar's tree shows. */
  readonly components: readonly {
    readonly id: string
    readonly kind: NodeKind
    readonly name: string
    readonly type: string
    readonly state: ComponentState
  }[]
}

export type NodeKind = 'source' | 'channel' | 'sink' | 'stream'

export interface GraphNode {
  /** The component's path, `a1.sources.r1`; a stream's is `stream:<id>`. */
  readonly id: string
  readonly kind: NodeKind
  readonly agent: string
  readonly name: string
  /** The definition's type; as written where there is no such definition. */
  readonly type: string
  readonly x: number
  readonly y: number
  /** Interceptors in order, for a source's node. */
  readonly interceptors: readonly string[]
  readonly problems: { readonly errors: number; readonly warnings: number }
  /** 1-based line where it is first mentioned. */
  readonly line?: number
}

export interface GraphWire {
  /** `<from>-><to>`. */
  readonly id: string
  readonly from: string
  readonly to: string
}

export interface PipelineGraph {
  readonly nodes: readonly GraphNode[]
  readonly wires: readonly GraphWire[]
}

/** Document, problems and picture, always of the same text. */
export interface PipelineDocument {
  readonly id: string
  readonly file: string
  readonly text: string
  /** Changes with every saved text; saving names the one it is based on. */
  readonly version: string
  readonly problems: readonly Problem[]
  readonly graph: PipelineGraph
  /** The running agents were started from an older text. */
  readonly runningOlder: boolean
}

export type ComponentState = 'stopped' | 'running' | 'retrying' | 'full' | 'paused' | 'failed'

export interface ConsumerCursor {
  /** `sinks`, or a stream's id. */
  readonly consumer: string
  readonly kind: 'sinks' | 'stream'
  /** Low-water ordinal: everything before it is consumed. */
  readonly ordinal: number
  /** Events not consumed yet. */
  readonly behind: number
  /** It holds back what it has not consumed. */
  readonly pins: boolean
  /** A stopped consumer still pins until someone releases it. */
  readonly running: boolean
}

/** A channel as a log with a level. Ordinals count events since the channel was made. */
export interface ChannelLevel {
  readonly size: number
  readonly capacity: number
  /** 0 … 1. */
  readonly fill: number
  /** Absent when it is not filling. */
  readonly secondsToFull?: number
  /** Only durable channels have the rest. */
  readonly oldestOrdinal?: number
  readonly nextOrdinal?: number
  readonly diskBytes?: number
  readonly retainedEvents?: number
  readonly cursors: readonly ConsumerCursor[]
}

export interface ComponentSnapshot {
  /** As GraphNode.id. */
  readonly id: string
  readonly kind: NodeKind
  readonly name: string
  readonly state: ComponentState
  readonly since: number
  /** What it is doing: `access.log +1`. */
  readonly sentence: string
  readonly trouble?: { readonly severity: 'warning' | 'error'; readonly message: string; readonly hint?: string }
  /** Events that it set aside lie in a file: their id for `deadLetters.page`. */
  readonly deadLetters?: string
  readonly eventsPerSecond: number
  /** By Flume's names. */
  readonly counters: Readonly<Record<string, number | string>>
  readonly channel?: ChannelLevel
}

export interface PipelineSnapshot {
  readonly id: string
  readonly at: number
  readonly state: RunState
  readonly sentence: string
  readonly components: readonly ComponentSnapshot[]
  readonly wires: readonly { readonly id: string; readonly eventsPerSecond: number; readonly trouble?: string }[]
}

/** How far back a history goes: points of 1 s, 1 min, 15 min. Kept in memory while the engine runs. */
export type RateSpan = 'minute' | 'hour' | 'day'

/** The mean rate of one step of a history. */
export interface RatePoint {
  readonly at: number
  readonly eventsPerSecond: number
}

export const pipelines = {
  list: oc.output(values<readonly PipelineSummary[]>()),
  open: oc.input(v.strictObject({ path })).output(answer<PipelineSummary>()),
  /** A new file in the workspace's pipelines folder; `text` absent: a small commented beginning. */
  create: oc.input(v.strictObject({ name, text: v.optional(text) })).output(answer<PipelineSummary>()),
  /** `taildir → durable channel → file_roll` from a log; not started. */
  createFromLog: oc.input(v.strictObject({ path, name: v.optional(name) })).output(answer<PipelineSummary>()),
  /** The demo: generator, pipeline and stream program, started. The same one when it exists already. */
  createDemo: oc.output(answer<{ readonly pipeline: string; readonly stream: string; readonly log: string }>()),
  /** Forgets it here; the file stays. A running pipeline is refused. */
  close: oc.input(byId).output(answer<void>()),
  /** Asks, and starts nothing, when it would run a command that nobody has agreed to; `approve`: what the person agrees to. */
  start: oc.input(v.strictObject({ id, approve: approval })).output(answer<StartAnswer>()),
  stop: oc.input(byId).output(answer<void>()),
  /**
   * Makes what runs follow the saved text, without stop and start: channels that have not changed go on with what they hold. Asks as start
   * does. A text that could not run is refused, and what runs goes on.
   */
  apply: oc.input(v.strictObject({ id, approve: approval })).output(answer<StartAnswer>()),
  /** The document, again whenever it changes here, in another window or on disk. */
  document: oc.input(byId).output(values<PipelineDocument>()),
  /** Rejects with CONFLICT when `baseVersion` is not the current one. A text with problems is saved all the same. */
  save: oc.input(v.strictObject({ id, text, baseVersion: v.string() })).output(answer<PipelineDocument>()),
  /** Problems and picture of a text that is not saved. */
  check: oc.input(v.strictObject({ id, text })).output(answer<{ readonly problems: readonly Problem[]; readonly graph: PipelineGraph }>()),
  /** Layout only; kept apart from the file. */
  moveNodes: oc
    .input(v.strictObject({ id, positions: v.record(v.string(), v.strictObject({ x: v.number(), y: v.number() })) }))
    .output(answer<void>()),
  /** At most 4 values a second, and one at each change of state. */
  watch: oc.input(byId).output(values<PipelineSnapshot>()),
  /** The last minute, hour or day of a component or wire, oldest first. */
  rates: oc.input(v.strictObject({ id, of: id, span: v.picklist(['minute', 'hour', 'day']) })).output(answer<readonly RatePoint[]>()),
}
