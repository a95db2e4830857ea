import { expect, test } from 'vitest'
import { VersionedMap } from '../../../src-main/streaming/state/versioned-map.ts'
import { fc } from '../../driver/property.ts'

const contentOf = (map: VersionedMap<string, number>, version: number): Record<string, number> => {
  const content: Record<string, number> = {}
  map.visitVersion(version, (key, value) => {
    content[key] = value
  })
  return content
}

type Change = { readonly key: string; readonly value: number | null }

test('every version that is not forgotten reads as it was, whatever was set, removed or rolled back since', () => {
  const change = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), value: fc.option(fc.integer(), { nil: null }) })
  const version = fc.record({ changes: fc.array(change, { maxLength: 8 }), fails: fc.boolean() })
  fc.assert(
    fc.property(fc.array(version, { maxLength: 12 }), fc.nat(12), (versions, forgotten) => {
      const map = new VersionedMap<string, number>(0)
      const model = new Map<number, Record<string, number>>([[0, {}]])
      let current: Record<string, number> = {}
      let last = 0
      versions.forEach(({ changes, fails }, index) => {
        map.begin(index + 1)
        const next = { ...current }
        apply(map, next, changes)
        if (fails) {
          map.rollback()
          return
        }
        map.commit()
        current = next
        last = index + 1
        model.set(last, next)
      })
      map.forgetBefore(forgotten)
      for (const [at, content] of model) {
        if (at < forgotten && at !== last) continue
        expect(contentOf(map, at)).toEqual(content)
      }
      expect(map.size).toBe(Object.keys(current).length)
    }),
  )
})

function apply(map: VersionedMap<string, number>, content: Record<string, number>, changes: readonly Change[]): void {
  for (const { key, value } of changes) {
    if (value === null) {
      map.remove(key)
      delete content[key]
    } else {
      map.set(key, value)
      content[key] = value
    }
  }
}

test('changes since a version, laid over what it was, give what is now', () => {
  const map = new VersionedMap<string, number>(0)
  map.begin(1)
  map.set('a', 1)
  map.set('b', 1)
  map.commit()
  map.begin(2)
  map.remove('a')
  map.set('c', 2)
  map.commit()
  expect([...map.changesSince(1)!.entries()]).toEqual([
    ['a', { removed: true, value: undefined }],
    ['c', { removed: false, value: 2 }],
  ])
  map.forgetBefore(2)
  expect(map.changesSince(1)).toBeUndefined()
})

test('a version that is forgotten is refused with a sentence that names it', () => {
  const map = new VersionedMap<string, number>(0)
  for (const version of [1, 2, 3]) {
    map.begin(version)
    map.set('a', version)
    map.commit()
  }
  map.forgetBefore(2)
  expect(() => contentOf(map, 1)).toThrow(/State as of 1 ms is no longer kept: the oldest version that is known is 2 ms/)
})

test('a version that nobody has asked for is kept as long as it is remembered, while few changes lead back to it', () => {
  const map = new VersionedMap<string, number>(0)
  for (const version of [1, 2, 3, 4]) {
    map.begin(version)
    map.set('a', version)
    map.commit()
  }
  map.forgetBefore(4, 2)
  expect(contentOf(map, 2)).toEqual({ a: 2 })
  expect(() => contentOf(map, 1)).toThrow('State as of 1 ms is no longer kept')
  map.begin(5)
  for (let key = 0; key < 10_001; key++) map.set(`k${key}`, key)
  map.commit()
  map.forgetBefore(5, 2)
  expect(() => contentOf(map, 4)).toThrow('State as of 4 ms is no longer kept')
})
