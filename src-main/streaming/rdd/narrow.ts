// Definitions without a shuffle: sources in memory, element-wise operations, unions, zips, cartesian products, samples.
import { IllegalArgumentException, SparkException } from '../../../src-shared/streaming/exceptions.ts'
import { allPartitions, andThen, inTurn, type MaybePromise, narrow, type Push, type RddDefinition, type Step } from './definition.ts'
import { mustWait, readyAtOnce } from './must-wait.ts'
import type { Partitioner } from './partitioner.ts'
import type { RDD } from './rdd.ts'
import { blame, jobAborted, newStage, runTask } from './task.ts'
import { newTaskUpdates, type TaskUpdates } from './task-updates.ts'
import { elementsOf } from './unfit-record.ts'

/** Slices of a sequence: slice i of n is [floor(i*len/n), floor((i+1)*len/n)). */
export function parallelCollection<T>(data: readonly T[], slices: number): RddDefinition<T> {
  const at = (index: number): number => Math.floor((index * data.length) / slices)
  return {
    className: 'ParallelCollectionRDD',
    dependencies: [],
    partitions() {
      if (slices < 1) throw new IllegalArgumentException('Positive number of partitions required')
      return slices
    },
    each(partition, push) {
      for (let index = at(partition); index < at(partition + 1); index++) push(data[index] as T)
    },
    iterate: (partition) => data.slice(at(partition), at(partition + 1)),
  }
}

export function empty<T>(): RddDefinition<T> {
  return { className: 'EmptyRDD', dependencies: [], partitions: () => 0, each() {} }
}

/** Partitions that are arrays already: received blocks, results that are kept. */
export function arrays<T>(className: string, partitions: readonly (readonly T[])[], partitioner?: Partitioner): RddDefinition<T> {
  return {
    className,
    dependencies: [],
    partitions: () => partitions.length,
    partitioner: () => partitioner,
    each(partition, push) {
      const elements = partitions[partition]!
      for (let index = 0; index < elements.length; index++) push(elements[index] as T)
    },
    iterate: (partition) => partitions[partition]!,
  }
}

const oneToOne = (parent: RDD<never> | RDD<unknown>, preserves: boolean) => ({
  className: 'MapPartitionsRDD',
  dependencies: [narrow(parent)],
  partitions: () => parent.getNumPartitions(),
  partitioner: () => (preserves ? parent.partitioner : undefined),
  prepare: (partitions: readonly number[]) => parent.prepare(partitions),
})

/** A definition that is one step, the same for every element. */
function elementWise<T, U>(
  parent: RDD<T>,
  preserves: boolean,
  make: (definition: () => RddDefinition<U>) => Omit<Step<T, U>, 'parent'>,
): RddDefinition<U> {
  const step: Step<T, U> = { parent, ...make(() => definition) }
  const definition: RddDefinition<U> = {
    ...oneToOne(parent, preserves),
    step: step as Step<unknown, U>,
    each(partition, push) {
      parent.each(partition, step.fuse(push, { count: 0 }))
    },
    *iterate(partition) {
      for (const value of parent.iterate(partition)) yield* step.apply(value)
    },
  }
  return definition
}

// Each kind calls the program's function in a place of its own: what the compiler learns of one kind's calls does not spoil the others'.

/** One element for each; `preserves`: keys stay as they are. */
export function mapped<T, U>(parent: RDD<T>, f: (value: T) => U, preserves = false): RddDefinition<U> {
  return elementWise<T, U>(parent, preserves, (definition) => {
    const call = (value: T): U => {
      try {
        return f(value)
      } catch (thrown) {
        throw blame(thrown, value, definition())
      }
    }
    return {
      fuse: (push, tally) => (value) => {
        const result = call(value)
        tally.count += 1
        push(result)
      },
      apply: (value) => [call(value)],
    }
  })
}

export function filtered<T>(parent: RDD<T>, keep: (value: T) => boolean): RddDefinition<T> {
  return elementWise<T, T>(parent, true, (definition) => {
    const call = (value: T): boolean => {
      try {
        return keep(value)
      } catch (thrown) {
        throw blame(thrown, value, definition())
      }
    }
    return {
      fuse: (push, tally) => (value) => {
        if (!call(value)) return
        tally.count += 1
        push(value)
      },
      apply: (value) => (call(value) ? [value] : []),
    }
  })
}

export function flatMapped<T, U>(parent: RDD<T>, f: (value: T) => Iterable<U>, preserves = false): RddDefinition<U> {
  return elementWise<T, U>(parent, preserves, (definition) => {
    const call = (value: T): Iterable<U> => {
      try {
        return elementsOf(f(value))
      } catch (thrown) {
        throw blame(thrown, value, definition())
      }
    }
    return {
      fuse: (push, tally) => (value) => {
        const results = call(value)
        if (Array.isArray(results)) {
          for (let index = 0; index < results.length; index++) {
            tally.count += 1
            push(results[index])
          }
        } else {
          for (const result of results) {
            tally.count += 1
            push(result)
          }
        }
      },
      apply: call,
    }
  })
}

