// Approximate actions: partition after partition until all are done or the time is up.

import { showDouble } from '../../../src-shared/java-double.ts'
import { requirement } from '../../../src-shared/streaming/exceptions.ts'
import { boundedCount, exactCount, partialCount } from './count-bounds.ts'
import { allPartitions } from './definition.ts'
import { KeyedMap } from './keyed-map.ts'
import { type BoundedDouble, PartialResult } from './partial-result.ts'
import type { RddNode } from './rdd-node.ts'
import { newStage, runTask } from './task.ts'

/** Puts together what partitions give. */
interface Evaluator<U, R> {
  merge(result: U): void
  /** What is known of `total` partitions when `merged` of them are. */
  current(merged: number, total: number): R
}

/** How many elements, as far as `timeoutMs` lets it see. */
export function countApprox<T>(rdd: RddNode<T>, timeoutMs: number, confidence: number): Promise<PartialResult<BoundedDouble>> {
  checkConfidence(confidence)
  let sum = 0
  const count = (partition: number): number => {
    let length = 0
    rdd.each(partition, () => {
      length += 1
    })
    return length
  }
  return approximately(rdd, timeoutMs, count, {
    merge: (length) => {
      sum += length
    },
    current: (merged, total) => boundedCount(sum, merged, total, confidence),
  })
}

/** How often each value is there (Spark's GroupedCountEvaluator): values that were not seen yet are not in the map. */
export function countByValueApprox<T>(
  rdd: RddNode<T>,
  timeoutMs: number,
  confidence: number,
): Promise<PartialResult<ReadonlyMap<T, BoundedDouble>>> {
  checkConfidence(confidence)
  const sums = new KeyedMap<T, number>()
  const add = (value: T, count: number): void => sums.set(value, (sums.get(value) ?? 0) + count)
  const counts = (partition: number): KeyedMap<T, number> => {
    const found = new KeyedMap<T, number>()
    rdd.each(partition, (value) => found.set(value, (found.get(value) ?? 0) + 1))
    return found
  }
  return approximately(rdd, timeoutMs, counts, {
    merge: (found) => {
      for (const [value, count] of found.entries()) add(value, count)
    },
    current: (merged, total) =>
      new Map(
        Array.from(sums.entries(), ([value, sum]): [T, BoundedDouble] => [
          value,
          merged === total ? exactCount(sum) : partialCount(sum, merged / total, confidence),
        ]),
      ),
  })
}

function checkConfidence(confidence: number): void {
  requirement(confidence >= 0 && confidence <= 1, `confidence (${showDouble(confidence)}) must be in [0,1]`)
}

async function approximately<T, U, R>(
  rdd: RddNode<T>,
  timeoutMs: number,
  task: (partition: number) => U,
  evaluator: Evaluator<U, R>,
): Promise<PartialResult<R>> {
  const partitions = allPartitions(rdd)
  const stage = newStage()
  let merged = 0
  const steps = (async function* (): AsyncGenerator<void> {
    await rdd.prepare(partitions)
    for (const partition of partitions) {
      yield
      evaluator.merge(runTask(stage, partition, () => task(partition)))
      merged += 1
    }
  })()
  const done = new AbortController()
  let timeIsUp = false
  const time = rdd.context.clock.sleep(timeoutMs, done.signal).then(() => {
    timeIsUp = true
  })
  try {
    for (;;) {
      const step = steps.next()
      // Where the time is up first, getFinalValue() waits for the step and throws what it throws.
      step.catch(() => {})
      const ended = await Promise.race([step.then((result) => result.done === true), time.then(() => false)])
      if (ended) return new PartialResult(evaluator.current(merged, partitions.length))
      // The clock has its turn between partitions.
      await new Promise((resolve) => setImmediate(resolve))
      if (!timeIsUp) continue
      return new PartialResult(evaluator.current(merged, partitions.length), async () => {
        await step
        for await (const _ of steps);
        return evaluator.current(merged, partitions.length)
      })
    }
  } finally {
    done.abort()
  }
}
