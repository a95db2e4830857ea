// `<name>.layout.json`: places of nodes beside a pipeline's text. A file that is not such is no layout, and says so; it never stops a pipeline.
import type { Layout, Position } from './pipeline-document.ts'

/** Version 1: {"version":1,"nodes":{"a1.sources.r1":{"x":0,"y":0}}}, one node a line, sorted, so that git shows what moved. */
export function layoutFileText(layout: Layout): string {
  const nodes = Object.keys(layout)
    .sort()
    .map((id) => `    ${JSON.stringify(id)}: { "x": ${layout[id]!.x}, "y": ${layout[id]!.y} }`)
  return `{\n  "version": 1,\n  "nodes": {${nodes.length === 0 ? '' : `\n${nodes.join(',\n')}\n  `}}\n}\n`
}

/** The layout of a file's text, or the sentence that says why it has none. */
export function parseLayoutFile(text: string): Layout | string {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (error) {
    return `The layout is not JSON: ${(error as Error).message}`
  }
  const { version, nodes } = (file ?? {}) as { version?: unknown; nodes?: unknown }
  if (version !== 1 || typeof nodes !== 'object' || nodes === null) return 'The layout has not the form {"version": 1, "nodes": {…}}.'
  return Object.fromEntries(Object.entries(nodes).filter((entry): entry is [string, Position] => isPosition(entry[1])))
}

function isPosition(value: unknown): value is Position {
  const { x, y } = (value ?? {}) as { x?: unknown; y?: unknown }
  return Number.isFinite(x) && Number.isFinite(y)
}

/** `logs.properties` → `logs.layout.json`. */
export const layoutFileName = (file: string): string => `${file.replace(/\.properties$/, '')}.layout.json`
