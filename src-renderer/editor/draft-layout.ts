// Where the nodes of a draft stand, and what of that is to be kept with the saved text. Pure.
import type { PipelineDocument, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import { parseDocument } from '../../src-shared/flume/properties-document.ts'
import { changeBetween, type Layout, type PipelineState } from '../../src-shared/pipeline/pipeline-document.ts'
import { structureOf } from '../../src-shared/pipeline/pipeline-structure.ts'

export function placesOf(graph: PipelineGraph | undefined): Layout {
  return Object.fromEntries((graph?.nodes ?? []).map((node) => [node.id, { x: node.x, y: node.y }]))
}

/** The picture with the places of the draft, and with wires of components that would be left out: they are in the text all the same. */
export function completed(graph: PipelineGraph, text: string, layout: Layout): PipelineGraph {
  const nodes = graph.nodes.map((node) => ({ ...node, ...layout[node.id] }))
  const known = new Set(nodes.map((node) => node.id))
  const drawn = new Set(graph.wires.map((wire) => wire.id))
  const more = structureOf(parseDocument(text)).wires.filter((wire) => !drawn.has(wire.id) && known.has(wire.from) && known.has(wire.to))
  return { nodes, wires: [...graph.wires, ...more] }
}

/** New places of nodes that the saved text has: these are kept at once. */
export function movedPlaces(before: PipelineState, after: PipelineState, saved: PipelineDocument): Layout {
  const moved = Object.entries(changeBetween(before, after).layout)
  return Object.fromEntries(moved.flatMap(([id, { after: place }]) => (place !== undefined && has(saved, id) ? [[id, place]] : [])))
}

/** Places of nodes that came with a save: the text has them only now. */
export function addedPlaces(layout: Layout, before: PipelineDocument, saved: PipelineDocument): Layout {
  const added = saved.graph.nodes.flatMap(({ id }) => {
    const place = layout[id]
    return place === undefined || has(before, id) ? [] : [[id, place] as const]
  })
  return Object.fromEntries(added)
}

const has = (document: PipelineDocument, id: string): boolean => document.graph.nodes.some((node) => node.id === id)
