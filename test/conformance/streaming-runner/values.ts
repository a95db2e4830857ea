// Values of the case format: JSON with the number types that Spark saw, and back.
import { Double, List, None, Some, show, some, Vector } from '../../../src-main/streaming/api.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** Parses a case. Numbers written with a fraction or an exponent are doubles, integers beyond 2^53 are BigInts. */
export function parseCase<T>(text: string): T {
  const reviver = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
    const source = context?.source
    if (typeof value !== 'number' || source === undefined) return value
    if (/[.eE]/.test(source)) return Number.isInteger(value) ? new Double(value) : value
    return Number.isSafeInteger(value) ? value : BigInt(source)
  }
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown) as T
}

/** Data of a case as a program's value: arrays of two are pairs, other arrays lists, tagged objects what their tag says. */
export function toValue(data: unknown): unknown {
  if (Array.isArray(data)) return data.length === 2 ? data.map(toValue) : List(...data.map(toValue))
  if (typeof data !== 'object' || data === null || data instanceof Double) return data
  const [tag, content] = Object.entries(data)[0] ?? ['', undefined]
  switch (tag) {
    case '$list':
      return List(...(content as unknown[]).map(toValue))
    case '$vector':
      return Vector(...(content as unknown[]).map(toValue))
    case '$some':
      return some(toValue(content))
    case '$none':
      return None
    case '$map':
      return new Map((content as [unknown, unknown][]).map(([key, value]) => [toValue(key), toValue(value)]))
    case '$tuple':
      return (content as unknown[]).map(toValue)
    case '$double':
      return new Double(Number(content))
    case '$long':
    case '$char':
      return content
    case '$unit':
      return undefined
    default:
      throw new Error(`the case has a value with an unknown tag: ${tag}`)
  }
}

/** A result as the cases write it: collections are arrays, Some(x) is x, None and Unit null, numbers JSON numbers (texts where JSON has none). */
export function toResult(value: unknown): unknown {
  if (value === undefined || value === null || value === None) return null
  if (value instanceof Some) return toResult(value.value)
  if (value instanceof Double) return toResult(value.value)
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Array.isArray(value)) return Array.from(value, toResult)
  if (value instanceof Map) return [...value].map(([key, item]) => [toResult(key), toResult(item)])
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toResult(field)]))
  }
  return value
}

/** Numbers to so many digits: sums of doubles over many partitions are Spark's in the order in which its tasks end. */
export function toDigits(value: unknown, digits: unknown): unknown {
  if (typeof digits !== 'number') return value
  if (value instanceof Double) return toDigits(value.value, digits)
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value
  if (Array.isArray(value)) return value.map((item) => toDigits(item, digits))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toDigits(field, digits)]))
}

export const textOf = (value: unknown): string => show(value)

export type Compare = 'ordered' | 'bag' | 'bag-per-key'

/** Where two results first differ, or undefined. `expected` is a list of elements when `compare` is not `ordered`. */
export function firstDifference(expected: unknown, actual: unknown, compare: Compare): string | undefined {
  const wanted = canonical(toResult(expected), compare)
  const found = canonical(toResult(actual), compare)
  return wanted === found ? undefined : `expected ${shorten(wanted)}, got ${shorten(found)}`
}

const shorten = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text)

function canonical(value: unknown, compare: Compare): string {
  if (compare === 'ordered' || !Array.isArray(value)) return stable(value)
  const elements = value.map((element) => stable(compare === 'bag-per-key' ? sortedGroups(element) : element))
  return `[${elements.sort().join(',')}]`
}

/** In `[key, groups]` each list inside `groups` in a fixed order. */
function sortedGroups(element: unknown): unknown {
  if (!Array.isArray(element) || element.length !== 2 || !Array.isArray(element[1])) return element
  const groups = element[1] as unknown[]
  const sort = (list: readonly unknown[]): unknown[] => [...list].sort((a, b) => (stable(a) < stable(b) ? -1 : 1))
  return [element[0], groups.some(Array.isArray) ? groups.map((group) => (Array.isArray(group) ? sort(group) : group)) : sort(groups)]
}

function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${stable(field)}`).join(',')}}`
  }
  return JSON.stringify(Object.is(value, -0) ? 0 : value) ?? 'null'
}
