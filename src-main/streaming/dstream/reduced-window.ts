// Windows with an inverse function (ReducedWindowedDStream): each result is the previous one, less what left the window, plus what came.
// The results live in a store that changes in place, so that a batch costs what its own and the leaving keys cost, whatever the depth.
import { requirement, StreamingException } from '../../../src-shared/streaming/exceptions.ts'
import type { Duration } from '../../../src-shared/streaming/time.ts'
import { takesDuration } from '../program-arguments.ts'
import { andThen, prepareAll } from '../rdd/definition.ts'
import { KeyedMap } from '../rdd/keyed-map.ts'
import type { Partitioner } from '../rdd/partitioner.ts'
import type { RDD } from '../rdd/rdd.ts'
import { StorageLevel } from '../rdd/storage-level.ts'
import { blame } from '../rdd/task.ts'
import { KeyOrders, pushInOrder } from '../state/key-orders.ts'
import { type StateStore, stateView } from '../state/state-store.ts'
import type { VersionedMap } from '../state/versioned-map.ts'
import type { DStream } from './dstream.ts'
import { anyStream, type StreamDefinition } from './stream-definition.ts'

export interface ReducedWindowOptions<K, V> {
  readonly f: (a: V, b: V) => V
  readonly inverse: (accumulated: V, leaving: V) => V
  readonly filter: ((pair: [K, V]) => boolean) | undefined
  readonly windowDuration: Duration
  readonly slideDuration: Duration
  readonly partitioner: Partitioner
}

/** Values of one key that leave and that come, each reduced as soon as there are two. */
interface Change<V> {
  old: V[]
  new: V[]
}

export function reducedWindow<K, V>(parent: DStream<[K, V]>, options: ReducedWindowOptions<K, V>): StreamDefinition<[K, V]> {
  const { windowDuration, slideDuration, partitioner } = options
  const context = parent.context
  const step = parent.slideDuration
  context.checkMayChange()
  checkMultiple('window', windowDuration, step)
  checkMultiple('slide', slideDuration, step)
  const reduced = parent.reduceByKey(options.f, partitioner).persist(StorageLevel.MEMORY_ONLY_SER)
  let store: StateStore<K, V> | undefined
  const orders = new KeyOrders<K>()

  return {
    className: 'ReducedWindowedDStream',
    parents: [anyStream(reduced)],
    slideDuration,
    windowDuration,
    mustCheckpoint: true,
    storageLevel: StorageLevel.MEMORY_ONLY_SER,
    onPersist(level) {
      reduced.persist(level)
    },
    compute(time, self) {
      store ??= context.newStateStore<K, V>(self, 'reduceByKeyAndWindow', partitioner, {
        externalise: (value) => ({ value, updatedAt: 0 }),
        internalise: (value) => value as V,
      })
      const state = store
      const version = time.milliseconds
      const view = (make: () => ReturnType<typeof prepareAll>): RDD<[K, V]> =>
        context.sparkContext.newRdd(
          'reduceByKeyAndWindow',
          stateView<K, V, [K, V]>(state, version, {
            className: 'MapPartitionsRDD',
            partitioner,
            make,
            each: (map, partition, push) => pushInOrder(map, version, orders.of(version, partition), push),
          }),
        )
      if (version <= state.version) return view(() => undefined)
      const previous = context.graph.previousState(self, time, state.version)
      const previousTime = context.graph.previousStateTime(self, time, state.version)
      const begin = time.minus(windowDuration).plus(step)
      const leaving = reduced.slice(previousTime.minus(windowDuration).plus(step), begin.minus(step))
      const coming = reduced.slice(previousTime.plus(step), time)
      return view(() =>
        andThen(prepareAll([previous, ...leaving, ...coming]), () => {
          const before = state.version
          state.advance(version, (map, partition) => {
            const keys = orders.before(before, partition, map)
            const touched = advance(map, collect(leaving, coming, partition), options, self.id)
            orders.insert(version, partition, keys, touched, map)
          })
        }),
      )
    },
    onForget(time, remembered) {
      store?.forgetBefore(time.milliseconds, remembered.milliseconds)
      orders.forgetBefore(remembered.milliseconds)
    },
  }
}

function checkMultiple(what: string, duration: Duration, step: Duration): void {
  takesDuration(`The ${what} duration`, duration)
  requirement(
    duration.isMultipleOf(step),
    `The ${what} duration of ReducedWindowedDStream (${duration}) must be multiple of the slide duration of parent DStream (${step})`,
  )
}

/** What leaves and what comes of each key of a partition. */
function collect<K, V>(leaving: readonly RDD<[K, V]>[], coming: readonly RDD<[K, V]>[], partition: number): KeyedMap<K, Change<V>> {
  const changes = new KeyedMap<K, Change<V>>()
  const add =
    (side: 'old' | 'new') =>
    (pair: [K, V]): void => {
      let change = changes.get(pair[0])
      if (change === undefined) {
        change = { old: [], new: [] }
        changes.set(pair[0], change)
      }
      change[side].push(pair[1])
    }
  for (const rdd of leaving) rdd.each(partition, add('old'))
  for (const rdd of coming) rdd.each(partition, add('new'))
  return changes
}

/** Brings the results of the keys that change up to date; answers these keys. */
function advance<K, V>(
  map: VersionedMap<K, V>,
  changes: KeyedMap<K, Change<V>>,
  options: ReducedWindowOptions<K, V>,
  operatorId: number,
): readonly K[] {
  const { f, inverse, filter } = options
  const touched: K[] = []
  changes.forEach((change, key) => {
    try {
      let value: V
      if (!map.has(key)) {
        if (change.new.length === 0) {
          throw new StreamingException(
            'Exception',
            'PROGRAM_FAILED',
            'Neither previous window has value for key, nor new values found. Are you sure your key class hashes consistently?',
          )
        }
        value = change.new.reduce(f)
      } else {
        value = map.get(key) as V
        if (change.old.length > 0) value = inverse(value, change.old.reduce(f))
        if (change.new.length > 0) value = f(value, change.new.reduce(f))
      }
      if (filter === undefined || filter([key, value])) map.set(key, value)
      else map.remove(key)
    } catch (thrown) {
      throw blame(thrown, [key, change], { operatorId })
    }
    touched.push(key)
  })
  return touched
}
