// startup: from the start of the process until the engine answers a window, headless, on a workspace that is there already.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { entryPoint } from '../src-main/entry-point.ts'
import type { Bench } from './runner/bench.ts'

export const bench: Bench = {
  summary: '`millrace serve` from process start until it prints its address, engine ready; baseline: a bare Node that starts and ends.',
  unit: 'ms',
  rounds: 7,
  variants: {
    'bare node': () => Promise.resolve(timed(() => spawnSync(process.execPath, ['-e', '0']))),
    'millrace --version': () => Promise.resolve(timed(() => spawnSync(process.execPath, [entryPoint('cli'), '--version']))),
    'headless, engine ready': ({ scratch }) => untilReady(join(scratch, 'workspace')),
    'the budget': () => Promise.resolve(600),
  },
  ratios: [
    { name: 'engine ready within 0.6 s', of: 'headless, engine ready', against: 'the budget', most: 1 },
    { name: 'against bare node', of: 'headless, engine ready', against: 'bare node' },
  ],
}

function timed(work: () => unknown): number {
  const begun = performance.now()
  work()
  return performance.now() - begun
}

function untilReady(workspace: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now()
    const child = spawn(process.execPath, [entryPoint('cli'), 'serve', '--no-open', '--workspace', workspace], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let took: number | undefined
    child.stdout.once('data', () => {
      took = performance.now() - begun
      child.kill('SIGTERM')
    })
    child.on('close', () => (took === undefined ? reject(new Error('serve ended before it was ready')) : resolve(took)))
  })
}
