import { expect, test } from 'vitest'
import { hashCode, rehash } from '../../../src-main/streaming/rdd/hash.ts'
import { HashPartitioner } from '../../../src-main/streaming/rdd/partitioner.ts'
import { Double, List } from '../../../src-main/streaming/rdd/value.ts'

test('hash codes are those of the Java virtual machine', () => {
  expect(hashCode('hello')).toBe(99162322)
  expect(hashCode('')).toBe(0)
  expect(hashCode(-5)).toBe(-5)
  expect(hashCode(4294967296)).toBe(1)
  expect(hashCode(-4294967296n)).toBe(-1)
  expect(hashCode(1.5)).toBe(1073217536)
  expect(hashCode(new Double(2))).toBe(1073741824)
  expect(hashCode(Math.sqrt(-1))).toBe(0x7ff80000)
  expect(hashCode(true)).toBe(1231)
  expect(hashCode(null)).toBe(0)
})

test('-0 as a number is the key that 0 is', () => {
  expect(hashCode(-0)).toBe(0)
  expect(hashCode(new Double(-0))).toBe(-2147483648)
})

test('a list is hashed by its content, and not as a tuple of the same content', () => {
  expect(hashCode(List(1, 2))).toBe(hashCode(List(1, 2)))
  expect(hashCode(List(1, 2))).not.toBe(hashCode([1, 2]))
})

test('the hash of Spark tables is Guava murmur3_32 of the hash code', () => {
  expect(rehash(0)).toBe(593689054)
  expect(rehash(-1)).toBe(0x76293b50)
  expect(rehash(0x87654321 | 0)).toBe(0xf55b516b | 0)
})

test('partitions are never negative, and null goes to the first', () => {
  const partitioner = new HashPartitioner(7)
  for (const key of [-1, -8, 'polygenelubricants', null, false]) expect(partitioner.getPartition(key)).toBeGreaterThanOrEqual(0)
  expect(partitioner.getPartition(null)).toBe(0)
})
