// stream-start: from the start of `millrace stream` to its first completed batch, and what engine and program then have in memory. The
// interval is 100 ms, so up to that much of the time is waiting for the first tick. A real Spark takes 3.5 s and 370 to 875 MB.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../src-main/clock.ts'
import { entryPoint } from '../src-main/entry-point.ts'
import { logBench } from '../test/driver/log-bench.ts'
import { residentMiB } from '../test/driver/process-tree.ts'
import type { Bench } from './runner/bench.ts'
import { median } from './runner/measure.ts'

const program = `import { milliseconds, StreamingContext } from 'millrace'
const ssc = new StreamingContext({ appName: 'start', batchDuration: milliseconds(100) })
ssc.channelStream('c1').text().countByValue().print()
ssc.start()
await ssc.awaitTermination()
`

const memory: number[] = []

/** Seconds to the first batch that was printed. */
async function firstBatch(scratch: string): Promise<number> {
  mkdirSync(scratch, { recursive: true })
  const log = await logBench(scratch)
  await log.put(Array.from({ length: 1000 }, (_, index) => `line ${index % 10}`))
  await log.channel.stop()
  writeFileSync(join(scratch, 'program.ts'), program)
  const began = performance.now()
  const stream = spawn(process.execPath, [entryPoint('cli'), 'stream', 'program.ts', '--channel', 'c1', '--work-dir', 'state'], {
    cwd: scratch,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => stream.once('exit', () => resolve()))
  const took = await new Promise<number>((resolve, reject) => {
    let printed = ''
    stream.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (printed.includes(',100)')) resolve(performance.now() - began)
    })
    void ended.then(() => reject(new Error(`The stream ended before its first batch: ${printed}`)))
  })
  await systemClock.sleep(1000)
  memory.push(residentMiB(stream.pid!))
  stream.kill('SIGTERM')
  await ended
  return took / 1000
}

export const bench: Bench = {
  summary:
    'From the start of millrace stream to its first completed batch (100 ms interval), in seconds; then the memory of engine and program, in GiB.',
  unit: 's or GiB',
  variants: {
    'first batch': ({ scratch }) => firstBatch(join(scratch, 'run')),
    'memory then': async () => median(memory.slice(-1)) / 1024,
    'a second': async () => 1,
    '200 MiB': async () => 200 / 1024,
  },
  ratios: [
    { name: 'first batch against a second', of: 'first batch', against: 'a second', most: 1 },
    { name: 'memory against 200 MiB', of: 'memory then', against: '200 MiB', most: 1 },
  ],
  rounds: 5,
}
