// A TCP listener that keeps track of its connections: limits, who may connect, closing all of them. What is spoken is the caller's.

import { createServer, type Server, type Socket } from 'node:net'
import { messageOf } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import { BufferBudget, type Holder } from './buffer-budget.ts'
import type { ConnectionLimits } from './limits.ts'
import { bindProblem } from './listen.ts'
import { withReusedReads } from './reused-reads.ts'

export interface SocketServerOptions {
  readonly host: string
  readonly port: number
  /** A socket of this machine instead of host and port: a path, or a Windows pipe's name. */
  readonly path?: string
  readonly limits: ConnectionLimits
  readonly clock: Clock
  /** Whether an address may connect; nothing of a connection is read before the answer. */
  accepts?(address: string): boolean | Promise<boolean>
  /** Whether sockets come paused and bring bytes that are valid until the listeners of their 'data' have returned: withReusedReads(). */
  readonly reusedReads?: boolean
  /** Serves one connection. */
  serve(socket: Socket, connection: Connection): void
  connectionsChanged?(open: number): void
  /** A connection was closed for a reason that an operator may want to know. */
  refused?(address: string, reason: string): void
}

/** What the one who serves a connection tells the listener, which watches its limits. */
export interface Connection {
  /** Closes it for a reason that `refused` is told. */
  refuse(reason: string): void
  /** After reading: bytes held of a message that is not whole yet (0: none has begun), and whether one became whole since the last call. */
  received(unfinishedBytes: number, whole: boolean): void
  /** Bytes of messages that are being answered. While it is not 0 the client waits for us, and no time-out runs. */
  working(bytes: number): void
}

interface Tracked extends Holder {
  readonly socket: Socket
  bytesRead: number
  /** When bytes came last. */
  seenAt: number
  /** When the unfinished message began. */
  begunAt: number | undefined
}

export class SocketServer {
  readonly #options: SocketServerOptions
  readonly #server: Server
  readonly #connections = new Map<Socket, Tracked>()
  readonly #budget: BufferBudget
  readonly #closing = new AbortController()

  constructor(options: SocketServerOptions) {
    this.#options = options
    this.#budget = new BufferBudget(options.limits.maxBufferedBytes ?? Number.POSITIVE_INFINITY)
    // Half-open: a client may end its sending side and still wait for answers. Keep-alive finds clients whose machine is gone.
    this.#server = createServer({ noDelay: true, allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, (socket) =>
      this.#accept(options.reusedReads === true ? withReusedReads(socket) : socket),
    )
    this.#server.maxConnections = options.limits.maxConnections
    this.#server.on('drop', (data) =>
      options.refused?.(data?.remoteAddress ?? '', `${options.limits.maxConnections} connections are open already (maxConnections)`),
    )
  }

  /** Resolves with the port when the server listens; rejects with COMPONENT_START and what to do, for a path with the system's error. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      const { path, port, host } = this.#options
      const failed = (error: Error): void => reject(path === undefined ? bindProblem(error, port, host) : error)
      this.#server.once('error', failed)
      this.#server.listen(path === undefined ? { port, host } : { path }, () => {
        this.#server.off('error', failed)
        this.#server.on('error', (error) => this.#options.refused?.('', `The listening socket failed: ${error.message}`))
        void this.#watch()
        const address = this.#server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : this.#options.port)
      })
    })
  }

  /** Stops listening and closes every connection. */
  async close(): Promise<void> {
    this.#closing.abort()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#connections.keys()) socket.destroy()
    await closed
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    const refuse = (reason: string): void => {
      if (socket.destroyed) return
      this.#options.refused?.(address, reason)
      socket.destroy()
    }
    socket.on('error', (error) => refuse(error.message))
    const now = this.#options.clock.monotonic()
    const tracked: Tracked = { socket, refuse, unfinished: 0, working: 0, bytesRead: 0, seenAt: now, begunAt: undefined }
    this.#connections.set(socket, tracked)
    this.#budget.add(tracked)
    this.#options.connectionsChanged?.(this.#connections.size)
    socket.on('close', () => {
      this.#connections.delete(socket)
      // What is worked on is held until it is done, closed or not.
      if (tracked.working === 0) this.#budget.remove(tracked)
      else this.#budget.change(tracked, 0, tracked.working)
      this.#options.connectionsChanged?.(this.#connections.size)
    })
    const { accepts } = this.#options
    const serve = (): void => this.#options.serve(socket, this.#connection(tracked))
    if (accepts === undefined) {
      serve()
      return
    }
    Promise.resolve(accepts(address)).then(
      (accepted) => {
        if (!accepted) refuse('ipFilterRules deny it')
        else if (!socket.destroyed) serve()
      },
      (error: unknown) => refuse(messageOf(error)),
    )
  }

  #connection(tracked: Tracked): Connection {
    const { clock } = this.#options
    return {
      refuse: tracked.refuse,
      received: (unfinishedBytes, whole) => {
        if (tracked.socket.destroyed) return
        if (unfinishedBytes === 0) tracked.begunAt = undefined
        else if (whole || tracked.begunAt === undefined) tracked.begunAt = clock.monotonic()
        if (unfinishedBytes !== tracked.unfinished) this.#budget.change(tracked, unfinishedBytes, tracked.working)
      },
      working: (bytes) => {
        this.#budget.change(tracked, tracked.unfinished, bytes)
        if (bytes === 0 && tracked.socket.destroyed) this.#budget.remove(tracked)
      },
    }
  }

  /** Looks at all connections now and then, so that none needs a timer of its own. */
  async #watch(): Promise<void> {
    const { clock, limits } = this.#options
    const idleMs = limits.idleTimeout * 1000 || Number.POSITIVE_INFINITY
    const messageMs = limits.messageTimeout * 1000 || Number.POSITIVE_INFINITY
    const everyMs = Math.min(30_000, idleMs / 4, messageMs / 4)
    const { signal } = this.#closing
    for (let before = clock.monotonic(); ; before = clock.monotonic()) {
      await clock.sleep(everyMs, signal)
      if (signal.aborted) return
      const now = clock.monotonic()
      // A machine that slept, or a process that was stopped: no client had a chance to send meanwhile.
      const slept = now - before > 2 * everyMs ? now - before - everyMs : 0
      for (const tracked of this.#connections.values()) {
        tracked.seenAt += slept
        if (tracked.begunAt !== undefined) tracked.begunAt += slept
        if (tracked.socket.bytesRead !== tracked.bytesRead || tracked.working > 0) tracked.seenAt = now
        if (tracked.working > 0 && tracked.begunAt !== undefined) tracked.begunAt = now
        tracked.bytesRead = tracked.socket.bytesRead
        if (tracked.begunAt !== undefined && now - tracked.begunAt >= messageMs)
          tracked.refuse(`A message that it began was not whole within ${limits.messageTimeout} s (messageTimeout)`)
        else if (now - tracked.seenAt >= idleMs) tracked.refuse(`It sent nothing for ${limits.idleTimeout} s (idleTimeout)`)
      }
    }
  }
}
