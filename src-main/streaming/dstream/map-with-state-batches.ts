// The batches of mapWithState: what each partition of each batch leaves, and the store that the states change in.
import { andThen, prepareAll, type RddDefinition } from '../rdd/definition.ts'
import type { Partitioner } from '../rdd/partitioner.ts'
import type { RDD } from '../rdd/rdd.ts'
import { KeyOrders } from '../state/key-orders.ts'
import { StateMapOrders } from '../state/state-map-orders.ts'
import { type StateStore, stateView } from '../state/state-store.ts'
import { VersionedMap } from '../state/versioned-map.ts'
import type { DStream } from './dstream.ts'
import { type BatchRun, type Entry, IdleKeys, mapRecords, timeOut } from './map-with-state-partition.ts'
import type { StateSpec } from './state-spec.ts'
import { anyStream, type StreamDefinition } from './stream-definition.ts'

/** What one partition of one batch leaves: what the function emitted, and the states, which are read as of the batch's version. */
export interface MapWithStateRecord<K, S, M> {
  readonly mapped: readonly M[]
  readonly map: VersionedMap<K, Entry<S>>
  /** Of the states' keys, where it is known. */
  readonly order: readonly K[] | undefined
}

interface Batch<K, V, S, M> extends BatchRun<K, V, S, M> {
  readonly partitioner: Partitioner
  /** The records, brought to their partitions. */
  readonly data: RDD<[K, V]> | undefined
  /** States to begin with, where this is the first batch. */
  readonly initial: RDD<[K, S]> | undefined
  /** It looks for keys that have been idle for too long. */
  readonly scans: boolean
  readonly orders: StateMapOrders<K>
  /** The state is kept serialised. */
  readonly serialised: boolean
}

/** The stream of these records, one a partition. */
export function mapWithStateBatches<K, V, S, M>(
  parent: DStream<[K, V]>,
  spec: StateSpec<K, V, S, M>,
  partitioner: Partitioner,
): StreamDefinition<MapWithStateRecord<K, S, M>> {
  const context = parent.context
  let store: StateStore<K, Entry<S>> | undefined
  const orders = new StateMapOrders<K>()
  const idle = Array.from({ length: partitioner.numPartitions }, () => new IdleKeys<K>())
  return {
    className: 'InternalMapWithStateDStream',
    parents: [anyStream(parent)],
    slideDuration: parent.slideDuration,
    mustCheckpoint: true,
    defaultCheckpoint: () => parent.slideDuration.times(10),
    compute(time, self) {
      store ??= context.newStateStore<K, Entry<S>>(self, 'mapWithState', partitioner, {
        externalise: (entry) => ({ value: entry.state, updatedAt: entry.updatedAt }),
        internalise: (value, updatedAt) => ({ state: value as S, updatedAt }),
        onRestored: (partition, key, entry) => idle[partition]!.touch(entry.updatedAt, key),
      })
      const made = time.milliseconds <= store.version
      const previous = made ? undefined : context.graph.previousState(self, time, store.version)
      const data = parent.getOrCompute(time)?.partitionBy(partitioner)
      const begins = made || (previous === undefined && !Number.isFinite(store.version))
      const batch: Batch<K, V, S, M> = {
        spec,
        time,
        operatorId: self.id,
        partitioner,
        data,
        initial: begins ? spec.initial?.partitionBy(partitioner) : undefined,
        scans: spec.timeoutInterval !== undefined && time.minus(self.zeroTime!).isMultipleOf(self.checkpointDuration!),
        orders,
        serialised: !self.storageLevel.deserialized,
      }
      return context.sparkContext.newRdd('mapWithState', made ? pastBatch(store, batch) : newBatch(store, batch, previous, idle))
    },
    onForget(time, remembered) {
      store?.forgetBefore(time.milliseconds, remembered.milliseconds)
      orders.forgetBefore(remembered.milliseconds)
    },
  }
}

/** A batch that makes the next version of the state, when it is first needed. `previous`: the one that must have been made before it. */
function newBatch<K, V, S, M>(
  store: StateStore<K, Entry<S>>,
  batch: Batch<K, V, S, M>,
  previous: RDD<unknown> | undefined,
  idle: readonly IdleKeys<K>[],
): RddDefinition<MapWithStateRecord<K, S, M>> {
  const { spec, partitioner, initial, data, scans, orders, serialised } = batch
  const version = batch.time.milliseconds
  const timeoutMs = spec.timeoutInterval?.milliseconds
  let mapped: M[][] = []
  const advance = (map: VersionedMap<K, Entry<S>>, partition: number, before: number): M[] => {
    const touched: K[] = []
    // Of a key that comes more than once the last.
    initial?.each(partition, ([key, value]) => {
      map.set(key, { state: value, updatedAt: version })
      touched.push(key)
    })
    const order = initial === undefined ? orders.before(before, partition, map) : KeyOrders.ofTable(touched)
    const changed: K[] | undefined = order === undefined ? undefined : []
    const emitted = mapRecords(map, data, partition, batch, { touched, changed })
    if (timeoutMs !== undefined) {
      for (const key of touched) idle[partition]!.touch(version, key)
      if (scans) timeOut(map, idle[partition]!, timeoutMs, batch, emitted, { order, gone: changed })
    }
    orders.append({ version, before, partition, keys: order, changed: changed ?? [], map, serialised })
    return emitted
  }
  return stateView<K, Entry<S>, MapWithStateRecord<K, S, M>>(store, version, {
    className: 'MapWithStateRDD',
    partitioner,
    make: () =>
      andThen(prepareAll([previous, initial, data]), () => {
        const made: M[][] = []
        const before = store.version
        const undo = idle.map((keys) => keys.snapshot())
        try {
          store.advance(version, (map, partition) => {
            made[partition] = advance(map, partition, before)
          })
        } catch (thrown) {
          for (const restore of undo) restore()
          throw thrown
        }
        mapped = made
      }),
    each: (map, partition, push) => push({ mapped: mapped[partition] ?? [], map, order: orders.of(version, partition) }),
  })
}

/**
 * A batch whose state is made already, as a window asks for it after a restart: its function is called again, on the state as it was
 * before, and what that would make of the state is dropped.
 */
function pastBatch<K, V, S, M>(store: StateStore<K, Entry<S>>, batch: Batch<K, V, S, M>): RddDefinition<MapWithStateRecord<K, S, M>> {
  const { spec, partitioner, initial, data, scans, orders } = batch
  const version = batch.time.milliseconds
  return {
    className: 'MapWithStateRDD',
    dependencies: [],
    partitions: () => store.partitions,
    partitioner: () => partitioner,
    prepare: () => prepareAll([data, initial]),
    each(partition, push) {
      const map = store.maps[partition]!
      const before = map.previousOf(version)
      const past = new VersionedMap<K, Entry<S>>(before)
      const idle = new IdleKeys<K>()
      const load = (key: K, entry: Entry<S>): void => {
        past.load(key, entry)
        idle.touch(entry.updatedAt, key)
      }
      map.visitVersion(before, load)
      if (!Number.isFinite(before)) initial?.each(partition, ([key, value]) => load(key, { state: value, updatedAt: version }))
      past.begin(version)
      const mapped = mapRecords(past, data, partition, batch)
      if (scans)
        timeOut(past, idle, spec.timeoutInterval!.milliseconds, batch, mapped, { order: orders.of(before, partition), gone: undefined })
      push({ mapped, map, order: orders.of(version, partition) })
    },
  }
}
