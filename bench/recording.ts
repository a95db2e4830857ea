// recording: what it costs to record batches (counts, times, the first 20 records in and out of each operator, cut at 4 KB) against not
// recording them, in processor time: of word counting at 1 s, where batches are large, and of batches of 10 ms, where there are many.
import { join } from 'node:path'
import { seconds } from '../src-main/streaming/api.ts'
import { accessLine } from './access-lines.ts'
import { type IntervalResult, runInterval } from './interval-run.ts'
import type { Bench } from './runner/bench.ts'
import { countWords, streamTakes, total } from './runner/stream-of-lines.ts'

const intervalMs = 10
const intervalSeconds = 20

/** Processor time that counting the words of a million lines takes, in ms for a thousand lines. */
async function wordcount(folder: string, recording: boolean): Promise<number> {
  const { cpuSeconds } = await streamTakes({ folder, line: accessLine, batchDuration: seconds(1), recording }, countWords)
  return (cpuSeconds * 1e3) / (total / 1000)
}

/**
 * Processor time of a short batch. All streams run at the same time, two of each: a tenth more or less is what a machine differs by from
 * minute to minute, and one percent what one process differs by from another that does the same.
 */
async function shortBatches(scratch: string): Promise<{ 'not recorded': number; recorded: number }> {
  const stream = (recording: boolean, name: string): Promise<IntervalResult> =>
    runInterval({ scratch: join(scratch, name), intervalMs, seconds: intervalSeconds, recording })
  const [off, on, otherOff, otherOn] = await Promise.all([stream(false, 'a'), stream(true, 'b'), stream(false, 'c'), stream(true, 'd')])
  return {
    'not recorded': (off.cpuMsPerBatch + otherOff.cpuMsPerBatch) / 2,
    recorded: (on.cpuMsPerBatch + otherOn.cpuMsPerBatch) / 2,
  }
}

export const bench: Bench = {
  summary:
    'Processor time with recording and without: word counting in batches of 1 s, for a thousand lines; batches of 10 ms (10 lines each), for a batch, engine and program together, of four streams side by side.',
  unit: 'ms',
  variants: {
    'wordcount, not recorded': ({ scratch }) => wordcount(join(scratch, 'c1'), false),
    'wordcount, recorded': ({ scratch }) => wordcount(join(scratch, 'c1'), true),
    '10 ms batches': ({ scratch }) => shortBatches(scratch),
  },
  ratios: [
    { name: 'recorded against not, wordcount', of: 'wordcount, recorded', against: 'wordcount, not recorded', most: 1.05 },
    { name: 'recorded against not, 10 ms batches', of: '10 ms batches: recorded', against: '10 ms batches: not recorded', most: 1.05 },
  ],
  warmUp: false,
  rounds: 5,
}
