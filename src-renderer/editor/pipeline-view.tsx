// A pipeline: its picture, its text, or both; what every component does; start and stop.
import { Play, Plus, RefreshCw, Save, Square } from 'lucide-react'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { ComponentSnapshot, GraphNode, GraphWire } from '../../src-shared/contract/pipelines.ts'
import { parseDocument } from '../../src-shared/flume/properties-document.ts'
import { mayConnect } from '../../src-shared/pipeline/connection-rules.ts'
import type { Layout } from '../../src-shared/pipeline/pipeline-document.ts'
import {
  addComponent,
  connect,
  disconnect,
  invalidName,
  moveNodes,
  removeComponents,
  renameComponent,
} from '../../src-shared/pipeline/pipeline-edits.ts'
import { structureOf } from '../../src-shared/pipeline/pipeline-structure.ts'
import { engine } from '../rpc/connection.ts'
import { once, useLive } from '../rpc/live.ts'
import { keysOf, useCommand } from '../shell/command-registry.ts'
import { useDirty } from '../shell/dirty.ts'
import { doing } from '../shell/doing.ts'
import { revealPlace } from '../shell/reveal.ts'
import { InspectorContent } from '../shell/slots.tsx'
import { startAsking } from '../shell/start-asking.ts'
import { closeTab, openTab } from '../shell/tabs.ts'
import { openTap } from '../shell/tap-target.ts'
import { usePipelines, useStreams } from '../shell/titles.ts'
import { setViewChoice, viewChoice, windowState } from '../shell/window-state.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { CodeEditor, type CodeProblem } from '../ui/code-editor.tsx'
import { Empty } from '../ui/empty.tsx'
import { baseName, plural } from '../ui/format.ts'
import { runStateMark } from '../ui/run-state.ts'
import { Segments } from '../ui/segments.tsx'
import { Split } from '../ui/split.tsx'
import { StateMark } from '../ui/state-mark.tsx'
import { useStore } from '../ui/store.ts'
import { useWidth } from '../ui/width.ts'
import { arranged, freePlace } from './arrange.ts'
import { ComponentPalette } from './component-palette.tsx'
import type { DraggedComponent, WireLive } from './flow-adapter.tsx'
import { usePipelineDraft } from './pipeline-draft.ts'
import { ComponentInspector, PipelineInspector, WireInspector } from './pipeline-inspector.tsx'
import { streamSnapshot, useStreamRates } from './stream-node.ts'
import './pipeline.css'

const Canvas = lazy(async () => ({ default: (await import('./flow-adapter.tsx')).Canvas }))

type Mode = 'canvas' | 'split' | 'text'
const modes: readonly { value: Mode; title: string }[] = [
  { value: 'canvas', title: 'Canvas' },
  { value: 'split', title: 'Split' },
  { value: 'text', title: 'Text' },
]

