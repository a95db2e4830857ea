// A Map holds no more than 2^24 keys. State says so before the Map would, and leaves what it had as it was.
import { expect, test } from 'vitest'
import { HashPartitioner } from '../../../src-main/streaming/rdd/partitioner.ts'
import { StateStore } from '../../../src-main/streaming/state/state-store.ts'

function storeOf(partitions: number, maxKeys: number): StateStore<string | readonly string[], number> {
  return new StateStore({
    operatorId: 0,
    name: 'mapWithState',
    partitioner: new HashPartitioner(partitions),
    externalise: (value) => ({ value, updatedAt: 0 }),
    internalise: (value) => value as number,
    historyMs: () => 0,
    maxKeys,
  })
}

const fill = (store: ReturnType<typeof storeOf>, version: number, keys: readonly (string | readonly string[])[]): void =>
  store.advance(version, (map, partition) => {
    for (const key of keys) if (store.partitioner.getPartition(key) === partition) map.set(key, version)
  })

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `key ${index}`)

test.each([
  ['texts', names(6)],
  ['tuples', names(6).map((name) => ['of', name] as const)],
])(
  'a partition with as many keys as it may have takes no other: a sentence says what to do, and the state is that of the batch before (%s)',
  (_, keys) => {
    const store = storeOf(1, 5)
    fill(store, 1000, keys.slice(0, 5))
    expect(() => fill(store, 2000, keys)).toThrow(
      /One partition has reached 5 keys, the most that it can hold\. Give the operation more partitions/,
    )
    expect([store.version, store.size]).toEqual([1000, 5])
    expect([...store.entries()].map(({ key, value }) => [key, value])).toEqual(keys.slice(0, 5).map((key) => [key, 1000]))
    fill(store, 3000, keys.slice(0, 5))
    expect([...store.entries()].map(({ value }) => value)).toEqual([3000, 3000, 3000, 3000, 3000])
  },
)

test('spread over partitions there may be more', () => {
  const store = storeOf(4, 5)
  fill(store, 1000, names(12))
  expect(store.size).toBe(12)
})
