// window-tail: a window shows the tail of a log that grows by 50,000 lines a second, which an agent moves on meanwhile. The longest task of
// the window's thread. Fails when a line is missing in the window at the end, or the agent did not keep up.
import { systemClock } from '../src-main/clock.ts'
import type { Bench } from './runner/bench.ts'
import { linesShown, longestTask, startTailLoad, writeLines } from './runner/tail-load.ts'

const linesPerSecond = 50_000
const forMs = 15_000
const graceMs = 5000

export const bench: Bench = {
  summary:
    'Longest task of the window’s thread while it follows a log at 50,000 lines/s for 15 s (an agent tails the same log to files); no line is lost.',
  unit: 'ms',
  rounds: 3,
  variants: {
    'longest task': ({ scratch }) => longest(scratch),
    'the budget': () => Promise.resolve(100),
  },
  ratios: [{ name: 'no task longer than 100 ms', of: 'longest task', against: 'the budget', most: 1 }],
}

async function longest(scratch: string): Promise<number> {
  const load = await startTailLoad(scratch)
  try {
    const page = await load.openWindow()
    const written = await writeLines(load.log, linesPerSecond, forMs)
    const deadline = performance.now() + graceMs
    while ((await linesShown(page)) !== written || (await load.drained()) !== written) {
      if (performance.now() > deadline) {
        throw new Error(`${written} lines were written; the window has ${await linesShown(page)}, the sink ${await load.drained()}.`)
      }
      await systemClock.sleep(50)
    }
    return await longestTask(page)
  } finally {
    await load.close()
  }
}
