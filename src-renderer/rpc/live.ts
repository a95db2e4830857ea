// Live values: a subscription as a React value. Components that ask for the same key share one subscription; the last value stays for a
// while after the last of them left, so that coming back to a tab shows something at once.
import { useCallback, useSyncExternalStore } from 'react'
import type { EngineClient, Subscription } from '../../src-shared/contract/client.ts'
import type { MillraceError } from '../../src-shared/errors.ts'
import { connection } from './connection.ts'

export interface Live<T> {
  readonly value: T | undefined
  readonly error: MillraceError | undefined
}

interface Shared {
  live: Live<unknown>
  listeners: Set<() => void>
  subscription: Subscription | undefined
  forget: ReturnType<typeof setTimeout> | undefined
}

const shared = new Map<string, Shared>()
const nothing: Live<never> = { value: undefined, error: undefined }
const keepMs = 60_000

/** `key` names the subscription with its arguments; undefined subscribes to nothing. `call` must be the same for the same key. */
export function useLive<T>(key: string | undefined, call: (engine: EngineClient) => Promise<AsyncIterable<T>>): Live<T> {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the call
  const subscribe = useCallback((listener: () => void) => (key === undefined ? () => {} : join(key, call, listener)), [key])
  const get = useCallback((): Live<T> => (key === undefined ? nothing : ((shared.get(key)?.live as Live<T> | undefined) ?? nothing)), [key])
  return useSyncExternalStore(subscribe, get)
}

function join<T>(key: string, call: (engine: EngineClient) => Promise<AsyncIterable<T>>, listener: () => void): () => void {
  const entry: Shared = shared.get(key) ?? { live: nothing, listeners: new Set(), subscription: undefined, forget: undefined }
  shared.set(key, entry)
  clearTimeout(entry.forget)
  entry.listeners.add(listener)
  const tell = (live: Live<unknown>): void => {
    entry.live = live
    for (const each of [...entry.listeners]) each()
  }
  entry.subscription ??= connection.subscribe<T>(call, {
    value: (value) => tell({ value, error: undefined }),
    error: (error) => tell({ value: entry.live.value, error }),
  })
  return () => {
    entry.listeners.delete(listener)
    if (entry.listeners.size > 0) return
    entry.subscription?.close()
    entry.subscription = undefined
    entry.forget = setTimeout(() => shared.delete(key), keepMs)
  }
}

export function useConnectionState() {
  return useSyncExternalStore(
    (listener) => connection.onState(listener),
    () => connection.state,
  )
}

/** An answer that stays the same while the engine lives, as a subscription: one value, and then nothing more. */
export async function* once<T>(value: T): AsyncGenerator<T> {
  yield value
  await new Promise(() => undefined)
}
