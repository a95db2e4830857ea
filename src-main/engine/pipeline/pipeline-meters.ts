// What a running pipeline looks like at one moment: agents' snapshots with rates, levels and words for the canvas.
import type {
  ChannelLevel,
  ComponentSnapshot,
  ComponentState,
  ConsumerCursor,
  PipelineSnapshot,
  RatePoint,
  RateSpan,
} from '../../../src-shared/contract/pipelines.ts'
import type { AgentHandle } from '../../agent/agent.ts'
import type { ComponentSnapshot as AgentComponent } from '../../agent/agent-snapshot.ts'
import { isDurable } from '../../agent/channel/durable-channel.ts'
import type { Clock } from '../../clock.ts'
import { type GraphStream, streamNode } from './pipeline-graph.ts'
import { RateMeter } from './rate-meter.ts'

const streamStates: Readonly<Record<GraphStream['now']['state'], ComponentState>> = {
  stopped: 'stopped',
  starting: 'running',
  running: 'running',
  stopping: 'running',
  retrying: 'retrying',
  failed: 'failed',
}

/** Whether a stream by that name runs at this moment: its cursor is shown as stopped otherwise. */
export type StreamRuns = (stream: string) => boolean

export class PipelineMeters {
  readonly #clock: Clock
  readonly #pipeline: string
  readonly #meters = new Map<string, RateMeter>()
  readonly #netMeters = new Map<string, RateMeter>()
  #lastAt = -Infinity

  constructor(clock: Clock, pipeline: string) {
    this.#clock = clock
    this.#pipeline = pipeline
  }

  /** Takes a sample of every counter; at most four a second count. */
  sample(agents: readonly AgentHandle[], streams: readonly GraphStream[]): void {
    const at = this.#clock.monotonic()
    if (at - this.#lastAt < 200) return
    this.#lastAt = at
    for (const agent of agents) {
      for (const component of agent.snapshot().components) {
        this.#meter(idOf(agent.name, component)).sample(countOf(component), at, this.#clock.now())
      }
    }
    for (const stream of streams) this.#meter(streamNode(stream)).sample(stream.now.totals.records, at, this.#clock.now())
  }

  #meter(id: string): RateMeter {
    const meter = this.#meters.get(id) ?? new RateMeter()
    this.#meters.set(id, meter)
    return meter
  }

  rateOf(id: string): number {
    return this.#meters.get(id)?.eventsPerSecond ?? 0
  }

  /** What is known of a component, or of a wire (that of its source or sink). */
  history(id: string, span: RateSpan): readonly RatePoint[] {
    return this.#meters.get(meteredEnd(id))?.history(span) ?? []
  }

  /** Components of one agent, and its wires. */
  snapshot(agent: AgentHandle, streamRuns: StreamRuns): Pick<PipelineSnapshot, 'components' | 'wires'> {
    const { components } = agent.snapshot()
    const shown = components.map((component) => this.#component(agent, component, streamRuns))
    const wires = components.flatMap((component) => {
      if (component.kind === 'channel') return []
      const id = idOf(agent.name, component)
      const eventsPerSecond = this.rateOf(id)
      const trouble = component.status?.severity === 'error' ? { trouble: component.status.sentence } : {}
      return component.channels.map((name) => {
        const channel = `${agent.name}.channels.${name}`
        return { id: component.kind === 'source' ? `${id}->${channel}` : `${channel}->${id}`, eventsPerSecond, ...trouble }
      })
    })
    return { components: shown, wires }
  }

  /** Streams that read the pipeline's channels, as components, and their wires. */
  streams(streams: readonly GraphStream[]): Pick<PipelineSnapshot, 'components' | 'wires'> {
    const components = streams.map((stream): ComponentSnapshot => {
      const id = streamNode(stream)
      const { state, sentence, since, totals, trouble } = stream.now
      return {
        id,
        kind: 'stream',
        name: stream.name,
        state: streamStates[state],
        since,
        sentence,
        ...(trouble !== undefined && { trouble }),
        eventsPerSecond: this.rateOf(id),
        counters: { Records: totals.records, CompletedBatches: totals.completed, FailedBatches: totals.failed },
      }
    })
    const wires = streams.flatMap((stream) =>
      stream.channels.map((channel) => ({ id: `${channel}->${streamNode(stream)}`, eventsPerSecond: this.rateOf(streamNode(stream)) })),
    )
    return { components, wires }
  }

  #component(agent: AgentHandle, component: AgentComponent, streamRuns: StreamRuns): ComponentSnapshot {
    const id = idOf(agent.name, component)
    const channel = component.kind === 'channel' ? this.#level(agent, component, streamRuns) : undefined
    const { status } = component
    return {
      id,
      kind: component.kind,
      name: component.name,
      state: stateOf(component, channel),
      since: status?.since ?? component.startTime,
      sentence: status?.sentence ?? '',
      ...(status !== undefined && status.severity !== 'info' && { trouble: troubleOf(status) }),
      ...(component.deadLetterFile !== undefined && { deadLetters: `${this.#pipeline}/${id}` }),
      eventsPerSecond: this.rateOf(id),
      counters: component.counters,
      ...(channel !== undefined && { channel }),
    }
  }

