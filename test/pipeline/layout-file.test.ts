import { describe, expect, test } from 'vitest'
import { layoutFileName, layoutFileText, parseLayoutFile } from '../../src-shared/pipeline/layout-file.ts'
import { fc } from '../driver/property.ts'

describe('the layout file of a pipeline', () => {
  test('any layout is written and read back, one node a line', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value))
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
          fc.record({ x: number, y: number }),
        ),
        (layout) => {
          expect(parseLayoutFile(layoutFileText(layout))).toEqual(layout)
        },
      ),
    )
    expect(layoutFileText({ b: { x: 1, y: 2 }, a: { x: 0, y: 0 } })).toBe(
      '{\n  "version": 1,\n  "nodes": {\n    "a": { "x": 0, "y": 0 },\n    "b": { "x": 1, "y": 2 }\n  }\n}\n',
    )
  })

  test.each(['', '{', 'null', '[]', '{"version": 2, "nodes": {}}', '{"version": 1, "nodes": 3}'])(
    '%j is no layout, and a sentence says so',
    (text) => {
      expect(parseLayoutFile(text)).toMatch(/^The layout /)
    },
  )

  test('places that are no numbers are left out', () => {
    expect(parseLayoutFile('{"version": 1, "nodes": {"a": {"x": 1, "y": 2}, "b": {"x": "1"}, "c": null}}')).toEqual({ a: { x: 1, y: 2 } })
  })

  test('it lies beside the text', () => {
    expect(layoutFileName('/x/logs.properties')).toBe('/x/logs.layout.json')
    expect(layoutFileName('/x/flume.conf')).toBe('/x/flume.conf.layout.json')
  })
})
