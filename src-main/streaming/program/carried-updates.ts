// What a task in a thread has added to accumulators, on its way to the program's own thread. The program's top level registers the same
// accumulators in every thread, under the same ids.
import type { AccumulatorV2 } from '../rdd/accumulator.ts'
import { CollectionAccumulator } from '../rdd/collection-accumulator.ts'
import { DoubleAccumulator, LongAccumulator } from '../rdd/number-accumulators.ts'
import type { AnyAccumulator, SparkContext } from '../rdd/spark-context.ts'
import type { TaskUpdates } from '../rdd/task-updates.ts'
import { type CarriedColumn, carry, NotCarried, uncarry } from './carried-values.ts'

export type CarriedUpdate =
  | { readonly id: number; readonly sum: number; readonly count: number }
  | { readonly id: number; readonly items: CarriedColumn }

/** What to send of a task that has succeeded. Throws NotCarried for a person's own class, and for what is registered after the start. */
export function carryUpdates(updates: TaskUpdates, context: SparkContext, transfer: ArrayBuffer[]): CarriedUpdate[] {
  return Array.from(updates.parts, ([accumulator, part]) => {
    const { id } = accumulator as AnyAccumulator
    if (context.accumulators[id] !== accumulator) throw new NotCarried('accumulator that is registered after the start')
    if (part.constructor === LongAccumulator || part.constructor === DoubleAccumulator) {
      const { sum, count } = part as LongAccumulator | DoubleAccumulator
      return { id, sum, count }
    }
    if (part.constructor === CollectionAccumulator) return { id, items: carry((part as CollectionAccumulator<unknown>).value, transfer) }
    throw new NotCarried(part.constructor.name)
  })
}

/** Adds in the program's own thread what came. */
export function mergeUpdates(updates: readonly CarriedUpdate[], context: SparkContext): void {
  for (const update of updates) {
    const accumulator = context.accumulators[update.id] as AccumulatorV2<never, unknown>
    const part = accumulator.copyAndReset()
    if ('items' in update) for (const item of uncarry(update.items)) part.add(item as never)
    else (part as unknown as LongAccumulator | DoubleAccumulator).addAll(update.sum, update.count)
    accumulator.merge(part)
  }
}

/** Accumulators as a thread's program must make them too. */
export function describeAccumulators(context: SparkContext): string[] {
  return context.accumulators.map((each) => [each.constructor.name, each.name ?? ''].join(' ').trimEnd())
}
