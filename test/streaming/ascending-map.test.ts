import { expect, test } from 'vitest'
import { AscendingMap } from '../../src-main/streaming/ascending-map.ts'
import { fc } from '../driver/property.ts'

const key = fc.integer({ min: -3, max: 6 })
const step = fc.oneof(
  fc.tuple(fc.constant('set' as const), key, fc.nat(9)),
  fc.tuple(fc.constant('delete' as const), key),
  fc.tuple(fc.constant('removeBelow' as const), key),
  fc.tuple(fc.constant('clear' as const)),
)

test('it holds what a Map holds, in the order of its numbers, whatever order they come in', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const [map, model] = [new AscendingMap<number>(), new Map<number, number>()]
      for (const [what, key = 0, value = 0] of steps) {
        if (what === 'set') {
          map.set(key, value)
          model.set(key, value)
        } else if (what === 'delete') expect(map.delete(key)).toBe(model.delete(key))
        else if (what === 'clear') {
          map.clear()
          model.clear()
        } else {
          const gone = [...model].filter(([each]) => each < key).sort(([one], [other]) => one - other)
          expect(map.removeBelow(key)).toEqual(gone.map(([, each]) => each))
          for (const [each] of gone) model.delete(each)
        }
        const entries = [...model].sort(([one], [other]) => one - other)
        expect(map.size).toBe(entries.length)
        expect(map.keys()).toEqual(entries.map(([each]) => each))
        expect(map.values()).toEqual(entries.map(([, each]) => each))
        for (let each = -4; each < 8; each++) expect([map.has(each), map.get(each)]).toEqual([model.has(each), model.get(each)])
      }
    }),
  )
})
