// The text of a pipeline as this window has it: the saved one, or a draft of the person's on top of it. While there is a draft, its
// problems and its picture are asked for as it is typed; a text that changed elsewhere meanwhile is not overwritten by accident.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { PipelineDocument, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'
import { newHistory, type PipelineHistory, type PipelineState, record, redo, undo } from '../../src-shared/pipeline/pipeline-document.ts'
import { engine } from '../rpc/connection.ts'
import { useLive } from '../rpc/live.ts'
import { useSaved } from '../rpc/saved.ts'
import { useTurns } from '../rpc/turns.ts'
import { doing } from '../shell/doing.ts'
import { useCheckedText } from './checked-text.ts'
import { addedPlaces, completed, movedPlaces, placesOf, withLeftOut } from './draft-layout.ts'

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

const none: readonly Problem[] = []

export function usePipelineDraft(id: string): PipelineDraft {
  const { value: live, error } = useLive(`pipeline-document ${id}`, (client) => client.pipelines.document({ id }))
  const [document, keepSaved] = useSaved(live)
  const [draft, setDraft] = useState<Draft>()
  /** The subscription may tell of the new text before the save has answered: that is no change elsewhere. */
  const [saving, setSaving] = useState(false)
  const [saveTrouble, setSaveTrouble] = useState<string>()

  const dirty = draft !== undefined && document !== undefined && draft.history.state.text !== document.text && isOwn(draft, document)
  const draftText = dirty ? draft.history.state.text : undefined
  const checked = useCheckedText(id, draftText)
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
      const positions = movedPlaces({ ...history.state, layout: placesOf(shown) }, next.state, saved)
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
  const inTurn = useTurns()
  const save = useCallback(
    (force = false) => {
      const asked = now.current.draft?.history.state
      return inTurn(async () => {
        const { draft: own, document: saved } = now.current
        if (asked === undefined || own === undefined || saved === undefined || asked.text === saved.text) return true
        setSaving(true)
        try {
          const answer = await engine.pipelines.save({ id, text: asked.text, baseVersion: force ? saved.version : own.base })
          keepSaved(answer)
          // What was changed while it was saved stands on the new text; the next save may come before this is shown.
          const later = now.current.draft && { ...now.current.draft, base: answer.version }
          setDraft(later)
          now.current = { ...now.current, draft: later, document: answer }
          setSaveTrouble(undefined)
          const positions = addedPlaces(asked.layout, saved, answer)
          if (Object.keys(positions).length > 0) await engine.pipelines.moveNodes({ id, positions })
          return true
        } catch (thrown) {
          setSaveTrouble(asMillraceError(thrown).message)
          return false
        } finally {
          setSaving(false)
        }
      })
    },
    [id, keepSaved, inTurn],
  )
  const layout = draft?.history.state.layout
  const text = draftText ?? document?.text ?? ''
  const problems = (dirty ? (fresh ?? checked)?.problems : undefined) ?? document?.problems ?? none
  const isOfText = !dirty || fresh !== undefined
  const placed = useMemo(() => {
    if (graph === undefined) return undefined
    const whole = isOfText ? withLeftOut(graph, text, layout ?? {}, problems) : graph
    return completed(whole, text, layout ?? {})
  }, [graph, isOfText, text, layout, problems])
  return {
    document,
    trouble: document === undefined ? error?.message : undefined,
    text,
    dirty,
    problems,
    graph: placed,
    canUndo: (draft?.history.done.length ?? 0) > 0,
    canRedo: (draft?.history.undone.length ?? 0) > 0,
    changedElsewhere: dirty && !saving && draft.base !== document.version,
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
