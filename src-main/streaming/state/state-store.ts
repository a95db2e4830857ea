// The state of one operator: a versioned map per partition, advanced batch by batch. RDDs of state are views of a version.

import type { StateChange, StateEntry, StateHistory, StateSource } from '../host.ts'
import { andThen, type MaybePromise, type RddDefinition } from '../rdd/definition.ts'
import type { Partitioner } from '../rdd/partitioner.ts'
import { newStage, runTask } from '../rdd/task.ts'
import { VersionedMap } from './versioned-map.ts'

/** Version of a store that has seen no batch. */
const NO_VERSION = Number.NEGATIVE_INFINITY

export interface StateStoreOptions<K, V> {
  readonly operatorId: number
  readonly name: string
  readonly partitioner: Partitioner
  /** What a checkpoint stores of an entry, and back. */
  readonly externalise: (value: V) => { readonly value: unknown; readonly updatedAt: number }
  readonly internalise: (value: unknown, updatedAt: number) => V
  /** The state of an earlier run; asked for once, at first use. */
  readonly restored?: () => StateHistory | undefined
  /** How far back, in ms of batch time, versions are asked for. */
  readonly historyMs: () => number
  /** Keys that a partition may have, where that is less than a map holds. */
  readonly maxKeys?: number
  /** Told of each restored entry. */
  readonly onRestored?: (partition: number, key: K, value: V) => void
}

export class StateStore<K, V> implements StateSource {
  readonly operatorId: number
  readonly name: string
  readonly partitioner: Partitioner
  readonly #options: StateStoreOptions<K, V>
  #maps: VersionedMap<K, V>[] | undefined
  #restored = false

  constructor(options: StateStoreOptions<K, V>) {
    this.operatorId = options.operatorId
    this.name = options.name
    this.partitioner = options.partitioner
    this.#options = options
  }

  get maps(): readonly VersionedMap<K, V>[] {
    this.#maps ??= this.#begin()
    return this.#maps
  }

  #begin(): VersionedMap<K, V>[] {
    const restored = this.#options.restored?.()
    this.#restored = restored !== undefined
    const maps = Array.from(
      { length: this.partitions },
      () => new VersionedMap<K, V>(restored?.version ?? NO_VERSION, this.#options.maxKeys),
    )
    if (restored === undefined) return maps
    for (const entry of restored.entries) {
      const key = entry.key as K
      // The number of partitions may have been changed since.
      const partition = this.partitioner.getPartition(key)
      const value = this.#options.internalise(entry.value, entry.updatedAt)
      maps[partition]!.load(key, value)
      this.#options.onRestored?.(partition, key, value)
    }
    for (const { version, changes } of restored.later) {
      for (const map of maps) map.begin(version)
      for (const change of changes) this.#redo(maps, change)
      for (const map of maps) map.commit()
    }
    return maps
  }

  #redo(maps: readonly VersionedMap<K, V>[], change: StateChange): void {
    const key = change.key as K
    const partition = this.partitioner.getPartition(key)
    if (change.removed) {
      maps[partition]!.remove(key)
      return
    }
    const value = this.#options.internalise(change.value, change.updatedAt)
    maps[partition]!.set(key, value)
    this.#options.onRestored?.(partition, key, value)
  }

  get historyMs(): number {
    return this.#options.historyMs()
  }

  get partitions(): number {
    return this.partitioner.numPartitions
  }

  get version(): number {
    return this.maps[0]?.version ?? NO_VERSION
  }

  /** True of a time before the first batch that made any state: there was none then. */
  beganAfter(version: number): boolean {
    const first = this.maps[0]?.firstVersion
    return !this.#restored && (first === undefined || version < first)
  }

  get size(): number {
    return this.maps.reduce((sum, map) => sum + map.size, 0)
  }

  /** Makes a version: `change` is run for every partition; when one throws, no partition is changed. */
  advance(version: number, change: (map: VersionedMap<K, V>, partition: number) => void): void {
    const stage = newStage()
    try {
      this.maps.forEach((map, partition) => {
        map.begin(version)
        runTask(stage, partition, () => change(map, partition))
      })
    } catch (thrown) {
      for (const map of this.maps) map.rollback()
      throw thrown
    }
    for (const map of this.maps) map.commit()
  }

  forgetBefore(version: number, remembered: number): void {
    for (const map of this.maps) map.forgetBefore(version, remembered)
  }

  *entries(): Generator<StateEntry> {
    for (const [partition, map] of this.maps.entries()) {
      for (const [key, value] of map.entries()) yield { partition, key, ...this.#options.externalise(value) }
    }
  }

  changesSince(version: number): Iterable<StateChange> | undefined {
    const all: StateChange[] = []
    for (const [partition, map] of this.maps.entries()) {
      const changes = map.changesSince(version)
      if (changes === undefined) return undefined
      changes.forEach((change, key) => {
        if (change.removed) all.push({ partition, key, removed: true, updatedAt: map.version })
        else all.push({ partition, key, removed: false, ...this.#options.externalise(change.value as V) })
      })
    }
    return all
  }
}

/**
 * An RDD that is the state as of `version`. `make` makes the version when it is first needed (after the version before it); parents are
 * let go afterwards, so that no chain of batches builds up.
 */
export function stateView<K, V, T>(
  store: StateStore<K, V>,
  version: number,
  options: {
    readonly className: string
    readonly partitioner: Partitioner | undefined
    readonly make: () => MaybePromise<void>
    readonly each: (map: VersionedMap<K, V>, partition: number, push: (value: T) => void) => void
  },
): RddDefinition<T> {
  let make: (() => MaybePromise<void>) | undefined = store.version >= version ? undefined : options.make
  let underWay: Promise<void> | undefined
  const { className, partitioner, each } = options
  return {
    className,
    dependencies: [],
    resident: true,
    partitions: () => store.partitions,
    partitioner: () => partitioner,
    prepare() {
      if (make === undefined) return undefined
      if (underWay !== undefined) return underWay
      const made = andThen(make(), () => {
        make = undefined
      })
      if (!(made instanceof Promise)) return made
      underWay = made.finally(() => {
        underWay = undefined
      })
      return underWay
    },
    each: (partition, push) => each(store.maps[partition]!, partition, push),
  }
}
