// How large the transactions are of sources that read files.
import { boolean, int, type OptionsOf } from '../../../src-shared/spec/property.ts'
import type { SourceContext } from '../../component/context.ts'

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

/** Most events of the next transaction (rule batch-above-transaction). */
export function mostEvents(
  { adaptiveBatch, batchSize }: OptionsOf<typeof batchProperties>,
  channelProcessor: SourceContext['channelProcessor'],
): number {
  return adaptiveBatch ? channelProcessor.batchRoom() : Math.min(batchSize, channelProcessor.transactionCapacity)
}
