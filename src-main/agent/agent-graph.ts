// Makes the components of an agent from its configuration: nothing is started here. What cannot be created is left out with its reason,
// the rest runs.
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import type {
  AgentConfiguration,
  ChannelConfiguration,
  ComponentConfiguration,
  SinkConfiguration,
  SourceConfiguration,
} from '../../src-shared/flume/agent-configuration.ts'
import { parseOptions } from '../../src-shared/spec/parse-options.ts'
import type { OptionsOf, PropertyMap } from '../../src-shared/spec/property.ts'
import type { Clock } from '../clock.ts'
import type { ComponentKind, EventStream, GroupedSink, Sink, SinkProcessor } from '../component/define.ts'
import type { DefinitionOf, Registry } from '../component/registry.ts'
import type { Logger } from '../log.ts'
import type { Channel } from './channel/channel.ts'
import { DefaultChannelProcessor } from './channel/channel-processor.ts'
import { isDurable } from './channel/durable-channel.ts'
import { ComponentNode } from './component-node.ts'
import { guardedSinks } from './dead-letter/guarded-sinks.ts'
import type { PoisonGuard } from './dead-letter/poison-guard.ts'
import { sinkGuards } from './dead-letter/sink-guards.ts'
import type { MonitoredKind } from './instrumentation/component-counters.ts'
import { InterceptorChain } from './interceptor/interceptor-chain.ts'
import { PollableSourceRunner } from './lifecycle/pollable-source-runner.ts'
import { SinkRunner } from './lifecycle/sink-runner.ts'

export interface GraphDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly workDir: string
  readonly registry: Registry
  readonly onChange: () => void
  /** A channel of the graph before a reload that goes on in this one, with its content. */
  readonly reusableChannel?: (configuration: ChannelConfiguration) => ComponentNode | undefined
}

/** All nodes, in listed order. Sinks of a group share a runner: the first of them is supervised, the others follow it. */
export interface AgentGraph {
  readonly sources: readonly ComponentNode[]
  readonly channels: readonly ComponentNode[]
  readonly sinks: readonly ComponentNode[]
}

export function buildGraph(configuration: AgentConfiguration, deps: GraphDeps): AgentGraph {
  const builder = new GraphBuilder(configuration, deps)
  const channels = configuration.channels.map((channel) => builder.channel(channel))
  const sources = configuration.sources.map((source) => builder.source(source))
  return { channels, sources, sinks: builder.sinks() }
}

class GraphBuilder {
  readonly #configuration: AgentConfiguration
  readonly #deps: GraphDeps
  readonly #channels = new Map<string, Channel>()
  #guards: ReadonlyMap<string, PoisonGuard> = new Map()

  constructor(configuration: AgentConfiguration, deps: GraphDeps) {
    this.#configuration = configuration
    this.#deps = deps
  }

  channel(configuration: ChannelConfiguration): ComponentNode {
    const reused = this.#deps.reusableChannel?.(configuration)
    if (reused?.channel !== undefined) {
      this.#channels.set(configuration.name, reused.channel)
      return reused
    }
    const node = this.#node('channel', configuration, [])
    attempt(node, () => {
      const definition = this.#definition('channel', configuration.type)
      const channel = definition.create(optionsOf(definition, configuration), node.context())
      node.channel = channel
      this.#channels.set(configuration.name, channel)
      const wired = this.#configuration.sinks.some((sink) => sink.channel === configuration.name)
      node.supervise({
        start: async () => {
          await channel.start()
          if (isDurable(channel)) await channel.wireSinks(wired)
        },
        stop: () => channel.stop(),
      })
    })
    return node
  }

