// The inspector beside a pipeline: of the component or the wire that is selected, or of the whole where nothing is.
import type { GraphNode, GraphWire } from '../../src-shared/contract/pipelines.ts'
import { invalidName, renameComponent } from '../../src-shared/pipeline/pipeline-edits.ts'
import { InspectorContent } from '../shell/slots.tsx'
import { baseName } from '../ui/format.ts'
import { ComponentInspector } from './component-inspector.tsx'
import type { PipelineDraft } from './pipeline-draft.ts'
import { PipelineInspector } from './pipeline-inspector.tsx'
import type { PipelineLive } from './pipeline-live.ts'
import { WireInspector } from './wire-inspector.tsx'

export interface SelectionInspectorProps {
  pipeline: string
  draft: PipelineDraft
  live: PipelineLive
  /** Id of a node or a wire. */
  selected: string | undefined
  onSelect: (id: string) => void
  onRemove: (id: string) => void
  onOpen: (node: GraphNode) => void
  onTap: (wire: GraphWire) => void
  onLine: (line: number) => void
}

export function SelectionInspector({ pipeline, draft, live, selected, ...on }: SelectionInspectorProps) {
  const { document, graph, problems, text, change } = draft
  const node = graph?.nodes.find((each) => each.id === selected)
  const wire = graph?.wires.find((each) => each.id === selected)
  if (node !== undefined && graph !== undefined) {
    return (
      <InspectorContent>
        <ComponentInspector
          key={node.id}
          pipeline={pipeline}
          node={node}
          live={live.components.get(node.id)}
          text={text}
          graph={graph}
          onChange={change}
          onDelete={() => on.onRemove(node.id)}
          whyNotName={(name) =>
            invalidName(name) ??
            (graph.nodes.some((each) => each.id === renamedId(node, name)) ? `There is a ${node.kind} ${name} already.` : undefined)
          }
          onRename={(name) => {
            change((now) => renameComponent(now, node.id, name))
            on.onSelect(renamedId(node, name))
          }}
          problems={problems.filter(({ component }) => component === node.id || component?.startsWith(`${node.id}.`) === true)}
          onLine={on.onLine}
          onOpen={() => on.onOpen(node)}
        />
      </InspectorContent>
    )
  }
  if (wire !== undefined) {
    return (
      <InspectorContent>
        <WireInspector
          key={wire.id}
          pipeline={pipeline}
          wire={wire}
          title={wireTitle(wire)}
          live={live.wires.get(wire.id)}
          onTap={() => on.onTap(wire)}
        />
      </InspectorContent>
    )
  }
  if (document === undefined) return null
  return (
    <InspectorContent>
      <PipelineInspector
        name={live.summary?.name ?? baseName(document.file)}
        document={document}
        graph={graph ?? document.graph}
        since={live.runs ? live.summary?.since : undefined}
        problems={problems}
        onLine={on.onLine}
      />
    </InspectorContent>
  )
}

function renamedId(node: GraphNode, name: string): string {
  return `${node.id.slice(0, -node.name.length)}${name}`
}

/** `r1 → c1`. */
export function wireTitle(wire: GraphWire): string {
  const last = (path: string): string => path.split(/[.:]/).at(-1) ?? path
  return `${last(wire.from)} → ${last(wire.to)}`
}
