// What a channel asks its log's writer, and how a group of requests becomes one commit. Runs in the writer's thread; tests run it in
// their own.
import type { ErrorCode } from '../../../../src-shared/errors.ts'
import { type FaultPlan, reachOf } from './faults.ts'
import { failure } from './log-errors.ts'
import type { SegmentFile } from './log-folder.ts'
import { type CursorChange, LogStore, type Put, type StoreOptions, type StoreState } from './log-store.ts'

export type WriterOptions = StoreOptions & { readonly faults?: FaultPlan }

/** Each kind of request: what is asked and what is answered. */
export interface WriterCalls {
  put: { ask: Put; answer: { readonly first: number; readonly put: Put } }
  cursors: { ask: { readonly changes: readonly CursorChange[]; readonly durable: boolean }; answer: undefined }
  setting: { ask: { readonly name: string; readonly value: string }; answer: undefined }
  /** Begins a new segment; undefined when the live one is empty. */
  roll: { ask: undefined; answer: SegmentFile | undefined }
  drop: { ask: readonly string[]; answer: undefined }
  /** The segment was folded: its connection is not needed any more. */
  forget: { ask: string; answer: undefined }
  sync: { ask: undefined; answer: undefined }
  keepReserve: { ask: undefined; answer: undefined }
  close: { ask: undefined; answer: undefined }
}

export type WriterCall = keyof WriterCalls
type RequestOf<C extends WriterCall> = { readonly id: number; readonly call: C; readonly ask: WriterCalls[C]['ask'] }
export type WriterRequest = { [C in WriterCall]: RequestOf<C> }[WriterCall]

/** An error as plain data. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
}

export type WriterReply =
  | { readonly id: number; readonly answer: WriterCalls[WriterCall]['answer'] }
  | { readonly id: number; readonly failure: Failure; readonly put?: Put }

/** `rolled`: a segment was begun because the live one was full. `trouble`: something that no request waits for failed. */
export type WriterEvent = { readonly rolled: SegmentFile } | { readonly trouble: Failure }

export interface WriterOutput {
  replies(replies: readonly WriterReply[]): void
  event(event: WriterEvent): void
}

/** Groups requests: cursors first (they are cheap and their takers go on), then all puts in one commit. */
export class LogWriterLoop {
  readonly #store: LogStore
  readonly #folder: string
  readonly #output: WriterOutput

  constructor(options: WriterOptions, output: WriterOutput) {
    this.#folder = options.log.folder
    this.#output = output
    try {
      const faults = options.faults ?? {}
      this.#store = new LogStore({ ...faults, ...options }, reachOf(faults))
    } catch (error) {
      throw failure('Opening the log', this.#folder, error)
    }
  }

  state(): StoreState {
    return this.#store.state()
  }

  /** Everything that was asked since the last call. */
  handle(requests: readonly WriterRequest[]): void {
    const puts = requests.filter((request) => request.call === 'put')
    const cursors = requests.filter((request) => request.call === 'cursors')
    if (cursors.length > 0) this.#output.replies(this.#cursors(cursors))
    if (puts.length > 0) this.#output.replies(this.#puts(puts))
    for (const request of requests) if (request.call !== 'put' && request.call !== 'cursors') this.#other(request)
    if (requests.at(-1)?.call !== 'close') this.#maintain()
  }

  #cursors(requests: readonly RequestOf<'cursors'>[]): WriterReply[] {
    const changes = requests.flatMap((request) => request.ask.changes)
    const durable = requests.some((request) => request.ask.durable)
    return this.#together(requests, 'Moving a cursor of the log', () => {
      this.#store.changeCursors(changes, durable)
      return requests.map(({ id }) => ({ id, answer: undefined }))
    })
  }

  #puts(requests: readonly RequestOf<'put'>[]): WriterReply[] {
    const replies = this.#together(requests, 'Writing to the log', () => {
      const firsts = this.#store.append(requests.map((request) => request.ask))
      return requests.map(({ id, ask }, index) => ({ id, answer: { first: firsts[index]!, put: ask } }))
    })
    // What one of several spoilt is tried one by one, so that it alone fails.
    if (requests.length > 1 && replies.some((reply) => 'failure' in reply)) return requests.flatMap((request) => this.#puts([request]))
    return replies
  }

  #together(requests: readonly WriterRequest[], doing: string, work: () => WriterReply[]): WriterReply[] {
    try {
      return work()
    } catch (error) {
      const { code, message } = failure(doing, this.#folder, error)
      return requests.map((request) => ({
        id: request.id,
        failure: { code, message },
        ...(request.call === 'put' && { put: request.ask }),
      }))
    }
  }

  #other(request: Exclude<WriterRequest, { call: 'put' | 'cursors' }>): void {
    const work = (): WriterReply[] => [{ id: request.id, answer: this.#answer(request) }]
    this.#output.replies(this.#together([request], 'Keeping the log', work))
  }

  #answer(request: Exclude<WriterRequest, { call: 'put' | 'cursors' }>): SegmentFile | undefined {
    const store = this.#store
    switch (request.call) {
      case 'roll':
        return store.roll()
      case 'setting':
        store.changeSetting(request.ask.name, request.ask.value)
        break
      case 'drop':
        store.drop(request.ask)
        break
      case 'forget':
        store.forget(request.ask)
        break
      case 'sync':
        store.sync()
        break
      case 'keepReserve':
        store.keepReserve()
        break
      case 'close':
        store.close()
        break
    }
    return undefined
  }

  #maintain(): void {
    try {
      const rolled = this.#store.isFull ? this.#store.roll() : undefined
      if (rolled) this.#output.event({ rolled })
      this.#store.maintain()
    } catch (error) {
      const { code, message } = failure('Keeping the log', this.#folder, error)
      this.#output.event({ trouble: { code, message } })
    }
  }
}
