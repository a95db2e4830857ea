// A value that components can watch: the smallest thing React's useSyncExternalStore needs.
import { useSyncExternalStore } from 'react'

export interface Store<T> {
  get(): T
  /** Sets the next value; a value that is the same object changes nothing. */
  set(next: T | ((now: T) => T)): void
  subscribe(listener: () => void): () => void
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (next) => {
      const now = typeof next === 'function' ? (next as (now: T) => T)(value) : next
      if (Object.is(now, value)) return
      value = now
      for (const listener of [...listeners]) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** A store whose value is kept in this browser under `key`. What cannot be read is the initial value. */
export function createKeptStore<T extends object>(key: string, initial: T): Store<T> {
  const store = createStore<T>(read(key, initial))
  store.subscribe(() => {
    try {
      localStorage.setItem(key, JSON.stringify(store.get()))
    } catch {
      // A browser without storage keeps nothing between visits; everything else works.
    }
  })
  return store
}

function read<T extends object>(key: string, initial: T): T {
  try {
    const text = localStorage.getItem(key)
    return text === null ? initial : { ...initial, ...(JSON.parse(text) as Partial<T>) }
  } catch {
    return initial
  }
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get)
}
