// Tabs with text that is not saved yet.
import { useEffect } from 'react'
import { createStore } from '../ui/store.ts'

export const dirtyTabs = createStore<ReadonlySet<string>>(new Set())

/** Says so while `dirty` holds; a hidden tab stays dirty, a closed one does not. */
export function useDirty(hash: string, dirty: boolean): void {
  useEffect(() => {
    dirtyTabs.set((now) => {
      if (now.has(hash) === dirty) return now
      const next = new Set(now)
      if (dirty) next.add(hash)
      else next.delete(hash)
      return next
    })
  }, [hash, dirty])
}

window.addEventListener('beforeunload', (event) => {
  if (dirtyTabs.get().size > 0) event.preventDefault()
})
