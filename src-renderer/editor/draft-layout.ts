// Where the nodes of a draft stand, and what of that is to be kept with the saved text. Pure.
import type { GraphNode, PipelineDocument, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'
import { type PropertiesDocument, parseDocument } from '../../src-shared/flume/properties-document.ts'
import { changeBetween, type Layout, type PipelineState, type Position } from '../../src-shared/pipeline/pipeline-document.ts'
import { type StructureNode, structureOf, valuesOf } from '../../src-shared/pipeline/pipeline-structure.ts'
import { freePlace } from './arrange.ts'

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

/** With the components of an agent that has nothing to run: it is they that have to be mended. The picture must be of this very text. */
export function withLeftOut(graph: PipelineGraph, text: string, layout: Layout, problems: readonly Problem[]): PipelineGraph {
  const document = parseDocument(text)
  const nodes = [...graph.nodes, ...missing(structureOf(document).nodes, graph.nodes, document, layout, problems)]
  return { nodes, wires: graph.wires }
}

/** Listed components that the picture does not have, each below the last of its column unless it has a place. */
function missing(
  listed: readonly StructureNode[],
  placed: readonly GraphNode[],
  document: PropertiesDocument,
  layout: Layout,
  problems: readonly Problem[],
): GraphNode[] {
  const known = new Set(placed.map((node) => node.id))
  const values = valuesOf(document)
  const places: Record<string, Position> = placesOf({ nodes: placed, wires: [] })
  return listed
    .filter((node) => node.listed && !known.has(node.id) && !isLookup(node.name))
    .map(({ id, agent, kind, name }) => {
      const place = layout[id] ?? freePlace(places, kind)
      places[id] = place
      const line = problems.find((problem) => problem.component === id && problem.line !== undefined)?.line
      const type = values.get(`${id}.type`)?.trim() ?? ''
      return {
        id,
        agent,
        kind,
        name,
        type,
        ...place,
        interceptors: [],
        problems: countOf(problems, id),
        ...(line !== undefined && { line }),
      }
    })
}

/** A list that is looked up elsewhere (`${env:SOURCES}`) names no component here. */
const isLookup = (name: string): boolean => name.includes('${')

function countOf(problems: readonly Problem[], id: string): GraphNode['problems'] {
  const own = problems.filter(({ component }) => component === id || component?.startsWith(`${id}.`) === true)
  return {
    errors: own.filter(({ severity }) => severity === 'error').length,
    warnings: own.filter(({ severity }) => severity === 'warning').length,
  }
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
