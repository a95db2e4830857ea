// A thread that runs stages of a stream program (entry `executor`). It evaluates the program's file for itself, up to ssc.start(), which
// here never returns: from then on the thread does nothing but tasks, one partition at a time. Results go back; everything else that
// functions do stays here.
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { systemClock } from '../../clock.ts'
import { entryPoint } from '../../entry-point.ts'
import { silentLogger } from '../../log.ts'
import { setStreamingHost } from '../host.ts'
import { LogInput } from '../input/log-input.ts'
import { CollectingOutputs } from '../output-context.ts'
import type { StreamingContext } from '../streaming-context.ts'
import { describeAccumulators } from './carried-updates.ts'
import type { ExecutorOrders } from './executor-messages.ts'
import { runTasks } from './executor-tasks.ts'
import { loadProgram } from './load-program.ts'

const { executor: orders } = workerData as { readonly executor: ExecutorOrders }

// What the top level prints, the program's own thread prints.
const unheard = redirect(() => {})

setStreamingHost({
  clock: systemClock,
  log: silentLogger,
  outputs: new CollectingOutputs(),
  programVersion: orders.programVersion,
  master: orders.master,
  withoutReceivers: true,
  ...(orders.recording && { recording: orders.recording }),
  openDirectInput: (name) => new LogInput(name, channelFolder(name)),
  execute: (context: StreamingContext) => {
    unheard()
    redirect((fd, text) => writeAll(fd, text))
    orders.port.postMessage({ ready: context.describe(), accumulators: describeAccumulators(context.sparkContext) })
    return runTasks(context, orders)
  },
})

await loadProgram({
  file: orders.file,
  api: { millrace: entryPoint('millrace'), 'millrace/testing': entryPoint('testing') },
  recorded: new Map(orders.sources),
}).run()
orders.port.postMessage({ neverStarted: true })

function channelFolder(name: string): string {
  const channel = orders.channels.find((candidate) => candidate.name === name)
  // The program's own thread has opened it before this thread began: here it asks for another one.
  if (channel === undefined) throw new Error(`There is no channel ${name}.`)
  return channel.folder
}

/** A thread's own stdout and stderr wait for the event loop, which never turns here. Returns what undoes it. */
function redirect(write: (fd: number, text: string | Uint8Array) => void): () => void {
  const streams = [process.stdout, process.stderr] as const
  const before = streams.map((stream) => stream.write)
  streams.forEach((stream, index) => {
    stream.write = (chunk: string | Uint8Array): boolean => {
      write(index + 1, chunk)
      return true
    }
  })
  return () =>
    streams.forEach((stream, index) => {
      stream.write = before[index]!
    })
}

function writeAll(fd: number, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}