  #level(agent: AgentHandle, component: AgentComponent, streamRuns: StreamRuns): ChannelLevel | undefined {
    const gauges = component.gauges
    if (gauges === undefined) return undefined
    const { channelSize: size, channelCapacity: capacity } = gauges
    const id = idOf(agent.name, component)
    const net = this.#netMeters.get(id) ?? new RateMeter()
    this.#netMeters.set(id, net)
    net.sample(size, this.#clock.monotonic(), this.#clock.now())
    const growth = net.eventsPerSecond
    const level = {
      size,
      capacity,
      fill: capacity > 0 ? Math.min(1, size / capacity) : 0,
      ...(growth > 1 && capacity > size && { secondsToFull: (capacity - size) / growth }),
      cursors: [] as ConsumerCursor[],
    }
    const channel = agent.channel(component.name)
    if (channel === undefined || !isDurable(channel)) return level
    const extent = channel.extent()
    const retained = channel.retained()
    return {
      ...level,
      oldestOrdinal: extent.first,
      nextOrdinal: extent.next,
      retainedEvents: retained.events,
      diskBytes: retained.bytes,
      cursors: channel.cursors().map((cursor) => ({
        consumer: cursor.name,
        kind: cursor.kind,
        ordinal: cursor.position,
        behind: Math.max(0, extent.next - cursor.position),
        pins: cursor.pinnedEvents > 0 || cursor.kind === 'stream',
        running: cursor.kind === 'sinks' ? component.state === 'START' : streamRuns(cursor.name),
      })),
    }
  }
}

/** `a1.sources.r1`. */
function idOf(agent: string, component: { readonly kind: string; readonly name: string }): string {
  return `${agent}.${component.kind}s.${component.name}`
}

/** The counter that stands for a component's rate: what it handed on. */
function countOf(component: AgentComponent): number {
  const { kind, counters, gauges } = component
  if (kind === 'channel') return gauges?.eventPutSuccessCount ?? 0
  const value = counters[kind === 'source' ? 'EventAcceptedCount' : 'EventDrainSuccessCount']
  return typeof value === 'number' ? value : 0
}

function stateOf(component: AgentComponent, level: ChannelLevel | undefined): ComponentState {
  if (component.state === 'STOP') return 'stopped'
  if (component.state === 'ERROR') return 'failed'
  if (level !== undefined && level.capacity > 0 && level.size >= level.capacity) return 'full'
  if (component.status?.retrying === true) return 'retrying'
  return component.state === 'START' ? 'running' : 'stopped'
}

function troubleOf(status: NonNullable<AgentComponent['status']>): NonNullable<ComponentSnapshot['trouble']> {
  return {
    severity: status.severity === 'error' ? 'error' : 'warning',
    message: status.sentence,
    ...(status.hint !== undefined && { hint: status.hint }),
  }
}

/** A wire is as fast as its end that is not a channel. */
function meteredEnd(id: string): string {
  const [from, to] = id.split('->')
  return to === undefined ? id : from!.includes('.channels.') ? to : from!
}
