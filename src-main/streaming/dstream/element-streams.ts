// Streams whose batch is a function of their parents' batches of the same time: element-wise ones, unions, transforms.
import { NoSuchElementException, requirement, SparkException } from '../../../src-shared/streaming/exceptions.ts'
import type { Time } from '../../../src-shared/streaming/time.ts'
import type { RDD } from '../rdd/rdd.ts'
import { blameOperator } from '../rdd/task.ts'
import type { DStream } from './dstream.ts'
import { anyStream, type StreamDefinition } from './stream-definition.ts'

/** One RDD operation on each batch; no batch where the parent has none. */
export function derived<T, U>(className: string, parent: DStream<T>, f: (rdd: RDD<T>) => RDD<U>): StreamDefinition<U> {
  return {
    className,
    parents: [anyStream(parent)],
    slideDuration: parent.slideDuration,
    sameEverywhere: true,
    compute(time) {
      const rdd = parent.getOrCompute(time)
      return rdd === undefined ? undefined : f(rdd)
    },
  }
}

function checkParents(parents: readonly Pick<DStream<never>, 'context' | 'slideDuration'>[]): void {
  const [first] = parents
  first!.context.checkMayChange()
  requirement(
    parents.every((parent) => parent.context === first!.context),
    'Some of the DStreams have different contexts',
  )
  requirement(
    parents.every((parent) => parent.slideDuration.equals(first!.slideDuration)),
    'Some of the DStreams have different slide durations',
  )
}

/** All parents' elements. A parent without a batch is an error. */
export function unionOf<T>(parents: readonly DStream<T>[]): StreamDefinition<T> {
  const [first] = parents
  if (first === undefined) throw new NoSuchElementException('next on empty iterator')
  checkParents(parents)
  return {
    className: 'UnionDStream',
    parents: parents.map((parent) => anyStream(parent)),
    slideDuration: first.slideDuration,
    sameEverywhere: true,
    compute(time) {
      const rdds = parents.map((parent) => {
        const rdd = parent.getOrCompute(time)
        if (rdd === undefined) throw new SparkException(`Could not generate RDD from a parent for unifying at time ${time}`)
        return rdd
      })
      return first.context.sparkContext.union(rdds)
    },
  }
}

/** A function of the parents' RDDs, run when a batch's jobs are made. A parent without a batch is an error. */
export function transformed<U>(
  parents: readonly DStream<never>[] | readonly DStream<unknown>[],
  f: (rdds: RDD<unknown>[], time: Time) => RDD<U>,
): StreamDefinition<U> {
  const streams = parents.map((parent) => anyStream(parent))
  const [first] = streams
  if (first === undefined) throw new NoSuchElementException('head of empty list')
  checkParents(streams)
  return {
    className: 'TransformedDStream',
    parents: streams,
    slideDuration: first.slideDuration,
    // A program's own function runs in the program's own thread, and may give what only that has.
    sameEverywhere: first.context.inOperation,
    compute(time, self) {
      const rdds = streams.map((parent) => {
        const rdd = parent.getOrCompute(time)
        if (rdd === undefined) throw new SparkException(`Couldn't generate RDD from parent at time ${time}`)
        return rdd
      })
      // The program's own calls inside show their own places.
      const call = (): RDD<U> => first.context.sparkContext.withSite(undefined, () => f(rdds, time))
      const result = namingOperator(self.id, call) as RDD<U> | null | undefined
      if (result === null || result === undefined) {
        throw new SparkException(
          'Transform function must not return null. Return SparkContext.emptyRDD() instead to represent no element as the result of transformation.',
        )
      }
      return result
    },
  }
}

/** What a record does to a sort in a function of transform, while the RDD is made, is that stream's failure. */
function namingOperator<R>(operatorId: number, body: () => R): R {
  try {
    return body()
  } catch (thrown) {
    throw blameOperator(thrown, operatorId)
  }
}
