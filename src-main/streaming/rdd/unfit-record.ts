// Records and results that an operation cannot work on. Types are stripped when a program runs: what its checker would have said is said here.
import { inspect } from 'node:util'
import { IllegalArgumentException } from '../../../src-shared/streaming/exceptions.ts'

/** A value of a program in a sentence. */
export const shown = (value: unknown): string =>
  inspect(value, { depth: 1, maxStringLength: 80, maxArrayLength: 3, breakLength: Number.POSITIVE_INFINITY })

/** The error of a record that is no pair, where an operation works by key. */
export function noPair(record: unknown): IllegalArgumentException {
  return new IllegalArgumentException(
    `This operation works on pairs [key, value], and was given ${shown(record)}. Make pairs of the records first, with map((record) => [key, value]).`,
  )
}

/** The record, which must be a pair. */
export function pairOf<K, V>(record: [K, V]): [K, V] {
  if (!Array.isArray(record)) throw noPair(record)
  return record
}

/** What a function of flatMap gave; throws when there is nothing to go through. */
export function elementsOf<U>(result: Iterable<U>): Iterable<U> {
  if (Array.isArray(result) || typeof (result as Partial<Iterable<U>> | null | undefined)?.[Symbol.iterator] === 'function') return result
  throw new IllegalArgumentException(`The function of a flatMap must give an array or another iterable, and gave ${shown(result)}.`)
}
