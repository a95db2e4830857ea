// A TCP listener that keeps track of its connections: limits, who may connect, closing all of them. What is spoken is the caller's.

import { createServer, type Server, type Socket } from 'node:net'
import { messageOf } from '../../../src-shared/errors.ts'

export interface SocketServerOptions {
  readonly host: string
  readonly port: number
  /** A socket of this machine instead of host and port: a path, or a Windows pipe's name. */
  readonly path?: string
  readonly maxConnections: number
  /** Whether an address may connect; nothing of a connection is read before the answer. */
  accepts?(address: string): boolean | Promise<boolean>
  /** Serves one connection. `refuse` closes it for a reason that `refused` is told. */
  serve(socket: Socket, refuse: (reason: string) => void): void
  connectionsChanged?(open: number): void
  /** A connection was closed for a reason that an operator may want to know. */
  refused?(address: string, reason: string): void
}

export class SocketServer {
  readonly #options: SocketServerOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(options: SocketServerOptions) {
    this.#options = options
    // Half-open: a client may end its sending side and still wait for answers.
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#accept(socket))
    this.#server.maxConnections = options.maxConnections
    this.#server.on('drop', (data) =>
      options.refused?.(data?.remoteAddress ?? '', `${options.maxConnections} connections are open already`),
    )
  }

  /** Resolves with the port when the server listens; rejects with the system's error. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      const { path, port, host } = this.#options
      this.#server.listen(path === undefined ? { port, host } : { path }, () => {
        this.#server.off('error', reject)
        const address = this.#server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : this.#options.port)
      })
    })
  }

  /** Stops listening and closes every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
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
    this.#sockets.add(socket)
    this.#options.connectionsChanged?.(this.#sockets.size)
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.#options.connectionsChanged?.(this.#sockets.size)
    })
    const { accepts } = this.#options
    if (accepts === undefined) {
      this.#options.serve(socket, refuse)
      return
    }
    Promise.resolve(accepts(address)).then(
      (accepted) => {
        if (!accepted) refuse('ipFilterRules deny it')
        else if (!socket.destroyed) this.#options.serve(socket, refuse)
      },
      (error: unknown) => refuse(messageOf(error)),
    )
  }
}
