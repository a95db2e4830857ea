// The picture of a configuration: nodes and wires, with their places. Layout is kept apart from the file; a node that was never moved
// stands in its kind's column.
import type { GraphNode, GraphWire, NodeKind, PipelineGraph } from '../../../src-shared/contract/pipelines.ts'
import type { StreamSummary } from '../../../src-shared/contract/streams.ts'
import type { AgentConfiguration, ComponentConfiguration } from '../../../src-shared/flume/agent-configuration.ts'
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
    const reading = readersOf(agent, streams)
    /** Height used by now, by column. */
    const used = new Map<number, number>()
    for (const node of nodesOf(agent, loaded.problems, reading)) {
      const x = columns[node.kind]
      const above = used.get(x) ?? 0
      used.set(x, above + rowHeight + (node.interceptors.length > 0 ? interceptorsHeight : 0))
      nodes.push({ ...node, ...(positions[node.id] ?? { x, y: top + above }) })
    }
    wires.push(...wiresOf(agent, reading))
    top += Math.max(rowHeight, ...used.values()) + rowHeight / 2
  }
  return { nodes, wires }
}

/** The streams that read channels of an agent, each with those channels. */
function readersOf(agent: AgentConfiguration, streams: readonly GraphStream[]): readonly GraphStream[] {
  const known = new Set(agent.channels.map((channel) => channel.path))
  return streams
    .map((stream) => ({ ...stream, channels: stream.channels.filter((channel) => known.has(channel)) }))
    .filter(({ channels }) => channels.length > 0)
}

/** Components, those that are left out, and streams: in the order in which they are placed. */
function nodesOf(agent: AgentConfiguration, problems: readonly Problem[], streams: readonly GraphStream[]): Omit<GraphNode, 'x' | 'y'>[] {
  const component = (kind: NodeKind, { path, name, type, lines }: ComponentConfiguration, interceptors: readonly string[] = []) => {
    const line = lines['type'] ?? Object.values(lines)[0]
    return {
      id: path,
      kind,
      agent: agent.name,
      name,
      type,
      interceptors,
      problems: problemCount(problems, path),
      ...(line !== undefined && { line }),
    }
  }
  return [
    ...agent.sources.map((source) =>
      component(
        'source',
        source,
        source.interceptors.map(({ name, type }) => `${name} ${type}`),
      ),
    ),
    ...agent.channels.map((channel) => component('channel', channel)),
    ...agent.sinks.map((sink) => component('sink', sink)),
    ...agent.leftOut.flatMap(({ kind, name, writtenType }) => {
      if (kind !== 'source' && kind !== 'channel' && kind !== 'sink') return []
      const id = `${agent.name}.${kind}s.${name}`
      return [{ id, kind, agent: agent.name, name, type: writtenType ?? '', interceptors: [], problems: problemCount(problems, id) }]
    }),
    ...streams.map((stream) => ({
      id: streamNode(stream),
      kind: 'stream' as const,
      agent: agent.name,
      name: stream.name,
      type: 'stream',
      interceptors: [],
      problems: { errors: 0, warnings: 0 },
    })),
  ]
}

function wiresOf(agent: AgentConfiguration, streams: readonly GraphStream[]): GraphWire[] {
  const pathOf = (channel: string): string => `${agent.name}.channels.${channel}`
  return [
    ...agent.sources.flatMap((source) => source.channels.map((channel) => wire(source.path, pathOf(channel)))),
    ...agent.sinks.map((sink) => wire(pathOf(sink.channel), sink.path)),
    ...streams.flatMap((stream) => stream.channels.map((channel) => wire(channel, streamNode(stream)))),
  ]
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
