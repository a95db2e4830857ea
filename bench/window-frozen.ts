// window-frozen: the agent's rate while its log grows by 50,000 lines a second and the only window on it stands still for 60 s, against no
// window at all. Fails when the engine's memory grew by more than 48 MiB meanwhile, or when the window lacks a line after it is back.
import { systemClock } from '../src-main/clock.ts'
import type { Bench } from './runner/bench.ts'
import { linesShown, startTailLoad, writeLines } from './runner/tail-load.ts'

const linesPerSecond = 50_000
const frozenMs = 60_000
const settleMs = 5000
const mostGrowthMiB = 48

export const bench: Bench = {
  summary:
    'Events/s that an agent moves from a log growing by 50,000 lines/s while a window on that log is frozen for 60 s; engine memory flat, no line lost.',
  unit: 'events/s',
  rounds: 1,
  variants: {
    'no window': ({ scratch }) => agentRate(scratch, 'none'),
    'window frozen for 60 s': ({ scratch }) => agentRate(scratch, 'frozen'),
  },
  ratios: [{ name: 'agent with a frozen window', of: 'window frozen for 60 s', against: 'no window', least: 0.95, most: 1.05 }],
}

async function agentRate(scratch: string, window: 'none' | 'frozen'): Promise<number> {
  const load = await startTailLoad(scratch)
  try {
    const page = window === 'frozen' ? await load.openWindow() : undefined
    const writing = writeLines(load.log, linesPerSecond, settleMs + frozenMs)
    // The first seconds warm caches and buffers up; growth is counted from then on.
    await systemClock.sleep(settleMs)
    const thawed = page?.evaluate((ms) => {
      const end = performance.now() + ms
      while (performance.now() < end);
    }, frozenMs)
    const [drainedBefore, memoryBefore, begun] = [await load.drained(), load.engineMiB(), performance.now()]
    await systemClock.sleep(frozenMs - 2000)
    const [drainedAfter, memoryAfter, ended] = [await load.drained(), load.engineMiB(), performance.now()]
    console.error(`    ${window}: engine ${memoryBefore.toFixed(0)} → ${memoryAfter.toFixed(0)} MiB`)
    if (memoryAfter - memoryBefore > mostGrowthMiB) throw new Error(`The engine grew from ${memoryBefore} to ${memoryAfter} MiB.`)
    const written = await writing
    await thawed
    if (page !== undefined) {
      const deadline = performance.now() + 10_000
      while ((await linesShown(page)) !== written) {
        if (performance.now() > deadline) throw new Error(`${written} lines were written; the window has ${await linesShown(page)}.`)
        await systemClock.sleep(50)
      }
    }
    return ((drainedAfter - drainedBefore) / (ended - begun)) * 1000
  } finally {
    await load.close()
  }
}
