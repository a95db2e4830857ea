// A pipeline: its picture, its text, or both; what every component does; start and stop.
import { type ReactNode, useCallback, useRef, useState } from 'react'
import { useDirty } from '../shell/dirty.ts'
import { NotShown } from '../shell/not-shown.tsx'
import { setViewChoice, viewChoice, windowState } from '../shell/window-state.ts'
import { CodeEditor, type CodePlace, type CodeProblem } from '../ui/code-editor.tsx'
import { baseName } from '../ui/format.ts'
import { Split } from '../ui/split.tsx'
import { useStore } from '../ui/store.ts'
import { useWidth } from '../ui/width.ts'
import { arranged } from './arrange.ts'
import { useCanvasEdits } from './canvas-edits.ts'
import { CanvasPlace } from './canvas-place.tsx'
import { usePipelineCommands } from './pipeline-commands.ts'
import { type PipelineDraft, usePipelineDraft } from './pipeline-draft.ts'
import { type Mode, PipelineHead, PipelineNotices } from './pipeline-head.tsx'
import { usePipelineLive } from './pipeline-live.ts'
import { pipelineRun } from './pipeline-run.ts'
import { usePipelineSelection } from './pipeline-selection.ts'
import { SelectionInspector } from './selection-inspector.tsx'
import './pipeline.css'

export function PipelineView({ id, hash }: { id: string; hash: string }) {
  const draft = usePipelineDraft(id)
  const { document, graph } = draft
  const live = usePipelineLive(id, graph)
  const modeChoice = `pipeline-mode ${id}`
  const mode = viewChoice<Mode>(useStore(windowState), modeChoice, 'canvas')
  const [fit, setFit] = useState<object>({})
  const [adding, setAdding] = useState(false)
  const toText = useCallback(() => {
    if (mode === 'canvas') setViewChoice(modeChoice, 'split')
  }, [mode, modeChoice])
  const selection = usePipelineSelection(id, hash, graph, toText)
  const { selected, setSelected, showLine, tap, open } = selection
  const edits = useCanvasEdits(draft, setSelected)
  const run = pipelineRun(id, draft)
  useDirty(hash, draft.dirty)

  const setMode = (next: Mode): void => {
    setViewChoice(modeChoice, next)
    setTimeout(() => setFit({}), 60)
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
  const text = mode !== 'canvas' && document !== undefined && (
    <PipelineText file={document.file} draft={draft} reveal={selection.reveal} onNode={setSelected} />
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
            onSelect={selection.select}
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
