// updateStateByKey. The plain forms keep their state in a store that changes in place; the form over iterators may yield any pairs, so
// its state is rebuilt every batch.
import type { Time } from '../../../src-shared/streaming/time.ts'
import { allPartitions, andThen, prepareAll } from '../rdd/definition.ts'
import { KeyedMap } from '../rdd/keyed-map.ts'
import * as narrow from '../rdd/narrow.ts'
import type { Partitioner } from '../rdd/partitioner.ts'
import type { RDD } from '../rdd/rdd.ts'
import { blame, newStage, runTask } from '../rdd/task.ts'
import { GroupBuffer } from '../rdd/value.ts'
import { KeyOrders, pushInOrder } from '../state/key-orders.ts'
import { type StateStore, stateView } from '../state/state-store.ts'
import type { VersionedMap } from '../state/versioned-map.ts'
import type { DStream } from './dstream.ts'
import { anyStream, type StreamDefinition } from './stream-definition.ts'

export interface UpdateOptions<K, S> {
  readonly partitioner: Partitioner
  readonly rememberPartitioner: boolean
  readonly initial: RDD<[K, S]> | undefined
}

type Update<K, V, S> = (time: Time, key: K, values: V[], state: S | undefined) => S | undefined

/** StateDStream, in place. */
export function updatedState<K, V, S>(
  parent: DStream<[K, V]>,
  update: Update<K, V, S>,
  options: UpdateOptions<K, S>,
): StreamDefinition<[K, S]> {
  const { partitioner, initial } = options
  const context = parent.context
  let store: StateStore<K, S> | undefined
  const orders = new KeyOrders<K>()
  return {
    className: 'StateDStream',
    parents: [anyStream(parent)],
    slideDuration: parent.slideDuration,
    mustCheckpoint: true,
    compute(time, self) {
      store ??= context.newStateStore<K, S>(self, 'updateStateByKey', partitioner, {
        externalise: (value) => ({ value, updatedAt: 0 }),
        internalise: (value) => value as S,
      })
      const state = store
      const version = time.milliseconds
      // A window looks back at batches that had no RDD.
      if (version <= state.version && state.beganAfter(version)) return undefined
      const previous = version <= state.version ? undefined : context.graph.previousState(self, time, state.version)
      const data = version <= state.version ? undefined : parent.getOrCompute(time)
      const known = previous !== undefined || Number.isFinite(state.version)
      if (!known && data === undefined) return undefined
      // Pairs are brought to their partitions first, so that a failing shuffle changes nothing.
      const grouped = data?.partitionBy(partitioner)
      const seeded = known ? undefined : initial?.partitionBy(partitioner)
      const rdd = stateView<K, S, [K, S]>(state, version, {
        className: 'MapPartitionsRDD',
        partitioner: options.rememberPartitioner ? partitioner : undefined,
        make: () =>
          andThen(prepareAll([previous, seeded, grouped]), () => {
            const before = state.version
            state.advance(version, (map, partition) => {
              seeded?.each(partition, ([key, value]) => {
                if (!map.has(key)) map.set(key, value)
              })
              const keys = orders.before(before, partition, map)
              const touched = advance(map, partition, grouped, time, update, self.id)
              if (grouped === undefined) orders.keep(version, partition, keys, map)
              else orders.insert(version, partition, touched, keys, map)
            })
          }),
        each: (map, partition, push) => pushInOrder(map, version, orders.of(version, partition), push),
      })
      return grouped === undefined ? context.sparkContext.newRdd('updateStateByKey', rdd) : grouped.derive('updateStateByKey', rdd)
    },
    onForget(time, remembered) {
      store?.forgetBefore(time.milliseconds, remembered.milliseconds)
      orders.forgetBefore(remembered.milliseconds)
    },
  }
}

