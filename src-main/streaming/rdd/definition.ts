// What an RDD is made of, apart from its methods: how many partitions, where they come from, how one is computed. One definition per kind
// of RDD, in the files beside this one. Data is pushed: a chain of narrow operations is one loop at its source that calls nested functions,
// without an iterator per operation.
import type { RddAddress } from './executors.ts'
import type { MapSide } from './map-side.ts'
import type { Partitioner } from './partitioner.ts'
import type { RDD } from './rdd.ts'

export type Push<T> = (value: T) => void
export type MaybePromise<T> = T | Promise<T>

export type AnyMapSide = MapSide<unknown, unknown, unknown>

export interface Dependency {
  readonly rdd: RDD<unknown>
  readonly shuffle: boolean
}

export interface RddDefinition<T> {
  readonly className: string
  readonly dependencies: readonly Dependency[]
  /** May look at data (a sort behind an asynchronous function samples its keys), and may then throw what the data's functions throw. */
  partitions(): number
  partitioner?(): Partitioner | undefined
  /** Does what must be done before `each` and `iterate` may run for these partitions: shuffles, asynchronous functions. Runs parents first. */
  prepare?(partitions: readonly number[]): MaybePromise<void>
  /** Pushes the elements of a partition, in order. Synchronous. */
  each(partition: number, push: Push<T>): void
  /** The same, pulled; where absent the partition is collected first. */
  iterate?(partition: number): Iterable<T>
  /** Its elements lie in memory whoever asks, and as long as anyone may: persist() keeps no copy of them. */
  readonly resident?: true
  /** The DStream that this RDD belongs to, set when one made it: errors name it. */
  operatorId?: number
  /** Where it stands in the graph of streams, set where every evaluation of the program gives the same there. */
  address?: RddAddress
  /** What its shuffles do to its parents' partitions, in the order of dependencies. */
  readonly mapSides?: readonly AnyMapSide[]
  /** A function of it is asynchronous. */
  readonly asynchronous?: boolean
  /** Present where `each` does nothing but this to the elements of one parent: then a loop that records may do it in its own way. */
  readonly step?: Step<unknown, T>
}

/** How many elements a step has yielded. */
export interface Tally {
  count: number
}

/** What an element-wise operation does to one element. */
export interface Step<T, U> {
  readonly parent: RDD<T>
  /** As a function for a loop to call: what comes of an element goes to `push` and is counted. */
  fuse(push: Push<U>, tally: Tally): Push<T>
  /** What comes of one element, to be looked at on its way. */
  apply(value: T): Iterable<U>
}

export const narrow = (rdd: RDD<never> | RDD<unknown>): Dependency => ({ rdd: rdd as RDD<unknown>, shuffle: false })
export const wide = (rdd: RDD<never> | RDD<unknown>): Dependency => ({ rdd: rdd as RDD<unknown>, shuffle: true })

/** `next(value)`, at once when the value is here. */
export function andThen<A, B>(value: MaybePromise<A>, next: (value: A) => MaybePromise<B>): MaybePromise<B> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Visits one after the other; asynchronous from the first visit that is. */
export function inTurn<A>(items: Iterable<A>, visit: (item: A) => MaybePromise<void>): MaybePromise<void> {
  const iterator = items[Symbol.iterator]()
  const go = (): MaybePromise<void> => {
    for (let step = iterator.next(); step.done !== true; step = iterator.next()) {
      const pending = visit(step.value)
      if (pending instanceof Promise) return pending.then(go)
    }
    return undefined
  }
  return go()
}

/** The numbers of all partitions of an RDD. */
export function allPartitions(rdd: { getNumPartitions(): number }): number[] {
  return Array.from({ length: rdd.getNumPartitions() }, (_, index) => index)
}

interface Preparable {
  getNumPartitions(): number
  prepare(partitions: readonly number[]): MaybePromise<void>
}

/** Prepares all partitions of these RDDs, one RDD after the other. */
export function prepareAll(rdds: readonly (Preparable | undefined)[]): MaybePromise<void> {
  return inTurn(rdds, (rdd) => rdd?.prepare(allPartitions(rdd)))
}
