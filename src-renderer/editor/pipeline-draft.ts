// The text of a pipeline as this window has it: the saved one, or a draft of the person's on top of it. While there is a draft, its
// problems and its picture are asked for as it is typed; a text that changed elsewhere meanwhile is not overwritten by accident.
import { useCallback, useEffect, useRef, useState } from 'react'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { PipelineDocument, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'
import { engine } from '../rpc/connection.ts'
import { useLive } from '../rpc/live.ts'
import { useSaved } from '../rpc/saved.ts'

export interface PipelineDraft {
  readonly document: PipelineDocument | undefined
  /** Why there is no document. */
  readonly trouble: string | undefined
  readonly text: string
  readonly dirty: boolean
  readonly problems: readonly Problem[]
  readonly graph: PipelineGraph | undefined
  /** The saved text changed elsewhere since the draft was begun. */
  readonly changedElsewhere: boolean
  readonly saveTrouble: string | undefined
  edit(text: string): void
  /** Saves; over what was changed elsewhere when `force`. */
  save(force?: boolean): Promise<void>
  /** Gives the draft up. */
  discard(): void
}

interface Draft {
  readonly text: string
  readonly base: string
}

export function usePipelineDraft(id: string): PipelineDraft {
  const { value: live, error } = useLive(`pipeline-document ${id}`, (client) => client.pipelines.document({ id }))
  const [document, keepSaved] = useSaved(live)
  const [draft, setDraft] = useState<Draft>()
  const [checked, setChecked] = useState<{ readonly text: string; readonly problems: readonly Problem[]; readonly graph: PipelineGraph }>()
  const [saveTrouble, setSaveTrouble] = useState<string>()
  const latest = useRef(document)
  useEffect(() => {
    latest.current = document
  })

  const dirty = draft !== undefined && document !== undefined && draft.text !== document.text
  const draftText = dirty ? draft.text : undefined
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
    }, 200)
    return () => {
      left = true
      clearTimeout(timer)
    }
  }, [id, draftText])

  const edit = useCallback((text: string) => {
    const version = latest.current?.version
    if (version !== undefined) setDraft((now) => ({ text, base: now?.base ?? version }))
  }, [])
  const discard = useCallback(() => {
    setDraft(undefined)
    setSaveTrouble(undefined)
  }, [])
  const save = useCallback(
    async (force = false) => {
      const now = latest.current
      if (draft === undefined || now === undefined) return
      try {
        const saved = await engine.pipelines.save({ id, text: draft.text, baseVersion: force ? now.version : draft.base })
        keepSaved(saved)
        // What was typed while it was saved is a draft of the new text.
        setDraft((later) => (later === undefined || later.text === draft.text ? undefined : { text: later.text, base: saved.version }))
        setSaveTrouble(undefined)
      } catch (thrown) {
        setSaveTrouble(asMillraceError(thrown).message)
      }
    },
    [id, draft, keepSaved],
  )
  const fresh = dirty && checked?.text === draft.text ? checked : undefined
  return {
    document,
    trouble: document === undefined ? error?.message : undefined,
    text: dirty ? draft.text : (document?.text ?? ''),
    dirty,
    problems: (dirty ? (fresh ?? checked)?.problems : undefined) ?? document?.problems ?? [],
    graph: (dirty ? (fresh ?? checked)?.graph : undefined) ?? document?.graph,
    changedElsewhere: dirty && draft.base !== document.version,
    saveTrouble,
    edit,
    save,
    discard,
  }
}
