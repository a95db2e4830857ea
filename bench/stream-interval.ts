// stream-interval: 1,000 records a second through batches of 10 ms, each batch's range and cursor made durable, its record kept. A stream
// is stable when batches do not queue: the scheduling delay at the end of a minute is what it was at its beginning.
import type { BatchRecord } from '../src-shared/streaming/batch-record.ts'
import { runInterval } from './interval-run.ts'
import type { Bench } from './runner/bench.ts'

const intervalMs = 10
const seconds = Number(process.env['MILLRACE_BENCH_SECONDS'] ?? 60)

/** Of a record's delays, ms. */
type Delay = (record: BatchRecord) => number

const schedulingDelay: Delay = ({ submissionTime, processingStartTime }) => processingStartTime! - submissionTime
/** From the tick to the end: what Spark's total delay leaves out is in it, that the batch was made late. */
const sinceTick: Delay = ({ batchTime, processingEndTime }) => processingEndTime! - batchTime

const mean = (batches: readonly BatchRecord[], delay: Delay): number =>
  batches.reduce((sum, batch) => sum + delay(batch), 0) / batches.length

export const bench: Bench = {
  summary: `1,000 records a second in batches of ${intervalMs} ms, range and cursor durable, in a process of its own; ${seconds} s. A real Spark needs 50 ms.`,
  unit: 'ms',
  variants: {
    [`${intervalMs} ms`]: async ({ scratch }) => {
      const { batches, intervals, cpuMsPerBatch } = await runInterval({ scratch, intervalMs, seconds, recording: true })
      if (batches.length < intervals * 0.98) throw new Error(`Only ${batches.length} batches in ${intervals} intervals: not stable.`)
      const tenth = Math.floor(batches.length / 10)
      const [first, last] = [batches.slice(0, tenth), batches.slice(-tenth)]
      return {
        'scheduling delay at first': mean(first, schedulingDelay),
        'scheduling delay at last': mean(last, schedulingDelay),
        'from tick to end, at first': mean(first, sinceTick),
        'from tick to end, at last': mean(last, sinceTick),
        'processor time a batch': cpuMsPerBatch,
      }
    },
    interval: async () => intervalMs,
  },
  ratios: [
    {
      name: 'from tick to end, at last, against the interval',
      of: `${intervalMs} ms: from tick to end, at last`,
      against: 'interval',
      most: 1,
    },
    {
      name: 'scheduling delay at last against the interval',
      of: `${intervalMs} ms: scheduling delay at last`,
      against: 'interval',
      most: 0.2,
    },
  ],
  warmUp: false,
  rounds: 3,
}
