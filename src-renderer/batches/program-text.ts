// The text of a stream program as this window has it: the saved one, or a draft of the person's on top of it, with its problems.
import { useCallback, useEffect, useRef, useState } from 'react'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { ProgramDocument, ProgramProblem } from '../../src-shared/contract/streams.ts'
import { engine } from '../rpc/connection.ts'
import { useLive } from '../rpc/live.ts'
import { useSaved } from '../rpc/saved.ts'
import { useDraft } from './program-drafts.ts'

export interface ProgramText {
  readonly document: ProgramDocument | undefined
  /** Why there is no document. */
  readonly trouble: string | undefined
  readonly text: string
  readonly dirty: boolean
  /** Of the syntax, of the text as it is. */
  readonly problems: readonly ProgramProblem[]
  readonly saveTrouble: string | undefined
  edit(text: string): void
  /**
   * Saves a draft; over what was changed elsewhere when `force`. `restart`: a stream that runs goes on with it. False when it could not be
   * saved: `saveTrouble` says why.
   */
  save(how: { readonly restart: boolean; readonly force?: boolean }): Promise<boolean>
  /** Gives the draft up. */
  discard(): void
}

export function useProgramText(id: string): ProgramText {
  const { value: live, error } = useLive(`program ${id}`, (client) => client.streams.program({ id }))
  const [document, keepSaved] = useSaved(live)
  const [draft, setDraft] = useState<{ readonly text: string; readonly base: string }>()
  const [checked, setChecked] = useState<{ readonly text: string; readonly problems: readonly ProgramProblem[] }>()
  const [saveTrouble, setSaveTrouble] = useState<string>()
  const latest = useRef<ProgramDocument>(undefined)
  useEffect(() => {
    latest.current = document
  })
  const dirty = draft !== undefined && document !== undefined && draft.text !== document.text
  const text = dirty ? draft.text : (document?.text ?? '')
  useDraft(id, dirty ? text : undefined)

  useEffect(() => {
    if (!dirty) return
    const timer = setTimeout(() => {
      engine.streams.checkProgram({ id, text }).then(
        (problems) => setChecked({ text, problems }),
        () => undefined, // The engine is away; the next key asks again.
      )
    }, 300)
    return () => clearTimeout(timer)
  }, [id, text, dirty])

  const edit = useCallback((next: string) => {
    const version = latest.current?.version
    if (version !== undefined) setDraft((now) => ({ text: next, base: now?.base ?? version }))
  }, [])
  const save: ProgramText['save'] = async ({ restart, force = false }) => {
    if (!dirty) return true
    try {
      const saved = await engine.streams.saveProgram({ id, text, baseVersion: force ? document.version : draft.base, restart })
      keepSaved(saved)
      setDraft((later) => (later === undefined || later.text === text ? undefined : { text: later.text, base: saved.version }))
      setSaveTrouble(undefined)
      return true
    } catch (thrown) {
      setSaveTrouble(asMillraceError(thrown).message)
      return false
    }
  }
  return {
    document,
    trouble: document === undefined ? error?.message : undefined,
    text,
    dirty,
    problems: (dirty && checked?.text === text ? checked.problems : document?.problems) ?? [],
    saveTrouble,
    edit,
    save,
    discard: () => {
      setDraft(undefined)
      setSaveTrouble(undefined)
    },
  }
}
