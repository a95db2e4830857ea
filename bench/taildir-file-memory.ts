// taildir-file-memory: the most memory that the `agent` command has resident while it moves a log of 1 GB.

import type { Bench } from './runner/bench.ts'
import { type AgentRun, runAgent } from './taildir-file.ts'

const gigabyteOfLines = 8_000_000
const floorMegabytes = 250

export const bench: Bench = {
  summary: `Peak RSS of the agent process in taildir-file with 8,000,000 lines (1 GB), against ${floorMegabytes} MB.`,
  unit: 'MB',
  rounds: 1,
  variants: {
    'peak RSS': async ({ scratch }) => (await largest(scratch)).peakRssMegabytes,
    'most allowed': async () => floorMegabytes,
  },
  ratios: [{ name: 'peak RSS against what is allowed', of: 'peak RSS', against: 'most allowed', most: 1 }],
}

const largest = (scratch: string): Promise<AgentRun> => runAgent(scratch, gigabyteOfLines)
