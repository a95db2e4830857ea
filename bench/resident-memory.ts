// resident-memory: resident memory of everything that `serve` started at rest, and of the engine while it moves a 1 GB file through
// taildir → durable channel → file_roll. Peaks, sampled; shared pages count in each process. Linux only.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../src-main/clock.ts'
import { forkEngine } from '../src-main/engine/fork-engine.ts'
import { superviseEngine } from '../src-main/engine/supervise-engine.ts'
import { entryPoint } from '../src-main/entry-point.ts'
import { silentLogger } from '../src-main/log.ts'
import { connectEngine } from '../src-shared/contract/client.ts'
import { rssMiB } from '../test/driver/process-tree.ts'
import type { Bench } from './runner/bench.ts'

export const bench: Bench = {
  summary: 'Peak resident memory of the process tree: `serve` at rest for 5 s; the engine while it moves 1 GB.',
  unit: 'MiB',
  rounds: 3,
  variants: {
    'at rest': ({ scratch }) => atRest(join(scratch, 'workspace')),
    'budget at rest': () => Promise.resolve(150),
    'moving 1 GB': ({ scratch }) => moving(scratch),
    'budget moving': () => Promise.resolve(400),
  },
  ratios: [
    { name: 'at rest within 150 MiB', of: 'at rest', against: 'budget at rest', most: 1 },
    { name: 'moving 1 GB within 400 MiB', of: 'moving 1 GB', against: 'budget moving', most: 1 },
  ],
}

const lines = 7_518_797 // of 133 bytes with their ends: 1 GB
const linesPerChunk = 8192

async function atRest(workspace: string): Promise<number> {
  const child = spawn(process.execPath, [entryPoint('cli'), 'serve', '--no-open', '--workspace', workspace], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const peak = await peakOf(child.pid!, () => systemClock.sleep(5000))
  child.kill('SIGTERM')
  await once(child, 'close')
  return peak
}

async function moving(scratch: string): Promise<number> {
  const log = join(scratch, 'in.log')
  await writeLines(log)
  const engine = superviseEngine({
    fork: () => forkEngine({ workspace: join(scratch, 'workspace'), version: 'bench' }),
    clock: systemClock,
    log: silentLogger,
  })
  await engine.ready()
  const connection = connectEngine({ open: () => engine.openLink(), sleep: (ms) => systemClock.sleep(ms) })
  try {
    const { id } = await connection.engine.pipelines.createFromLog({ path: log })
    const pid = engine.state.state === 'ready' ? engine.state.pid! : 0
    return await peakOf(pid, async () => {
      await connection.engine.pipelines.start({ id })
      for await (const { components } of await connection.engine.pipelines.watch({ id })) {
        if (components.some(({ counters }) => counters['EventDrainSuccessCount'] === lines)) return
      }
    })
  } finally {
    connection.close()
    await engine.stop()
  }
}

async function peakOf(pid: number, work: () => Promise<void>): Promise<number> {
  const over = new AbortController()
  const done = work().finally(() => over.abort())
  let peak = 0
  while (!over.signal.aborted) {
    peak = Math.max(peak, rssMiB(pid))
    await systemClock.sleep(100, over.signal)
  }
  await done
  return peak
}

async function writeLines(path: string): Promise<void> {
  mkdirSync(join(path, '..'), { recursive: true })
  if (existsSync(path)) return
  const chunk = Buffer.from(`${'x'.repeat(132)}\n`.repeat(linesPerChunk))
  const file = createWriteStream(path)
  for (let left = lines; left > 0; left -= linesPerChunk) {
    if (!file.write(left >= linesPerChunk ? chunk : chunk.subarray(0, left * 133))) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
}
