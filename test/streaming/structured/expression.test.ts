// Expressions over columns of bytes mean what their rules say.

import { expect, test } from 'vitest'
import { compile } from '../../../src-main/streaming/structured/evaluate.ts'
import { type Frame, frameOf } from '../../../src-main/streaming/structured/frame.ts'
import { frameOfEvents } from '../../../src-main/streaming/structured/input-frames.ts'
import { containing } from '../../../src-main/streaming/structured/scan.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { checkExpression } from '../../../src-shared/streaming/structured/expression.ts'
import { fc } from '../../driver/property.ts'
import { expressions, rows } from './arbitraries.ts'
import { evaluate, type TestType, testSchema } from './naive.ts'

const results = (frame: Frame, column: { at(row: number): unknown }): unknown[] =>
  Array.from({ length: frame.count }, (_, row) => column.at(row))

test.each<TestType>(['boolean', 'text', 'number'])(
  'an expression of type %s gives for every row what a naive interpretation gives',
  (type) => {
    fc.assert(
      fc.property(rows, expressions(type), (given, expression) => {
        fc.pre(checkExpression(expression, testSchema, []).length === 0)
        const frame = frameOf(testSchema, given)
        const naive = [...frame.objects()].map((row) => evaluate(expression, row))
        expect(results(frame, compile(expression, testSchema)(frame))).toEqual(
          naive.map((value) => (Object.is(value, -0) ? expect.toSatisfy((found) => found === 0) : value)),
        )
      }),
      { numRuns: 1500 },
    )
  },
)

test('a literal is found in the bytes of a batch exactly where it lies inside one row, whether rows are separated or not', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'é'), maxLength: 4 })
  const body = fc.string({ unit: fc.constantFrom('a', 'b', 'é', ' '), maxLength: 12 })
  fc.assert(
    fc.property(fc.array(body, { minLength: 8, maxLength: 40 }), part, fc.boolean(), (bodies, sought, terminated) => {
      const batch = batchOf(bodies.map((text) => ({ headers: {}, body: Buffer.from(text) })))
      const separated = Buffer.from(bodies.map((text) => `${text}\n`).join(''))
      const ends = Uint32Array.from(batch.ends, (end, index) => end + index)
      const frame = frameOfEvents(terminated ? { ...batch, bodies: separated, ends, gap: 1, terminated } : batch, [])
      expect([...containing(frame.text('body'), Buffer.from(sought))]).toEqual(bodies.map((text) => Number(text.includes(sought))))
    }),
    { numRuns: 1000 },
  )
})
