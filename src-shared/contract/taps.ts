// Contract: taps on wires. A tap shows the recent past at once, then what passes. It costs nothing when closed and never slows a pipeline.
import { oc } from '@orpc/contract'
import * as v from 'valibot'
import { bulk, count, id, values } from './schema.ts'

export interface TapStatus {
  readonly state: 'open' | 'waiting'
  readonly sentence: string
  /** Events handed to this viewer. */
  readonly shown: number
  /** Events that passed and this viewer did not get: it was slow, or they were too many. */
  readonly skipped: number
}

export const taps = {
  /** Events as DATA frames (tap-frame.ts). `recent`: how many of those that passed last come first. At most 4 statuses a second. */
  open: oc
    .input(
      v.strictObject({
        pipeline: id,
        /** GraphWire.id. */
        wire: id,
        recent: v.pipe(count, v.maxValue(1000)),
        /** Most bytes of one body. */
        cut: v.optional(v.pipe(count, v.minValue(1), v.maxValue(65536)), 4096),
        bulk,
      }),
    )
    .output(values<TapStatus>()),
}
