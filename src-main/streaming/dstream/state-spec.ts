// What mapWithState is told: its function, where its states begin, how they are laid out, when they time out. As Spark's StateSpec.
import type { Duration, Time } from '../../../src-shared/streaming/time.ts'
import { takesDuration, takesFunctions } from '../program-arguments.ts'
import { HashPartitioner, type Partitioner } from '../rdd/partitioner.ts'
import type { Partitioning, RDD } from '../rdd/rdd.ts'
import type { State } from './state.ts'

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
