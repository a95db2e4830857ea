// The hash table of an aggregation. A key's value lies in a cell, so that a record with a known key costs one look-up and no second write.

import { MillraceError } from '../../../src-shared/errors.ts'
import { canonical, isComposite, MAX_KEYS } from './keyed-map.ts'
import { appendOnlyMapOrder, ORDERED_KEYS } from './spark-order.ts'

/** How values of one key become one (Spark's Aggregator). */
export interface Aggregator<V, C> {
  createCombiner(value: V): C
  mergeValue(combiner: C, value: V): C
  mergeCombiners(one: C, other: C): C
}

interface Cell<C> {
  value: C
}

interface CompositeCell<K, C> extends Cell<C> {
  readonly key: K
  /** How many other keys had arrived before it. */
  readonly after: number
}

/** Pairs, seen one by one. */
export interface PairSegment<K, C> {
  readonly size: number
  eachPair(visit: (key: K, value: C) => void): void
}

export class CombineTable<K, C> implements PairSegment<K, C> {
  readonly #cells = new Map<K, Cell<C>>()
  #composite: Map<string, CompositeCell<K, C>> | undefined
  readonly #textOf: (key: K) => string

  /** `textOf`: the same for two keys that are no primitives exactly when they are one. */
  constructor(textOf: (key: K) => string = canonical) {
    this.#textOf = textOf
  }

  get size(): number {
    return this.#cells.size + (this.#composite?.size ?? 0)
  }

  /** A function that adds one value under a key: `create` for a new key, `merge` for a known one. */
  inserter<V>(create: (value: V) => C, merge: (combiner: C, value: V) => C): (key: K, value: V) => void {
    const cells = this.#cells
    return (key, value) => {
      if (isComposite(key)) {
        this.#insertComposite(key, value, create, merge)
        return
      }
      const cell = cells.get(key)
      if (cell !== undefined) cell.value = merge(cell.value, value)
      else this.#add(key, create(value))
    }
  }

  #add(key: K, value: C): void {
    if (this.#cells.size >= MAX_KEYS - 1) {
      throw new MillraceError(
        'PROGRAM_FAILED',
        'One partition of an aggregation has reached 16,777,215 distinct keys, the most that it can hold. Give the operation more partitions.',
      )
    }
    this.#cells.set(key, { value })
  }

  #insertComposite<V>(key: K, value: V, create: (value: V) => C, merge: (combiner: C, value: V) => C): void {
    this.#composite ??= new Map()
    const text = this.#textOf(key)
    const cell = this.#composite.get(text)
    if (cell !== undefined) cell.value = merge(cell.value, value)
    else this.#composite.set(text, { key, value: create(value), after: this.#cells.size })
  }

  /** In the order of arrival. */
  eachPair(visit: (key: K, value: C) => void): void {
    const composites = [...(this.#composite?.values() ?? [])].reverse()
    const visitComposites = (until: number): void => {
      while (composites.length > 0 && composites.at(-1)!.after <= until) {
        const cell = composites.pop()!
        visit(cell.key, cell.value)
      }
    }
    let seen = 0
    this.#cells.forEach((cell, key) => {
      if (composites.length > 0) visitComposites(seen)
      visit(key, cell.value)
      seen += 1
    })
    visitComposites(seen)
  }
}

/** Keys and values side by side. */
export class PairColumns<K, C> implements PairSegment<K, C> {
  readonly keys: K[]
  readonly values: C[]

  constructor(keys: K[] = [], values: C[] = []) {
    this.keys = keys
    this.values = values
  }

  get size(): number {
    return this.keys.length
  }

  add(key: K, value: C): void {
    this.keys.push(key)
    this.values.push(value)
  }

  eachPair(visit: (key: K, value: C) => void): void {
    for (let index = 0; index < this.keys.length; index++) visit(this.keys[index]!, this.values[index]!)
  }
}

/** The same pairs in the order in which Spark's table would give them, when they are few enough to be looked at. Keys must be distinct. */
export function inSparkOrder<K, C>(segment: PairSegment<K, C>): PairSegment<K, C> {
  if (segment.size < 2 || segment.size > ORDERED_KEYS) return segment
  const columns = toColumns(segment)
  return reordered(columns, appendOnlyMapOrder(columns.keys))
}

export function toColumns<K, C>(segment: PairSegment<K, C>): PairColumns<K, C> {
  if (segment instanceof PairColumns) return segment
  const columns = new PairColumns<K, C>()
  segment.eachPair((key, value) => columns.add(key, value))
  return columns
}

export function reordered<K, C>(columns: PairColumns<K, C>, order: readonly number[]): PairColumns<K, C> {
  const result = new PairColumns<K, C>()
  for (const index of order) result.add(columns.keys[index]!, columns.values[index]!)
  return result
}

/** Each element once, in the order of Spark's table. */
export function distinctInSparkOrder<T>(elements: Iterable<T>): T[] {
  const table = new CombineTable<T, null>()
  const insert = table.inserter<null>(
    () => null,
    () => null,
  )
  for (const element of elements) insert(element, null)
  const found: T[] = []
  inSparkOrder(table).eachPair((key) => {
    found.push(key)
  })
  return found
}
