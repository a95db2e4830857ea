// Hash codes as the Java virtual machine and Scala 2.12 compute them, so that keys fall into the same partitions as in Spark.
import { Double, listName, None, Some, show } from './value.ts'

const words = new DataView(new ArrayBuffer(8))

/** `hashCode` of a boxed value: int, long, double, string, boolean, tuple, list, Some. null and undefined are 0. */
export function hashCode(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return stringHash(value)
    case 'number':
      // -0 too: it is the same key as 0.
      if ((value | 0) === value) return value | 0
      return Number.isSafeInteger(value) ? longHash(BigInt(value)) : doubleHash(value)
    case 'boolean':
      return value ? 1231 : 1237
    case 'bigint':
      return longHash(value)
    case 'object':
      return value === null ? 0 : objectHash(value)
    default:
      return 0
  }
}

function stringHash(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash
}

function longHash(value: bigint): number {
  const bits = BigInt.asUintN(64, value)
  return Number(BigInt.asIntN(32, bits ^ (bits >> 32n)))
}

function doubleHash(value: number): number {
  // 0 / 0 may have other bits.
  if (Number.isNaN(value)) return 0x7ff80000
  words.setFloat64(0, value)
  return words.getInt32(0) ^ words.getInt32(4)
}

function objectHash(value: object): number {
  if (Array.isArray(value)) return listName(value) === undefined ? productHash(value) : murmur(value, stringHash('Seq'))
  if (value instanceof Double) return doubleHash(value.value)
  if (value instanceof Some) return productHash([value.value])
  if (value === None) return stringHash('None')
  return stringHash(show(value))
}

/** Scala's `##`: numbers that are equal hash equally, whatever their type. */
export function anyHash(value: unknown): number {
  const number = value instanceof Double ? value.value : typeof value === 'number' ? value : undefined
  if (number === undefined) return hashCode(value)
  if ((number | 0) === number) return number | 0
  if (Number.isInteger(number) && Math.abs(number) < 2 ** 63) return longHash(BigInt(number))
  if (Math.fround(number) === number) {
    words.setFloat32(0, number)
    return words.getInt32(0)
  }
  return doubleHash(number)
}

/** MurmurHash3.productHash of Scala 2.12: of tuples and case classes. */
export function productHash(elements: readonly unknown[]): number {
  return murmur(elements, 0xcafebabe)
}

function murmur(elements: readonly unknown[], seed: number): number {
  let hash = seed
  for (const element of elements) hash = mix(hash, anyHash(element))
  return avalanche(hash ^ elements.length)
}

export function mix(hash: number, data: number): number {
  let k = Math.imul(data, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  hash ^= Math.imul(k, 0x1b873593)
  hash = (hash << 13) | (hash >>> 19)
  return (Math.imul(hash, 5) + 0xe6546b64) | 0
}

export function avalanche(hash: number): number {
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** Guava's murmur3_32 of one int, seed 0: Spark's own hash maps spread hash codes with it. */
export function rehash(hash: number): number {
  return avalanche(mix(0, hash) ^ 4)
}
