// The window's side of the contract: a typed client over one EngineLink after another. When a link ends (engine restarted, laptop
// slept) calls under way reject with ENGINE_GONE, a new link is opened, and subscriptions made with `subscribe` begin again by themselves.
import { createORPCClient, ORPCError } from '@orpc/client'
import { StandardRPCLink } from '@orpc/client/standard'
import type { ContractRouterClient } from '@orpc/contract'
import { ClientPeer } from '@orpc/standard-server-peer'
import { type ErrorCode, errorCodes, MillraceError } from '../errors.ts'
import { ackEvery, decodeFrames, encodeAck, encodeCredit, encodeFrame, frameKind } from './bulk-frame.ts'
import type { contract } from './contract.ts'
import type { EngineLink } from './engine-link.ts'
import { decodeRows, type LogRow } from './rows-frame.ts'
import type { Bulk } from './schema.ts'

export type EngineClient = ContractRouterClient<typeof contract>

export type ConnectionState = 'connecting' | 'connected' | 'lost' | 'closed'

export interface ConnectOptions {
  /** Makes a new link; rejects when there is none to be had now (it is tried again). */
  readonly open: () => Promise<EngineLink>
  readonly sleep: (ms: number) => Promise<void>
}

/** A way for bulk data to come in. `bulk` goes into the call's input. */
export interface Transfer {
  readonly bulk: Bulk
  /** Resolves when the engine has sent all, or the link ended. */
  readonly ended: Promise<void>
  /** Tells the engine to stop sending. */
  cancel(): void
}

export interface Subscription {
  /** Ends it; no handler is called after this. */
  close(): void
}

export interface RowsRequest {
  readonly id: string
  readonly generation: number
  readonly from: number
  readonly count: number
  readonly cut?: number
}

export interface EngineConnection {
  /** Calls wait while the connection is being made and reject with MillraceError. */
  readonly engine: EngineClient
  readonly state: ConnectionState
  /** Called at each change of state; answers how to stop that. */
  onState(handler: (state: ConnectionState) => void): () => void
  /**
   * Values of a subscription, also over engine restarts: `subscribe((engine) => engine.logs.watch({ id }), { value, error })`. `error`
   * ends it; the loss of a link does not.
   */
  subscribe<T>(call: (engine: EngineClient) => Promise<AsyncIterable<T>>, handlers: SubscriptionHandlers<T>): Subscription
  /** `onData` gets each DATA payload; credit is given back when what it returns has resolved. */
  openTransfer(onData: (payload: Uint8Array) => void | Promise<void>, credit?: number): Transfer
  /** Rows of a log; fewer than asked for when the log is shorter, none when the generation is over. */
  rows(request: RowsRequest): Promise<LogRow[]>
  close(): void
}

export interface SubscriptionHandlers<T> {
  readonly value: (value: T) => void
  readonly error?: (error: MillraceError) => void
  /** The engine ended it (nothing more will come). */
  readonly end?: () => void
}

interface Session {
  readonly link: EngineLink
  readonly peer: ClientPeer
  readonly transfers: Map<number, { readonly onData: (payload: Uint8Array) => void | Promise<void>; readonly end: () => void }>
}

const firstCredit = 1024 * 1024
const longestPause = 2000

/** Connects, and keeps connected until close(). */
export function connectEngine(options: ConnectOptions): EngineConnection {
  return new Connection(options)
}

class Connection implements EngineConnection {
  readonly engine: EngineClient
  readonly #options: ConnectOptions
  readonly #stateHandlers = new Set<(state: ConnectionState) => void>()
  #state: ConnectionState = 'connecting'
  #session: Session | undefined
  /** Calls that wait for a session. */
  #waiting: { resolve: (session: Session) => void; reject: (error: MillraceError) => void }[] = []
  #transfers = 0

