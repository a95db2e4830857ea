// The engine's side of bulk transfers on one link, and of the RPC text window: what is sent waits for the window's credit
// (bulk-frame.ts says how), so nothing accumulates here for a slow or frozen window.
import { amountOf, type BulkFrame, encodeFrame, frameKind, textWindow } from '../../src-shared/contract/bulk-frame.ts'
import type { EngineLink } from '../../src-shared/contract/engine-link.ts'
import type { Bulk } from '../../src-shared/contract/schema.ts'
import { MillraceError } from '../../src-shared/errors.ts'

/** One transfer to the window. */
export interface BulkTransfer {
  /** Sends a payload when there is credit for it. Rejects with ENGINE_GONE once the window has cancelled or is gone. */
  send(payload: Uint8Array): Promise<void>
  /** True when a payload would go at once: for senders that would rather leave something out than wait. */
  readonly ready: boolean
  /** Tells the window that all has been sent. */
  end(): void
  /** Aborts when the window has cancelled or is gone. */
  readonly signal: AbortSignal
}

interface OpenTransfer {
  credit: number
  readonly gone: AbortController
  readonly waiting: (() => void)[]
}

export class BulkServer {
  readonly #link: EngineLink
  readonly #transfers = new Map<number, OpenTransfer>()
  #sentText = 0
  #acknowledgedText = 0
  #textWaiters: (() => void)[] = []
  #closed = false

  constructor(link: EngineLink) {
    this.#link = link
  }

  open(bulk: Bulk): BulkTransfer {
    if (this.#transfers.has(bulk.transfer)) throw new MillraceError('BAD_ARGUMENT', `Transfer ${bulk.transfer} is open already.`)
    const transfer: OpenTransfer = { credit: bulk.credit, gone: new AbortController(), waiting: [] }
    if (this.#closed) transfer.gone.abort()
    else this.#transfers.set(bulk.transfer, transfer)
    const { signal } = transfer.gone
    return {
      send: async (payload) => {
        while (transfer.credit <= 0 && !signal.aborted) await new Promise<void>((resolve) => transfer.waiting.push(resolve))
        if (signal.aborted) throw new MillraceError('ENGINE_GONE', 'The window does not want this transfer any more.')
        transfer.credit -= payload.length
        this.#link.send(encodeFrame(frameKind.data, bulk.transfer, payload))
      },
      get ready() {
        return transfer.credit > 0 && !signal.aborted
      },
      end: () => {
        if (this.#transfers.delete(bulk.transfer)) this.#link.send(encodeFrame(frameKind.end, bulk.transfer))
      },
      signal,
    }
  }

  /** A frame from the window. */
  receive(frame: BulkFrame): void {
    if (frame.kind === frameKind.ack) {
      this.#acknowledgedText = amountOf(frame)
      if (this.#textFits()) for (const wake of this.#textWaiters.splice(0)) wake()
      return
    }
    const transfer = this.#transfers.get(frame.transfer)
    if (transfer === undefined) return
    if (frame.kind === frameKind.cancel) this.#drop(frame.transfer, transfer)
    else if (frame.kind === frameKind.credit) {
      transfer.credit += amountOf(frame)
      for (const wake of transfer.waiting.splice(0)) wake()
    }
  }

  /** Sends RPC text; resolves when the window keeps up, so that whoever awaits it makes nothing new meanwhile. */
  async sendText(text: string): Promise<void> {
    this.#sentText += text.length
    this.#link.send(text)
    while (!this.#textFits() && !this.#closed) await new Promise<void>((resolve) => this.#textWaiters.push(resolve))
  }

  /** The link is gone. */
  close(): void {
    this.#closed = true
    for (const [number, transfer] of this.#transfers) this.#drop(number, transfer)
    for (const wake of this.#textWaiters.splice(0)) wake()
  }

  #textFits(): boolean {
    return this.#sentText - this.#acknowledgedText < textWindow
  }

  #drop(number: number, transfer: OpenTransfer): void {
    this.#transfers.delete(number)
    transfer.gone.abort()
    for (const wake of transfer.waiting.splice(0)) wake()
  }
}
