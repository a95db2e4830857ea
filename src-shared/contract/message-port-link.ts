// EngineLink over a message port: a DOM MessagePort, Electron's MessagePortMain, a Node worker's port. Ports say nothing when the other
// side dies (a DOM MessagePort has no close event everywhere), so the link sends a close word of its own, and whoever made the port
// calls close() when it learns of the death.
import { type EngineLink, LinkEvents } from './engine-link.ts'

export interface DomPortLike {
  postMessage(message: unknown): void
  addEventListener(type: 'message' | 'close', listener: (event: { data?: unknown }) => void): void
  start(): void
  close(): void
}

export interface NodePortLike {
  postMessage(message: unknown): void
  on(type: 'message' | 'close', listener: (value: unknown) => void): unknown
  start?(): void
  close?(): void
}

const closeWord = { millrace: 'close' } as const

/** A link over a port that nobody else uses. Binary messages are copied by the port (Electron's ports transfer no ArrayBuffer). */
export function messagePortLink(port: DomPortLike | NodePortLike): EngineLink {
  const events = new LinkEvents()
  const receive = (data: unknown): void => {
    if (typeof data === 'string') events.message(data)
    else if (data instanceof Uint8Array) events.message(data)
    else if (isCloseWord(data)) events.close()
  }
  if ('addEventListener' in port) {
    port.addEventListener('message', (event) => receive(event.data))
    port.addEventListener('close', () => events.close())
  } else {
    // MessagePortMain hands an event, a Node port the value itself.
    port.on('message', (event: unknown) => receive(isEvent(event) ? event.data : event))
    port.on('close', () => events.close())
  }
  port.start?.()
  return {
    send: (message) => {
      if (!events.closed) port.postMessage(typeof message === 'string' ? message : compact(message))
    },
    onMessage: (handler) => events.onMessage(handler),
    onClose: (handler) => events.onClose(handler),
    close: () => {
      if (events.closed) return
      port.postMessage(closeWord)
      events.close()
      port.close?.()
    },
  }
}

/** A copy without the rest of a larger buffer, which structured cloning would copy along. Also turns a Node Buffer into a plain array. */
function compact(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array && bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
}

function isEvent(value: unknown): value is { data: unknown } {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && 'data' in value
}

function isCloseWord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { millrace?: unknown }).millrace === 'close'
}
