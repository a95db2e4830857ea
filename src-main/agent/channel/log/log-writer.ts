// The channel's end of its log's writer: requests as promises, whether the writer is in a thread (the product) or in this one (model tests).
import { Worker } from 'node:worker_threads'
import { MillraceError } from '../../../../src-shared/errors.ts'
import { threadPoint } from '../../../entry-point.ts'
import type { SegmentFile } from './log-folder.ts'
import type { StoreState } from './log-store.ts'
import { foldInThread } from './log-tasks.ts'
import {
  type Failure,
  LogWriterLoop,
  type WriterCall,
  type WriterCalls,
  type WriterEvent,
  type WriterOptions,
  type WriterReply,
  type WriterRequest,
} from './writer-protocol.ts'

/** A put that failed; its rows come back so that it can be tried again. */
export class PutFailure extends MillraceError {
  readonly put: WriterCalls['put']['ask']

  constructor(failure: Failure, put: WriterCalls['put']['ask']) {
    super(failure.code, failure.message)
    this.put = put
  }
}

export interface LogWriter {
  readonly state: StoreState
  /** Rejects with the writer's error; a put rejects with PutFailure. The rows of a put are moved away until it is answered. */
  ask<C extends WriterCall>(call: C, ask: WriterCalls[C]['ask']): Promise<WriterCalls[C]['answer']>
  /** Folds a sealed segment that ends at `next`, in a thread of its own. */
  fold(file: SegmentFile, next: number): Promise<void>
}

export type OpenWriter = (options: WriterOptions, onEvent: (event: WriterEvent) => void) => Promise<LogWriter>

/** Requests that wait for their replies. */
class Pending {
  #id = 0
  readonly #waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: unknown) => void }>()

  add<C extends WriterCall>(call: C, ask: WriterCalls[C]['ask']): { request: WriterRequest; answer: Promise<WriterCalls[C]['answer']> } {
    const id = ++this.#id
    const answer = new Promise<WriterCalls[C]['answer']>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (answer: never) => void, reject })
    })
    return { request: { id, call, ask } as unknown as WriterRequest, answer }
  }

  settle(replies: readonly WriterReply[]): void {
    for (const reply of replies) {
      const waiting = this.#waiting.get(reply.id)!
      this.#waiting.delete(reply.id)
      if (!('failure' in reply)) waiting.resolve(reply.answer as never)
      else
        waiting.reject(reply.put ? new PutFailure(reply.failure, reply.put) : new MillraceError(reply.failure.code, reply.failure.message))
    }
  }

  rejectAll(error: unknown): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error)
    this.#waiting.clear()
  }
}

type ThreadMessage = { opened: StoreState } | { failed: Failure } | { replies: readonly WriterReply[] } | { event: WriterEvent }

/** A writer in a thread of its own. */
export const openThreadWriter: OpenWriter = (options, onEvent) =>
  new Promise((resolve, reject) => {
    const pending = new Pending()
    const worker = new Worker(threadPoint('channel-writer'), { workerData: { write: options }, execArgv: [] })
    let gone: Error | undefined
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    const leave = (error: Error): void => {
      gone ??= error
      pending.rejectAll(gone)
      reject(gone)
    }
    worker.on('error', (error) =>
      leave(new MillraceError('CHANNEL_EXCEPTION', `The writer of ${options.log.folder} failed.`, { cause: error })),
    )
    worker.on('exit', () => leave(new MillraceError('CHANNEL_EXCEPTION', `The writer of ${options.log.folder} has ended.`)))
    worker.on('message', (message: ThreadMessage) => {
      if ('replies' in message) pending.settle(message.replies)
      else if ('event' in message) onEvent(message.event)
      else if ('failed' in message) reject(new MillraceError(message.failed.code, message.failed.message))
      else resolve({ state: message.opened, ask, fold: foldInThread })
    })
    const ask: LogWriter['ask'] = (call, what) => {
      if (gone) return Promise.reject(gone)
      const { request, answer } = pending.add(call, what)
      worker.postMessage(request, request.call === 'put' ? request.ask.rows.map((row) => row.bytes.buffer) : [])
      // Room may still be on its way to the disk: the thread ends when nothing of the log is open any more.
      return call === 'close' ? answer.finally(() => ended) : answer
    }
  })

/** A writer in this thread: what is asked in one turn of the loop is one group. */
export const openInlineWriter: OpenWriter = async (options, onEvent) => {
  const pending = new Pending()
  const loop = new LogWriterLoop(options, { replies: (replies) => pending.settle(replies), event: onEvent })
  let group: WriterRequest[] = []
  const run = (): void => {
    const requests = group
    group = []
    loop.handle(requests)
  }
  const ask: LogWriter['ask'] = (call, what) => {
    const { request, answer } = pending.add(call, what)
    if (group.push(request) === 1) queueMicrotask(run)
    return answer
  }
  const { foldSegment } = await import('./fold-segment.ts')
  return { state: loop.state(), ask, fold: async (file, next) => foldSegment(file, next) }
}
