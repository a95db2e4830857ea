// Encoded event batches as they lie in a channel: read whole or refused as damaged, also when the checksum was made to fit.
import { decodeBatch, encodeBatch, nodeEncoding } from '../../../src-main/storage/batch-encoding.ts'
import { MillraceError } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { eventsOf, originAt } from '../../../src-shared/event/event-batch.ts'
import { sealBatch } from '../../../src-shared/event/event-batch-encoding.ts'
import { assert, expected, type FuzzTarget } from '../fuzz-target.ts'

const event = (headers: Record<string, string | null>, body: string) => ({ headers, body: Buffer.from(body) })

export const target: FuzzTarget = {
  corpus: [
    batchOf([event({}, 'one'), event({ a: 'b' }, 'two'), event({ a: null, __proto: 'x' }, '')]),
    batchOf([event({ a: 'b' }, 'x'), event({ a: 'b' }, 'y')], { source: { component: 'r1', path: '/a', fileId: '1:2' }, offsets: [0, 9] }),
    batchOf(Array.from({ length: 300 }, (_, row) => event({ n: `${row % 7}`, u: `${row}` }, 'z'.repeat(row % 13)))),
  ].map((batch) => encodeBatch(batch)),
  run(input) {
    const sealed = Buffer.from(input)
    if (sealed.length >= 8) {
      try {
        sealBatch(sealed, nodeEncoding)
      } catch (error) {
        expected(error, RangeError, MillraceError)
      }
    }
    for (const bytes of [input, sealed]) {
      try {
        const batch = decodeBatch(new Uint8Array(bytes))
        let count = 0
        for (const { body, headers } of eventsOf(batch)) {
          assert(body.length >= 0 && typeof headers === 'object', 'An event is none.')
          originAt(batch, count)
          count++
        }
        assert(count === batch.count, 'The batch has another number of events than it says.')
      } catch (error) {
        assert(error instanceof MillraceError && error.code === 'BATCH_DAMAGED', String((error as Error).stack ?? error))
      }
    }
  },
}
