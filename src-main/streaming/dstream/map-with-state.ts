// mapWithState: one call per record with the state of its key, as two streams: what the function makes of the records, and all states.
import type { Partitioner } from '../rdd/partitioner.ts'
import { StorageLevel } from '../rdd/storage-level.ts'
import { pushInOrder } from '../state/key-orders.ts'
import { DStream } from './dstream.ts'
import { type MapWithStateRecord, mapWithStateBatches } from './map-with-state-batches.ts'
import type { StateSpec } from './state-spec.ts'
import { anyStream, type StreamDefinition } from './stream-definition.ts'

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
        parents: [anyStream(internal)],
        slideDuration: internal.slideDuration,
        compute(time) {
          return internal.getOrCompute(time)?.flatMap((record) => {
            const pairs: [K, S][] = []
            pushInOrder(record.map, time.milliseconds, record.order, ([key, entry]) => pairs.push([key, entry.state]))
            return pairs
          })
        },
      })
    })
  }
}

/** DStream.mapWithState. */
export function mapWithState<K, V, S, M>(
  parent: DStream<[K, V]>,
  spec: StateSpec<K, V, S, M>,
  partitioner: Partitioner,
): MapWithStateDStream<K, S, M> {
  return parent.context.scoped('mapWithState', () => {
    const internal = new DStream(parent.context, 'mapWithState', mapWithStateBatches(parent, spec, partitioner))
    internal.storageLevel = StorageLevel.MEMORY_ONLY
    return new MapWithStateDStream<K, S, M>(internal, {
      className: 'MapWithStateDStreamImpl',
      parents: [anyStream(internal)],
      slideDuration: internal.slideDuration,
      checkpointsParent: true,
      compute: (time) => internal.getOrCompute(time)?.flatMap((record) => record.mapped as M[]),
    })
  })
}
