// What an agent says of itself at one moment: for the window, the command line and /metrics.
import type { ChannelGauges } from './channel/channel.ts'
import type { DropCount, MonitoredKind } from './instrumentation/component-counters.ts'
import type { LifecycleState } from './lifecycle/lifecycle-supervisor.ts'

export interface ComponentStatus {
  /** One sentence: what it does, or what troubles it. */
  readonly sentence: string
  readonly severity: 'info' | 'warning' | 'error'
  readonly hint?: string
  /** It does nothing else until the trouble is over. */
  readonly retrying: boolean
  /** Ms since 1970 since when this is so. */
  readonly since: number
}

export interface ComponentSnapshot {
  readonly kind: MonitoredKind
  readonly name: string
  readonly type: string
  readonly state: LifecycleState
  readonly status?: ComponentStatus
  /** Sinks: the file in which events lie that it set aside; absent when none do. */
  readonly deadLetterFile?: string
  /** Names of the channels it writes to or reads from; empty for a channel. */
  readonly channels: readonly string[]
  /** By Flume's attribute names. */
  readonly counters: Readonly<Record<string, number | string>>
  readonly drops: readonly DropCount[]
  /** Ms since 1970, 0 = not yet. */
  readonly startTime: number
  readonly stopTime: number
  /** False where Flume keeps no counters for such a component. */
  readonly inMetrics: boolean
  /** Channels only. */
  readonly gauges?: ChannelGauges
}

export interface AgentSnapshot {
  readonly name: string
  readonly state: 'starting' | 'running' | 'stopping' | 'stopped'
  /** Sources, channels, sinks, each in listed order. */
  readonly components: readonly ComponentSnapshot[]
}
