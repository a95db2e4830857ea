// The page's side of the desktop's engine ports: asks for one, takes it from the message that brings it, makes a link of it.
import type { EngineLink } from '../contract/engine-link.ts'
import { type DomPortLike, messagePortLink } from '../contract/message-port-link.ts'
import { type DesktopBridge, enginePortMessage } from './desktop-bridge.ts'

/** The part of a page's `window` that is used. */
export interface PageWindow {
  addEventListener(
    type: 'message',
    listener: (event: { readonly source: unknown; readonly data: unknown; readonly ports: readonly DomPortLike[] }) => void,
  ): void
}

/** A function that opens one link after another (connectEngine's `open`). A link ends when its engine's process does. */
export function enginePorts(page: PageWindow, bridge: Pick<DesktopBridge, 'connectEngine' | 'onEngineState'>): () => Promise<EngineLink> {
  let waiting: ((link: EngineLink) => void) | undefined
  let current: EngineLink | undefined
  page.addEventListener('message', (event) => {
    const port = event.ports[0]
    if (event.source !== page || event.data !== enginePortMessage || port === undefined) return
    const link = messagePortLink(port)
    // Nobody waits for a port that was asked for by this page before it was loaded again.
    if (waiting === undefined) return link.close()
    current = link
    waiting(link)
    waiting = undefined
  })
  // A port whose other end died in a crash tells it in most browsers, and late in some.
  bridge.onEngineState(({ state }) => {
    if (state !== 'gone') return
    current?.close()
    current = undefined
  })
  return () =>
    new Promise((resolve) => {
      waiting = resolve
      bridge.connectEngine()
    })
}
