// Connections that are read into memory that is used again. Node gives every read 64 KiB of fresh memory, which for a source that is sent
// megabytes costs more than taking the messages apart. Its `onread` option avoids that, but only for sockets that one makes oneself, and
// those of a server are made by Node: their handle moves to a socket of our own, as Node itself moves it between processes
// (docs/adr/0026-reads-into-one-buffer.md).
import { Socket, type SocketConstructorOpts } from 'node:net'

/** What Node does not document of a socket: its handle, and the server that counts it. */
interface Inner {
  _handle: object | null
  _server: object | null
}

const readBytes = 256 * 1024
/** One for all connections: what is read is given out, and done with, before anything else is read. */
let memory: Buffer | undefined

/**
 * Takes over a socket that a server has just accepted, and that nobody listens to. The socket that is returned is paused, to be used with
 * 'data', pause() and resume(); the bytes of a 'data' are valid until its listeners have returned.
 */
export function withReusedReads(accepted: Socket): Socket {
  const { _handle: handle, _server: server } = accepted as unknown as Inner
  // A Node that has no such handle: as it always was.
  if (!handle) return accepted.pause()
  memory ??= Buffer.allocUnsafeSlow(readBytes)
  const socket = new Socket({
    handle,
    allowHalfOpen: accepted.allowHalfOpen,
    // Not read before it is resumed: whoever decides about the connection may take time.
    pauseOnCreate: true,
    onread: {
      buffer: memory,
      callback(length, bytes) {
        socket.emit('data', bytes.subarray(0, length))
        return true
      },
    },
  } as SocketConstructorOpts)
  Object.assign(socket, { _server: server } satisfies Partial<Inner>)
  Object.assign(accepted, { _handle: null, _server: null } satisfies Inner)
  return socket
}