  constructor(options: ConnectOptions) {
    this.#options = options
    this.engine = createORPCClient(rpcLink(() => this.#connected()))
    void this.#connect()
  }

  get state(): ConnectionState {
    return this.#state
  }

  onState(handler: (state: ConnectionState) => void): () => void {
    this.#stateHandlers.add(handler)
    return () => this.#stateHandlers.delete(handler)
  }

  subscribe<T>(call: (engine: EngineClient) => Promise<AsyncIterable<T>>, handlers: SubscriptionHandlers<T>): Subscription {
    return subscribe(this.engine, call, handlers, () => this.#state === 'closed')
  }

  openTransfer(onData: (payload: Uint8Array) => void | Promise<void>, credit: number = firstCredit): Transfer {
    const transfer = ++this.#transfers
    let end = (): void => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const cancel = (): void => {
      const session = this.#session
      if (session?.transfers.delete(transfer) === true) session.link.send(encodeFrame(frameKind.cancel, transfer))
      end()
    }
    if (this.#session === undefined) end()
    else this.#session.transfers.set(transfer, { onData, end })
    return { bulk: { transfer, credit }, ended, cancel }
  }

  async rows(request: RowsRequest): Promise<LogRow[]> {
    await this.#connected()
    const rows: LogRow[] = []
    const transfer = this.openTransfer((payload) => {
      rows.push(...decodeRows(payload))
    })
    try {
      await this.engine.logs.rows({ ...request, bulk: transfer.bulk })
      await transfer.ended
      return rows
    } finally {
      transfer.cancel()
    }
  }

  close(): void {
    this.#setState('closed')
    for (const waiter of this.#waiting.splice(0)) waiter.reject(connectionClosed())
    this.#session?.link.close()
  }

  #connected(): Promise<Session> {
    if (this.#session !== undefined) return Promise.resolve(this.#session)
    if (this.#state === 'closed') return Promise.reject(connectionClosed())
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  async #connect(): Promise<void> {
    let pause = 50
    while (this.#state !== 'closed') {
      try {
        this.#begin(await this.#options.open())
        return
      } catch {
        // No engine to be had now: the state says so; the next try may find one.
        await this.#options.sleep(pause)
        pause = Math.min(longestPause, pause * 2)
      }
    }
  }

  #begin(link: EngineLink): void {
    const session = beginSession(link)
    if (this.#state === 'closed') {
      link.close()
      return
    }
    this.#session = session
    link.onClose(() => this.#ended(session))
    // A link that had ended already has said so at once.
    if (this.#session !== session) return
    this.#setState('connected')
    for (const waiter of this.#waiting.splice(0)) waiter.resolve(session)
  }

  #ended(session: Session): void {
    if (this.#session === session) this.#session = undefined
    session.peer.close({ reason: new MillraceError('ENGINE_GONE', 'The engine went away while this call was under way.') })
    for (const transfer of session.transfers.values()) transfer.end()
    session.transfers.clear()
    if (this.#state === 'closed') return
    this.#setState('lost')
    void this.#connect()
  }

  #setState(next: ConnectionState): void {
    if (this.#state === next || this.#state === 'closed') return
    this.#state = next
    for (const handler of this.#stateHandlers) handler(next)
  }
}

const connectionClosed = (): MillraceError => new MillraceError('ENGINE_GONE', 'The connection to the engine was closed.')

/** How calls travel: over the session that there is at the moment. What they reject with has a code of Millrace's. */
function rpcLink(connected: () => Promise<Session>) {
  return new StandardRPCLink(
    {
      call: async (request) => {
        const { peer } = await connected()
        const response = await peer.request(request)
        return { ...response, body: () => Promise.resolve(response.body) }
      },
    },
    {
      url: 'http://engine',
      interceptors: [
        async ({ next }) => {
          try {
            return await next()
          } catch (thrown) {
            throw asMillraceError(thrown)
          }
        },
      ],
    },
  )
}

function beginSession(link: EngineLink): Session {
  const transfers: Session['transfers'] = new Map()
  const peer = new ClientPeer((message) => link.send(message as string))
  let dealtWith = 0
  let acknowledged = 0
  link.onMessage((message) => {
    if (typeof message === 'string') {
      void peer.message(message)
      dealtWith += message.length
      if (dealtWith - acknowledged < ackEvery) return
      acknowledged = dealtWith
      link.send(encodeAck(acknowledged))
      return
    }
    for (const frame of decodeFrames(message)) {
      const transfer = transfers.get(frame.transfer)
      if (transfer === undefined) continue
      if (frame.kind === frameKind.end) {
        transfers.delete(frame.transfer)
        transfer.end()
      } else if (frame.kind === frameKind.data) {
        const credit = (): void => link.send(encodeCredit(frame.transfer, frame.payload.length))
        const dealing = transfer.onData(frame.payload)
        if (dealing === undefined) credit()
        else void dealing.then(credit, credit)
      }
    }
  })
  return { link, peer, transfers }
}

function subscribe<T>(
  engine: EngineClient,
  call: (engine: EngineClient) => Promise<AsyncIterable<T>>,
  handlers: SubscriptionHandlers<T>,
  isClosed: () => boolean,
): Subscription {
  let closed = false
  let iterator: AsyncIterator<T> | undefined
  const run = async (): Promise<void> => {
    while (!closed) {
      try {
        iterator = (await call(engine))[Symbol.asyncIterator]()
        while (!closed) {
          const next = await iterator.next()
          if (closed) return
          if (next.done === true) return handlers.end?.()
          handlers.value(next.value)
        }
      } catch (thrown) {
        if (closed) return
        const error = asMillraceError(thrown)
        // The link ended: the next call waits for the new one.
        if (isClosed()) return
        if (error.code !== 'ENGINE_GONE') return handlers.error?.(error)
      } finally {
        if (closed) void iterator?.return?.()
      }
    }
  }
  void run()
  return {
    close: () => {
      closed = true
      void iterator?.return?.()
    },
  }
}

/** Data that travels with an error. */
export interface ErrorData {
  readonly component?: string
}

/** Whatever a call rejected with, as an error with a code of Millrace's. */
export function asMillraceError(thrown: unknown): MillraceError {
  if (thrown instanceof MillraceError) return thrown
  if (thrown instanceof ORPCError) {
    const data = thrown.data as ErrorData | undefined
    const component = data?.component === undefined ? {} : { component: data.component }
    return new MillraceError(isErrorCode(thrown.code) ? thrown.code : 'INTERNAL', thrown.message, component)
  }
  return new MillraceError('INTERNAL', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}
