// The canvas of a pipeline, with the palette beside it and why something was not done on it.
import { lazy, Suspense } from 'react'
import type { GraphNode, GraphWire, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import { once, useLive } from '../rpc/live.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import type { CanvasEdits } from './canvas-edits.ts'
import { ComponentPalette } from './component-palette.tsx'
import type { PipelineLive } from './pipeline-live.ts'

const Canvas = lazy(async () => ({ default: (await import('./flow-adapter.tsx')).Canvas }))

interface CanvasPlaceProps {
  graph: PipelineGraph | undefined
  live: PipelineLive
  edits: CanvasEdits
  selected: string | undefined
  fit: object
  /** The palette of components is open. */
  adding: boolean
  onAdding: (adding: boolean) => void
  onSelect: (id: string | undefined) => void
  onOpen: (node: GraphNode) => void
  onTap: (wire: GraphWire) => void
  onText: () => void
}

export function CanvasPlace({ graph, live, edits, selected, fit, adding, onAdding, onSelect, onOpen, onTap, onText }: CanvasPlaceProps) {
  const catalog = useLive('catalog', async (client) => once(await client.components.catalog())).value
  return (
    <div className="canvas-place">
      {adding && catalog !== undefined && <ComponentPalette catalog={catalog} onAdd={edits.add} onClose={() => onAdding(false)} />}
      <div className="canvas-frame">
        {graph !== undefined && (
          <Suspense fallback={null}>
            {graph.nodes.length === 0 && !adding ? (
              <NothingYet onAdd={() => onAdding(true)} onText={onText} />
            ) : (
              <Canvas
                graph={graph}
                components={live.components}
                wires={live.wires}
                selected={selected}
                fit={fit}
                onSelect={onSelect}
                onOpen={onOpen}
                onMove={edits.move}
                onTap={onTap}
                whyNot={edits.whyNot}
                onConnect={edits.connect}
                onRefused={edits.refuse}
                onDelete={edits.remove}
                onAdd={edits.add}
              />
            )}
          </Suspense>
        )}
      </div>
      {edits.refused !== undefined && (
        <p className="canvas-refused" role="status">
          {edits.refused}
        </p>
      )}
    </div>
  )
}

function NothingYet({ onAdd, onText }: { onAdd: () => void; onText: () => void }) {
  return (
    <Empty
      title="Nothing in this pipeline yet"
      actions={
        <>
          <Button look="primary" onClick={onAdd}>
            Add a component
          </Button>
          <Button onClick={onText}>Write its text</Button>
        </>
      }
    >
      Sources, channels and sinks appear here as the text names them.
    </Empty>
  )
}
