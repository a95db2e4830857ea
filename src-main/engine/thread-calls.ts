// Calls into a worker thread and events out of it: one request, one answer, errors with their codes. For threads that do long scans.
import { parentPort, type Transferable, Worker } from 'node:worker_threads'
import { type ErrorCode, MillraceError, messageOf } from '../../src-shared/errors.ts'
import { type EntryName, threadPoint } from '../entry-point.ts'

/** What a thread offers: each method takes one value and answers one, both structured-cloneable. */
export type ThreadApi = Readonly<Record<string, (input: never) => unknown>>

type Request = { readonly call: number; readonly method: string; readonly input: unknown }
type Answer = { readonly call: number; readonly result?: unknown; readonly error?: { readonly code: ErrorCode; readonly message: string } }
type Event = { readonly event: unknown }

type Input<F> = F extends (input: infer I) => unknown ? I : never
type Output<F> = F extends (input: never) => infer O ? Awaited<O> : never

/** A running thread. Calls reject with ENGINE_GONE when it ends before it has answered. */
export interface Thread<A> {
  call<M extends keyof A & string>(method: M, input: Input<A[M]>): Promise<Output<A[M]>>
  terminate(): Promise<void>
}

/** Starts the entry `name` as a worker thread. `died` is called when it ends by itself. */
export function startThread<A>(name: EntryName, onEvent: (event: never) => void, died: (error: MillraceError) => void): Thread<A> {
  const worker = new Worker(threadPoint(name), { name })
  const calls = new Map<number, { resolve: (value: never) => void; reject: (error: MillraceError) => void }>()
  let lastCall = 0
  let cause: unknown
  let terminated = false
  worker.on('message', (message: Answer | Event) => {
    if ('event' in message) return onEvent(message.event as never)
    const call = calls.get(message.call)
    calls.delete(message.call)
    if (message.error === undefined) call?.resolve(message.result as never)
    else call?.reject(new MillraceError(message.error.code, message.error.message))
  })
  worker.on('error', (error) => {
    cause = error
  })
  worker.on('exit', () => {
    const error = new MillraceError('ENGINE_GONE', `The ${name} ended${cause === undefined ? '' : `: ${messageOf(cause)}`}.`, { cause })
    for (const call of calls.values()) call.reject(error)
    calls.clear()
    if (!terminated) died(error)
    terminated = true
  })
  return {
    call: (method, input) =>
      new Promise((resolve, reject) => {
        if (terminated) return reject(new MillraceError('ENGINE_GONE', `The ${name} has ended.`, { cause }))
        calls.set(++lastCall, { resolve, reject })
        worker.postMessage({ call: lastCall, method, input } satisfies Request)
      }),
    terminate: async () => {
      terminated = true
      await worker.terminate()
    },
  }
}

/** In the thread: answers calls with these methods. A result's `transfer` buffers are handed over instead of copied. */
export function serveThread(methods: ThreadApi): void {
  parentPort!.on('message', async ({ call, method, input }: Request) => {
    try {
      const result: unknown = await methods[method]!(input as never)
      parentPort!.postMessage({ call, result } satisfies Answer, buffersOf(result))
    } catch (error) {
      const code = error instanceof MillraceError ? error.code : 'INTERNAL'
      parentPort!.postMessage({ call, error: { code, message: messageOf(error) } } satisfies Answer)
    }
  })
}

/** In the thread: tells the engine something that it did not ask for. */
export function emitFromThread(event: unknown): void {
  parentPort!.postMessage({ event } satisfies Event)
}

/** A byte array that owns its whole buffer is handed over. */
function buffersOf(result: unknown): Transferable[] {
  return result instanceof Uint8Array && result.byteLength === result.buffer.byteLength ? [result.buffer as ArrayBuffer] : []
}
