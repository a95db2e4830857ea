// FlumeConfiguration of Flume 1.11: keys into agents, then the validation pass of each agent, with its error list. A port of the class,
// structure kept, because its order and its slips (the configuration object of the component before, errors added twice) show in the list.

import { applyConfigFilter, type ConfigFilter } from '../config-filter.ts'
import { configurationKey, type Section } from '../configuration-key.ts'
import { type FlumeTypeKind, flumeTypes } from '../flume-types.ts'
import { hashMapOrder, hashSetOrder } from '../java-hash-order.ts'
import { javaTrim, javaWords } from '../java-text.ts'
import { FlumeContext } from './flume-context.ts'
import { ParseFailure } from './read-as-flume.ts'

export interface FlumeError {
  readonly component: string
  readonly key: string
  readonly type: string
  readonly severity: 'ERROR' | 'WARNING'
}

/** A component that survived: with its parameters, or as a stub of which Flume kept only type and channels. */
export interface ValidComponent {
  readonly name: string
  readonly context: FlumeContext
  /** Flume drops the parameters of a stub and never configures its instance. */
  readonly stub: boolean
  /** A stub source keeps its channels as they were written, valid or not. */
  readonly writtenChannels?: string
}

export interface ValidGroup {
  readonly sinks: readonly string[]
  readonly processor: FlumeContext
}

export interface ValidAgent {
  readonly sources: ReadonlyMap<string, ValidComponent>
  readonly channels: ReadonlyMap<string, ValidComponent>
  readonly sinks: ReadonlyMap<string, ValidComponent>
  readonly sinkGroups: ReadonlyMap<string, ValidGroup>
  readonly configFilters: readonly string[]
}

export interface ValidatedConfiguration {
  readonly agents: ReadonlyMap<string, ValidAgent>
  readonly errors: readonly FlumeError[]
  /** Why components are gone: `a1.sources.r1` → Flume's own sentence. */
  readonly reasons: ReadonlyMap<string, string>
}

/** Makes the instance of a configuration filter, or throws as Flume does when it cannot. */
export type ConfigFilterFactory = (name: string, type: string, context: FlumeContext) => ConfigFilter

/** Throws ParseFailure for what Flume does not catch. */
export function validateAsFlume(properties: ReadonlyMap<string, string>, createFilter: ConfigFilterFactory): ValidatedConfiguration {
  const errors: FlumeError[] = []
  const reasons = new Map<string, string>()
  const agents = new Map<string, AgentValidation>()
  for (const [key, value] of properties) addRawProperty(javaTrim(key), javaTrim(value), agents, errors, reasons)
  const valid = new Map<string, ValidAgent>()
  for (const name of hashMapOrder([...agents.keys()])) {
    const agent = agents.get(name)!.validate(createFilter)
    if (agent !== undefined) valid.set(name, agent)
    else errors.push({ component: name, key: '', type: 'AGENT_CONFIGURATION_INVALID', severity: 'ERROR' })
  }
  return { agents: valid, errors, reasons }
}

function addRawProperty(
  key: string,
  value: string,
  agents: Map<string, AgentValidation>,
  errors: FlumeError[],
  reasons: Map<string, string>,
): void {
  const error = (type: string): unknown => errors.push({ component: key, key: '', type, severity: 'ERROR' })
  if (value === '') return void error('PROPERTY_VALUE_NULL')
  const shape = configurationKey(key)
  if (shape.shape === 'no-agent') return void error('AGENT_NAME_MISSING')
  if (shape.shape === 'no-property') return void error('PROPERTY_NAME_NULL')
  let agent = agents.get(shape.agent)
  if (agent === undefined) {
    agent = new AgentValidation(shape.agent, errors, reasons)
    agents.set(shape.agent, agent)
  }
  agent.add(shape, value)
}

/** What ComponentConfiguration keeps of a component: only its errors matter after the fact. */
interface Configuration {
  readonly errors: FlumeError[]
}

