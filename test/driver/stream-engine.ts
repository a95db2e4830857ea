// A process that runs one stream as an engine does, and is stopped dead where its orders say. Started by the crash tests:
//   node stream-engine.ts '<JSON StreamEngineOrders>'
// It prints the state sentence and exits with 0 after `batches` batches with records have completed, with 1 when the program failed.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src-main/clock.ts'
import { StreamHandle } from '../../src-main/inspection/stream-handle.ts'
import { silentLogger } from '../../src-main/log.ts'
import { folderChannel } from '../../src-main/streaming/input/folder-channel.ts'
import { noRestart } from '../../src-main/streaming/program/restart-policy.ts'
import { spawnProgram } from '../../src-main/streaming/program/spawn-program.ts'
import type { RunnerPoint } from '../../src-main/streaming/program/stream-runner.ts'

export interface StreamEngineOrders {
  /** Has, where the program reads one, the channel `c1`; the program `program.ts`, and gets the state `state`. */
  readonly folder: string
  /** Events of its first input that the stream has read when it is done. */
  readonly until: number
  /** Prints `batch <time>` for each that has completed. */
  readonly tellBatches?: boolean
  /** Kill at the n-th time that this point is reached by a batch (1: the first). */
  readonly kill?: { readonly point: RunnerPoint; readonly time: number; readonly outputId?: number }
}

const orders = JSON.parse(process.argv[2]!) as StreamEngineOrders
const channel = join(orders.folder, 'c1')
let reached = 0

const handle = new StreamHandle(
  { spawn: spawnProgram, clock: systemClock, log: silentLogger },
  {
    id: 's1',
    file: join(orders.folder, 'program.ts'),
    folder: join(orders.folder, 'state'),
    channels: () => (existsSync(channel) ? [folderChannel({ name: 'c1', folder: channel }, 's1', systemClock)] : []),
    restart: noRestart,
    stopGraceMs: 20_000,
    probe: (point, _batchTime, outputId) => {
      const { kill } = orders
      if (kill?.point !== point || (kill.outputId !== undefined && kill.outputId !== outputId)) return
      if (++reached === kill.time) process.kill(process.pid, 'SIGKILL')
    },
    onBatch: (batch) => {
      if (orders.tellBatches === true && batch.status === 'completed') process.stdout.write(`batch ${batch.batchTime}\n`)
      const last = handle.batch(batch.batchTime).ranges[0]
      if (batch.status === 'completed' && last !== undefined && last.until >= orders.until) void handle.stop()
    },
  },
)

handle.start()
const { phase, failure } = await handle.ended()
await handle.close()
process.stdout.write(`${failure?.sentence ?? phase}\n`)
process.exitCode = phase === 'failed' ? 1 : 0
