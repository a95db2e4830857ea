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
  const stateHandlers = new Set<(state: ConnectionState) => void>()
  let state: ConnectionState = 'connecting'
  let session: Session | undefined
  let waiting: { resolve: (session: Session) => void; reject: (error: MillraceError) => void }[] = []
  let transferNumber = 0

  const setState = (next: ConnectionState): void => {
    if (state === next || state === 'closed') return
    state = next
    for (const handler of stateHandlers) handler(next)
  }

  const connected = (): Promise<Session> => {
    if (session !== undefined) return Promise.resolve(session)
    if (state === 'closed') return Promise.reject(new MillraceError('ENGINE_GONE', 'The connection to the engine was closed.'))
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
  }

  const begin = async (): Promise<void> => {
    let pause = 50
    while (state !== 'closed') {
      try {
        const link = await options.open()
        const begun = beginSession(link)
        if ((state as ConnectionState) === 'closed') return link.close()
        session = begun
        link.onClose(() => ended(begun))
        if (session !== begun) return
        setState('connected')
        for (const waiter of waiting.splice(0)) waiter.resolve(begun)
        return
      } catch {
        // No engine to be had now: the state says so; the next try may find one.
        await options.sleep(pause)
        pause = Math.min(longestPause, pause * 2)
      }
    }
  }

  const ended = (over: Session): void => {
    if (session === over) session = undefined
    over.peer.close({ reason: new MillraceError('ENGINE_GONE', 'The engine went away while this call was under way.') })
    for (const transfer of over.transfers.values()) transfer.end()
    over.transfers.clear()
    if (state === 'closed') return
    setState('lost')
    void begin()
  }

  const rpcLink = new StandardRPCLink(
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
  const engine: EngineClient = createORPCClient(rpcLink)

  const openTransfer: EngineConnection['openTransfer'] = (onData, credit = firstCredit) => {
    const transfer = ++transferNumber
    let end = (): void => {}
    const endedPromise = new Promise<void>((resolve) => {
      end = resolve
    })
    const cancel = (): void => {
      const current = session
      if (current?.transfers.delete(transfer) === true) current.link.send(encodeFrame(frameKind.cancel, transfer))
      end()
    }
    if (session === undefined) end()
    else session.transfers.set(transfer, { onData, end })
    return { bulk: { transfer, credit }, ended: endedPromise, cancel }
  }

  void begin()

  return {
    engine,
    get state() {
      return state
    },
    onState: (handler) => {
      stateHandlers.add(handler)
      return () => stateHandlers.delete(handler)
    },
    subscribe: (call, handlers) => subscribe(engine, call, handlers, () => state === 'closed'),
    openTransfer,
    rows: async (request) => {
      await connected()
      const rows: LogRow[] = []
      const transfer = openTransfer((payload) => {
        rows.push(...decodeRows(payload))
      })
      try {
        await engine.logs.rows({ ...request, bulk: transfer.bulk })
        await transfer.ended
        return rows
      } finally {
        transfer.cancel()
      }
    },
    close: () => {
      setState('closed')
      const error = new MillraceError('ENGINE_GONE', 'The connection to the engine was closed.')
      for (const waiter of waiting) waiter.reject(error)
      waiting = []
      session?.link.close()
    },
  }
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
  connectionClosed: () => boolean,
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
        if (connectionClosed()) return
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
    return new MillraceError(isErrorCode(thrown.code) ? thrown.code : 'INTERNAL', thrown.message, { cause: undefined, ...component })
  }
  return new MillraceError('INTERNAL', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}
