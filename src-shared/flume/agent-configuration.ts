// An agent as Millrace is going to run it: what loadConfiguration makes of a properties file and the agent creates components from.
import type { PropertyMap } from '../spec/property.ts'

export type ConfiguredKind = 'source' | 'channel' | 'sink' | 'sinkGroup' | 'configFilter' | 'interceptor' | 'selector' | 'sinkProcessor'

/** One component with its properties after substitution and configuration filters. Its options have been checked: parseOptions gives no error. */
export interface ComponentConfiguration {
  readonly kind: ConfiguredKind
  readonly name: string
  /** Where it stands: `a1.sources.r1`, `a1.sources.r1.interceptors.i1`. */
  readonly path: string
  /** Type of the definition that was found: `seq` also where the file says SEQ or org.apache.flume.source.SequenceGeneratorSource. */
  readonly type: string
  /** As the file has it; absent when the file gives no type and Millrace chose one. */
  readonly writtenType?: string
  /** Key without the component's prefix → value. `type`, `channel`, `channels` and the like are among them. */
  readonly properties: Readonly<Record<string, string>>
  /** The same keys → 1-based line of the file. */
  readonly lines: Readonly<Record<string, number>>
}

export interface SourceConfiguration extends ComponentConfiguration {
  readonly kind: 'source'
  /** In the order in which Flume writes to them; each is a channel of this agent. Never empty. */
  readonly channels: readonly string[]
  /** In listed order. Properties without `interceptors.<name>.`. */
  readonly interceptors: readonly ComponentConfiguration[]
  /** Properties without `selector.`; type `replicating` when the file says nothing. */
  readonly selector: ComponentConfiguration
}

export interface ChannelConfiguration extends ComponentConfiguration {
  readonly kind: 'channel'
}

export interface SinkConfiguration extends ComponentConfiguration {
  readonly kind: 'sink'
  readonly channel: string
}

export interface SinkGroupConfiguration extends ComponentConfiguration {
  readonly kind: 'sinkGroup'
  /** In listed order; a sink stands in one group at most. Never empty. */
  readonly sinks: readonly string[]
  /** Properties without `processor.`. */
  readonly processor: ComponentConfiguration
}

/** A component that the file lists and that does not run; the problem with the same component path says why. */
export interface LeftOutComponent {
  readonly kind: ConfiguredKind
  readonly name: string
  readonly writtenType?: string
}

/** Everything in listed order. */
export interface AgentConfiguration {
  readonly name: string
  readonly sources: readonly SourceConfiguration[]
  readonly channels: readonly ChannelConfiguration[]
  readonly sinks: readonly SinkConfiguration[]
  readonly sinkGroups: readonly SinkGroupConfiguration[]
  readonly configFilters: readonly ComponentConfiguration[]
  readonly leftOut: readonly LeftOutComponent[]
}

/** A known component as plain data: what loading needs of a component definition (every AnyDefinition is one). */
export interface CatalogEntry {
  readonly kind: string
  readonly type: string
  readonly aliases?: readonly string[]
  readonly className?: string
  readonly properties: PropertyMap
}

export type Catalog = readonly CatalogEntry[]

export interface LoadOptions {
  /** Name of the file, for problems. */
  readonly file: string
  /** Where a line of the text stands when it is put together of several files (loadConfigurationFiles). */
  readonly place?: (line: number) => { readonly file: string; readonly line: number }
  /** How the file was decoded; `utf-8` when absent. What a real Flume would read otherwise is said. */
  readonly encoding?: 'utf-8' | 'iso-8859-1'
  /** Environment for ${env:…} and the env configuration filter. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** -D values for ${sys:…}. */
  readonly systemProperties: Readonly<Record<string, string>>
  readonly catalog: Catalog
  /** Time for ${date:…}; the load has no clock of its own. */
  readonly now?: Date
  /** Runs the command of an `external` configuration filter and answers its first line, or undefined; throws with a sentence. Absent: such filters are not run. */
  readonly runFilterCommand?: (command: readonly string[]) => string | undefined
}
