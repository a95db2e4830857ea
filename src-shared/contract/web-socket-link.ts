// EngineLink over a WebSocket: a browser's, or one of the `ws` package. Needs binaryType 'arraybuffer'.
import { type EngineLink, LinkEvents } from './engine-link.ts'

/** The part of a WebSocket that a link uses. */
export interface WebSocketLike {
  binaryType: string
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
}

/** A link over a socket that is open or opening; what is sent before it is open waits. */
export function webSocketLink(socket: WebSocketLike, isOpen: boolean): EngineLink {
  const events = new LinkEvents()
  let waiting: (string | Uint8Array)[] | undefined = isOpen ? undefined : []
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => {
    const early = waiting ?? []
    waiting = undefined
    for (const message of early) socket.send(message as string)
  })
  socket.addEventListener('message', (event) => {
    events.message(typeof event.data === 'string' ? event.data : new Uint8Array(event.data as ArrayBuffer))
  })
  socket.addEventListener('close', () => events.close())
  // An error is always followed by close; the listener keeps `ws` from throwing it.
  socket.addEventListener('error', () => {})
  return {
    send: (message) => {
      if (events.closed) return
      if (waiting !== undefined) waiting.push(message)
      else socket.send(message as string)
    },
    onMessage: (handler) => events.onMessage(handler),
    onClose: (handler) => events.onClose(handler),
    close: () => socket.close(),
  }
}