export function PipelineView({ id, hash }: { id: string; hash: string }) {
  const draft = usePipelineDraft(id)
  const summary = usePipelines()?.find((each) => each.id === id)
  const snapshot = useLive(`pipeline ${id}`, (client) => client.pipelines.watch({ id })).value
  const state = useStore(windowState)
  const mode = viewChoice<Mode>(state, `pipeline-mode ${id}`, 'canvas')
  const body = useRef<HTMLDivElement>(null)
  // A pipeline is wide and low: where there is no room beside it, the text goes below.
  const wide = useWidth(body) >= 1080
  const usualText = wide ? 520 : 320
  const textSize = viewChoice(state, wide ? 'pipeline-text-width' : 'pipeline-text-height', usualText)
  const [selected, setSelected] = useState<string>()
  const [reveal, setReveal] = useState<{ line: number }>()
  const [fit, setFit] = useState<object>({})
  useDirty(hash, draft.dirty)

  const streams = useStreams()
  const rates = useStreamRates(streams)
  const components = useMemo(() => {
    const byId = new Map<string, ComponentSnapshot>(snapshot?.components.map((each) => [each.id, each]))
    for (const stream of streams ?? []) {
      const node = `stream:${stream.id}`
      if (!byId.has(node)) byId.set(node, streamSnapshot(stream, rates.get(stream.id) ?? 0))
    }
    return byId
  }, [snapshot, streams, rates])
  const runState = snapshot?.state ?? summary?.state ?? 'stopped'
  const runs = runState === 'running' || runState === 'starting'
  const { graph } = draft
  const wires = useMemo(() => {
    const byId = new Map<string, WireLive>(snapshot?.wires.map((each) => [each.id, each]))
    for (const wire of graph?.wires ?? []) {
      const rate = rates.get(wire.to.replace(/^stream:/, ''))
      if (wire.to.startsWith('stream:') && rate !== undefined && (byId.get(wire.id)?.eventsPerSecond ?? 0) === 0)
        byId.set(wire.id, { eventsPerSecond: rate })
    }
    return byId
  }, [snapshot, graph, rates])
  const node = graph?.nodes.find((each) => each.id === selected)
  const wire = graph?.wires.find((each) => each.id === selected)

  const start = (): void =>
    void doing('The pipeline could not be started', async () => {
      // What is seen is what is started.
      if (draft.dirty && !(await draft.save())) return
      await startAsking((approve) => engine.pipelines.start({ id, approve }))
    })
  const older = draft.document?.runningOlder === true
  const apply = (): void =>
    void doing('What runs was left as it is', async () => {
      if (draft.dirty && !(await draft.save())) return
      await startAsking((approve) => engine.pipelines.apply({ id, approve }))
    })
  const stop = (): void => void doing('The pipeline could not be stopped', () => engine.pipelines.stop({ id }))
  const setMode = (next: Mode): void => {
    setViewChoice(`pipeline-mode ${id}`, next)
    setTimeout(() => setFit({}), 60)
  }
  const showLine = useCallback(
    (line: number) => {
      setReveal({ line })
      if (mode === 'canvas') setViewChoice(`pipeline-mode ${id}`, 'split')
    },
    [id, mode],
  )
  const asked = useStore(revealPlace)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each asking is answered once
  useEffect(() => {
    if (asked?.hash === hash) showLine(asked.line)
  }, [asked])
  const select = useCallback(
    (next: string | undefined) => {
      setSelected(next)
      const line = graph?.nodes.find((each) => each.id === next)?.line
      if (line !== undefined) setReveal({ line })
    },
    [graph],
  )
  const { change } = draft
  const move = useCallback((positions: Layout) => change((now) => moveNodes(now, positions)), [change])
  const [refused, setRefused] = useState<string>()
  useEffect(() => {
    if (refused === undefined) return
    const timer = setTimeout(() => setRefused(undefined), 8000)
    return () => clearTimeout(timer)
  }, [refused])
  const properties = useMemo(() => parseDocument(draft.text), [draft.text])
  const [adding, setAdding] = useState(false)
  const catalog = useLive('catalog', async (client) => once(await client.components.catalog())).value
  const whyNot = useCallback(
    (from: string, to: string) => {
      const verdict = mayConnect(properties, from, to)
      return verdict.allowed ? undefined : verdict.reason
    },
    [properties],
  )
  const wireUp = useCallback((from: string, to: string) => change((now) => connect(now, from, to)), [change])
  const add = useCallback(
    ({ kind, type }: DraggedComponent, position?: { x: number; y: number }) => {
      const agent = graph?.nodes.find((each) => each.kind !== 'stream')?.agent ?? 'a1'
      change((now) => {
        const next = addComponent(now, { agent, kind, type, position: position ?? freePlace(now.layout, kind) })
        const before = new Set(structureOf(parseDocument(now.text)).nodes.map((each) => each.id))
        const made = structureOf(parseDocument(next.text)).nodes.find((each) => !before.has(each.id))
        if (made !== undefined) setSelected(made.id)
        return next
      })
    },
    [change, graph],
  )
  const remove = useCallback(
    (target: string) => {
      const gone = graph?.wires.find((each) => each.id === target)
      if (target.startsWith('stream:') || gone?.to.startsWith('stream:') === true) {
        setRefused('A stream program names the channels that it reads; change it in the program.')
        return
      }
      change((now) => (gone === undefined ? removeComponents(now, [target]) : disconnect(now, gone.from, gone.to)))
      setSelected(undefined)
    },
    [change, graph],
  )
  const tap = useCallback(
    (target: GraphWire) => {
      setSelected(target.id)
      openTap({ pipeline: id, wire: target.id, title: wireTitle(target) })
    },
    [id],
  )
  const open = (target: GraphNode): void => {
    if (target.kind === 'stream') openTab({ view: 'stream', id: target.id.replace(/^stream:/, '') })
    else if (target.kind === 'channel') openTab({ view: 'channel', id: `${id}/${target.id}` })
    else if (target.line !== undefined) showLine(target.line)
  }

  useCommand('pipeline.start', start, !runs)
  useCommand('pipeline.stop', stop, runs)
  useCommand('pipeline.apply', apply, runs && (draft.dirty || older))
  useCommand('pipeline.text', () => setMode(mode === 'canvas' ? 'split' : mode === 'split' ? 'text' : 'canvas'))
  useCommand('pipeline.fit', () => setFit({}))
  useCommand('pipeline.arrange', () => {
    if (graph === undefined) return
    move(arranged(graph))
    setTimeout(() => setFit({}), 300)
  })
  useCommand('document.save', () => void draft.save(), draft.dirty)
  useCommand('pipeline.undo', draft.undo, draft.canUndo)
  useCommand('pipeline.redo', draft.redo, draft.canRedo)
  useCommand('pipeline.add', () => setAdding(!adding), mode !== 'text')

  if (draft.trouble !== undefined) {
    return (
      <Empty title="This pipeline cannot be shown" actions={<Button onClick={() => closeTab(hash)}>Close tab</Button>}>
        {draft.trouble}
      </Empty>
    )
  }
  const { document } = draft
  const errors = draft.problems.filter((problem) => problem.severity === 'error').length
  const warnings = draft.problems.filter((problem) => problem.severity === 'warning').length
  const canvas = mode !== 'text' && graph !== undefined && (
    <Suspense fallback={null}>
      {graph.nodes.length === 0 && !adding ? (
        <Empty
          title="Nothing in this pipeline yet"
          actions={
            <>
              <Button look="primary" onClick={() => setAdding(true)}>
                Add a component
              </Button>
              <Button onClick={() => setMode('split')}>Write its text</Button>
            </>
          }
        >
          Sources, channels and sinks appear here as the text names them.
        </Empty>
      ) : (
        <Canvas
          graph={graph}
          components={components}
          wires={wires}
          selected={selected}
          fit={fit}
          onSelect={select}
          onOpen={open}
          onMove={move}
          onTap={tap}
          whyNot={whyNot}
          onConnect={wireUp}
          onRefused={setRefused}
          onDelete={remove}
          onAdd={add}
        />
      )}
    </Suspense>
  )
  const text = mode !== 'canvas' && document !== undefined && (
    <div className="pipeline-text">
      <CodeEditor
        label={`Text of ${baseName(document.file)}`}
        language="properties"
        text={draft.text}
        problems={draft.problems.filter((problem): problem is typeof problem & CodeProblem => problem.line !== undefined)}
        reveal={reveal}
        onChange={draft.edit}
        onLine={(line) => {
          const nearest = graph?.nodes.filter(
            (each) => each.line !== undefined && draft.text.split('\n')[line - 1]?.startsWith(`${each.id}.`),
          )[0]
          if (nearest !== undefined) setSelected(nearest.id)
        }}
      />
    </div>
  )
  return (
    <div className="pipeline">
      <header className="view-head">
        <StateMark state={runStateMark(runState)} />
        <Sentence state={runState} text={snapshot?.sentence ?? summary?.sentence ?? ''} />
        {errors + warnings > 0 && (
          <button
            type="button"
            className={errors > 0 ? 'view-problems view-problems-error' : 'view-problems'}
            onClick={() => showLine(draft.problems.find((each) => each.line !== undefined && each.severity !== 'info')?.line ?? 1)}
          >
            {errors > 0 ? plural(errors, 'error') : plural(warnings, 'warning')}
          </button>
        )}
        <span className="grow" />
        {mode !== 'text' && (
          <IconButton label="Add a component" keys={keysOf('pipeline.add')} pressed={adding} onClick={() => setAdding(!adding)}>
            <Plus size={16} strokeWidth={1.75} />
          </IconButton>
        )}
        {draft.dirty && (
          <Button icon={<Save size={14} strokeWidth={1.75} />} onClick={() => void draft.save()}>
            Save
          </Button>
        )}
        {draft.dirty && runs && (
          <Button icon={<RefreshCw size={14} strokeWidth={1.75} />} onClick={apply}>
            Save and apply
          </Button>
        )}
        <Segments label="Canvas or text" value={mode} options={modes} onChange={setMode} />
        {runs ? (
          <Button icon={<Square size={13} fill="currentColor" />} onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button look="primary" icon={<Play size={13} fill="currentColor" />} onClick={start} disabled={runState === 'stopping'}>
            Start
          </Button>
        )}
      </header>
      <Notices draft={draft} onApply={apply} />
      <div ref={body} className="pipeline-body">
        <Split
          direction={wide ? 'row' : 'column'}
          fixed="second"
          label={wide ? 'Width of the text' : 'Height of the text'}
          size={textSize}
          usual={usualText}
          min={wide ? 280 : 120}
          max={1200}
          onSize={(size) => setViewChoice(wide ? 'pipeline-text-width' : 'pipeline-text-height', size)}
        >
          {mode === 'text' ? (
            text
          ) : (
            <div className="canvas-place">
              {adding && catalog !== undefined && <ComponentPalette catalog={catalog} onAdd={add} onClose={() => setAdding(false)} />}
              <div className="canvas-frame">{canvas}</div>
              {refused !== undefined && (
                <p className="canvas-refused" role="status">
                  {refused}
                </p>
              )}
            </div>
          )}
          {mode === 'split' && text}
        </Split>
      </div>
      {node === undefined && wire === undefined && document !== undefined && (
        <InspectorContent>
          <PipelineInspector
            name={summary?.name ?? baseName(document.file)}
            document={document}
            since={summary?.since}
            problems={draft.problems}
            onLine={showLine}
          />
        </InspectorContent>
      )}
      {node !== undefined && (
        <InspectorContent>
          <ComponentInspector
            key={node.id}
            pipeline={id}
            node={node}
            live={components.get(node.id)}
            text={draft.text}
            onChange={change}
            onDelete={() => remove(node.id)}
            whyNotName={(name) =>
              invalidName(name) ??
              (graph?.nodes.some((each) => each.id === renamedId(node, name)) === true
                ? `There is a ${node.kind} ${name} already.`
                : undefined)
            }
            onRename={(name) => {
              change((now) => renameComponent(now, node.id, name))
              setSelected(renamedId(node, name))
            }}
            problems={draft.problems.filter(({ component }) => component === node.id || component?.startsWith(`${node.id}.`) === true)}
            onLine={showLine}
            onOpen={() => open(node)}
          />
        </InspectorContent>
      )}
      {wire !== undefined && (
        <InspectorContent>
          <WireInspector
            key={wire.id}
            pipeline={id}
            wire={wire}
            title={wireTitle(wire)}
            live={wires.get(wire.id)}
            onTap={() => tap(wire)}
          />
        </InspectorContent>
      )}
    </div>
  )
}

