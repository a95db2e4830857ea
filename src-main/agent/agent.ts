// startAgent: the one door to a running Flume agent. Starts channels, then sinks, then sources; stops in the other order; one component
// that fails never stops the others. Used by the engine, the `agent` command and tests.
import { mkdirSync } from 'node:fs'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import type { AgentConfiguration, ChannelConfiguration } from '../../src-shared/flume/agent-configuration.ts'
import { oneAtATime } from '../../src-shared/one-at-a-time.ts'
import type { Clock } from '../clock.ts'
import type { Registry } from '../component/registry.ts'
import type { Logger } from '../log.ts'
import { type AgentGraph, buildGraph } from './agent-graph.ts'
import type { AgentSnapshot } from './agent-snapshot.ts'
import type { Channel } from './channel/channel.ts'
import { isDurable } from './channel/durable-channel.ts'
import { moveEvents } from './channel/move-events.ts'
import type { ComponentNode } from './component-node.ts'

export interface AgentDeps {
  readonly clock: Clock
  readonly log: Logger
  /** The agent's own folder: position files, default channel folders. Made when it is not there. */
  readonly workDir: string
  readonly registry: Registry
}

export interface AgentHandle {
  readonly name: string
  readonly configuration: AgentConfiguration
  snapshot(): AgentSnapshot
  /** Calls `listener` (soon, once for many changes) after states or status sentences have changed. Counters change without it. */
  onChange(listener: () => void): () => void
  /** A channel of the running graph, for streams, taps and queue browsing; not a durable one that failed to open or is being closed. */
  channel(name: string): Channel | undefined
  /** Makes the new graph, stops the old one, starts the new one. A channel with the same properties goes on, with its content. */
  reload(configuration: AgentConfiguration): Promise<void>
  /** Sources, then sinks, then channels. Nothing durable is lost; a memory channel's content is. */
  stop(): Promise<void>
}

/** Resolves when every component had its first attempt to start; those that failed are tried again every 3 s. */
export async function startAgent(configuration: AgentConfiguration, deps: AgentDeps): Promise<AgentHandle> {
  mkdirSync(deps.workDir, { recursive: true })
  const agent = new Agent(configuration, deps)
  await agent.start()
  return agent
}

class Agent implements AgentHandle {
  readonly name: string
  configuration: AgentConfiguration
  readonly #deps: AgentDeps
  readonly #listeners = new Set<() => void>()
  #graph: AgentGraph
  #state: AgentSnapshot['state'] = 'starting'
  #announced = false
  /** Start, reload and stop never overlap. */
  readonly #exclusively = oneAtATime()

  constructor(configuration: AgentConfiguration, deps: AgentDeps) {
    this.name = configuration.name
    this.configuration = configuration
    this.#deps = deps
    this.#graph = this.#build(configuration)
  }

  start(): Promise<void> {
    return this.#exclusively(async () => {
      await startGraph(this.#graph, new Set())
      this.#enter('running')
    })
  }

  snapshot(): AgentSnapshot {
    const { sources, channels, sinks } = this.#graph
    return { name: this.name, state: this.#state, components: [...sources, ...channels, ...sinks].map((node) => node.snapshot()) }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  channel(name: string): Channel | undefined {
    const channel = this.#graph.channels.find((node) => node.options.name === name)?.channel
    return channel !== undefined && isDurable(channel) && !channel.isOpen ? undefined : channel
  }

  reload(configuration: AgentConfiguration): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#state === 'stopped') return
      const old = this.#graph
      const next = this.#build(configuration, (wanted) => this.#unchanged(wanted))
      const kept = new Set(next.channels.filter((node) => old.channels.includes(node)))
      await stopNodes(old.sources)
      await stopNodes(old.sinks)
      const running = new Set([...kept, ...(await this.#moveMemory(old, next, kept))])
      await stopNodes(old.channels.filter((node) => !kept.has(node)))
      this.#graph = next
      this.configuration = configuration
      await startGraph(next, running)
      this.#changed()
    })
  }

  stop(): Promise<void> {
    if (this.#state !== 'stopped') this.#enter('stopping')
    return this.#exclusively(async () => {
      if (this.#state === 'stopped') return
      await stopGraph(this.#graph)
      this.#enter('stopped')
    })
  }

  #build(configuration: AgentConfiguration, reusableChannel?: (wanted: ChannelConfiguration) => ComponentNode | undefined): AgentGraph {
    const { clock, log, workDir, registry } = this.#deps
    const onChange = (): void => this.#changed()
    return buildGraph(configuration, { clock, log, workDir, registry, onChange, ...(reusableChannel && { reusableChannel }) })
  }

  #unchanged(wanted: ChannelConfiguration): ComponentNode | undefined {
    const before = this.configuration.channels.find((channel) => channel.name === wanted.name && channel.type === wanted.type)
    const node = this.#graph.channels.find((running) => running.options.name === wanted.name && running.state === 'START')
    if (before === undefined || node?.channel === undefined) return undefined
    if (sameProperties(before.properties, wanted.properties)) return node
    const capacity = Number(wanted.properties['capacity'] ?? Number.NaN)
    const { channelSize } = node.channel.gauges()
    if (isDurable(node.channel) || !(channelSize > capacity)) return undefined
    // As Flume: a queue that does not fit the new size keeps the old one.
    this.#deps.log.warn(
      `Channel ${wanted.name} holds ${channelSize} events, more than its new capacity of ${capacity}; it keeps its old one.`,
    )
    return node
  }

  /** What channels in memory hold goes to their successors of the same name, which are started for it. Answers those. */
  async #moveMemory(old: AgentGraph, next: AgentGraph, kept: ReadonlySet<ComponentNode>): Promise<ComponentNode[]> {
    const started: ComponentNode[] = []
    for (const node of old.channels) {
      const from = node.channel
      if (kept.has(node) || from === undefined || isDurable(from) || from.gauges().channelSize === 0) continue
      const { name } = node.options
      try {
        const successor = next.channels.find((other) => other.options.name === name)
        if (successor?.channel === undefined) throw new MillraceError('CHANNEL_EXCEPTION', 'the new configuration has no such channel')
        started.push(successor)
        await successor.start()
        this.#deps.log.info(`Channel ${name} keeps its ${await moveEvents(from, successor.channel)} events.`)
      } catch (error) {
        const lost = from.gauges().channelSize
        node.counters.drop(lost, 'replaced at a reload', false)
        this.#deps.log.error(`${lost} events of channel ${name} are lost by the reload: ${messageOf(error)}`)
      }
    }
    return started
  }

  #enter(state: AgentSnapshot['state']): void {
    this.#state = state
    this.#changed()
  }

  #changed(): void {
    if (this.#announced) return
    this.#announced = true
    queueMicrotask(() => {
      this.#announced = false
      for (const listener of [...this.#listeners]) listener()
    })
  }
}

async function startGraph({ channels, sinks, sources }: AgentGraph, running: ReadonlySet<ComponentNode>): Promise<void> {
  for (const group of [channels.filter((node) => !running.has(node)), sinks, sources]) await Promise.all(group.map((node) => node.start()))
}

async function stopGraph({ channels, sinks, sources }: AgentGraph): Promise<void> {
  for (const group of [sources, sinks, channels]) await stopNodes(group)
}

async function stopNodes(nodes: readonly ComponentNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.stop()))
}

function sameProperties(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}
