// Component definitions: one value per component, in one file, exported as `definition`. It drives the properties parser, validation,
// the command line's help, the editor's palette and forms, the generated reference and the conformance tests.
import type { EventBatch } from '../../src-shared/event/event-batch.ts'
import type { OptionsOf, PropertyMap } from '../../src-shared/spec/property.ts'
import type { Channel } from '../agent/channel/channel.ts'
import type { ChannelContext, InterceptorContext, SinkContext, SourceContext } from './context.ts'

/** What process() answers: READY, call again at once; BACKOFF, nothing to do now (Flume PollableSource.Status, Sink.Status). */
export type Status = 'READY' | 'BACKOFF'

/** A source. With `process` it is pollable and a runner calls it in a loop; without, it is event-driven and works between start and stop. */
export interface Source {
  start?(): Promise<void>
  stop?(): Promise<void>
  process?(): Promise<Status>
}

export interface Sink {
  start?(): Promise<void>
  stop?(): Promise<void>
  /** One transaction at most. Rejects after it has rolled back. */
  process(): Promise<Status>
}

/** Turns a batch into the batch that goes on. Events it leaves out are counted by the chain as intentional drops. */
export interface Interceptor {
  intercept(batch: EventBatch): EventBatch
  close?(): void
}

/** Which events go to which channel. `channels` of a route are indexes into the source's channels in listed order. */
export interface ChannelSelector {
  select(batch: EventBatch): readonly Route[]
}

/** Events `rows` (all when absent) of a batch go to these channels. */
export interface Route {
  readonly rows?: Uint32Array
  readonly required: readonly number[]
  readonly optional: readonly number[]
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
  /** Ids of the named rules (differences table) in which this component departs from Flume. */
  readonly rules?: readonly string[]
}

interface Definition<K extends string, P extends PropertyMap, C, T> extends DefinitionBase<P> {
  readonly kind: K
  create(options: OptionsOf<P>, context: C): T
}

export type SourceDefinition<P extends PropertyMap = PropertyMap> = Definition<'source', P, SourceContext, Source>
export type SinkDefinition<P extends PropertyMap = PropertyMap> = Definition<'sink', P, SinkContext, Sink>
export type ChannelDefinition<P extends PropertyMap = PropertyMap> = Definition<'channel', P, ChannelContext, Channel>
export type InterceptorDefinition<P extends PropertyMap = PropertyMap> = Definition<'interceptor', P, InterceptorContext, Interceptor>
export type SelectorDefinition<P extends PropertyMap = PropertyMap> = Definition<
  'selector',
  P,
  { readonly channels: readonly string[] },
  ChannelSelector
>

export type AnyDefinition = SourceDefinition | SinkDefinition | ChannelDefinition | InterceptorDefinition | SelectorDefinition
export type ComponentKind = AnyDefinition['kind']

export const defineSource = <P extends PropertyMap>(definition: Omit<SourceDefinition<P>, 'kind'>): SourceDefinition<P> => ({
  kind: 'source',
  ...definition,
})
export const defineSink = <P extends PropertyMap>(definition: Omit<SinkDefinition<P>, 'kind'>): SinkDefinition<P> => ({
  kind: 'sink',
  ...definition,
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
