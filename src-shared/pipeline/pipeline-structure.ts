// What a pipeline's text says of nodes and wires, without knowing any component: enough to edit by, also while the text has problems.
import { configurationKey, type Section } from '../flume/configuration-key.ts'
import { entriesOf, type PropertiesDocument } from '../flume/properties-document.ts'

export type NodeKind = 'source' | 'channel' | 'sink'

/** A component that stands in an active list or has properties. */
export interface StructureNode {
  /** `a1.sources.r1`: as GraphNode.id of the contract. */
  readonly id: string
  readonly agent: string
  readonly kind: NodeKind
  readonly name: string
  /** It is in the active list. */
  readonly listed: boolean
}

export interface StructureWire {
  /** `<from>-><to>`. */
  readonly id: string
  readonly from: string
  readonly to: string
}

export interface PipelineStructure {
  readonly nodes: readonly StructureNode[]
  readonly wires: readonly StructureWire[]
}

export const sectionOf: Readonly<Record<NodeKind, Section>> = { source: 'sources', channel: 'channels', sink: 'sinks' }

export interface NodeAddress {
  readonly agent: string
  readonly kind: NodeKind
  readonly name: string
}

/** Takes a node's id apart; undefined for what is none (a stream's id). */
export function addressOf(id: string): NodeAddress | undefined {
  const [, agent, section, name] = /^([^.]+)\.(sources|channels|sinks)\.([^.]+)$/.exec(id) ?? []
  const kind = (Object.keys(sectionOf) as NodeKind[]).find((candidate) => sectionOf[candidate] === section)
  return agent === undefined || name === undefined || kind === undefined ? undefined : { agent, kind, name }
}

export const nodeId = ({ agent, kind, name }: NodeAddress): string => `${agent}.${sectionOf[kind]}.${name}`

export const wireId = (from: string, to: string): string => `${from}->${to}`

/** The names of a blank-separated value. */
export const wordsOf = (value: string | undefined): string[] => (value ?? '').split(/\s+/).filter((word) => word !== '')

/** Values by key; the last entry of a key counts. */
export const valuesOf = (document: PropertiesDocument): Map<string, string> =>
  new Map(entriesOf(document).map((entry) => [entry.key, entry.value]))

/** Nodes in order of mention, wires in the order of their lists. A wire is there when both its ends are. */
export function structureOf(document: PropertiesDocument): PipelineStructure {
  const values = valuesOf(document)
  const nodes = new Map<string, StructureNode>()
  const add = (agent: string, section: Section, name: string, listed: boolean): void => {
    const kind = (Object.keys(sectionOf) as NodeKind[]).find((candidate) => sectionOf[candidate] === section)
    if (kind === undefined || name.includes('.')) return
    const id = nodeId({ agent, kind, name })
    if (listed || !nodes.has(id)) nodes.set(id, { id, agent, kind, name, listed })
  }
  for (const [key, value] of values) {
    const shape = configurationKey(key)
    if (shape.shape === 'list') for (const name of wordsOf(value)) add(shape.agent, shape.section, name, true)
    if (shape.shape === 'property')
      add(shape.agent, shape.section, shape.component, nodes.get(`${shape.agent}.${shape.section}.${shape.component}`)?.listed === true)
  }
  const wires: StructureWire[] = []
  const connect = (from: string, to: string): void => {
    if (nodes.has(from) && nodes.has(to) && !wires.some((wire) => wire.id === wireId(from, to)))
      wires.push({ id: wireId(from, to), from, to })
  }
  for (const node of nodes.values()) {
    const channelId = (name: string): string => nodeId({ agent: node.agent, kind: 'channel', name })
    if (node.kind === 'source') for (const name of wordsOf(values.get(`${node.id}.channels`))) connect(node.id, channelId(name))
    if (node.kind === 'sink') {
      const channel = values.get(`${node.id}.channel`)?.trim()
      if (channel !== undefined && channel !== '') connect(channelId(channel), node.id)
    }
  }
  return { nodes: [...nodes.values()], wires }
}
