// The picture of a configuration: nodes and wires, with their places. Layout is kept apart from the file; a node that was never moved
// stands in its kind's column.
import type { GraphNode, GraphWire, NodeKind, PipelineGraph } from '../../../src-shared/contract/pipelines.ts'
import type { StreamSummary } from '../../../src-shared/contract/streams.ts'
import type { ComponentConfiguration } from '../../../src-shared/flume/agent-configuration.ts'
import type { LoadedConfiguration } from '../../../src-shared/flume/load-configuration.ts'
import type { Problem } from '../../../src-shared/flume/problem.ts'

export type Positions = Readonly<Record<string, { readonly x: number; readonly y: number }>>

/** A stream that reads channels of this pipeline. */
export interface GraphStream {
  readonly id: string
  readonly name: string
  /** Node ids of the channels that it reads. */
  readonly channels: readonly string[]
  /** How it is at this moment. */
  readonly now: Pick<StreamSummary, 'state' | 'sentence' | 'since' | 'totals' | 'trouble'>
}

/** Node id of a stream on a pipeline's canvas. */
export const streamNode = (stream: Pick<GraphStream, 'id'>): string => `stream:${stream.id}`

const columns: Readonly<Record<NodeKind, number>> = { source: 0, channel: 300, sink: 600, stream: 600 }
const rowHeight = 136
/** A source says its interceptors in a line more. */
const interceptorsHeight = 28

export function pipelineGraph(loaded: LoadedConfiguration, positions: Positions, streams: readonly GraphStream[] = []): PipelineGraph {
  const nodes: GraphNode[] = []
  const wires: GraphWire[] = []
  let top = 0
  for (const agent of loaded.agents) {
    /** Height used by now, by column. */
    const used = new Map<number, number>()
    const place = (id: string, kind: NodeKind, height = rowHeight): { x: number; y: number } => {
      const above = used.get(columns[kind]) ?? 0
      used.set(columns[kind], above + height)
      return positions[id] ?? { x: columns[kind], y: top + above }
    }
    const add = (kind: NodeKind, component: ComponentConfiguration, interceptors: readonly string[] = []): void => {
      const line = component.lines['type'] ?? Object.values(component.lines)[0]
      nodes.push({
        id: component.path,
        kind,
        agent: agent.name,
        name: component.name,
        type: component.type,
        ...place(component.path, kind, rowHeight + (interceptors.length > 0 ? interceptorsHeight : 0)),
        interceptors,
        problems: problemCount(loaded.problems, component.path),
        ...(line !== undefined && { line }),
      })
    }
    const pathOf = (channel: string): string => `${agent.name}.channels.${channel}`
    for (const source of agent.sources) {
      add(
        'source',
        source,
        source.interceptors.map((interceptor) => `${interceptor.name} ${interceptor.type}`),
      )
      for (const channel of source.channels) wires.push(wire(source.path, pathOf(channel)))
    }
    for (const channel of agent.channels) add('channel', channel)
    for (const sink of agent.sinks) {
      add('sink', sink)
      wires.push(wire(pathOf(sink.channel), sink.path))
    }
    for (const left of agent.leftOut) {
      if (left.kind !== 'source' && left.kind !== 'channel' && left.kind !== 'sink') continue
      const id = `${agent.name}.${left.kind}s.${left.name}`
      const problems = problemCount(loaded.problems, id)
      nodes.push({
        id,
        kind: left.kind,
        agent: agent.name,
        name: left.name,
        type: left.writtenType ?? '',
        ...place(id, left.kind),
        interceptors: [],
        problems,
      })
    }
    const known = new Set(agent.channels.map((channel) => channel.path))
    for (const stream of streams) {
      const read = stream.channels.filter((channel) => known.has(channel))
      if (read.length === 0) continue
      const id = streamNode(stream)
      nodes.push({
        id,
        kind: 'stream',
        agent: agent.name,
        name: stream.name,
        type: 'stream',
        ...place(id, 'stream'),
        interceptors: [],
        problems: { errors: 0, warnings: 0 },
      })
      for (const channel of read) wires.push(wire(channel, id))
    }
    top += Math.max(rowHeight, ...used.values()) + rowHeight / 2
  }
  return { nodes, wires }
}

/** Errors and warnings of a component and what belongs to it (its interceptors, its selector); all of them without a path. */
export function problemCount(problems: readonly Problem[], path?: string): { errors: number; warnings: number } {
  let errors = 0
  let warnings = 0
  for (const { severity, component } of problems) {
    if (path !== undefined && component !== path && component?.startsWith(`${path}.`) !== true) continue
    if (severity === 'error') errors++
    else if (severity === 'warning') warnings++
  }
  return { errors, warnings }
}

function wire(from: string, to: string): GraphWire {
  return { id: `${from}->${to}`, from, to }
}
