// The window's one connection to the engine: a message port in the desktop face, a WebSocket to the own origin in a browser.
import { connectEngine, type EngineConnection } from '../../src-shared/contract/client.ts'
import type { EngineLink } from '../../src-shared/contract/engine-link.ts'
import { type DomPortLike, messagePortLink } from '../../src-shared/contract/message-port-link.ts'
import { type WebSocketLike, webSocketLink } from '../../src-shared/contract/web-socket-link.ts'
import { type DesktopBridge, enginePortMessage } from '../../src-shared/desktop/desktop-bridge.ts'

declare global {
  interface Window {
    readonly millraceDesktop?: DesktopBridge
  }
}

/** What the desktop face adds; absent in a browser. */
export const desktop: DesktopBridge | undefined = window.millraceDesktop

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export const connection: EngineConnection = connectEngine({ open: desktop === undefined ? openSocket : portOpener(desktop), sleep })

export const { engine } = connection

function openSocket(): Promise<EngineLink> {
  const url = new URL('/engine', location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.hash = ''
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    // A socket that closes before it opens was refused: there is no engine to be had now.
    socket.addEventListener('close', () => reject(new Error('The engine does not answer.')), { once: true })
    socket.addEventListener('open', () => resolve(webSocketLink(socket as unknown as WebSocketLike, true)), { once: true })
  })
}

/** Ports come as window messages, after asking and, when the engine was started again, unasked: the newest one is the one to use. */
function portOpener(bridge: DesktopBridge): () => Promise<EngineLink> {
  let unused: MessagePort | undefined
  let waiting: ((port: MessagePort) => void) | undefined
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const port = event.ports[0]
    if (event.source !== window || event.data !== enginePortMessage || port === undefined) return
    unused?.close()
    unused = undefined
    if (waiting === undefined) unused = port
    else waiting(port)
    waiting = undefined
  })
  return async () => {
    const port =
      unused ??
      (await new Promise<MessagePort>((resolve) => {
        waiting = resolve
        bridge.connectEngine()
      }))
    unused = undefined
    return messagePortLink(port as unknown as DomPortLike)
  }
}
