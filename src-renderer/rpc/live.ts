// Live values: a subscription as a React value.
import { useCallback, useSyncExternalStore } from 'react'
import { useStore } from '../ui/store.ts'
import { connection } from './connection.ts'
import { type Live, type LiveCall, LiveValues, nothing } from './live-values.ts'

const values = new LiveValues(connection)

/** `key` names the subscription with its arguments; undefined subscribes to nothing. `call` must be the same for the same key. */
export function useLive<T>(key: string | undefined, call: LiveCall<T>): Live<T> {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the call
  const subscribe = useCallback((listener: () => void) => (key === undefined ? () => {} : values.join(key, call, listener)), [key])
  const get = useCallback((): Live<T> => (key === undefined ? nothing : values.get(key)), [key])
  return useSyncExternalStore(subscribe, get)
}

/** Why something that is shown is not kept up to date at the moment. */
export const useLiveTrouble = (): string | undefined => useStore(values.trouble)

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
