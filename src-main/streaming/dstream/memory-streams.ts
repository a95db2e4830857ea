// Inputs that are in memory: a queue of RDDs, and one RDD again and again.
import { requirement } from '../../../src-shared/streaming/exceptions.ts'
import type { Time } from '../../../src-shared/streaming/time.ts'
import type { RDD } from '../rdd/rdd.ts'
import type { StreamingContext } from '../streaming-context.ts'
import { InputDStream } from './input-dstream.ts'

/** queueStream: one RDD of the queue per batch, or all that wait. */
export class QueueInputDStream<T> extends InputDStream<T> {
  readonly #queue: RDD<T>[]
  readonly #oneAtATime: boolean
  readonly #otherwise: RDD<T> | null

  constructor(context: StreamingContext, queue: RDD<T>[], oneAtATime: boolean, otherwise: RDD<T> | null) {
    super(context, 'queueStream')
    this.#queue = queue
    this.#oneAtATime = oneAtATime
    this.#otherwise = otherwise
  }

  override compute(_time: Time): RDD<T> {
    const taken = this.#oneAtATime ? this.#queue.splice(0, 1) : this.#queue.splice(0)
    const { sparkContext } = this.context
    if (taken.length > 0) return this.#oneAtATime ? taken[0]! : sparkContext.union(taken)
    return this.#otherwise ?? sparkContext.emptyRDD<T>()
  }
}

/** The same RDD in every batch. */
export class ConstantInputDStream<T> extends InputDStream<T> {
  readonly #rdd: RDD<T>

  constructor(context: StreamingContext, rdd: RDD<T>) {
    super(context, 'constantStream')
    requirement(rdd !== null && rdd !== undefined, 'parameter rdd null is illegal, which will lead to NPE in the following transformation')
    this.#rdd = rdd
  }

  override compute(): RDD<T> {
    return this.#rdd
  }
}
