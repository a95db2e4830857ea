// Component definitions: one value per component, in one file, exported as `definition`. It drives the properties parser, validation,
// the command line's help, the editor's palette and forms, the generated reference and the conformance tests.
import type { EventBatch } from '../../src-shared/event/event-batch.ts'
import type { OptionsOf, PropertyMap } from '../../src-shared/spec/property.ts'
import type { Channel } from '../agent/channel/channel.ts'
import type { ChannelContext, ComponentContext, InterceptorContext, SinkContext, SinkProcessorContext, SourceContext } from './context.ts'
import { deadLetterProperties } from './dead-letter-properties.ts'

/** What process() answers: READY, call again at once; BACKOFF, nothing to do now (Flume PollableSource.Status, Sink.Status). */
export type Status = 'READY' | 'BACKOFF'

/** A source. With `process` it is pollable and a runner calls it in a loop; without, it is event-driven and works between start and stop. */
export interface Source {
  start?(): Promise<void>
  stop?(): Promise<void>
  process?(): Promise<Status>
  /** Resolves when process() may find something, or when `signal` aborts: lets the runner end its back-off early. Never rejects. */
  whenReady?(signal: AbortSignal): Promise<void>
}

export interface Sink {
  start?(): Promise<void>
  stop?(): Promise<void>
  /** One transaction at most. Rejects after it has rolled back. */
  process(): Promise<Status>
  /**
   * Resolves when process() may do better than at the last BACKOFF, or when `signal` aborts. Absent: when the channel has something. For
   * sinks that back off with events in the channel.
   */
  whenReady?(signal: AbortSignal): Promise<void>
}

/** Turns a batch into the batch that goes on. Events it leaves out are counted by the chain as intentional drops. */
export interface Interceptor {
  intercept(batch: EventBatch): EventBatch
  close?(): void
}

/** Which events go to which channel. `channels` of a route are indexes into the source's channels in listed order. */
export interface ChannelSelector {
  /** Channels that no route requires: they do not bound a batch. */
  readonly neverRequired?: readonly number[]
  /** Whether a channel is required by some events and optional to others. */
  readonly mixesUses?: boolean
  select(batch: EventBatch): readonly Route[]
}

/** Events `rows` (all when absent) of a batch go to these channels. */
export interface Route {
  readonly rows?: Uint32Array
  readonly required: readonly number[]
  readonly optional: readonly number[]
}

/** Turns events into the bytes of one file. One instance per file. */
export interface EventSerializer {
  /** Bytes that every file begins with. */
  beginning?(): Uint8Array
  /** Bytes of the batches of one transaction, in order. */
  serialize(batches: readonly EventBatch[]): readonly Uint8Array[] | Promise<readonly Uint8Array[]>
  /** Bytes that end a file that is closed in order. */
  ending?(): Uint8Array
}

