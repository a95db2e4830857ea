// The process of one stream program (entry `program`). It waits for its orders on the pipe, loads the person's file, and tells the engine
// what becomes of it. Everything that a person's code can do to a process happens here, and nowhere else.
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { ProgramFailure } from '../../../src-shared/streaming/program-failure.ts'
import { systemClock } from '../../clock.ts'
import { entryPoint } from '../../entry-point.ts'
import { loggerTo } from '../../log.ts'
import { setStreamingHost } from '../host.ts'
import { culpritOf } from '../rdd/task.ts'
import { sampleOf } from '../scheduler/batch-recording.ts'
import { type LoadedProgram, loadProgram } from './load-program.ts'
import { failureOf } from './locate-failure.ts'
import { ProgramHost } from './program-host.ts'
import { ProgramLink, programProtocol } from './program-link.ts'
import type { EngineHandlers, ProgramHandlers, RunOrder } from './program-messages.ts'
import type { WatchOrders } from './program-watch.ts'
import { groupLeaderVariable, parentVariable } from './spawn-program.ts'

/** What this process needs of the context that a program makes. */
interface ActiveContext {
  awaitTermination(): Promise<unknown>
  stop(stopSparkContext: boolean, stopGracefully: boolean): Promise<unknown>
}

const recordGraceMs = 2000
const recordBytes = 4096

let program: LoadedProgram | undefined
let host: ProgramHost | undefined

const link = new ProgramLink<EngineHandlers>(
  {
    send: (message) =>
      new Promise((resolve, reject) => {
        if (!process.connected) return reject(new Error('The engine is gone.'))
        process.send!(message, undefined, {}, (error) => (error ? reject(error) : resolve()))
      }),
    onMessage: (listener) => process.on('message', listener),
  },
  {
    run: (order) => void run(order),
    stop: ({ graceful }) => void stop(graceful),
    ping: () => undefined,
  } satisfies ProgramHandlers,
)

// Without an engine nobody keeps what this program does: it ends, whatever it is doing.
process.on('disconnect', () => process.exit(0))
process.on('uncaughtException', (error) => void fail('run', error))
// A pipe that is written to asynchronously loses what is under way when a program calls process.exit.
for (const stream of [process.stdout, process.stderr]) {
  ;(stream as { _handle?: { setBlocking?(blocking: boolean): void } })._handle?.setBlocking?.(true)
}

void link.note('hello', { protocol: programProtocol, pid: process.pid })

async function run(order: RunOrder): Promise<void> {
  watch(order)
  const loaded = loadProgram({
    file: order.file,
    api: { millrace: entryPoint('millrace'), 'millrace/testing': entryPoint('testing') },
    ...(order.recorded && { recorded: new Map(order.recorded) }),
  })
  program = loaded
  // Errors go over the pipe, with the batch that had them.
  const log = loggerTo((level, sentence, fields) => {
    if (level !== 'warn') return
    const values = Object.entries(fields).map(([name, value]) => ` ${name}=${value}`)
    process.stderr.write(`WARN ${sentence}${values.join('')}
`)
  })
  host = new ProgramHost({
    link,
    order,
    log,
    version: () => loaded.version(),
    onReplayed: () => void finish(),
    onThrownInThread: (error) => void fail('load', error),
    onThreadFailure: (failure) => void tellFailure(failure),
  })
  setStreamingHost(host)
  try {
    await loaded.run()
    await (await activeContext())?.awaitTermination()
  } catch (error) {
    return fail((await activeContext()) === undefined ? 'load' : 'run', error)
  }
  await finish()
}

// The batch under way is finished. What waits has its ranges written down, and runs again; what receivers hold is only here.
async function stop(graceful: boolean): Promise<void> {
  const context = await activeContext()
  try {
    if (graceful && host?.hasReceivers !== true) await host?.betweenBatches()
    else await context?.stop(true, graceful)
  } catch (error) {
    return fail('run', error)
  }
  await finish()
}

// The program's own API module, as it imports it: the same instance.
async function activeContext(): Promise<ActiveContext | undefined> {
  const api = (await import(pathToFileURL(entryPoint('millrace')).href)) as {
    StreamingContext?: { getActive(): ActiveContext | undefined }
  }
  return api.StreamingContext?.getActive()
}

async function finish(): Promise<void> {
  await host?.handOver()
  await link.note('finished', undefined)
  process.exit(0)
}

async function fail(doing: 'load' | 'run', error: unknown): Promise<void> {
  try {
    // The batch that failed leaves its record first; one that hangs does not keep its error from being told.
    await Promise.race([host?.betweenBatches(), systemClock.sleep(recordGraceMs)])
    await host?.handOver()
    const failure = failureOf(error, doing, program?.sources ?? new Map(), program?.main ?? '')
    const culprit = culpritOf(error)
    await link.note('failed', culprit === undefined ? failure : { ...failure, record: sampleOf(culprit.record, recordBytes).text })
  } finally {
    process.exit(1)
  }
}

/** A failure that is known in words. The batch under way waits for what will not come. */
async function tellFailure(failure: ProgramFailure): Promise<void> {
  try {
    await host?.handOver()
    await link.note('failed', failure)
  } finally {
    process.exit(1)
  }
}

function watch(order: RunOrder): void {
  const orders: WatchOrders = {
    parent: Number(process.env[parentVariable] ?? process.ppid),
    rssLimitBytes: (order.memoryMb * 1.5 + 128) * 1024 * 1024,
    grouped: process.env[groupLeaderVariable] === '1',
  }
  new Worker(entryPoint('program-watch'), { workerData: { watch: orders } }).unref()
}
