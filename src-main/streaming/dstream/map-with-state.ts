// mapWithState: one call per record with the state of its key. State changes in place; a time-out is found through the keys' last updates
// in order, so that a scan costs what has expired, not what is there.
import { NoSuchElementException, requirement } from '../../../src-shared/streaming/exceptions.ts'
import type { Duration, Time } from '../../../src-shared/streaming/time.ts'
import { takesDuration, takesFunctions } from '../program-arguments.ts'
import { andThen, prepareAll, type RddDefinition } from '../rdd/definition.ts'
import { HashPartitioner, type Partitioner } from '../rdd/partitioner.ts'
import type { Partitioning, RDD } from '../rdd/rdd.ts'
import { StorageLevel } from '../rdd/storage-level.ts'
import { blame } from '../rdd/task.ts'
import { noPair } from '../rdd/unfit-record.ts'
import { type StateStore, stateView } from '../state/state-store.ts'
import { VersionedMap } from '../state/versioned-map.ts'
import { DStream } from './dstream.ts'
import { anyStream, type StreamDefinition } from './stream-definition.ts'

/** The state of a key, as the function of mapWithState sees it. Valid during the call only. */
export class State<S> {
  #value: S | undefined
  #defined = false
  #updated = false
  #removed = false
  #timingOut = false

  /** True when this key has a state. */
  exists(): boolean {
    return this.#defined
  }

