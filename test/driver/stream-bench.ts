// A stream over a real channel for tests: its program, its handle, what it printed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { systemClock } from '../../src-main/clock.ts'
import { StreamHandle, type StreamHandleOptions } from '../../src-main/inspection/stream-handle.ts'
import { silentLogger } from '../../src-main/log.ts'
import { noRestart } from '../../src-main/streaming/program/restart-policy.ts'
import { spawnProgram } from '../../src-main/streaming/program/spawn-program.ts'
import { type LogBench, logBench } from './log-bench.ts'

export interface StreamBench extends AsyncDisposable {
  readonly folder: string
  readonly log: LogBench
  /** A stream of its own with this program (see programText). */
  stream(id: string, source: string, options?: Partial<StreamHandleOptions>): TestStream
}

export interface TestStream {
  readonly handle: StreamHandle
  readonly file: string
  rewrite(source: string): void
  /** On stdout. */
  printed(): string
  /** On stderr: more on a slow machine, whose batches come late. */
  warned(): string
}

/** A program that reads `c1` as lines in batches of 50 ms; `body` uses `lines`. */
export function programText(body: string, imports = ''): string {
  return `${imports}
import { milliseconds, StreamingContext } from 'millrace'

const ssc = new StreamingContext({ appName: 'test', batchDuration: milliseconds(50) })
const lines = ssc.channelStream('c1').text()
${body}
ssc.start()
await ssc.awaitTermination()
`
}

/** The same in `local[n]`; all stages that may go to threads do. */
export function threadedProgramText(master: string, body: string, imports = ''): string {
  const conf = "{ 'millrace.streaming.threads.leastBytes': 0, 'millrace.streaming.threads.wait': true }"
  return programText(body, imports).replace("appName: 'test'", `appName: 'test', master: '${master}', conf: ${conf}`)
}

/** Runs a stream until it has read so many records, or has failed. */
export async function readAll({ handle }: TestStream, records: number): Promise<void> {
  handle.start()
  await expect
    .poll(() => handle.state.phase === 'failed' || handle.totals().records >= records, { timeout: 30_000, interval: 20 })
    .toBe(true)
  await handle.stop()
}

export async function streamBench(): Promise<StreamBench> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-stream-'))
  const log = await logBench(folder)
  const handles: StreamHandle[] = []
  return {
    folder,
    log,
    stream: (id, source, options = {}) => {
      const file = join(folder, `${id}.ts`)
      writeFileSync(file, source)
      const output: Record<'stdout' | 'stderr', Uint8Array[]> = { stdout: [], stderr: [] }
      const textOf = (stream: 'stdout' | 'stderr'): string => Buffer.concat(output[stream]).toString('utf8')
      const handle = new StreamHandle(
        { spawn: spawnProgram, clock: systemClock, log: silentLogger },
        {
          id,
          file,
          folder: join(folder, `state-${id}`),
          channels: () => [log.forStream(id)],
          restart: noRestart,
          onOutput: (stream, bytes) => {
            output[stream].push(bytes)
          },
          ...options,
        },
      )
      handles.push(handle)
      return {
        handle,
        file,
        rewrite: (text) => writeFileSync(file, text),
        printed: () => textOf('stdout'),
        warned: () => textOf('stderr'),
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const handle of handles) await handle.close()
      await log.channel.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
