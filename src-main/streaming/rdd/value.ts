// Values that JavaScript has no literal for, and the text of any value as Spark's `print()` shows it (Scala's toString).

import { showDouble } from '../../../src-shared/java-double.ts'
import { NoSuchElementException } from '../../../src-shared/streaming/exceptions.ts'
import { immutableOrder } from './spark-order.ts'

/** A value that is there: what outer joins give for a side that has the key. */
export class Some<T> {
  readonly value: T

  constructor(value: T) {
    this.value = value
  }

  get isDefined(): true {
    return true
  }

  get(): T {
    return this.value
  }

  getOrElse(_otherwise: T): T {
    return this.value
  }
}

class NoneType {
  get isDefined(): false {
    return false
  }

  get(): never {
    throw new NoSuchElementException('None.get')
  }

  getOrElse<T>(otherwise: T): T {
    return otherwise
  }
}

/** The absent side of an outer join. */
export const None = new NoneType()
export type Option<T> = Some<T> | NoneType

export const some = <T>(value: T): Some<T> => new Some(value)

/** A number that prints as a double even when it is whole: `2.0`. Numbers with a fraction need no such wrapping. */
export class Double {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }

  valueOf(): number {
    return this.value
  }
}

/** Grouped values, as groupByKey on streams gives them: an array that prints as `ArrayBuffer(…)`. */
export class GroupBuffer<T> extends Array<T> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}

/** Grouped values, as cogroup and RDD.groupByKey give them: an array that prints as `CompactBuffer(…)`. */
export class CompactBuffer<T> extends Array<T> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}

const listNames = new WeakMap<object, string>()

/** An array that prints as `List(…)`, whatever its length. A plain array of 2 to 22 elements is a tuple, of any other length a list. */
export function List<T>(...elements: T[]): T[] {
  return namedList('List', elements)
}

/** An array that prints as `Vector(…)`. */
export function Vector<T>(...elements: T[]): T[] {
  return namedList('Vector', elements)
}

/** The array itself, which prints by that name from now on. Of any length: a call takes some 100,000 arguments at most. */
export function namedList<T>(name: 'List' | 'Vector', elements: T[]): T[] {
  listNames.set(elements, name)
  return elements
}

/** `List`, `Vector`, `ArrayBuffer`, `CompactBuffer` for lists; undefined for a plain array that counts as a tuple. */
export function listName(array: readonly unknown[]): string | undefined {
  if (array instanceof GroupBuffer) return 'ArrayBuffer'
  if (array instanceof CompactBuffer) return 'CompactBuffer'
  return listNames.get(array) ?? (array.length >= 2 && array.length <= 22 ? undefined : 'List')
}

/** The text of a value as Spark prints it. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : showDouble(value)
    case 'undefined':
      return '()'
    case 'object':
      return value === null ? 'null' : showObject(value)
    case 'function':
      return '<function>'
    default:
      return String(value)
  }
}

function showObject(value: object): string {
  if (Array.isArray(value)) {
    const name = listName(value)
    if (name === undefined && value.length === 2) return `(${show(value[0])},${show(value[1])})`
    return `${name ?? ''}(${value.map(show).join(name === undefined ? ',' : ', ')})`
  }
  if (value instanceof Some) return `Some(${show(value.value)})`
  if (value === None) return 'None'
  if (value instanceof Double) return showDouble(value.value)
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]) => `${show(key)} -> ${show(item)}`)
    return `Map(${inOrder(entries, [...value.keys()])})`
  }
  if (value instanceof Set) return `Set(${inOrder([...value].map(show), [...value])})`
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  if (value.toString !== Object.prototype.toString) return String(value)
  return JSON.stringify(value)
}

const inOrder = (texts: readonly string[], keys: readonly unknown[]): string =>
  immutableOrder(keys)
    .map((index) => texts[index])
    .join(', ')
