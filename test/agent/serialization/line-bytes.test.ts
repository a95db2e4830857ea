// Bodies as lines, whatever lies between them in their batch.
import { expect, test } from 'vitest'
import { linesOf } from '../../../src-main/agent/serialization/line-bytes.ts'
import { eventsOf } from '../../../src-shared/event/event-batch.ts'
import { arbitraryBatch } from '../../driver/arbitrary-batch.ts'
import { fc } from '../../driver/property.ts'

test('the bodies and nothing else are written, with line feeds where they are asked for, each behind what is to stand before it', () => {
  fc.assert(
    fc.property(arbitraryBatch, fc.boolean(), fc.boolean(), (batch, appendNewline, prefixed) => {
      const prefixes = prefixed ? Array.from({ length: batch.count }, (_, row) => Buffer.from(`${row}: `)) : undefined
      const expected = [...eventsOf(batch)].flatMap(({ body }, row) => [
        ...(prefixes?.[row] ?? []),
        ...body,
        ...(appendNewline ? [10] : []),
      ])
      expect([...linesOf(batch, appendNewline, prefixes)]).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})
