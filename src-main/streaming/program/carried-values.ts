// What threads of a program hand one another: columns of values. Numbers and texts go as bytes that change hands; everything else is cloned,
// and Millrace's own kinds of value (Some, Double, the named lists) are written out and made again. A value that would not come back as it
// was (an instance of the program's own class, a function) does not go at all.
import { unkeepableKind } from '../checkpoint/keepable.ts'
import { CompactBuffer, Double, GroupBuffer, listName, None, namedList, Some } from '../rdd/value.ts'

export type CarriedColumn =
  | { readonly kind: 'numbers'; readonly values: Float64Array }
  | { readonly kind: 'texts'; readonly bytes: Uint8Array; readonly encoding: 'latin1' | 'utf16le'; readonly ends: Uint32Array }
  | { readonly kind: 'plain'; readonly values: readonly unknown[] }
  | { readonly kind: 'written-out'; readonly values: readonly unknown[] }

/** Thrown by carry() for a value that cannot be handed over. */
export class NotCarried extends Error {
  /** `Visit`, `function`. */
  readonly kind: string

  constructor(kind: string) {
    super(`A ${kind} cannot be handed from one thread to another.`)
    this.kind = kind
  }
}

/** The column to send, and what of it changes hands. Throws NotCarried. */
export function carry(values: readonly unknown[], transfer: ArrayBuffer[]): CarriedColumn {
  const [first] = values
  if (typeof first === 'number' && values.every((value) => typeof value === 'number')) {
    const numbers = Float64Array.from(values as readonly number[])
    transfer.push(numbers.buffer)
    return { kind: 'numbers', values: numbers }
  }
  if (typeof first === 'string' && values.every((value) => typeof value === 'string')) return carryTexts(values, transfer)
  if (values.every((value) => isPlain(value, 0))) return { kind: 'plain', values }
  return { kind: 'written-out', values: values.map(writeOut) }
}

/** What was carried. */
export function uncarry(column: CarriedColumn): unknown[] {
  switch (column.kind) {
    case 'numbers':
      return Array.from(column.values)
    case 'texts':
      return uncarryTexts(column)
    case 'plain':
      return column.values as unknown[]
    case 'written-out':
      return column.values.map(readBack)
  }
}

function carryTexts(texts: readonly string[], transfer: ArrayBuffer[]): CarriedColumn {
  const ends = new Uint32Array(texts.length)
  let end = 0
  texts.forEach((text, index) => {
    end += text.length
    ends[index] = end
  })
  const all = texts.join('')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every character of one byte
  const encoding = /[^\u0000-\u00ff]/.test(all) ? 'utf16le' : 'latin1'
  const bytes = new Uint8Array(encoding === 'latin1' ? all.length : 2 * all.length)
  Buffer.from(bytes.buffer).write(all, encoding)
  transfer.push(bytes.buffer, ends.buffer)
  return { kind: 'texts', bytes, encoding, ends }
}

function uncarryTexts({ bytes, encoding, ends }: CarriedColumn & { readonly kind: 'texts' }): string[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(encoding)
  const texts = new Array<string>(ends.length)
  for (let index = 0, start = 0; index < ends.length; index++) {
    texts[index] = all.slice(start, ends[index])
    start = ends[index]!
  }
  return texts
}

/** Deeper than any data; a value that holds itself is deeper still. */
const deepest = 200

/** A clone is the same. Throws NotCarried where neither a clone nor writing out gives the same. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol') throw new NotCarried(typeof value)
    return true
  }
  if (depth > deepest) throw new NotCarried('value that holds itself')
  const inside = (item: unknown): boolean => isPlain(item, depth + 1)
  if (Array.isArray(value)) return ownListName(value) === undefined && value.every(inside)
  if (isOwnKind(value)) return false
  const kind = unkeepableKind(value)
  if (kind !== undefined) throw new NotCarried(kind)
  if (value instanceof Map) return [...value].every(([key, item]) => inside(key) && inside(item))
  if (value instanceof Set) return [...value].every(inside)
  // A clone of a Buffer is a Uint8Array.
  if (value instanceof Uint8Array) return !Buffer.isBuffer(value)
  return value instanceof Date || value instanceof RegExp || ArrayBuffer.isView(value) || Object.values(value).every(inside)
}

function isOwnKind(value: object): boolean {
  return value instanceof Some || value === None || value instanceof Double
}

/** The name of a list that a clone would lose. */
function ownListName(array: readonly unknown[]): string | undefined {
  const name = listName(array)
  return name === listName(Array.from(array)) ? undefined : name
}

/** Every object as what it is and what it holds. */
function writeOut(value: unknown): unknown {
  if (isPlain(value, 0)) return typeof value === 'object' && value !== null ? ['plain', value] : value
  const object = value as object
  if (Array.isArray(object)) {
    const name = ownListName(object)
    return [name ?? 'array', object.map(writeOut)]
  }
  if (object instanceof Some) return ['Some', writeOut(object.value)]
  if (object === None) return ['None']
  if (object instanceof Double) return ['Double', object.value]
  if (object instanceof Map) return ['map', [...object].map(([key, item]) => [writeOut(key), writeOut(item)])]
  if (object instanceof Set) return ['set', [...object].map(writeOut)]
  if (Buffer.isBuffer(object)) return ['Buffer', new Uint8Array(object)]
  return ['fields', Object.entries(object).map(([field, item]) => [field, writeOut(item)])]
}

function readBack(written: unknown): unknown {
  if (!Array.isArray(written)) return written
  const [what, inside] = written as [string, never]
  const items = (): unknown[] => (inside as unknown[]).map(readBack)
  switch (what) {
    case 'plain':
      return inside
    case 'array':
      return items()
    case 'List':
    case 'Vector':
      return namedList(what, items())
    case 'ArrayBuffer':
      return filled(new GroupBuffer<unknown>(), items())
    case 'CompactBuffer':
      return filled(new CompactBuffer<unknown>(), items())
    case 'Some':
      return new Some(readBack(inside))
    case 'None':
      return None
    case 'Double':
      return new Double(inside)
    case 'map':
      return new Map((inside as [unknown, unknown][]).map(([key, item]) => [readBack(key), readBack(item)]))
    case 'set':
      return new Set(items())
    case 'Buffer':
      return Buffer.from(inside as Uint8Array)
    default:
      return Object.fromEntries((inside as [string, unknown][]).map(([field, item]) => [field, readBack(item)]))
  }
}

function filled(list: unknown[], items: readonly unknown[]): unknown[] {
  for (const item of items) list.push(item)
  return list
}
