// The thread that writes a durable channel's log (and short-lived ones for long looks at it). It takes all requests that wait as one group, so concurrent puts share one commit.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { MillraceError, messageOf } from '../../../../src-shared/errors.ts'
import { checkChannel } from './check-channel.ts'
import { foldSegment } from './fold-segment.ts'
import type { Put } from './log-store.ts'
import type { LogTask } from './log-tasks.ts'
import { repairChannel } from './repair-channel.ts'
import { type Failure, LogWriterLoop, type WriterOptions, type WriterReply, type WriterRequest } from './writer-protocol.ts'

const port = parentPort!
const task = workerData as { readonly write: WriterOptions } | LogTask
const pause = new Int32Array(new SharedArrayBuffer(4))

if ('fold' in task) foldSegment(task.fold, task.next)
else if ('check' in task) report(() => checkChannel(task.check))
else if ('repair' in task) report(() => repairChannel(task.repair))
else write(task.write)

function write(options: WriterOptions): void {
  try {
    const loop = new LogWriterLoop(options, {
      replies: (replies) => port.postMessage({ replies }, replies.flatMap(buffersOf)),
      event: (event) => port.postMessage({ event }),
    })
    port.postMessage({ opened: loop.state() })
    let putsBefore = 0
    port.on('message', (first: WriterRequest) => {
      let requests = [first]
      receiveInto(requests)
      // Sources that were answered together ask again together: a moment's patience saves an fsync. Sinks have none: they take meanwhile.
      for (let patience = 3; patience > 0 && putsIn(requests) > 0 && putsIn(requests) < putsBefore; patience--) {
        requests = withoutCursors(requests, loop)
        Atomics.wait(pause, 0, 0, 0.1)
        receiveInto(requests)
      }
      putsBefore = putsIn(requests) || putsBefore
      loop.handle(requests)
      if (requests.some((request) => request.call === 'close')) port.close()
    })
  } catch (error) {
    port.postMessage({ failed: failureOf(error) })
    port.close()
  }
}

function report(look: () => unknown): void {
  try {
    port.postMessage({ report: look() })
  } catch (error) {
    port.postMessage({ failed: failureOf(error) })
  }
}

function failureOf(error: unknown): Failure {
  return { code: error instanceof MillraceError ? error.code : 'INTERNAL', message: messageOf(error) }
}

function receiveInto(requests: WriterRequest[]): void {
  for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) requests.push(more.message as WriterRequest)
}

/** Moves the cursors that are to be moved; the other requests wait on. */
function withoutCursors(requests: WriterRequest[], loop: LogWriterLoop): WriterRequest[] {
  const cursors = requests.filter((request) => request.call === 'cursors')
  if (cursors.length === 0) return requests
  loop.handle(cursors)
  return requests.filter((request) => request.call !== 'cursors')
}

function putsIn(requests: readonly WriterRequest[]): number {
  return requests.reduce((count, request) => (request.call === 'put' ? count + 1 : count), 0)
}

/** Rows go back to the channel as they came: moved, not copied. */
function buffersOf(reply: WriterReply): ArrayBuffer[] {
  const put: Put | undefined = 'failure' in reply ? reply.put : reply.answer && 'put' in reply.answer ? reply.answer.put : undefined
  return put?.rows.map((row) => row.bytes.buffer) ?? []
}