/** A function over whole partitions: it may be asynchronous, and then its result is collected before anything downstream runs. */
export type PartitionFunction<T, U> = (
  partition: Iterable<T>,
  index: number,
) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U> | AsyncIterable<U>>

export function partitionsMapped<T, U>(parent: RDD<T>, f: PartitionFunction<T, U>, preserves = false): RddDefinition<U> {
  const collected = new Map<number, readonly U[]>()
  const ready = new Map<number, { readonly results: Iterable<U>; readonly updates: TaskUpdates | undefined }>()
  let synchronous = false
  const take = (partition: number): Iterable<U> => {
    const kept = collected.get(partition)
    if (kept !== undefined) return kept
    const begun = ready.get(partition)
    ready.delete(partition)
    begun?.updates?.handOver()
    const results = begun?.results ?? f(parent.iterate(partition), partition)
    if (isIterable<U>(results)) return results
    throw new SparkException(
      'An asynchronous mapPartitions function stands before an operation that must look at its data at once (a sort). Call cache() on its result and run an action on that first.',
    )
  }
  const start = (partition: number): MaybePromise<void> => {
    if (synchronous || collected.has(partition)) return undefined
    const stage = newStage()
    const updates = newTaskUpdates()
    const task = <R>(body: () => R): R => (updates === undefined ? body() : updates.run(body))
    const results = runTask(stage, partition, () => task(() => f(parent.iterate(partition), partition)))
    if (isIterable<U>(results)) {
      synchronous = true
      // It belongs to the task that takes the results: nothing is known yet about how that ends.
      ready.set(partition, { results, updates })
      return undefined
    }
    return task(() => collectAsync(results)).then(
      (all) => {
        updates?.commit()
        collected.set(partition, all)
      },
      (thrown) => {
        throw jobAborted(thrown, stage, partition)
      },
    )
  }
  return {
    ...oneToOne(parent, preserves),
    prepare: (partitions) => andThen(parent.prepare(partitions), () => inTurn(partitions, start)),
    each(partition, push) {
      for (const result of take(partition)) push(result)
    },
    iterate: take,
  }
}

function isIterable<U>(value: unknown): value is Iterable<U> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}

async function collectAsync<U>(results: AsyncIterable<U> | Promise<Iterable<U> | AsyncIterable<U>>): Promise<U[]> {
  const collected: U[] = []
  for await (const result of await results) collected.push(result)
  return collected
}

/** Partitions of all parents one after the other. */
export function union<T>(parents: readonly RDD<T>[]): RddDefinition<T> {
  const locate = (partition: number): [RDD<T>, number] => {
    for (const parent of parents) {
      const count = parent.getNumPartitions()
      if (partition < count) return [parent, partition]
      partition -= count
    }
    throw new RangeError(`no partition ${partition}`)
  }
  return {
    className: 'UnionRDD',
    dependencies: parents.map(narrow),
    partitions: () => parents.reduce((sum, parent) => sum + parent.getNumPartitions(), 0),
    prepare: (partitions) =>
      inTurn(parents, (parent) => parent.prepare(partitions.map(locate).flatMap(([owner, at]) => (owner === parent ? [at] : [])))),
    each(partition, push) {
      const [parent, at] = locate(partition)
      parent.each(at, push)
    },
    iterate(partition) {
      const [parent, at] = locate(partition)
      return parent.iterate(at)
    },
  }
}

/** Parents with equal partitioners: partition i holds partition i of each. */
export function partitionerAwareUnion<T>(parents: readonly RDD<T>[], partitioner: Partitioner): RddDefinition<T> {
  return {
    className: 'PartitionerAwareUnionRDD',
    dependencies: parents.map(narrow),
    partitions: () => partitioner.numPartitions,
    partitioner: () => partitioner,
    prepare: (partitions) => inTurn(parents, (parent) => parent.prepare(partitions)),
    each(partition, push) {
      for (const parent of parents) parent.each(partition, push)
    },
  }
}

/** Partition i is f of the partitions i of all parents, which must have equally many. */
export function zippedPartitions<U>(
  className: string,
  parents: readonly RDD<unknown>[],
  f: (partitions: readonly Iterable<unknown>[]) => Iterable<U>,
): RddDefinition<U> {
  const results = (partition: number): Iterable<U> => f(parents.map((parent) => parent.iterate(partition)))
  return {
    className,
    dependencies: parents.map(narrow),
    partitions() {
      const counts = parents.map((parent) => parent.getNumPartitions())
      if (counts.some((count) => count !== counts[0])) {
        throw new IllegalArgumentException(`Can't zip RDDs with unequal numbers of partitions: List(${counts.join(', ')})`)
      }
      return counts[0]!
    },
    prepare: (partitions) => inTurn(parents, (parent) => parent.prepare(partitions)),
    each(partition, push) {
      for (const result of results(partition)) push(result)
    },
    iterate: results,
  }
}

