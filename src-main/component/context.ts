// What a component is given at creation: small, and the same for every kind but for its one collaborator.
import type { EventBatch } from '../../src-shared/event/event-batch.ts'
import type { Channel } from '../agent/channel/channel.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { EventDeserializer, EventSerializer, EventStream, GroupedSink } from './define.ts'

/** Counters of one component, by Flume's names (`EventReceivedCount` …). `drop` is the only way in which an event is ever discarded. */
export interface Counters {
  add(name: string, count: number): void
  set(name: string, value: number | string): void
  /** `reason` is a short phrase; intentional: a person configured it (a filter), as against damage. */
  drop(count: number, reason: string, intentional: boolean): void
}

export interface ComponentContext {
  readonly name: string
  readonly agentName: string
  readonly clock: Clock
  readonly log: Logger
  readonly counters: Counters
  /** Aborts when the component is to stop. */
  readonly signal: AbortSignal
  /** A folder of the agent's own for state (position files, default channel folders). Exists. */
  readonly workDir: string
  /** Says in one sentence what the component is doing (`access.log +1`) or what troubles it; shown on its node. */
  status(sentence: string, trouble?: ComponentTrouble): void
  /** A named rule (differences table) was applied: a real Flume would have done otherwise just now. Logged once for each rule. */
  departs(rule: string): void
}

/** What troubles a component. `retrying`: it does nothing else until that is over. An error always means so. */
export interface ComponentTrouble {
  readonly severity: 'warning' | 'error'
  readonly hint?: string
  readonly retrying?: true
}

/** Where a source delivers: interceptors, selector, one transaction per channel (Flume ChannelProcessor). */
export interface ChannelProcessor {
  /**
   * Resolves when every required channel has committed; undefined when that is so already. Rejects with CHANNEL_EXCEPTION or CHANNEL_FULL
   * when one has not, and may throw: the caller retries the batch. INTERCEPTOR_FAILED: the same events would fail again.
   */
  processEventBatch(batch: EventBatch): Promise<void> | undefined
  /** Most events that one transaction of every required channel holds; infinite where none says. */
  readonly transactionCapacity: number
  /**
   * Events that a batch may have now: the smallest transactionCapacity and free room of the required channels. At least 1. `events`: of a source whose
   * events Flume puts one by one, which is seen where a channel is required by some and optional to others: only 1 there.
   */
  batchRoom(of?: 'batches' | 'events'): number
  /**
   * The newest events of the one durable channel that this source requires (of any source, in order); none where there is no such channel.
   * For a source that was killed between a commit and its own note of it. Call it when starting, before anything is put.
   */
  recentlyStored(): readonly EventBatch[]
}

export interface SourceContext extends ComponentContext {
  readonly channelProcessor: ChannelProcessor
  /** A deserializer by type, alias or class name; `properties` are its own keys. Throws BAD_CONFIGURATION when there is none, or its properties are bad. */
  deserializer(type: string, properties: Readonly<Record<string, string>>): (stream: EventStream) => EventDeserializer
}

export interface SinkContext extends ComponentContext {
  readonly channel: Channel
  /** What makes a serializer for each new file. Type, properties and errors as for `deserializer`. */
  serializer(type: string, properties: Readonly<Record<string, string>>): () => EventSerializer
}

export type ChannelContext = ComponentContext
export type InterceptorContext = ComponentContext

export interface SinkProcessorContext extends ComponentContext {
  readonly sinks: readonly GroupedSink[]
}
