// What the engine's process and the process that supervises it say to each other, and how the links of several windows share the one
// pipe between them (Electron's utility process gets message ports instead: `port`).
import { type EngineLink, LinkEvents } from '../../src-shared/contract/engine-link.ts'
import type { ErrorCode } from '../../src-shared/errors.ts'

/** The engine process's one argument, as JSON. */
export interface EngineArguments {
  /** Workspace folder. */
  readonly workspace: string
  readonly version: string
  /** Where programs, examples and other built files are looked for; absent: beside the entry. */
  readonly projectFolder?: string
}

export type LinkMessage =
  | { readonly kind: 'link-open'; readonly link: number }
  | { readonly kind: 'link-data'; readonly link: number; readonly data: string | Uint8Array }
  | { readonly kind: 'link-close'; readonly link: number }

export type ToEngine =
  | LinkMessage
  /** A message port comes with it (`event.ports[0]`). */
  | { readonly kind: 'port' }
  | { readonly kind: 'stop' }

export type FromEngine =
  | LinkMessage
  | { readonly kind: 'ready'; readonly pid: number }
  /** It cannot start and should not be tried again before a person has done something. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly sentence: string }
  | {
      readonly kind: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly sentence: string
      readonly fields: Readonly<Record<string, unknown>>
    }

/** Links over one pipe. Either side may use it: one opens, the other is told by `onOpen`. */
export class LinkMultiplexer {
  readonly #send: (message: LinkMessage) => void
  readonly #onOpen: (link: EngineLink) => void
  readonly #links = new Map<number, LinkEvents>()
  #last = 0

  constructor(send: (message: LinkMessage) => void, onOpen: (link: EngineLink) => void = () => {}) {
    this.#send = send
    this.#onOpen = onOpen
  }

  open(): EngineLink {
    const number = ++this.#last
    this.#send({ kind: 'link-open', link: number })
    return this.#make(number)
  }

  receive(message: LinkMessage): void {
    if (message.kind === 'link-open') this.#onOpen(this.#make(message.link))
    else if (message.kind === 'link-data') this.#links.get(message.link)?.message(plainBytes(message.data))
    else this.#end(message.link)
  }

  /** The pipe is gone, and every link with it. */
  close(): void {
    for (const number of [...this.#links.keys()]) this.#end(number)
  }

  #make(number: number): EngineLink {
    const events = new LinkEvents()
    this.#links.set(number, events)
    return {
      send: (data) => {
        if (!events.closed) this.#send({ kind: 'link-data', link: number, data })
      },
      onMessage: (handler) => events.onMessage(handler),
      onClose: (handler) => events.onClose(handler),
      close: () => {
        if (events.closed) return
        this.#send({ kind: 'link-close', link: number })
        this.#end(number)
      },
    }
  }

  #end(number: number): void {
    const events = this.#links.get(number)
    this.#links.delete(number)
    events?.close()
  }
}

/** Node's pipe hands bytes as a Buffer; the link's users expect a plain array. */
function plainBytes(data: string | Uint8Array): string | Uint8Array {
  if (typeof data === 'string' || data.constructor === Uint8Array) return data
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
}
