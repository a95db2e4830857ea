// Waiting for an outgoing connection, with Flume's time-out.
import type { Socket } from 'node:net'
import { MillraceError } from '../../../src-shared/errors.ts'

/** Resolves when the socket is connected (`event`); rejects with EVENT_DELIVERY, the socket destroyed, on an error or after `timeoutMs`. */
export function connected(socket: Socket, event: 'connect' | 'secureConnect', timeoutMs: number, who: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown): void => {
      socket.destroy()
      reject(new MillraceError('EVENT_DELIVERY', `${who}: RPC connection error`, { cause }))
    }
    socket.setTimeout(timeoutMs, () => failed(new Error(`no connection within ${timeoutMs} ms`)))
    socket.once('error', failed)
    socket.once(event, () => {
      socket.setTimeout(0)
      socket.removeAllListeners('timeout')
      socket.off('error', failed)
      resolve()
    })
  })
}
