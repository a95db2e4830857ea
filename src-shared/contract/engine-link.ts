// The one thing between a window and the engine: a duplex of text messages and binary frames. RPC goes as text, bulk data as binary
// (bulk-frame.ts). Order is kept; nothing is lost while the link is open; a closed link never opens again (a new one is made).

export interface EngineLink {
  /** Queues a message. On a closed link it does nothing: whoever sends is told by onClose. */
  send(message: string | Uint8Array): void
  /** One handler; messages that came before it was set are kept for it. A Uint8Array handed over is the handler's own. */
  onMessage(handler: (message: string | Uint8Array) => void): void
  /** Called once, when the other side or this one closes; at once when it already has. */
  onClose(handler: () => void): void
  close(): void
}

/** What every implementation shares: messages kept until there is a handler, close told once. */
export class LinkEvents {
  #handler: ((message: string | Uint8Array) => void) | undefined
  #early: (string | Uint8Array)[] = []
  readonly #closeHandlers: (() => void)[] = []
  closed = false

  onMessage(handler: (message: string | Uint8Array) => void): void {
    this.#handler = handler
    const early = this.#early
    this.#early = []
    for (const message of early) handler(message)
  }

  onClose(handler: () => void): void {
    if (this.closed) handler()
    else this.#closeHandlers.push(handler)
  }

  message(message: string | Uint8Array): void {
    if (this.#handler === undefined) this.#early.push(message)
    else this.#handler(message)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    for (const handler of this.#closeHandlers.splice(0)) handler()
  }
}

/** Two ends of a link in one process; messages arrive in a later microtask, binary ones are copied. For an engine in the caller's own process. */
export function linkPair(): [EngineLink, EngineLink] {
  const events = [new LinkEvents(), new LinkEvents()] as const
  const close = (): void => {
    events[0].close()
    events[1].close()
  }
  const end = (mine: LinkEvents, other: LinkEvents): EngineLink => ({
    send: (message) => {
      const copy = typeof message === 'string' ? message : message.slice()
      void Promise.resolve().then(() => {
        if (!other.closed) other.message(copy)
      })
    },
    onMessage: (handler) => mine.onMessage(handler),
    onClose: (handler) => mine.onClose(handler),
    close,
  })
  return [end(events[0], events[1]), end(events[1], events[0])]
}

/** Passes everything from each link to the other and closes both when one closes: the relay through Electron's main process. */
export function relayLinks(a: EngineLink, b: EngineLink): void {
  a.onMessage((message) => b.send(message))
  b.onMessage((message) => a.send(message))
  a.onClose(() => b.close())
  b.onClose(() => a.close())
}
