// Binding a TCP or UDP port: the address as its file gives it, and a clear sentence when it cannot be had.
import type { Socket as UdpSocket } from 'node:dgram'
import type { Server } from 'node:net'
import { MillraceError } from '../../../src-shared/errors.ts'

/** Resolves when the server listens; rejects with COMPONENT_START and what to do. A component's supervisor tries again. */
export function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(bindProblem(error, port, host))
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      resolve()
    })
  })
}

export function bindUdp(socket: UdpSocket, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      // It is tried again with another socket, every 3 s for as long as the port is taken.
      socket.close()
      reject(bindProblem(error, port, host))
    }
    socket.once('error', failed)
    socket.bind(port, host, () => {
      socket.off('error', failed)
      resolve()
    })
  })
}

/** Why a port cannot be had, and what to do. */
export function bindProblem(error: NodeJS.ErrnoException, port: number, host: string | undefined): MillraceError {
  const where = `${host ?? 'any address'}, port ${port}`
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program listens there. Stop it, or choose another port.',
    EACCES: 'the operating system does not allow it. Ports below 1024 need a privilege; choose another.',
    EADDRNOTAVAIL: 'this machine has no such address. Give one that it has, or 0.0.0.0 for all.',
    ENOTFOUND: 'the name is not known. Give an address that this machine has.',
  }
  return new MillraceError('COMPONENT_START', `Cannot listen on ${where}: ${reasons[error.code ?? ''] ?? error.message}`, { cause: error })
}
