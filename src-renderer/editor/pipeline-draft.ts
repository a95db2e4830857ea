// The text of a pipeline as this window has it: the saved one, or a draft of the person's on top of it. While there is a draft, its
// problems and its picture are asked for as it is typed; a text that changed elsewhere meanwhile is not overwritten by accident.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { PipelineDocument, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'
import { parseDocument } from '../../src-shared/flume/properties-document.ts'
import {
  changeBetween,
  type Layout,
  newHistory,
  type PipelineHistory,
  type PipelineState,
  type Position,
  record,
  redo,
  undo,
} from '../../src-shared/pipeline/pipeline-document.ts'
import { structureOf } from '../../src-shared/pipeline/pipeline-structure.ts'
import { engine } from '../rpc/connection.ts'
import { useLive } from '../rpc/live.ts'
import { useSaved } from '../rpc/saved.ts'
import { doing } from '../shell/doing.ts'

export interface PipelineDraft {
  readonly document: PipelineDocument | undefined
  /** Why there is no document. */
  readonly trouble: string | undefined
  readonly text: string
  readonly dirty: boolean
  readonly problems: readonly Problem[]
  /** With the places of nodes that are moved or new here. */
  readonly graph: PipelineGraph | undefined
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** The saved text changed elsewhere since the draft was begun. */
  readonly changedElsewhere: boolean
  readonly saveTrouble: string | undefined
  edit(text: string): void
  /** An edit of the canvas (src-shared/pipeline/pipeline-edits.ts): one step of undo. */
  change(edit: (state: PipelineState) => PipelineState): void
  undo(): void
  redo(): void
  /** Saves; over what was changed elsewhere when `force`. False when it could not be saved: `saveTrouble` says why. */
  save(force?: boolean): Promise<boolean>
  /** Gives the draft up. */
  discard(): void
}

interface Draft {
  readonly history: PipelineHistory
  /** Version of the saved text on which it stands. */
  readonly base: string
}

