// AbstractConfigurationProvider.getConfiguration of Flume 1.11: which components of a validated agent a real Flume would start.
import { type FlumeTypeKind, flumeType, flumeTypes, loadedClass } from '../flume-types.ts'
import { hashMapOrder } from '../java-hash-order.ts'
import { javaWords } from '../java-text.ts'
import { channelClasses } from './configure-channels.ts'
import { configureInterceptors } from './configure-interceptors.ts'
import { configureProcessor, sinkClasses } from './configure-sinks.ts'
import { type ConfigureEnvironment, check, sourceClasses } from './configure-sources.ts'
import { ConfigureError, type FlumeContext, JavaError } from './flume-context.ts'
import type { ValidAgent, ValidComponent } from './validate-as-flume.ts'

export interface InstantiatedAgent {
  readonly channels: readonly string[]
  readonly sources: readonly string[]
  readonly sinkRunners: Readonly<Record<string, { readonly processor: string; readonly sinks: readonly string[] }>>
}

export interface FatalFailure {
  readonly fatal: string
  readonly fatalMessage: string
}

class FatalError extends Error {}

/** `reasons`: filled with why a component is removed, by its path. */
export function instantiateAsFlume(
  name: string,
  agent: ValidAgent,
  environment: ConfigureEnvironment,
  reasons: Map<string, string>,
): InstantiatedAgent | FatalFailure {
  try {
    return new Instantiation(name, environment, reasons).run(agent)
  } catch (error) {
    if (error instanceof JavaError) return { fatal: error.javaClass, fatalMessage: error.message }
    if (error instanceof FatalError) return { fatal: 'org.apache.flume.FlumeException', fatalMessage: error.message }
    throw error
  }
}

/** Thrown for a group whose sink is gone: Flume then throws everything away. */
class InstantiationException extends Error {}

interface LiveChannel {
  readonly transactionCapacity: number | undefined
  readonly users: string[]
}

class Instantiation {
  readonly #name: string
  readonly #environment: ConfigureEnvironment
  readonly #reasons: Map<string, string>
  readonly #channels = new Map<string, LiveChannel>()

  constructor(name: string, environment: ConfigureEnvironment, reasons: Map<string, string>) {
    this.#name = name
    this.#environment = environment
    this.#reasons = reasons
  }

  run(agent: ValidAgent): InstantiatedAgent {
    for (const channel of stubsFirst(agent.channels)) this.#channel(channel)
    const sources = stubsFirst(agent.sources).filter((source) => this.#source(source))
    const sinks = stubsFirst(agent.sinks).filter((sink) => this.#sink(sink))
    try {
      const sinkRunners = this.#sinkRunners(
        agent,
        sinks.map((sink) => sink.name),
      )
      const channels = [...this.#channels].flatMap(([name, { users }]) => {
        if (users.length === 0)
          this.#reasons.set(`${this.#name}.channels.${name}`, `Channel ${name} has no components connected and has been removed.`)
        return users.length === 0 ? [] : [name]
      })
      return { channels: channels.sort(), sources: sources.map((source) => source.name).sort(), sinkRunners }
    } catch (error) {
      if (!(error instanceof InstantiationException)) throw error
      this.#reasons.set(this.#name, error.message)
      return { channels: [], sources: [], sinkRunners: {} }
    }
  }