/** Pairs two partitions element by element; they must be equally long. */
export function* zipElements<A, B>(one: Iterable<A>, other: Iterable<B>): Generator<[A, B]> {
  const others = other[Symbol.iterator]()
  for (const element of one) {
    const partner = others.next()
    if (partner.done === true) throw new SparkException('Can only zip RDDs with same number of elements in each partition')
    yield [element, partner.value]
  }
  if (others.next().done !== true) throw new SparkException('Can only zip RDDs with same number of elements in each partition')
}

/**
 * Elements numbered through all partitions. The lengths of the partitions before the last are counted here, as in Spark; where an
 * asynchronous function stands before them, when they are first needed.
 */
export function zippedWithIndex<T>(parent: RDD<T>): RddDefinition<[T, number]> {
  const counted = allPartitions(parent).slice(0, -1)
  let starts: readonly number[] | undefined
  const lengthOf = (partition: number): number => {
    let length = 0
    parent.each(partition, () => {
      length += 1
    })
    return length
  }
  const count = (): void => {
    const stage = newStage()
    const found = [0]
    for (const partition of counted) found.push(found[partition]! + runTask(stage, partition, () => lengthOf(partition)))
    starts = found
  }
  if (!mustWait(parent) && readyAtOnce(parent, counted)) count()
  return {
    className: 'ZippedWithIndexRDD',
    dependencies: [narrow(parent)],
    partitions: () => parent.getNumPartitions(),
    prepare(partitions) {
      if (starts !== undefined) return parent.prepare(partitions)
      return andThen(parent.prepare(counted), () => {
        if (starts === undefined) count()
        return parent.prepare(partitions)
      })
    },
    each(partition, push) {
      let index = starts![partition]!
      parent.each(partition, (value) => push([value, index++]))
    },
  }
}

/** Every element of one with every element of the other; partition (i, j) is i * m + j. */
export function cartesian<T, U>(one: RDD<T>, other: RDD<U>): RddDefinition<[T, U]> {
  const columns = (): number => other.getNumPartitions()
  return {
    className: 'CartesianRDD',
    dependencies: [narrow(one), narrow(other)],
    partitions: () => one.getNumPartitions() * columns(),
    prepare(partitions) {
      const distinct = (of: (partition: number) => number): number[] => [...new Set(partitions.map(of))]
      const rows = distinct((partition) => Math.floor(partition / columns()))
      return andThen(one.prepare(rows), () => other.prepare(distinct((partition) => partition % columns())))
    },
    each(partition, push) {
      let right: U[] | undefined
      one.each(Math.floor(partition / columns()), (left) => {
        if (right !== undefined) {
          for (const value of right) push([left, value])
          return
        }
        // No further than somebody takes pairs.
        const seen: U[] = []
        other.each(partition % columns(), (value) => {
          seen.push(value)
          push([left, value])
        })
        right = seen
      })
    },
  }
}

/** As Spark does of all partitions, and a shuffle knows it from those before it: an RDD that cannot say how many it has fails. */
function asksWhereTheyLie(of: RDD<unknown> | RDD<never>, asked = new Set<unknown>()): void {
  for (const { rdd, shuffle } of of.dependencies) {
    if (asked.has(rdd)) continue
    asked.add(rdd)
    if (!shuffle) asksWhereTheyLie(rdd, asked)
    else if (of.className === 'ShuffledRDD') rdd.getNumPartitions()
  }
}

/** Groups of parent partitions: what coalesce without a shuffle makes. */
export function coalesced<T>(parent: RDD<T>, wanted: number): RddDefinition<T> {
  const count = (): number => {
    const total = parent.getNumPartitions()
    if (total > 0) asksWhereTheyLie(parent)
    return Math.min(wanted, total)
  }
  const group = (partition: number): number[] => {
    const total = parent.getNumPartitions()
    const from = Math.floor((partition * total) / count())
    const until = Math.floor(((partition + 1) * total) / count())
    return Array.from({ length: until - from }, (_, index) => from + index)
  }
  return {
    className: 'CoalescedRDD',
    dependencies: [narrow(parent)],
    partitions: count,
    prepare: (partitions) => parent.prepare(partitions.flatMap(group)),
    each(partition, push) {
      for (const from of group(partition)) parent.each(from, push)
    },
  }
}

/** Pushes what `choose` says for each element, with a state per partition: samples, splits. */
export function perPartition<T, U>(
  className: string,
  parent: RDD<T>,
  start: (partition: number) => (value: T, push: Push<U>) => void,
): RddDefinition<U> {
  return {
    ...oneToOne(parent, false),
    className,
    each(partition, push) {
      const handle = start(partition)
      parent.each(partition, (value) => handle(value, push))
    },
  }
}
