// taildir-file-memory: the most memory that the `agent` command has resident while it moves a log of 1 GB.
import type { Bench } from './runner/bench.ts'
import { rowOf, rowsOf, runTail } from './runner/tail-agent.ts'

const gigabyteOfLines = 8_000_000
const floorMegabytes = 250

export const bench: Bench = {
  summary: `Peak RSS of the agent process in taildir-file with 8,000,000 lines (1 GB), against ${floorMegabytes} MB.`,
  unit: '',
  rounds: 1,
  warmUp: false,
  variants: {
    Millrace: async ({ scratch }) => rowsOf(await runTail('Millrace', scratch, gigabyteOfLines, 'file')),
    'most allowed': async () => rowsOf({ rss: floorMegabytes }),
  },
  ratios: [{ name: 'peak RSS against what is allowed', of: rowOf('Millrace', 'rss'), against: rowOf('most allowed', 'rss'), most: 1 }],
}
