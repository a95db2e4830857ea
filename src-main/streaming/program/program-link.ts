// The one pipe between an engine and a stream program's process.
//
// Protocol 1. Every message is `{ millrace: 1, … }`; anything else on the pipe (a program may call process.send) is not ours and is passed over.
//   call    { id, call: name, value }        answered by exactly one reply
//   reply   { id, value } | { id, error }    error: { code, message }
//   note    { note: name, value }            no answer
// Both ends send all three. The first message is the program's note `hello`, with the protocol's number.
// Back-pressure: a sender waits until the pipe has taken a message (send() resolves), what a program produces per batch (records, results)
// travels in calls that it awaits, and a program has at most one batch record on its way; so neither side ever queues without bound.
import { type ErrorCode, errorCodes, MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { AscendingMap } from '../ascending-map.ts'

export const programProtocol = 1

/** One end of a pipe that carries structured clones: a child process, `process` in the child, a port. */
export interface Pipe {
  /** Resolves when the pipe has taken the message; rejects when it is closed. */
  send(message: unknown): Promise<void>
  onMessage(listener: (message: unknown) => void): void
}

/** Handlers by name. A call's handler answers with a value or rejects. */
export type Handlers = Readonly<Record<string, (value: never) => unknown>>

interface Envelope {
  readonly millrace: typeof programProtocol
  readonly id?: number
  readonly call?: string
  readonly note?: string
  readonly value?: unknown
  readonly error?: { readonly code: string; readonly message: string }
}

/** Calls and notes over a pipe, typed by what the other end handles (`Remote`). */
export class ProgramLink<Remote extends Handlers> {
  readonly #pipe: Pipe
  readonly #waiting = new AscendingMap<{ resolve(value: unknown): void; reject(error: unknown): void }>()
  /** Answers to the other end's calls that are still worked out. */
  readonly #answering = new AscendingMap<Promise<void>>()
  #nextId = 1
  #closed: MillraceError | undefined

  constructor(pipe: Pipe, handlers: Handlers) {
    this.#pipe = pipe
    pipe.onMessage((message) => {
      if (this.#closed === undefined && isEnvelope(message)) this.#receive(message, handlers)
    })
  }

  /** Resolves with the answer; rejects with the other end's error, or PROGRAM_FAILED when the pipe closes first. */
  async call<K extends keyof Remote & string>(name: K, value: Parameters<Remote[K]>[0]): Promise<Awaited<ReturnType<Remote[K]>>> {
    if (this.#closed !== undefined) throw this.#closed
    const id = this.#nextId++
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    answer.catch(() => {}) // seen below; a pipe that fails in send() would otherwise leave it unhandled
    try {
      await this.#send({ id, call: name, value })
    } catch (error) {
      this.#waiting.delete(id)
      throw error
    }
    return (await answer) as Awaited<ReturnType<Remote[K]>>
  }

  /** Resolves when the pipe has taken it. After close it is dropped: nobody is there to read it. */
  async note<K extends keyof Remote & string>(name: K, value: Parameters<Remote[K]>[0]): Promise<void> {
    if (this.#closed === undefined) await this.#send({ note: name, value })
  }

  /** Fails every call under way and takes no further message. Resolves when no handler of a call of the other end is at work any more. */
  async close(reason: string): Promise<void> {
    this.#closed ??= new MillraceError('PROGRAM_FAILED', reason)
    for (const { reject } of this.#waiting.values()) reject(this.#closed)
    this.#waiting.clear()
    await Promise.all(this.#answering.values())
  }

  #send(envelope: Omit<Envelope, 'millrace'>): Promise<void> {
    return this.#pipe.send({ millrace: programProtocol, ...envelope })
  }

  #receive(message: Envelope, handlers: Handlers): void {
    if (message.call !== undefined) {
      const id = message.id!
      const answering = this.#answer(id, message.call, message.value, handlers)
      this.#answering.set(id, answering)
      void answering.then(() => this.#answering.delete(id))
    } else if (message.note !== undefined) {
      ;(handlers[message.note] as ((value: unknown) => unknown) | undefined)?.(message.value)
    } else {
      const waiting = this.#waiting.get(message.id!)
      this.#waiting.delete(message.id!)
      if (message.error === undefined) waiting?.resolve(message.value)
      else waiting?.reject(new MillraceError(codeOf(message.error.code), message.error.message))
    }
  }

  async #answer(id: number, name: string, value: unknown, handlers: Handlers): Promise<void> {
    let reply: Omit<Envelope, 'millrace'>
    try {
      const handler = handlers[name] as ((value: unknown) => unknown) | undefined
      if (handler === undefined) throw new MillraceError('INTERNAL', `The other end of the program's pipe does not know the call ${name}.`)
      reply = { id, value: await handler(value) }
    } catch (error) {
      reply = { id, error: { code: error instanceof MillraceError ? error.code : 'INTERNAL', message: messageOf(error) } }
    }
    try {
      await this.#send(reply)
    } catch {
      // The pipe has closed: whoever waited for this answer is told so by close().
    }
  }
}

function isEnvelope(message: unknown): message is Envelope {
  return typeof message === 'object' && message !== null && (message as Envelope).millrace === programProtocol
}

function codeOf(text: string): ErrorCode {
  return Object.hasOwn(errorCodes, text) ? (text as ErrorCode) : 'INTERNAL'
}