/** A sentence that says no more than the state beside it is left out. */
function Sentence({ state, text }: { state: string; text: string }) {
  const more = text.toLowerCase() === `${state}.` ? '' : text
  return (
    <span className="view-sentence ellipsis" title={text}>
      {more}
    </span>
  )
}

function renamedId(node: GraphNode, name: string): string {
  return `${node.id.slice(0, -node.name.length)}${name}`
}

function Notices({ draft, onApply }: { draft: ReturnType<typeof usePipelineDraft>; onApply: () => void }) {
  if (draft.saveTrouble !== undefined || draft.changedElsewhere) {
    return (
      <div className="view-notice view-notice-warning" role="status">
        <span className="grow">
          {draft.changedElsewhere ? 'The file was changed elsewhere since you began to edit it.' : draft.saveTrouble}
        </span>
        <Button onClick={draft.discard}>Take the saved text</Button>
        <Button onClick={() => void draft.save(true)}>Save mine</Button>
      </div>
    )
  }
  if (draft.document?.runningOlder !== true) return null
  return (
    <div className="view-notice" role="status">
      <span className="grow">What runs was started from an older text.</span>
      <Button onClick={onApply}>Apply this text</Button>
    </div>
  )
}

function wireTitle(wire: GraphWire): string {
  const last = (path: string): string => path.split(/[.:]/).at(-1) ?? path
  return `${last(wire.from)} → ${last(wire.to)}`
}
