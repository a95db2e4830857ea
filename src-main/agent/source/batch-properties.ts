// How large the transactions are of sources that read files.
import { boolean, int } from '../../../src-shared/spec/property.ts'

export const batchProperties = {
  batchSize: int()
    .min(1)
    .default(100)
    .unit('events')
    .describe('Most events of one transaction, and never more than one of the channel holds.'),
  adaptiveBatch: boolean()
    .default(false)
    .extension()
    .describe('Instead of batchSize as many events as are there, up to 10,000 and 1 MiB: the fastest.'),
}
