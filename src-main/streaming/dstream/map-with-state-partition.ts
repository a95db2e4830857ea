// One partition of one batch of mapWithState: the function over its records, then over the keys that have been idle for too long. These are
// found through the keys' last updates in order, so that a scan costs what has expired, not what is there.
import type { Time } from '../../../src-shared/streaming/time.ts'
import { KeyedMap } from '../rdd/keyed-map.ts'
import type { RDD } from '../rdd/rdd.ts'
import { blame } from '../rdd/task.ts'
import { noPair } from '../rdd/unfit-record.ts'
import type { VersionedMap } from '../state/versioned-map.ts'
import { State } from './state.ts'
import type { StateSpec } from './state-spec.ts'

/** What is kept of a key. `updatedAt`: time of the batch that changed it last, in ms. */
export interface Entry<S> {
  readonly state: S
  readonly updatedAt: number
}

/** What all partitions of a batch are run with. `operatorId`: who is blamed when the function throws. */
export interface BatchRun<K, V, S, M> {
  readonly spec: StateSpec<K, V, S, M>
  readonly time: Time
  readonly operatorId: number
}

/** Keys by the batch of their last update, oldest first. A key that was updated again since stands there in vain. */
export class IdleKeys<K> {
  #batches = new Map<number, K[]>()
  #newest = Number.NEGATIVE_INFINITY
  #inOrder = true

  touch(time: number, key: K): void {
    const keys = this.#batches.get(time)
    if (keys !== undefined) {
      keys.push(key)
      return
    }
    this.#batches.set(time, [key])
    // A restored state comes key by key, in no order of time.
    if (time < this.#newest) this.#inOrder = false
    else this.#newest = time
  }

  /** Answers how to get back to what is there now: for a batch that fails after takeBefore(). */
  snapshot(): () => void {
    const batches = new Map(this.#batches)
    return () => {
      this.#batches = batches
    }
  }

  /** Visits, and forgets, the keys touched before `threshold`. */
  takeBefore(threshold: number, visit: (key: K, time: number) => void): void {
    if (!this.#inOrder) this.#batches = new Map([...this.#batches].sort(([one], [other]) => one - other))
    this.#inOrder = true
    for (const [time, keys] of this.#batches) {
      if (time >= threshold) break
      this.#batches.delete(time)
      for (const key of keys) visit(key, time)
    }
  }
}

/** What mapRecords() is to write down. */
export interface Notes<K> {
  /** Gets the keys whose last update was made so. */
  readonly touched: K[]
  /** Gets the keys whose state was set or removed, where somebody asks for them. */
  readonly changed: K[] | undefined
}

/** Calls the function for each record; answers what it emits. */
export function mapRecords<K, V, S, M>(
  map: VersionedMap<K, Entry<S>>,
  data: RDD<[K, V]> | undefined,
  partition: number,
  run: BatchRun<K, V, S, M>,
  notes?: Notes<K>,
): M[] {
  const timesOut = run.spec.timeoutInterval !== undefined
  const version = run.time.milliseconds
  const mapped: M[] = []
  const state = new State<S>()
  data?.each(partition, (pair) => {
    if (!Array.isArray(pair)) throw blame(noPair(pair), pair, run)
    const key = pair[0]
    const entry = map.get(key)
    state.wrap(entry?.state, entry !== undefined, false)
    call(run, key, pair[1], state, pair, mapped)
    if (state.isRemoved()) {
      map.remove(key)
      notes?.changed?.push(key)
    } else if (state.isUpdated() || (state.exists() && timesOut)) {
      map.set(key, { state: state.get(), updatedAt: version }, entry)
      notes?.changed?.push(key)
      if (timesOut && entry?.updatedAt !== version) notes?.touched.push(key)
    }
  })
  return mapped
}

/**
 * Calls the function once more for each key that has been idle for longer than the time-out, and removes it. Adds to `mapped`. `order`: of
 * the keys as they lay before, where it is known; `gone` gets those that are removed.
 */
export function timeOut<K, V, S, M>(
  map: VersionedMap<K, Entry<S>>,
  idle: IdleKeys<K>,
  timeoutMs: number,
  run: BatchRun<K, V, S, M>,
  mapped: M[],
  { order, gone }: { readonly order: readonly K[] | undefined; readonly gone: K[] | undefined },
): void {
  const due = new KeyedMap<K, S>()
  idle.takeBefore(run.time.milliseconds - timeoutMs, (key, touchedAt) => {
    const entry = map.get(key)
    if (entry?.updatedAt === touchedAt) due.set(key, entry.state)
  })
  if (due.size === 0) return
  const state = new State<S>()
  // Those of this batch, where the time-out is negative, come last.
  for (const key of [...(order ?? []), ...Array.from(due.entries(), ([each]) => each)]) {
    if (!due.has(key)) continue
    const last = due.get(key) as S
    state.wrap(last, true, true)
    call(run, key, undefined, state, [key, last], mapped)
    map.remove(key)
    due.delete(key)
    gone?.push(key)
  }
}

function call<K, V, S, M>(run: BatchRun<K, V, S, M>, key: K, value: V | undefined, state: State<S>, record: unknown, mapped: M[]): void {
  let result: M | undefined
  try {
    result = run.spec.timed(run.time, key, value, state)
  } catch (thrown) {
    throw blame(thrown, record, run)
  }
  if (result !== undefined || !run.spec.optional) mapped.push(result as M)
}
