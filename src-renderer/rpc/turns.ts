// Calls that must not overlap, such as the saves of one document: whoever holds the keys down asks again before he is answered.
import { useCallback, useRef } from 'react'

/** Runs what it is given when everything that it was given before has ended. */
export function useTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  const before = useRef<Promise<unknown>>(Promise.resolve())
  return useCallback((work) => {
    const mine = before.current.then(work)
    before.current = mine.catch(() => undefined)
    return mine
  }, [])
}
