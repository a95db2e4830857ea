// A tidy layout: columns in order of flow, rows in order of mention.
import type { GraphNode, NodeKind, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import type { Layout, Position } from '../../src-shared/pipeline/pipeline-document.ts'
import { addressOf } from '../../src-shared/pipeline/pipeline-structure.ts'

const columns: Readonly<Record<NodeKind, number>> = { source: 0, channel: 1, sink: 2, stream: 2 }
const columnWidth = 320
const rowHeight = 136
/** A source says its interceptors in a line more. */
const heightOf = (node: GraphNode): number => rowHeight + (node.interceptors.length > 0 ? 28 : 0)

/** Positions by node id; every node has one, none overlap. */
export function arranged(graph: PipelineGraph): Record<string, { x: number; y: number }> {
  const heights = [0, 0, 0]
  for (const node of graph.nodes) heights[columns[node.kind]]! += heightOf(node)
  const most = Math.max(...heights)
  const used = [0, 0, 0]
  const positions: Record<string, { x: number; y: number }> = {}
  for (const node of graph.nodes) {
    const column = columns[node.kind]
    const offset = (most - heights[column]!) / 2
    positions[node.id] = { x: column * columnWidth, y: Math.round((offset + used[column]!) / 4) * 4 }
    used[column]! += heightOf(node)
  }
  return positions
}

/** Where a new node of a kind stands: below the last of its column. */
export function freePlace(layout: Layout, kind: NodeKind): Position {
  let lowest: Position | undefined
  for (const [id, place] of Object.entries(layout)) {
    const other = id.startsWith('stream:') ? 'stream' : addressOf(id)?.kind
    if (other !== undefined && columns[other] === columns[kind] && (lowest === undefined || place.y > lowest.y)) lowest = place
  }
  return lowest === undefined ? { x: columns[kind] * columnWidth, y: 0 } : { x: lowest.x, y: lowest.y + rowHeight }
}
