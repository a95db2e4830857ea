// Subscriptions that several components share, and their last values. One that fails is begun again: a view must not stand still for good
// because of one bad moment of the engine.
import type { EngineClient, EngineConnection, Subscription } from '../../src-shared/contract/client.ts'
import type { ErrorCode, MillraceError } from '../../src-shared/errors.ts'
import { createStore } from '../ui/store.ts'

export interface Live<T> {
  readonly value: T | undefined
  readonly error: MillraceError | undefined
}

export type LiveCall<T> = (engine: EngineClient) => Promise<AsyncIterable<T>>

interface Shared {
  live: Live<unknown>
  listeners: Set<() => void>
  subscription: Subscription | undefined
  /** Runs out to begin again after a failure, or to forget the value once nobody listens. */
  timer: ReturnType<typeof setTimeout> | undefined
}

export const nothing: Live<never> = { value: undefined, error: undefined }
const keepMs = 60_000
const againMs = 2000
/** What is asked for is not there (any more), or never was: asking again would not help. */
const final: readonly ErrorCode[] = ['NOT_FOUND', 'BAD_ARGUMENT']

export class LiveValues {
  readonly #connection: Pick<EngineConnection, 'subscribe'>
  readonly #shared = new Map<string, Shared>()
  /** Why something that is shown is not kept up to date at the moment; undefined when all is. */
  readonly trouble = createStore<string | undefined>(undefined)

  constructor(connection: Pick<EngineConnection, 'subscribe'>) {
    this.#connection = connection
  }

  get<T>(key: string): Live<T> {
    return (this.#shared.get(key)?.live as Live<T> | undefined) ?? nothing
  }

  /** Listens to `key`, subscribing when nobody does yet. The last value stays for a while after the last has left. Answers how to leave. */
  join<T>(key: string, call: LiveCall<T>, listener: () => void): () => void {
    const entry: Shared = this.#shared.get(key) ?? { live: nothing, listeners: new Set(), subscription: undefined, timer: undefined }
    this.#shared.set(key, entry)
    entry.listeners.add(listener)
    if (entry.listeners.size === 1) this.#begin(entry, call)
    return () => {
      entry.listeners.delete(listener)
      if (entry.listeners.size > 0) return
      entry.subscription?.close()
      clearTimeout(entry.timer)
      entry.timer = setTimeout(() => this.#shared.delete(key), keepMs)
      this.#noteTrouble()
    }
  }

  #begin<T>(entry: Shared, call: LiveCall<T>): void {
    clearTimeout(entry.timer)
    const tell = (live: Live<unknown>): void => {
      entry.live = live
      this.#noteTrouble()
      for (const each of [...entry.listeners]) each()
    }
    entry.subscription = this.#connection.subscribe<T>(call, {
      value: (value) => tell({ value, error: undefined }),
      error: (error) => {
        if (!final.includes(error.code)) entry.timer = setTimeout(() => this.#begin(entry, call), againMs)
        tell({ value: entry.live.value, error })
      },
    })
  }

  #noteTrouble(): void {
    const failed = [...this.#shared.values()].find(
      ({ live, listeners }) => listeners.size > 0 && live.error !== undefined && !final.includes(live.error.code),
    )
    this.trouble.set(failed?.live.error?.message)
  }
}
