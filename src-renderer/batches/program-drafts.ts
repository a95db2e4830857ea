// Texts of programs that are being edited and are not saved: a batch can be replayed with one before it is.
import { useEffect } from 'react'
import { createStore } from '../ui/store.ts'

export const programDrafts = createStore<ReadonlyMap<string, string>>(new Map())

/** Says so while there is one; a hidden tab's draft stays, a closed one's does not. */
export function useDraft(id: string, text: string | undefined): void {
  useEffect(() => {
    programDrafts.set((now) => {
      if (now.get(id) === text) return now
      const next = new Map(now)
      if (text === undefined) next.delete(id)
      else next.set(id, text)
      return next
    })
  }, [id, text])
}
