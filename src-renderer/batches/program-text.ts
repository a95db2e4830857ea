// The text of a stream program as this window has it: the saved one, or a draft of the person's on top of it, with its problems.
import { useCallback, useEffect, useRef, useState } from 'react'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { ProgramDocument, ProgramProblem } from '../../src-shared/contract/streams.ts'
import { engine } from '../rpc/connection.ts'
import { useLive } from '../rpc/live.ts'
import { useSaved } from '../rpc/saved.ts'
import { useTurns } from '../rpc/turns.ts'
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
  const now = useRef({ draft, document })
  useEffect(() => {
    now.current = { draft, document }
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
    const { document: saved, draft: before } = now.current
    if (saved === undefined) return
    const own = { text: next, base: before?.base ?? saved.version }
    setDraft(own)
    now.current = { ...now.current, draft: own }
  }, [])
  const inTurn = useTurns()
  const save: ProgramText['save'] = ({ restart, force = false }) => {
    const asked = now.current.draft?.text
    return inTurn(async () => {
      const { draft: own, document: before } = now.current
      if (asked === undefined || own === undefined || before === undefined || asked === before.text) return true
      try {
        const saved = await engine.streams.saveProgram({ id, text: asked, baseVersion: force ? before.version : own.base, restart })
        keepSaved(saved)
        // What was typed while it was saved stands on the new text; the next save may come before this is shown.
        const typed = now.current.draft
        const later = typed === undefined || typed.text === asked ? undefined : { text: typed.text, base: saved.version }
        setDraft(later)
        now.current = { draft: later, document: saved }
        setSaveTrouble(undefined)
        return true
      } catch (thrown) {
        setSaveTrouble(asMillraceError(thrown).message)
        return false
      }
    })
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