class ConfigurationException extends Error {}

class AgentValidation {
  readonly #name: string
  readonly #errors: FlumeError[]
  readonly #reasons: Map<string, string>
  readonly #lists: Partial<Record<Section, string>> = {}
  readonly #contexts: Record<Section, Map<string, FlumeContext>> = {
    sources: new Map(),
    channels: new Map(),
    sinks: new Map(),
    sinkgroups: new Map(),
    configfilters: new Map(),
  }

  constructor(name: string, errors: FlumeError[], reasons: Map<string, string>) {
    this.#name = name
    this.#errors = errors
    this.#reasons = reasons
  }

  add(shape: Exclude<ReturnType<typeof configurationKey>, { shape: 'no-agent' | 'no-property' }>, value: string): void {
    if (shape.shape === 'invalid') {
      this.#error(shape.rest, 'INVALID_PROPERTY')
      return
    }
    if (shape.shape === 'list') {
      if (this.#lists[shape.section] === undefined) this.#lists[shape.section] = value
      else this.#error(shape.section, 'DUPLICATE_PROPERTY')
      return
    }
    const name = javaTrim(shape.component)
    const contexts = this.#contexts[shape.section]
    if (!contexts.has(name)) contexts.set(name, new FlumeContext())
    contexts.get(name)!.put(shape.property, value)
  }

  /** AgentConfiguration.isValid. */
  validate(createFilter: ConfigFilterFactory): ValidAgent | undefined {
    const configFilters = this.#validateConfigFilters()
    this.#runFilters(configFilters, createFilter)
    const channels = this.#lists.channels === undefined ? new Map<string, ValidComponent>() : this.#validateChannels()
    if (channels.size === 0) {
      this.#error('channels', 'PROPERTY_VALUE_NULL')
      return undefined
    }
    const sources = this.#validateSources(channels)
    const sinks = this.#validateSinks(channels)
    const sinkGroups = this.#validateGroups(sinks)
    if (sources.size === 0 && sinks.size === 0) {
      this.#error('sources', 'PROPERTY_VALUE_NULL')
      this.#error('sinks', 'PROPERTY_VALUE_NULL')
      return undefined
    }
    return { sources, channels, sinks, sinkGroups, configFilters: [...configFilters.keys()] }
  }

  #validateConfigFilters(): Map<string, ValidComponent> {
    return this.#validateSection('configfilters', 'configFilter', noConfigurationClass, () => undefined)
  }

  #runFilters(filters: ReadonlyMap<string, ValidComponent>, createFilter: ConfigFilterFactory): void {
    const instances: ConfigFilter[] = []
    for (const { name, context } of filters.values()) {
      try {
        instances.push(createFilter(name, context.get('type')!, context))
      } catch (error) {
        this.#reasons.set(`${this.#name}.configfilters.${name}`, (error as Error).message)
      }
    }
    for (const section of ['sources', 'channels', 'sinks', 'sinkgroups'] as const) {
      for (const context of this.#contexts[section].values()) {
        for (const key of context.parameters.keys()) {
          for (const filter of instances) {
            try {
              context.put(key, applyConfigFilter(context.get(key)!, filter))
            } catch (error) {
              this.#reasons.set(`${this.#name}.configfilters.${filter.name}`, (error as Error).message)
            }
          }
        }
      }
    }
  }

  #validateChannels(): Map<string, ValidComponent> {
    return this.#validateSection('channels', 'channel', noConfigurationClass, () => undefined)
  }

  #validateSources(channels: ReadonlyMap<string, ValidComponent>): Map<string, ValidComponent> {
    if (this.#lists.sources === undefined) {
      this.#error('sources', 'PROPERTY_VALUE_NULL', 'WARNING')
      return new Map()
    }
    return this.#validateSection('sources', 'source', noConfigurationClass, (name, context, configuration) => {
      this.#configureSource(name, context, configuration)
      const own = hashSetOrder(javaWords(context.get('channels')!)).filter((channel) => channels.has(channel))
      if (own.length === 0) throw new ConfigurationException(`No Channels configured for ${name}`)
      context.put('channels', own.join(' '))
    })
  }

  /** SourceConfiguration.configure after the type: channels, then the selector's own configuration object. */
  #configureSource(name: string, context: FlumeContext, configuration: Configuration): void {
    const error = (key: string, type: string): unknown => configuration.errors.push({ component: name, key, type, severity: 'ERROR' })
    if (context.get('channels') === undefined) {
      error('Channel', 'PROPERTY_VALUE_NULL')
      error('ChannelSelector', 'CONFIG_ERROR')
      throw new ConfigurationException('Failed to configure component!')
    }
    const selector = context.sub('selector.')
    const written = selector.get('type') ?? 'REPLICATING'
    const known = knownType('selector', written)
    const config = (known?.alias ?? selector.get('config') ?? 'OTHER').toUpperCase()
    // ChannelSelectorConfigurationType has no LOAD_BALANCING: that alias can never be configured from a file.
    if (config === 'OTHER' || config === 'REPLICATING' || config === 'MULTIPLEXING') return
    error('ChannelSelector', 'CONFIG_ERROR')
    throw new ConfigurationException('Failed to configure component!')
  }

  #validateSinks(channels: ReadonlyMap<string, ValidComponent>): Map<string, ValidComponent> {
    if (this.#lists.sinks === undefined) {
      this.#error('sinks', 'PROPERTY_VALUE_NULL', 'WARNING')
      return new Map()
    }
    return this.#validateSection(
      'sinks',
      'sink',
      (alias) => alias === 'logger',
      (name, context, configuration) => {
        const channel = context.get('channel')
        if (channel === undefined || channel === '') {
          configuration.errors.push({ component: name, key: 'channel', type: 'PROPERTY_VALUE_NULL', severity: 'ERROR' })
          throw new ConfigurationException(`No channel configured for sink: ${name}`)
        }
        if (!channels.has(channel)) throw new ConfigurationException(`Channel ${channel} not in active set.`)
      },
    )
  }

  /** The common loop of validateChannels, validateSources, validateSinks, validateConfigFilterSet. `configured`: checks of the kind; throws to drop the component. */
  #validateSection(
    section: Exclude<Section, 'sinkgroups'>,
    kind: FlumeTypeKind,
    hasNoContext: (alias: string) => boolean,
    configured: (name: string, context: FlumeContext, configuration: Configuration) => void,
  ): Map<string, ValidComponent> {
    const list = this.#lists[section]
    const survivors = new Map<string, ValidComponent>()
    if (list === undefined) return survivors
    const words = javaWords(list)
    // Declared outside Flume's loop: a component whose own configuration object cannot be made adds the errors of the one before again.
    let configuration: Configuration | undefined
    for (const name of hashSetOrder(words, words.length)) {
      const context = this.#contexts[section].get(name)
      if (context === undefined) {
        this.#error(name, 'CONFIG_ERROR')
        this.#reasons.set(`${this.#name}.${section}.${name}`, `Configuration empty for: ${name}. Removed.`)
        continue
      }
      try {
        const type = context.get('type')
        const known = type === undefined ? undefined : knownType(kind, type)
        const config = known?.alias ?? (context.get('config') || undefined)
        if (known === undefined && config !== undefined && !isConfigurationType(kind, config)) {
          throw new ConfigurationException(
            `Could not create configuration!  Due to IllegalArgumentException: No enum constant ${config.toUpperCase()}`,
          )
        }
        configuration = { errors: [] }
        if (type === undefined) {
          configuration.errors.push({ component: name, key: 'type', type: 'ATTRS_MISSING', severity: 'ERROR' })
          throw new ConfigurationException(`Component has no type. Cannot configure. ${name}`)
        }
        const writtenChannels = context.get('channels')
        configured(name, context, configuration)
        const alias = config?.toLowerCase()
        const stub = alias !== undefined && (alias === 'other' || hasNoContext(alias))
        survivors.set(name, { name, context, stub, ...(stub && writtenChannels !== undefined && { writtenChannels }) })
        this.#errors.push(...configuration.errors)
      } catch (error) {
        if (!(error instanceof ConfigurationException)) throw error
        if (configuration !== undefined) this.#errors.push(...configuration.errors)
        this.#reasons.set(`${this.#name}.${section}.${name}`, error.message)
      }
    }
    return survivors
  }

  #validateGroups(sinks: ReadonlyMap<string, ValidComponent>): Map<string, ValidGroup> {
    const groups = new Map<string, ValidGroup>()
    const usedBy = new Map<string, string>()
    const names = (this.#lists.sinkgroups ?? '').split(' ').filter((name) => name !== '')
    for (const name of hashMapOrder([...new Set(names)])) {
      const context = this.#contexts.sinkgroups.get(name)
      if (context === undefined) {
        this.#error(name, 'CONFIG_ERROR')
        this.#reasons.set(`${this.#name}.sinkgroups.${name}`, `Configuration error for: ${name}.Removed.`)
        continue
      }
      const list = context.get('sinks')
      if (list === undefined) {
        throw new ParseFailure(
          'java.lang.NullPointerException',
          'Cannot invoke "String.split(String)" because the return value of "org.apache.flume.Context.getString(String)" is null',
        )
      }
      const processor = context.sub('processor.')
      // SinkProcessorConfigurationType has no OTHER, which SinkProcessorType has.
      if (processor.get('type')?.toLowerCase() === 'other') {
        this.#error(name, 'CONFIG_ERROR')
        this.#reasons.set(`${this.#name}.sinkgroups.${name}`, 'Could not create configuration!')
        continue
      }
      const words = javaWords(list)
      const own = hashSetOrder(words, words.length).filter((sink) => this.#claim(name, sink, sinks, usedBy))
      if (own.length === 0) {
        this.#error(name, 'CONFIG_ERROR')
        this.#error(name, 'CONFIG_ERROR')
        this.#reasons.set(`${this.#name}.sinkgroups.${name}`, `No available sinks for sinkgroup: ${name}. Sinkgroup will be removed`)
      } else groups.set(name, { sinks: own, processor })
    }
    return groups
  }

  #claim(group: string, sink: string, sinks: ReadonlyMap<string, ValidComponent>, usedBy: Map<string, string>): boolean {
    if (usedBy.has(sink)) this.#error(group, 'PROPERTY_PART_OF_ANOTHER_GROUP')
    else if (!sinks.has(sink)) this.#error(sink, 'INVALID_PROPERTY')
    else {
      usedBy.set(sink, group)
      return true
    }
    return false
  }

  #error(key: string, type: string, severity: 'ERROR' | 'WARNING' = 'ERROR'): void {
    this.#errors.push({ component: this.#name, key, type, severity })
  }
}

const noConfigurationClass = (): boolean => false

/** getKnownComponent: alias or class name, both in any case; `other` is an alias too. */
function knownType(kind: FlumeTypeKind, type: string): { readonly alias: string } | undefined {
  const wanted = type.toLowerCase()
  if (wanted === 'other') return { alias: 'other' }
  for (const { alias, className } of flumeTypes[kind] as readonly { alias?: string; className: string }[]) {
    if (alias !== undefined && (alias === wanted || className.toLowerCase() === wanted)) return { alias }
  }
  return undefined
}

/** The enum …ConfigurationType of a kind: what the key `config` may say. */
const isConfigurationType = (kind: FlumeTypeKind, config: string): boolean => knownType(kind, config)?.alias === config.toLowerCase()