export function usePipelineDraft(id: string): PipelineDraft {
  const { value: live, error } = useLive(`pipeline-document ${id}`, (client) => client.pipelines.document({ id }))
  const [document, keepSaved] = useSaved(live)
  const [draft, setDraft] = useState<Draft>()
  const [checked, setChecked] = useState<{ readonly text: string; readonly problems: readonly Problem[]; readonly graph: PipelineGraph }>()
  const [saveTrouble, setSaveTrouble] = useState<string>()

  const dirty = draft !== undefined && document !== undefined && draft.history.state.text !== document.text && isOwn(draft, document)
  const draftText = dirty ? draft.history.state.text : undefined
  useEffect(() => {
    if (draftText === undefined) return
    let left = false
    const timer = setTimeout(async () => {
      try {
        const answer = await engine.pipelines.check({ id, text: draftText })
        if (!left) setChecked({ text: draftText, ...answer })
      } catch {
        // The engine is away; the next key asks again, and the last picture stays.
      }
    }, 120)
    return () => {
      left = true
      clearTimeout(timer)
    }
  }, [id, draftText])

  const fresh = dirty && checked?.text === draftText ? checked : undefined
  const graph = (dirty ? (fresh ?? checked)?.graph : undefined) ?? document?.graph
  const now = useRef({ draft, document, dirty, graph })
  useEffect(() => {
    now.current = { draft, document, dirty, graph }
  })

  /** Goes to another state of the document; places of nodes that are saved are kept at once. */
  const go = useCallback(
    (step: (history: PipelineHistory) => PipelineHistory) => {
      const { draft: before, document: saved, dirty: wasDirty, graph: shown } = now.current
      if (saved === undefined) return
      // Without a draft the saved text is where it begins: it may have changed since an earlier one was saved.
      const fits = before !== undefined && (wasDirty || before.history.state.text === saved.text)
      const history = fits ? before.history : newHistory({ text: saved.text, layout: placesOf(shown) })
      const next = step({ ...history, state: { ...history.state, layout: { ...placesOf(shown), ...history.state.layout } } })
      const own = { history: next, base: wasDirty && before !== undefined ? before.base : saved.version }
      setDraft(own)
      now.current = { ...now.current, draft: own, dirty: next.state.text !== saved.text }
      const moved = changeBetween({ ...history.state, layout: placesOf(shown) }, next.state).layout
      const positions: Record<string, Position> = {}
      for (const [node, { after }] of Object.entries(moved))
        if (after !== undefined && saved.graph.nodes.some((each) => each.id === node)) positions[node] = after
      if (Object.keys(positions).length > 0) void doing('The layout could not be kept', () => engine.pipelines.moveNodes({ id, positions }))
    },
    [id],
  )
  const change = useCallback((edit: (state: PipelineState) => PipelineState) => go((history) => record(history, edit(history.state))), [go])
  const edit = useCallback((text: string) => change((state) => ({ ...state, text })), [change])
  const discard = useCallback(() => {
    setDraft(undefined)
    setSaveTrouble(undefined)
  }, [])
  const save = useCallback(
    async (force = false) => {
      const { draft: own, document: saved } = now.current
      if (own === undefined || saved === undefined) return true
      const { text, layout } = own.history.state
      try {
        const answer = await engine.pipelines.save({ id, text, baseVersion: force ? saved.version : own.base })
        keepSaved(answer)
        // What was changed while it was saved stands on the new text.
        setDraft((later) => (later === undefined ? undefined : { ...later, base: answer.version }))
        setSaveTrouble(undefined)
        const added = answer.graph.nodes.filter(
          (node) => layout[node.id] !== undefined && !saved.graph.nodes.some((each) => each.id === node.id),
        )
        if (added.length > 0)
          await engine.pipelines.moveNodes({ id, positions: Object.fromEntries(added.map((node) => [node.id, layout[node.id]!])) })
        return true
      } catch (thrown) {
        setSaveTrouble(asMillraceError(thrown).message)
        return false
      }
    },
    [id, keepSaved],
  )
  const layout = draft?.history.state.layout
  const text = draftText ?? document?.text ?? ''
  const placed = useMemo(() => (graph === undefined ? undefined : completed(graph, text, layout ?? {})), [graph, text, layout])
  return {
    document,
    trouble: document === undefined ? error?.message : undefined,
    text,
    dirty,
    problems: (dirty ? (fresh ?? checked)?.problems : undefined) ?? document?.problems ?? [],
    graph: placed,
    canUndo: (draft?.history.done.length ?? 0) > 0,
    canRedo: (draft?.history.undone.length ?? 0) > 0,
    changedElsewhere: dirty && draft.base !== document.version,
    saveTrouble,
    edit,
    change,
    undo: useCallback(() => go(undo), [go]),
    redo: useCallback(() => go(redo), [go]),
    save,
    discard,
  }
}

/** A draft without any step is the saved text of its time, not a change of the person's. */
function isOwn(draft: Draft, document: PipelineDocument): boolean {
  return draft.history.done.length > 0 || draft.history.undone.length > 0 || draft.base === document.version
}

/** The picture with the places of the draft, and with wires of components that would be left out: they are in the text all the same. */
function completed(graph: PipelineGraph, text: string, layout: Layout): PipelineGraph {
  const nodes = graph.nodes.map((node) => ({ ...node, ...layout[node.id] }))
  const known = new Set(nodes.map((node) => node.id))
  const drawn = new Set(graph.wires.map((wire) => wire.id))
  const more = structureOf(parseDocument(text)).wires.filter((wire) => !drawn.has(wire.id) && known.has(wire.from) && known.has(wire.to))
  return { nodes, wires: [...graph.wires, ...more] }
}

function placesOf(graph: PipelineGraph | undefined): Layout {
  return Object.fromEntries((graph?.nodes ?? []).map((node) => [node.id, { x: node.x, y: node.y }]))
}
