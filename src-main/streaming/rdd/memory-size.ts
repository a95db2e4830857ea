// How much memory kept elements take, about: Spark shows it for cached RDDs. Some elements are measured, and stand for all.
import { Double, Some } from './value.ts'

const measured = 200
const pointer = 8
const header = 16
const deepest = 20

/** Bytes. An estimate: what V8 adds for itself is not known to a program. */
export function memorySize(elements: readonly unknown[]): number {
  if (elements.length === 0) return header
  const step = Math.max(1, Math.floor(elements.length / measured))
  let bytes = 0
  let count = 0
  for (let index = 0; index < elements.length; index += step) {
    bytes += pointer + sizeOf(elements[index], 0)
    count += 1
  }
  return header + Math.round((bytes / count) * elements.length)
}

function sizeOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return header + value.length
  if (typeof value === 'bigint') return header + pointer
  if (typeof value !== 'object' || value === null || depth > deepest) return 0
  const inside = (items: Iterable<unknown>): number => {
    let bytes = header
    for (const item of items) bytes += pointer + sizeOf(item, depth + 1)
    return bytes
  }
  if (ArrayBuffer.isView(value)) return header + value.byteLength
  if (value instanceof Map) return inside([...value].flat())
  if (value instanceof Set || Array.isArray(value)) return inside(value)
  if (value instanceof Some || value instanceof Double) return inside([value.value])
  return inside(Object.values(value))
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** `48.0 B`, `2.0 KiB`: a unit begins at two of it, as Spark writes sizes. */
export function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 2048 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value.toFixed(1)} ${units[unit]}`
}