function advance<K, V, S>(
  map: VersionedMap<K, S>,
  partition: number,
  data: RDD<[K, V]> | undefined,
  time: Time,
  update: Update<K, V, S>,
  operatorId: number,
): readonly K[] {
  const values = new KeyedMap<K, V[]>()
  data?.each(partition, (pair) => {
    const group = values.get(pair[0])
    if (group === undefined) values.set(pair[0], GroupBuffer.of(pair[1]) as V[])
    else group.push(pair[1])
  })
  const call = (key: K, group: V[], state: S | undefined): S | undefined => {
    try {
      return update(time, key, group, state)
    } catch (thrown) {
      throw blame(thrown, [key, group], { operatorId })
    }
  }
  const changes: [K, S | undefined][] = []
  // The map must not change while it is walked.
  map.forEach((state, key) => {
    const next = call(key, values.get(key) ?? new GroupBuffer<V>(), state)
    if (next !== state) changes.push([key, next])
  })
  values.forEach((group, key) => {
    if (map.has(key)) return
    const next = call(key, group, undefined)
    if (next !== undefined) changes.push([key, next])
  })
  for (const [key, next] of changes) {
    if (next === undefined) map.remove(key)
    else map.set(key, next)
  }
  const touched: K[] = []
  values.forEach((_group, key) => {
    touched.push(key)
  })
  return touched
}

/** StateDStream over iterators: groups of a partition in, pairs of the new state out. */
export function updatedStateByIterator<K, V, S>(
  parent: DStream<[K, V]>,
  update: (groups: Iterable<[K, V[], S | undefined]>) => Iterable<[K, S]>,
  options: UpdateOptions<K, S>,
): StreamDefinition<[K, S]> {
  const { partitioner, rememberPartitioner, initial } = options
  const context = parent.context
  return {
    className: 'StateDStream',
    parents: [anyStream(parent)],
    slideDuration: parent.slideDuration,
    mustCheckpoint: true,
    compute(time, self) {
      const previous = context.graph.previousState(self, time, Number.NEGATIVE_INFINITY) as RDD<[K, S]> | undefined
      const data = parent.getOrCompute(time)
      const state = previous ?? (data === undefined ? undefined : initial)
      if (state === undefined && data === undefined) return undefined
      if (state === undefined) {
        const groups = data!.groupByKey(partitioner)
        return settled(groups.mapPartitions((pairs) => update(withoutState(pairs)), rememberPartitioner))
      }
      if (data === undefined) return settled(state.mapPartitions((pairs) => update(withoutValues(pairs)), rememberPartitioner))
      return settled(data.cogroup(state, partitioner).mapPartitions((pairs) => update(withBoth(pairs)), rememberPartitioner))
    },
  }
}

function* withoutState<K, V, S>(pairs: Iterable<[K, V[]]>): Generator<[K, V[], S | undefined]> {
  for (const [key, values] of pairs) yield [key, values, undefined]
}

function* withoutValues<K, V, S>(pairs: Iterable<[K, S]>): Generator<[K, V[], S | undefined]> {
  for (const [key, state] of pairs) yield [key, [], state]
}

function* withBoth<K, V, S>(pairs: Iterable<[K, [V[], S[]]]>): Generator<[K, V[], S | undefined]> {
  for (const [key, [values, states]] of pairs) yield [key, values, states[0]]
}

/** The same RDD, computed as a whole when first needed and then independent of what it came from. */
function settled<T>(rdd: RDD<T>): RDD<T> {
  const count = rdd.getNumPartitions()
  const partitioner = rdd.partitioner
  let source: RDD<T> | undefined = rdd
  const partitions: T[][] = []
  const definition = narrow.arrays<T>('MapPartitionsRDD', partitions, partitioner)
  return rdd.derive('updateStateByKey', {
    ...definition,
    partitions: () => count,
    prepare() {
      if (source === undefined) return undefined
      const from = source
      return andThen(prepareAll([from]), () => {
        const stage = newStage()
        for (const partition of allPartitions(from)) {
          const elements: T[] = []
          runTask(stage, partition, () => from.each(partition, (element) => elements.push(element)))
          partitions[partition] = elements
        }
        source = undefined
      })
    },
  })
}
