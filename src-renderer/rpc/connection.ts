// The window's one connection to the engine: a message port in the desktop face, a WebSocket to the own origin in a browser.
import { connectEngine, type EngineConnection } from '../../src-shared/contract/client.ts'
import type { EngineLink } from '../../src-shared/contract/engine-link.ts'
import { type WebSocketLike, webSocketLink } from '../../src-shared/contract/web-socket-link.ts'
import type { DesktopBridge } from '../../src-shared/desktop/desktop-bridge.ts'
import { enginePorts, type PageWindow } from '../../src-shared/desktop/engine-port.ts'

declare global {
  interface Window {
    readonly millraceDesktop?: DesktopBridge
  }
}

/** What the desktop face adds; absent in a browser. */
export const desktop: DesktopBridge | undefined = window.millraceDesktop

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const open = desktop === undefined ? openSocket : enginePorts(window as unknown as PageWindow, desktop)

export const connection: EngineConnection = connectEngine({ open, sleep })

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