  /** The state; throws NoSuchElementException where there is none. */
  get(): S {
    if (!this.#defined) throw new NoSuchElementException('State is not set')
    return this.#value as S
  }

  /** The state, or undefined. */
  getOption(): S | undefined {
    return this.#defined ? this.#value : undefined
  }

  /** Sets the state. Not after remove(), and not while it is timing out. */
  update(value: S): void {
    requirement(!this.#removed, 'Cannot update the state after it has been removed')
    requirement(!this.#timingOut, 'Cannot update the state that is timing out')
    this.#value = value
    this.#defined = true
    this.#updated = true
  }

  /** Takes the state away; the key is new when it comes again. Not while it is timing out. */
  remove(): void {
    requirement(!this.#timingOut, 'Cannot remove the state that is timing out')
    requirement(!this.#removed, 'Cannot remove the state that has already been removed')
    this.#defined = false
    this.#updated = false
    this.#removed = true
  }

  /** True in the last call for a key that has been idle for too long; the state is removed after it. */
  isTimingOut(): boolean {
    return this.#timingOut
  }

  /** For the engine: makes this the state of another key. */
  wrap(value: S | undefined, defined: boolean, timingOut: boolean): void {
    this.#value = value
    this.#defined = defined
    this.#timingOut = timingOut
    this.#removed = false
    this.#updated = false
  }

  isUpdated(): boolean {
    return this.#updated
  }

  isRemoved(): boolean {
    return this.#removed
  }
}

type SimpleFunction<K, V, S, M> = (key: K, value: V | undefined, state: State<S>) => M
type TimedFunction<K, V, S, M> = (time: Time, key: K, value: V | undefined, state: State<S>) => M | undefined

/** How mapWithState works: its function and options. Made by `StateSpec.function(f)`. */
export class StateSpec<K, V, S, M> {
  readonly timed: TimedFunction<K, V, S, M>
  /** True when `undefined` from the function means that nothing is emitted. */
  readonly optional: boolean
  initial: RDD<[K, S]> | undefined
  partitioning: Partitioning
  timeoutInterval: Duration | undefined

  private constructor(timed: TimedFunction<K, V, S, M>, optional: boolean) {
    this.timed = timed
    this.optional = optional
  }

  /** `(key, value, state) => mapped`: what it returns is always emitted. */
  static function<K, V, S, M>(f: SimpleFunction<K, V, S, M>): StateSpec<K, V, S, M> {
    takesFunctions('StateSpec.function', f)
    return new StateSpec<K, V, S, M>((_time, key, value, state) => f(key, value, state), false)
  }

  /** `(time, key, value, state) => mapped | undefined`: `undefined` emits nothing. */
  static functionWithTime<K, V, S, M>(f: TimedFunction<K, V, S, M>): StateSpec<K, V, S, M> {
    takesFunctions('StateSpec.functionWithTime', f)
    return new StateSpec<K, V, S, M>(f, true)
  }

  /** States to begin with, as of the first batch. */
  initialState(rdd: RDD<[K, S]>): this {
    this.initial = rdd
    return this
  }

  /** In how many partitions the state lies. */
  numPartitions(count: number): this {
    this.partitioning = new HashPartitioner(count)
    return this
  }

  /** How keys are laid to partitions. */
  partitioner(partitioner: Partitioner): this {
    this.partitioning = partitioner
    return this
  }

  /** Keys without a record for longer than this are called once more, with no value, and removed: at checkpoints of the state. */
  timeout(interval: Duration): this {
    takesDuration('The timeout of a StateSpec', interval)
    this.timeoutInterval = interval
    return this
  }
}

interface Entry<S> {
  readonly state: S
  readonly updatedAt: number
}

/** What one partition of one batch leaves. */
interface MapWithStateRecord<K, S, M> {
  readonly mapped: readonly M[]
  readonly map: VersionedMap<K, Entry<S>>
}

/** The stream of mapped values; `stateSnapshots()` is the stream of all keys and states. */
export class MapWithStateDStream<K, S, M> extends DStream<M> {
  readonly #internal: DStream<MapWithStateRecord<K, S, M>>

  constructor(internal: DStream<MapWithStateRecord<K, S, M>>, definition: StreamDefinition<M>) {
    super(internal.context, 'mapWithState', definition)
    this.#internal = internal
  }

  /** All keys with their states, in every batch: this costs as much as there are keys. */
  stateSnapshots(): DStream<[K, S]> {
    return this.context.scoped('stateSnapshots', () => {
      const internal = this.#internal
      return new DStream<[K, S]>(this.context, 'stateSnapshots', {
        className: 'FlatMappedDStream',
        parents: [anyStream(internal as unknown as DStream<never>)],
        slideDuration: internal.slideDuration,
        compute(time) {
          return internal.getOrCompute(time)?.flatMap((record) => {
            const pairs: [K, S][] = []
            record.map.visitVersion(time.milliseconds, (key, entry) => pairs.push([key, entry.state]))
            return pairs
          })
        },
      })
    })
  }
}

export function mapWithState<K, V, S, M>(
  parent: DStream<[K, V]>,
  spec: StateSpec<K, V, S, M>,
  partitioner: Partitioner,
): MapWithStateDStream<K, S, M> {
  return parent.context.scoped('mapWithState', () => {
    const internal = new DStream(parent.context, 'mapWithState', internalStream(parent, spec, partitioner))
    internal.storageLevel = StorageLevel.MEMORY_ONLY
    return new MapWithStateDStream<K, S, M>(internal, {
      className: 'MapWithStateDStreamImpl',
      parents: [anyStream(internal as unknown as DStream<never>)],
      slideDuration: internal.slideDuration,
      checkpointsParent: true,
      compute: (time) => internal.getOrCompute(time)?.flatMap((record) => record.mapped as M[]),
    })
  })
}

/** Keys by the batch of their last update, oldest first. A key that was updated again since stands there in vain. */
class Idle<K> {
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

function internalStream<K, V, S, M>(
  parent: DStream<[K, V]>,
  spec: StateSpec<K, V, S, M>,
  partitioner: Partitioner,
): StreamDefinition<MapWithStateRecord<K, S, M>> {
  const context = parent.context
  let store: StateStore<K, Entry<S>> | undefined
  const idle = Array.from({ length: partitioner.numPartitions }, () => new Idle<K>())
  return {
    className: 'InternalMapWithStateDStream',
    parents: [anyStream(parent as DStream<never>)],
    slideDuration: parent.slideDuration,
    mustCheckpoint: true,
    defaultCheckpoint: () => parent.slideDuration.times(10),
    compute(time, self) {
      store ??= context.newStateStore<K, Entry<S>>(self, 'mapWithState', partitioner, {
        externalise: (entry) => ({ value: entry.state, updatedAt: entry.updatedAt }),
        internalise: (value, updatedAt) => ({ state: value as S, updatedAt }),
        onRestored: (partition, key, entry) => idle[partition]!.touch(entry.updatedAt, key),
      })
      const state = store
      const version = time.milliseconds
      const interval = self.checkpointDuration!
      const scans = time.minus(self.zeroTime!).isMultipleOf(interval)
      if (version <= state.version) {
        return context.sparkContext.newRdd('mapWithState', pastView(state, parent, partitioner, { spec, time, operatorId: self.id, scans }))
      }
      const previous = context.graph.previousState(self, time, state.version)
      const first = previous === undefined && !Number.isFinite(state.version)
      const data = parent.getOrCompute(time)?.partitionBy(partitioner)
      const initial = first ? spec.initial?.partitionBy(partitioner) : undefined
      let mapped: M[][] = []
      return context.sparkContext.newRdd(
        'mapWithState',
        stateView<K, Entry<S>, MapWithStateRecord<K, S, M>>(state, version, {
          className: 'MapWithStateRDD',
          partitioner,
          make: () =>
            andThen(prepareAll([previous, initial, data]), () => {
              const made: M[][] = []
              const undo = idle.map((keys) => keys.snapshot())
              const change = (map: VersionedMap<K, Entry<S>>, partition: number): void => {
                const touched: K[] = []
                initial?.each(partition, ([key, value]) => {
                  if (map.has(key)) return
                  map.set(key, { state: value, updatedAt: version })
                  touched.push(key)
                })
                made[partition] = runPartition(map, data, partition, { spec, time, operatorId: self.id, touched })
                if (spec.timeoutInterval === undefined) return
                if (scans) expire(map, idle[partition]!, made[partition], spec, time)
                for (const key of touched) idle[partition]!.touch(version, key)
              }
              try {
                state.advance(version, change)
              } catch (thrown) {
                for (const restore of undo) restore()
                throw thrown
              }
              mapped = made
            }),
          each: (map, partition, push) => push({ mapped: mapped[partition] ?? [], map }),
        }),
      )
    },
    onForget(time) {
      store?.forgetBefore(time.milliseconds)
    },
  }
}

/**
 * A batch whose state is made already, as a window asks for it after a restart: its function is called again, on the state as it was
 * before, and what that would make of the state is dropped.
 */
function pastView<K, V, S, M>(
  state: StateStore<K, Entry<S>>,
  parent: DStream<[K, V]>,
  partitioner: Partitioner,
  run: { readonly spec: StateSpec<K, V, S, M>; readonly time: Time; readonly operatorId: number; readonly scans: boolean },
): RddDefinition<MapWithStateRecord<K, S, M>> {
  const { spec, time } = run
  const version = time.milliseconds
  const data = parent.getOrCompute(time)?.partitionBy(partitioner)
  const initial = spec.initial?.partitionBy(partitioner)
  return {
    className: 'MapWithStateRDD',
    dependencies: [],
    partitions: () => state.partitions,
    partitioner: () => partitioner,
    prepare: () => prepareAll([data, initial]),
    each(partition, push) {
      const map = state.maps[partition]!
      const before = map.previousOf(version)
      const past = new VersionedMap<K, Entry<S>>(before)
      const idle = new Idle<K>()
      const load = (key: K, entry: Entry<S>): void => {
        past.load(key, entry)
        idle.touch(entry.updatedAt, key)
      }
      map.visitVersion(before, load)
      if (!Number.isFinite(before)) initial?.each(partition, ([key, value]) => load(key, { state: value, updatedAt: version }))
      past.begin(version)
      const mapped = runPartition(past, data, partition, { ...run, touched: [] })
      if (run.scans && spec.timeoutInterval !== undefined) expire(past, idle, mapped, spec, time)
      push({ mapped, map })
    },
  }
}

function runPartition<K, V, S, M>(
  map: VersionedMap<K, Entry<S>>,
  data: RDD<[K, V]> | undefined,
  partition: number,
  run: { readonly spec: StateSpec<K, V, S, M>; readonly time: Time; readonly operatorId: number; readonly touched: K[] },
): M[] {
  const { spec, time, touched } = run
  const version = time.milliseconds
  const mapped: M[] = []
  const state = new State<S>()
  data?.each(partition, (pair) => {
    if (!Array.isArray(pair)) throw blame(noPair(pair), pair, run)
    const key = pair[0]
    const entry = map.get(key)
    state.wrap(entry?.state, entry !== undefined, false)
    let result: M | undefined
    try {
      result = spec.timed(time, key, pair[1], state)
    } catch (thrown) {
      throw blame(thrown, pair, run)
    }
    if (state.isRemoved()) map.remove(key)
    else if (state.isUpdated() || (state.exists() && spec.timeoutInterval !== undefined)) {
      map.set(key, { state: state.get(), updatedAt: version }, entry)
      if (spec.timeoutInterval !== undefined && entry?.updatedAt !== version) touched.push(key)
    }
    if (result !== undefined || !spec.optional) mapped.push(result as M)
  })
  return mapped
}

function expire<K, V, S, M>(map: VersionedMap<K, Entry<S>>, idle: Idle<K>, mapped: M[], spec: StateSpec<K, V, S, M>, time: Time): void {
  const state = new State<S>()
  idle.takeBefore(time.milliseconds - spec.timeoutInterval!.milliseconds, (key, touchedAt) => {
    const entry = map.get(key)
    if (entry === undefined || entry.updatedAt !== touchedAt) return
    state.wrap(entry.state, true, true)
    let result: M | undefined
    try {
      result = spec.timed(time, key, undefined, state)
    } catch (thrown) {
      throw blame(thrown, [key, entry.state], {})
    }
    map.remove(key)
    if (result !== undefined || !spec.optional) mapped.push(result as M)
  })
}
