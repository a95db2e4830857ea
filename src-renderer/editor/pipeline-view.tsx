// A pipeline: its picture, its text, or both; what every component does; start and stop.
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import type { GraphNode, GraphWire, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import { once, useLive } from '../rpc/live.ts'
import { useDirty } from '../shell/dirty.ts'
import { NotShown } from '../shell/not-shown.tsx'
import { revealPlace } from '../shell/reveal.ts'
import { openTab } from '../shell/tabs.ts'
import { openTap } from '../shell/tap-target.ts'
import { setViewChoice, viewChoice, windowState } from '../shell/window-state.ts'
import { Button } from '../ui/button.tsx'
import { CodeEditor, type CodePlace, type CodeProblem } from '../ui/code-editor.tsx'
import { Empty } from '../ui/empty.tsx'
import { baseName } from '../ui/format.ts'
import { Split } from '../ui/split.tsx'
import { useStore } from '../ui/store.ts'
import { useWidth } from '../ui/width.ts'
import { arranged } from './arrange.ts'
import { type CanvasEdits, useCanvasEdits } from './canvas-edits.ts'
import { ComponentPalette } from './component-palette.tsx'
import { usePipelineCommands } from './pipeline-commands.ts'
import { type PipelineDraft, usePipelineDraft } from './pipeline-draft.ts'
import { type Mode, PipelineHead, PipelineNotices } from './pipeline-head.tsx'
import { type PipelineLive, usePipelineLive } from './pipeline-live.ts'
import { pipelineRun } from './pipeline-run.ts'
import { SelectionInspector, wireTitle } from './selection-inspector.tsx'
import './pipeline.css'

const Canvas = lazy(async () => ({ default: (await import('./flow-adapter.tsx')).Canvas }))

export function PipelineView({ id, hash }: { id: string; hash: string }) {
  const draft = usePipelineDraft(id)
  const { graph } = draft
  const live = usePipelineLive(id, graph)
  const mode = viewChoice<Mode>(useStore(windowState), `pipeline-mode ${id}`, 'canvas')
  const [selected, setSelected] = useState<string>()
  const [reveal, setReveal] = useState<CodePlace>()
  const [fit, setFit] = useState<object>({})
  const [adding, setAdding] = useState(false)
  const edits = useCanvasEdits(draft, setSelected)
  const run = pipelineRun(id, draft)
  useDirty(hash, draft.dirty)

  const setMode = (next: Mode): void => {
    setViewChoice(`pipeline-mode ${id}`, next)
    setTimeout(() => setFit({}), 60)
  }
  const showLine = useCallback(
    (line: number) => {
      setReveal({ line, focus: true })
      if (mode === 'canvas') setViewChoice(`pipeline-mode ${id}`, 'split')
    },
    [id, mode],
  )
  const asked = useStore(revealPlace)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each asking is answered once
  useEffect(() => {
    if (asked?.hash !== hash) return
    revealPlace.set(undefined)
    showLine(asked.line)
  }, [asked])
  const select = useCallback(
    (next: string | undefined) => {
      setSelected(next)
      const line = graph?.nodes.find((each) => each.id === next)?.line
      if (line !== undefined) setReveal({ line })
    },
    [graph],
  )
  const tap = useCallback(
    (wire: GraphWire) => {
      setSelected(wire.id)
      openTap({ pipeline: id, wire: wire.id, title: wireTitle(wire) })
    },
    [id],
  )
  const open = (node: GraphNode): void => {
    if (node.kind === 'stream') openTab({ view: 'stream', id: node.id.replace(/^stream:/, '') })
    else if (node.kind === 'channel') openTab({ view: 'channel', id: `${id}/${node.id}` })
    else if (node.line !== undefined) showLine(node.line)
  }

  const arrange = (): void => {
    if (graph === undefined) return
    edits.move(arranged(graph))
    setTimeout(() => setFit({}), 300)
  }
  usePipelineCommands({
    draft,
    live,
    run,
    mode,
    onMode: setMode,
    onFit: () => setFit({}),
    onArrange: arrange,
    onAdding: () => setAdding(!adding),
  })

  if (draft.trouble !== undefined) {
    return (
      <NotShown title="This pipeline cannot be shown" hash={hash}>
        {draft.trouble}
      </NotShown>
    )
  }
  const { document } = draft
  const text = mode !== 'canvas' && document !== undefined && (
    <PipelineText file={document.file} draft={draft} reveal={reveal} onNode={setSelected} />
  )
  return (
    <div className="pipeline">
      <PipelineHead
        draft={draft}
        live={live}
        run={run}
        mode={mode}
        adding={adding}
        onMode={setMode}
        onAdding={setAdding}
        onLine={showLine}
      />
      <PipelineNotices draft={draft} onApply={run.apply} />
      <PipelineBody>
        {mode === 'text' ? (
          text
        ) : (
          <CanvasPlace
            graph={graph}
            live={live}
            edits={edits}
            selected={selected}
            fit={fit}
            adding={adding}
            onAdding={setAdding}
            onSelect={select}
            onOpen={open}
            onTap={tap}
            onText={() => setMode('split')}
          />
        )}
        {mode === 'split' && text}
      </PipelineBody>
      <SelectionInspector
        pipeline={id}
        draft={draft}
        live={live}
        selected={selected}
        onSelect={setSelected}
        onRemove={edits.remove}
        onOpen={open}
        onTap={tap}
        onLine={showLine}
      />
    </div>
  )
}

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

/** The canvas, with the palette beside it and why something was not done on it. */
function CanvasPlace({ graph, live, edits, selected, fit, adding, onAdding, onSelect, onOpen, onTap, onText }: CanvasPlaceProps) {
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

/** A pipeline is wide and low: where there is no room beside it, the text goes below. */
function PipelineBody({ children }: { children: readonly [ReactNode, ReactNode] }) {
  const body = useRef<HTMLDivElement>(null)
  const wide = useWidth(body) >= 1080
  const usual = wide ? 520 : 320
  const choice = wide ? 'pipeline-text-width' : 'pipeline-text-height'
  return (
    <div ref={body} className="pipeline-body">
      <Split
        direction={wide ? 'row' : 'column'}
        fixed="second"
        label={wide ? 'Width of the text' : 'Height of the text'}
        size={viewChoice(useStore(windowState), choice, usual)}
        usual={usual}
        min={wide ? 280 : 120}
        max={1200}
        onSize={(size) => setViewChoice(choice, size)}
      >
        {children}
      </Split>
    </div>
  )
}

/** `onNode`: the cursor is in a line of this component. */
function PipelineText({
  file,
  draft: { graph, text, problems, edit },
  reveal,
  onNode,
}: {
  file: string
  draft: PipelineDraft
  reveal: CodePlace | undefined
  onNode: (id: string) => void
}) {
  return (
    <div className="pipeline-text">
      <CodeEditor
        label={`Text of ${baseName(file)}`}
        language="properties"
        text={text}
        problems={problems.filter((problem): problem is typeof problem & CodeProblem => problem.line !== undefined)}
        reveal={reveal}
        onChange={edit}
        onLine={(line) => {
          const written = text.split('\n')[line - 1]
          const node = graph?.nodes.find((each) => each.line !== undefined && written?.startsWith(`${each.id}.`))
          if (node !== undefined) onNode(node.id)
        }}
      />
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