  #channel({ name, context, stub }: ValidComponent): void {
    const className = classOf('channel', context.get('type')!)
    this.#attempt(`channels.${name}`, () => {
      this.#channels.set(name, { transactionCapacity: stub ? undefined : channelClasses[className]!(context), users: [] })
    })
  }

  #source({ name, context, stub }: ValidComponent): boolean {
    const className = classOf('source', context.get('type')!)
    return this.#attempt(`sources.${name}`, () => {
      const batchSize = stub ? undefined : sourceClasses[className]!(context, this.#environment)
      const channels = javaWords(context.get('channels')!).filter((channel) => this.#channels.has(channel))
      for (const channel of channels) this.#checkBatch('source', name, batchSize, channel)
      check(channels.length > 0, `Source ${name} is not connected to a channel`)
      configureSelector(context.sub('selector.'), stub ? undefined : channels)
      if (!stub) configureInterceptors(context)
      for (const channel of channels) this.#channels.get(channel)!.users.push(name)
    })
  }

  #sink({ name, context, stub }: ValidComponent): boolean {
    const className = classOf('sink', context.get('type')!)
    return this.#attempt(`sinks.${name}`, () => {
      const batchSize = stub ? undefined : sinkClasses[className]!(context)
      const channel = this.#channels.get(context.get('channel')!)
      if (channel === undefined) throw new ConfigureError(`Sink ${name} is not connected to a channel`)
      this.#checkBatch('sink', name, batchSize, context.get('channel')!)
      channel.users.push(name)
    })
  }

  #checkBatch(kind: 'source' | 'sink', name: string, batchSize: number | undefined, channel: string): void {
    const capacity = this.#channels.get(channel)!.transactionCapacity
    check(
      batchSize === undefined || capacity === undefined || batchSize <= capacity,
      `Incompatible ${kind} and channel settings defined. ${kind}'s batch size is greater than the channels transaction capacity. ` +
        `${kind === 'source' ? 'Source' : 'Sink'}: ${name}, batch size = ${batchSize}, channel ${channel}, transaction capacity = ${capacity}`,
    )
  }

  /** Groups first, then every sink that is in none. */
  #sinkRunners(agent: ValidAgent, sinkNames: readonly string[]): InstantiatedAgent['sinkRunners'] {
    const free = new Set(sinkNames)
    const usedBy = new Set<string>()
    const runners = new Map<string, { processor: string; sinks: string[] }>()
    for (const [group, { sinks, processor }] of agent.sinkGroups) {
      for (const sink of sinks) {
        if (!free.delete(sink))
          throw new InstantiationException(`Sink ${sink} of group ${group} does not exist or is not properly configured`)
        usedBy.add(group)
      }
      this.#attempt(`sinkgroups.${group}`, () => {
        runners.set(group, { processor: configureProcessor(processor, sinks.length), sinks: [...sinks].sort() })
      })
    }
    // Flume looks for the sink's name among the names of groups: a sink that is called like a group gets no runner.
    for (const sink of hashMapOrder([...free])) if (!usedBy.has(sink)) runners.set(sink, { processor: 'Default', sinks: [sink] })
    return Object.fromEntries([...runners].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #attempt(path: string, configure: () => void): boolean {
    try {
      configure()
      return true
    } catch (error) {
      if (!(error instanceof ConfigureError)) throw error
      this.#reasons.set(`${this.#name}.${path}`, error.message)
      return false
    }
  }
}

const stubsFirst = (components: ReadonlyMap<string, ValidComponent>): ValidComponent[] =>
  [...components.values()].sort((a, b) => Number(b.stub) - Number(a.stub))

/** DefaultSourceFactory and its like: alias in any case, else a class to load. Throws FatalError, which Flume does outside every try. */
function classOf(kind: 'source' | 'channel' | 'sink', type: string): string {
  const loaded = loadedClass(kind, type)
  if (loaded === undefined) throw new FatalError(`Unable to load ${kind} type: ${type}, class: ${flumeType(kind, type)?.className ?? type}`)
  return loaded
}

/** ChannelSelectorFactory.create with the source's channels that are alive; undefined for a stub, whose selector is not configured. */
function configureSelector(context: FlumeContext, channels: readonly string[] | undefined): void {
  const type = context.get('type')
  if (type === undefined || type.trim() === '') return
  const selector = classNameOf('selector', type)
  check(selector !== undefined, `Unable to load selector type: ${type}, class: ${type}`)
  if (channels === undefined || !selector!.endsWith('MultiplexingChannelSelector')) return
  const names = (list: string | undefined): string[] => {
    if (list === undefined || list === '') return []
    const found = list.split(' ')
    while (found.length > 1 && found.at(-1) === '') found.pop()
    for (const name of found) check(channels.includes(name), `Selector channel not found: ${name}`)
    return found
  }
  names(context.get('default'))
  for (const list of context.sub('mapping.').parameters.values()) check(names(list).length > 0, 'No channel configured for a header value')
  for (const list of context.sub('optional.').parameters.values()) names(list)
}

function classNameOf(kind: FlumeTypeKind, type: string): string | undefined {
  return (flumeTypes[kind] as readonly { alias?: string; className: string }[]).find(
    ({ alias, className }) => alias === type.toLowerCase() || className === type,
  )?.className
}