/** A file as a deserializer reads it: bytes from `offset` on, and the offset that has been delivered. */
export interface EventStream {
  readonly path: string
  readonly size: number
  /** Character set of the file, and what happens with bytes that are none of its characters (Flume's decodeErrorPolicy). */
  readonly inputCharset: string
  readonly decodeErrorPolicy: 'FAIL' | 'REPLACE' | 'IGNORE'
  /** Up to `length` bytes from `offset`; fewer at the end. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** Reads events from one file. `offset` and `next` are places between events: what a tracker keeps. 0 is the beginning; their meaning is the deserializer's own. */
export interface EventDeserializer {
  /** Up to `events` events from `offset` on, and where the next begins; null at the end of the file. */
  read(offset: number, events: number): Promise<{ readonly batch: EventBatch; readonly next: number } | null>
}

/** How the sinks of a group share the work of one runner (Flume SinkProcessor). */
export interface SinkProcessor {
  process(): Promise<Status>
}

export interface GroupedSink {
  readonly name: string
  readonly sink: Sink
}

export interface Example {
  readonly title: string
  readonly properties: string
}

/** What all kinds of definitions share. */
export interface DefinitionBase<P extends PropertyMap> {
  /** Flume's alias; for components that Flume knows by class name only, the last part of that name. */
  readonly type: string
  /** Further names that load this component. */
  readonly aliases?: readonly string[]
  /** Flume's class name; absent for components of Millrace's own. */
  readonly className?: string
  readonly summary: string
  readonly properties: P
  readonly examples: readonly Example[]
  /** True where Flume keeps no counters for this component, so that it does not stand in /metrics (netcat, logger, null …). */
  readonly withoutMetrics?: boolean
  /** Ids of the named rules (differences table) in which this component departs from Flume. */
  readonly rules?: readonly string[]
}

interface Definition<K extends string, P extends PropertyMap, C, T> extends DefinitionBase<P> {
  readonly kind: K
  create(options: OptionsOf<P>, context: C): T
}

export interface SourceDefinition<P extends PropertyMap = PropertyMap> extends Definition<'source', P, SourceContext, Source> {
  /** The command line that it would run: a pipeline from elsewhere asks before its first run. */
  runs?(options: OptionsOf<P>): string
}
export interface SinkDefinition<P extends PropertyMap = PropertyMap> extends Definition<'sink', P, SinkContext, Sink> {
  /** True where others pull from the sink, each at its own pace: it has no failures to count and none of the deadLetterProperties. */
  readonly pulled?: boolean
}
export interface ChannelDefinition<P extends PropertyMap = PropertyMap> extends Definition<'channel', P, ChannelContext, Channel> {
  /** True where what it makes is a DurableChannel: a log in a folder, which streams read and which is there while its pipeline stands still. */
  readonly durable?: boolean
}
export type InterceptorDefinition<P extends PropertyMap = PropertyMap> = Definition<'interceptor', P, InterceptorContext, Interceptor>
export type SelectorDefinition<P extends PropertyMap = PropertyMap> = Definition<
  'selector',
  P,
  { readonly channels: readonly string[] },
  ChannelSelector
>

export type SerializerDefinition<P extends PropertyMap = PropertyMap> = Definition<'serializer', P, ComponentContext, EventSerializer>
export type DeserializerDefinition<P extends PropertyMap = PropertyMap> = Definition<
  'deserializer',
  P,
  ComponentContext & { readonly stream: EventStream },
  EventDeserializer
>
export type SinkProcessorDefinition<P extends PropertyMap = PropertyMap> = Definition<
  'sinkProcessor',
  P,
  SinkProcessorContext,
  SinkProcessor
>

export type AnyDefinition =
  | SourceDefinition
  | SinkDefinition
  | ChannelDefinition
  | InterceptorDefinition
  | SelectorDefinition
  | SerializerDefinition
  | DeserializerDefinition
  | SinkProcessorDefinition
export type ComponentKind = AnyDefinition['kind']

export const defineSource = <P extends PropertyMap>(definition: Omit<SourceDefinition<P>, 'kind'>): SourceDefinition<P> => ({
  kind: 'source',
  ...definition,
})
/** Every sink has the deadLetterProperties beside its own, unless it is pulled from. */
export const defineSink = <P extends PropertyMap>(definition: Omit<SinkDefinition<P>, 'kind'>): SinkDefinition<P> => ({
  kind: 'sink',
  ...definition,
  ...(definition.pulled !== true && {
    properties: { ...definition.properties, ...deadLetterProperties },
    rules: [...(definition.rules ?? []), 'poison-events'],
  }),
})
export const defineChannel = <P extends PropertyMap>(definition: Omit<ChannelDefinition<P>, 'kind'>): ChannelDefinition<P> => ({
  kind: 'channel',
  ...definition,
})
export const defineInterceptor = <P extends PropertyMap>(definition: Omit<InterceptorDefinition<P>, 'kind'>): InterceptorDefinition<P> => ({
  kind: 'interceptor',
  ...definition,
})
export const defineSelector = <P extends PropertyMap>(definition: Omit<SelectorDefinition<P>, 'kind'>): SelectorDefinition<P> => ({
  kind: 'selector',
  ...definition,
})
export const defineSerializer = <P extends PropertyMap>(definition: Omit<SerializerDefinition<P>, 'kind'>): SerializerDefinition<P> => ({
  kind: 'serializer',
  ...definition,
})
export const defineDeserializer = <P extends PropertyMap>(
  definition: Omit<DeserializerDefinition<P>, 'kind'>,
): DeserializerDefinition<P> => ({ kind: 'deserializer', ...definition })
export const defineSinkProcessor = <P extends PropertyMap>(
  definition: Omit<SinkProcessorDefinition<P>, 'kind'>,
): SinkProcessorDefinition<P> => ({ kind: 'sinkProcessor', ...definition })
