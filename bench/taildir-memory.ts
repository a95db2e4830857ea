// taildir-memory: 4,000,000 lines of 133 bytes from a file through the memory channel to a file, by the `agent` command, beside a real Flume
// that runs the same configuration; and through the durable channel, which is to keep up with Flume's memory.
import type { Bench } from './runner/bench.ts'
import { rowOf, rowsOf, runFlumeTail, runTail } from './runner/tail-agent.ts'

const lines = 4_000_000

export const bench: Bench = {
  summary:
    '4,000,000 lines of 133 bytes: tail, memory channel (capacity 100,000), file, in batches of 5,000; the durable channel with an fsync per commit.',
  unit: '',
  rounds: 3,
  warmUp: false,
  variants: {
    Millrace: async ({ scratch }) => rowsOf(await runTail('Millrace', scratch, lines, 'memory')),
    'Millrace, durable': async ({ scratch }) => rowsOf(await runTail('Millrace', scratch, lines, 'file')),
    Flume: async ({ scratch }) => rowsOf(await runFlumeTail(scratch, lines, 'memory')),
  },
  ratios: [
    { name: 'events/s against Flume', of: rowOf('Millrace', 'rate'), against: rowOf('Flume', 'rate'), least: 1.5 },
    {
      name: "durable against Flume's memory channel",
      of: rowOf('Millrace, durable', 'rate'),
      against: rowOf('Flume', 'rate'),
      least: 0.6,
    },
  ],
}
