// What a program gives to operations, checked where it gives it: types are stripped when a program runs, and it may be plain JavaScript.
// Without these a wrong argument would be found in the middle of a batch, or never: a filter by an async function keeps everything.
import { IllegalArgumentException } from '../../src-shared/streaming/exceptions.ts'
import { Duration } from '../../src-shared/streaming/time.ts'
import { RddNode } from './rdd/rdd-node.ts'
import { shown } from './rdd/unfit-record.ts'

/** Written with `async`: seen without a call. */
export function isAsynchronous(f: unknown): boolean {
  return typeof f === 'function' && /^Async/.test(f.constructor.name)
}

/** Throws unless all are functions whose results can be used at once. An async one gives promises, which are no records and always true. */
export function takesFunctions(operation: string, ...functions: readonly unknown[]): void {
  takesAnyFunction(operation, ...functions)
  if (!functions.some(isAsynchronous)) return
  throw new IllegalArgumentException(
    `${operation} takes a function that answers at once, and was given an async one. Functions of mapPartitions, foreachPartition and foreachRDD may be async.`,
  )
}

/** Throws unless all are functions; they may be async. */
export function takesAnyFunction(operation: string, ...functions: readonly unknown[]): void {
  for (const f of functions) {
    if (typeof f !== 'function') throw new IllegalArgumentException(`${operation} takes a function, and was given ${shown(f)}.`)
  }
}

/** Throws unless it is a Duration. `what`: `The window duration`. */
export function takesDuration(what: string, duration: unknown): void {
  if (duration instanceof Duration) return
  throw new IllegalArgumentException(`${what} must be a Duration, as seconds(5) gives it, and is ${shown(duration)}.`)
}

/** Throws unless it is an RDD: what a program's function of transform, or a queue, gave. */
export function givesRdd(operation: string, rdd: unknown): void {
  if (rdd instanceof RddNode) return
  throw new IllegalArgumentException(
    `${operation} must give an RDD for each batch, and gave ${shown(rdd)}. sparkContext.parallelize makes one of an array.`,
  )
}

/** Throws unless it is a whole number. */
export function takesWholeNumber(what: string, count: unknown): void {
  if (Number.isInteger(count)) return
  throw new IllegalArgumentException(`${what} must be a whole number, and is ${shown(count)}.`)
}
