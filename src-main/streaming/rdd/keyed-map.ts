// A map by value: keys may be strings, numbers, null, or tuples and other objects that are equal by content. Primitive keys, the hot
// path, go straight into a Map; the others into a second one under a canonical text.
import { MillraceError } from '../../../src-shared/errors.ts'
import { Double, None, Some } from './value.ts'

/** A JavaScript Map takes no more than 2^24 keys. */
export const MAX_KEYS = 2 ** 24

export class KeyedMap<K, V> {
  /** Entries with primitive keys; read it directly in hot loops, guarded by isComposite(key). */
  readonly primitive = new Map<K, V>()
  #composite: Map<string, { readonly key: K; value: V }> | undefined
  readonly #maxKeys: number

  /** `maxKeys`: of each kind, primitive and other; at most MAX_KEYS - 1. */
  constructor(maxKeys = MAX_KEYS - 1) {
    this.#maxKeys = maxKeys
  }

  get size(): number {
    return this.primitive.size + (this.#composite?.size ?? 0)
  }

  get(key: K): V | undefined {
    return isComposite(key) ? this.#composite?.get(canonical(key))?.value : this.primitive.get(key)
  }

  has(key: K): boolean {
    return isComposite(key) ? (this.#composite?.has(canonical(key)) ?? false) : this.primitive.has(key)
  }

  set(key: K, value: V): void {
    if (!isComposite(key)) {
      if (this.primitive.size >= this.#maxKeys && !this.primitive.has(key)) throw tooManyKeys(this.#maxKeys)
      this.primitive.set(key, value)
      return
    }
    this.#composite ??= new Map()
    const text = canonical(key)
    const entry = this.#composite.get(text)
    if (entry !== undefined) entry.value = value
    else if (this.#composite.size >= this.#maxKeys) throw tooManyKeys(this.#maxKeys)
    else this.#composite.set(text, { key, value })
  }

  delete(key: K): boolean {
    return isComposite(key) ? (this.#composite?.delete(canonical(key)) ?? false) : this.primitive.delete(key)
  }

  clear(): void {
    this.primitive.clear()
    this.#composite = undefined
  }

  /** Primitive keys first, each kind in the order of insertion. */
  forEach(visit: (value: V, key: K) => void): void {
    this.primitive.forEach(visit)
    this.#composite?.forEach((entry) => {
      visit(entry.value, entry.key)
    })
  }

  *entries(): Generator<[K, V]> {
    yield* this.primitive
    if (this.#composite !== undefined) for (const entry of this.#composite.values()) yield [entry.key, entry.value]
  }
}

/** True for keys that are compared by content. */
export function isComposite(key: unknown): boolean {
  return typeof key === 'object' && key !== null
}

function tooManyKeys(keys: number): MillraceError {
  return new MillraceError(
    'PROGRAM_FAILED',
    `One partition has reached ${keys.toLocaleString('en-US')} keys, the most that it can hold. Give the operation more partitions (its numPartitions or partitioner argument): keys are then spread over them.`,
  )
}

/** A text that is the same for two keys exactly when they are equal: by content, but 0.0 and -0.0 are two, as Java's Double.equals has it. */
export function canonical(key: unknown): string {
  return key instanceof Double && Object.is(key.value, -0) ? 'n-0' : canonicalContent(key)
}

/** Within a key 0.0 and -0.0 are one, as Scala's == has it. */
function canonicalContent(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`
    case 'number':
    case 'bigint':
      return `n${value}`
    case 'boolean':
      return value ? 't' : 'f'
    case 'undefined':
      return 'u'
    case 'object':
      return value === null ? 'z' : canonicalObject(value)
    default:
      return String(value)
  }
}

function canonicalObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(canonicalContent).join(',')}]`
  if (value instanceof Double) return `n${value.value}`
  if (value instanceof Some) return `S(${canonicalContent(value.value)})`
  if (value === None) return 'N'
  if (value instanceof Date) return `d${value.getTime()}`
  if (value instanceof Uint8Array) return `x${Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1')}`
  if (value instanceof Map) return `m(${[...value].map(canonicalContent).sort().join(',')})`
  if (value instanceof Set) return `e(${[...value].map(canonicalContent).sort().join(',')})`
  const fields = Object.entries(value).map(([name, field]) => `${canonicalContent(name)}=${canonicalContent(field)}`)
  return `o${value.constructor?.name ?? ''}{${fields.sort().join(',')}}`
}

/** Equality by content, as Scala's ==. */
export function equal(one: unknown, other: unknown): boolean {
  if (!isComposite(one) || !isComposite(other)) return Object.is(one, other) || one === other
  return canonicalContent(one) === canonicalContent(other)
}