  source(configuration: SourceConfiguration): ComponentNode {
    const node = this.#node('source', configuration, configuration.channels)
    attempt(node, () => {
      const definition = this.#definition('source', configuration.type)
      const context = node.context()
      const names = this.#channelsMade(configuration, context.log)
      const channels = names.map((name) => this.#channelNamed(name))
      const selectorDefinition = this.#definition('selector', configuration.selector.type)
      const selector = selectorDefinition.create(optionsOf(selectorDefinition, configuration.selector), {
        channels: names,
      })
      if (configuration.selector.type === 'load_balancing') node.departs('load-balancing-selector')
      const interceptors = new InterceptorChain(
        configuration.interceptors.map((interceptor) => {
          const found = this.#definition('interceptor', interceptor.type)
          return { name: interceptor.name, type: interceptor.type, interceptor: found.create(optionsOf(found, interceptor), context) }
        }),
      )
      const channelProcessor = new DefaultChannelProcessor({
        channels,
        required: channels.filter((_, index) => selector.neverRequired?.includes(index) !== true),
        interceptors,
        selector,
        counters: node.counters,
        log: context.log,
      })
      const options = optionsOf(definition, configuration)
      const source = definition.create(options, {
        ...context,
        channelProcessor,
        deserializer: (type, properties) => {
          const found = this.#definition('deserializer', type)
          const parsed = checked(found.properties, properties, `deserializer ${type}`, node.remarks)
          return (stream: EventStream) => found.create(parsed, { ...context, stream })
        },
      })
      node.supervise(
        new PollableSourceRunner({
          source,
          clock: this.#deps.clock,
          log: context.log,
          backoffSleepIncrement: numberOption(options, 'backoffSleepIncrement', 1000),
          maxBackoffSleep: numberOption(options, 'maxBackoffSleep', 5000),
          stopComponent: () => node.stopping.abort(),
          onTrouble: (error) => node.loopTrouble(error),
          closeInterceptors: () => interceptors.close(),
        }),
      )
    })
    return node
  }

  sinks(): ComponentNode[] {
    const { sinks } = this.#configuration
    const nodes = new Map(sinks.map((sink) => [sink.name, this.#node('sink', sink, [sink.channel])]))
    const { clock, workDir } = this.#deps
    this.#guards = sinkGuards(this.#configuration, nodes, { clock, workDir, channel: (name) => this.#channels.get(name) })
    const created = new Map<string, { node: ComponentNode; sink: Sink | undefined; channel: string }>()
    for (const configuration of sinks) {
      const { name, channel } = configuration
      const node = nodes.get(name)!
      created.set(name, { node, sink: attempt(node, () => this.#sink(node, configuration)), channel })
    }
    const grouped = new Set<string>()
    for (const group of this.#configuration.sinkGroups) {
      const members = group.sinks.flatMap((name) => {
        const member = created.get(name)
        if (member?.sink === undefined) {
          member?.node.departs('sinks-of-a-lost-group-run-alone')
          return []
        }
        grouped.add(name)
        return [{ name, sink: member.sink, node: member.node, channel: member.channel }]
      })
      if (members.length > 0) this.#runGroup(group.processor, members)
    }
    for (const [name, { node, sink, channel }] of created) {
      if (sink === undefined || grouped.has(name)) continue
      this.#run({ process: () => sink.process() }, [{ name, sink, node, channel }])
    }
    return [...created.values()].map(({ node }) => node)
  }

  #sink(node: ComponentNode, configuration: SinkConfiguration): Sink {
    const definition = this.#definition('sink', configuration.type)
    const context = node.context()
    return definition.create(optionsOf(definition, configuration), {
      ...context,
      channel: this.#guards.get(configuration.name)?.channel ?? this.#channelNamed(configuration.channel),
      serializer: (type, properties) => {
        const found = this.#definition('serializer', type)
        const parsed = checked(found.properties, properties, `serializer ${type}`, node.remarks)
        return () => found.create(parsed, context)
      },
    })
  }

  #runGroup(processor: ComponentConfiguration, members: readonly GroupMember[]): void {
    const [first] = members
    attempt(first!.node, () => {
      const definition = this.#definition('sinkProcessor', processor.type)
      const independent = members.map((member) => ({ ...member, sink: startedWhenUsed(member) }))
      const created = definition.create(optionsOf(definition, processor), { ...first!.node.context(), sinks: independent })
      this.#run(created, independent)
    })
  }

  #run(processor: SinkProcessor, members: readonly GroupMember[]): void {
    const guards = new Map<PoisonGuard, Sink[]>()
    for (const { name, sink } of members) {
      const guard = this.#guards.get(name)
      if (guard !== undefined) guards.set(guard, [...(guards.get(guard) ?? []), sink])
    }
    const runner = new SinkRunner({
      processor: guards.size === 0 ? processor : guardedSinks(processor, guards),
      sinks: members.map((member) => member.sink),
      clock: this.#deps.clock,
      log: this.#deps.log.child({ component: members.map((member) => member.node.options.path).join(' ') }),
      whenAvailable: (signal) =>
        Promise.race(members.map(({ sink, channel }) => sink.whenReady?.(signal) ?? this.#channelNamed(channel).whenAvailable(signal))),
      stopComponents: () => {
        for (const { node } of members) node.stopping.abort()
      },
      onTrouble: (error) => {
        for (const { node } of members) node.loopTrouble(error)
      },
    })
    members.forEach(({ node }, index) => {
      node.supervise(index === 0 ? runner : { start: async () => {}, stop: async () => {} })
    })
  }

  #node(kind: MonitoredKind, configuration: ComponentConfiguration, channels: readonly string[]): ComponentNode {
    const { clock, log, workDir, onChange, registry } = this.#deps
    return new ComponentNode({
      kind,
      agentName: this.#configuration.name,
      name: configuration.name,
      type: configuration.type,
      path: configuration.path,
      channels,
      inMetrics: registry.find(kind, configuration.type)?.withoutMetrics !== true,
      clock,
      log,
      workDir,
      onChange,
    })
  }

  /** The channels of a source that could be created: as in Flume it goes on with those, and is left out when there are none. */
  #channelsMade({ channels }: SourceConfiguration, log: Logger): readonly string[] {
    const made = channels.filter((name) => this.#channels.has(name))
    const lost = channels.filter((name) => !this.#channels.has(name))
    if (made.length === 0) return channels
    if (lost.length > 0) log.warn(`Channel ${lost.join(', ')} could not be created; events go to ${made.join(', ')} only.`)
    return made
  }

  #channelNamed(name: string): Channel {
    const channel = this.#channels.get(name)
    if (channel === undefined) throw new MillraceError('BAD_CONFIGURATION', `its channel ${name} could not be created.`)
    return channel
  }

  #definition<K extends ComponentKind>(kind: K, type: string): DefinitionOf<K> {
    const definition = this.#deps.registry.find(kind, type)
    if (definition !== undefined) return definition
    const known = this.#deps.registry.ofKind(kind).map((other) => other.type)
    throw new MillraceError('BAD_CONFIGURATION', `There is no ${kind} of type ${type}. Known: ${known.join(', ')}.`)
  }
}

interface GroupMember extends GroupedSink {
  readonly node: ComponentNode
  readonly channel: string
}

/** In a group a sink that does not start must not hold up the others: it is started again whenever its turn comes. */
function startedWhenUsed({ node, sink }: GroupMember): Sink {
  let started = false
  const start = async (): Promise<void> => {
    if (!started) await sink.start?.()
    started = true
  }
  return {
    start: () => start().catch((error) => node.loopTrouble(error)),
    stop: async () => (started ? sink.stop?.() : undefined),
    ...(sink.whenReady && { whenReady: (signal: AbortSignal) => sink.whenReady!(signal) }),
    process: async () => {
      try {
        await start()
        const status = await sink.process()
        node.loopTrouble(undefined)
        return status
      } catch (error) {
        node.loopTrouble(error)
        throw error
      }
    },
  }
}

function attempt<T>(node: ComponentNode, create: () => T): T | undefined {
  try {
    return create()
  } catch (error) {
    node.fail(error)
    node.options.log.error(`${node.options.path} is left out: ${messageOf(error)}`)
    return undefined
  }
}

function optionsOf<P extends PropertyMap>(definition: { readonly properties: P }, configuration: ComponentConfiguration): OptionsOf<P> {
  return checked(definition.properties, configuration.properties, configuration.path)
}

/** `remarks` gets what is wrong and can be done without; absent where loading the configuration has said it. */
function checked<P extends PropertyMap>(
  properties: P,
  values: Readonly<Record<string, string>>,
  what: string,
  remarks?: string[],
): OptionsOf<P> {
  const { options, problems } = parseOptions(properties, values)
  const found = (severity: 'error' | 'warning'): string[] => problems.flatMap((each) => (each.severity === severity ? [each.message] : []))
  if (options === undefined) throw new MillraceError('BAD_CONFIGURATION', `${what}: ${found('error').join(' ')}`)
  remarks?.push(...found('warning').map((message) => `${what}: ${message}`))
  return options
}

function numberOption(options: Readonly<Record<string, unknown>>, name: string, otherwise: number): number {
  const value = options[name]
  return typeof value === 'number' ? value : otherwise
}
