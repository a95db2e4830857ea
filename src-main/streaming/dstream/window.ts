// Windows without an inverse: the batches of the last while, side by side.
import { StreamingException } from '../../../src-shared/streaming/exceptions.ts'
import { type Duration, Interval } from '../../../src-shared/streaming/time.ts'
import { takesDuration } from '../program-arguments.ts'
import { StorageLevel } from '../rdd/storage-level.ts'
import type { DStream } from './dstream.ts'
import { anyStream, type StreamDefinition } from './stream-definition.ts'

/** WindowedDStream: the union of the parent's RDDs with times in [T - window + parent slide, T]. The parent is kept in memory. */
export function windowed<T>(parent: DStream<T>, windowDuration: Duration, slideDuration: Duration): StreamDefinition<T> {
  parent.context.checkMayChange()
  const step = parent.slideDuration
  const check = (what: string, duration: Duration): void => {
    takesDuration(`The ${what} duration`, duration)
    if (duration.isMultipleOf(step)) return
    const text = `The ${what} duration of windowed DStream (${duration}) must be a multiple of the slide duration of parent DStream (${step})`
    throw new StreamingException('Exception', 'BAD_ARGUMENT', text)
  }
  check('window', windowDuration)
  check('slide', slideDuration)
  parent.persist(StorageLevel.MEMORY_ONLY_SER)
  return {
    className: 'WindowedDStream',
    parents: [anyStream(parent)],
    slideDuration,
    windowDuration,
    persistsParent: true,
    compute(time) {
      return parent.context.sparkContext.union(parent.slice(new Interval(time.minus(windowDuration).plus(step), time)))
    },
  }
}
