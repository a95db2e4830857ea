// Ports between pages and the engine. With a utility process the port's other end goes to the engine itself; with an engine that runs in
// a Node of its own (MILLRACE_ENGINE_NODE) it stays here and everything is passed on. A page notices no difference.
import { MessageChannelMain, type WebContents } from 'electron'
import { relayLinks } from '../../src-shared/contract/engine-link.ts'
import { messagePortLink, type NodePortLike } from '../../src-shared/contract/message-port-link.ts'
import { messageOf } from '../../src-shared/errors.ts'
import type { SupervisedEngine } from '../engine/supervise-engine.ts'
import type { Logger } from '../log.ts'
import { mainMessages } from './desktop-wire.ts'

export class EnginePorts {
  readonly #engine: SupervisedEngine
  readonly #relay: boolean
  readonly #log: Logger
  /** Pages that are told of the engine's state, and whether they wait for a port. */
  readonly #pages = new Map<WebContents, { waits: boolean }>()

  constructor(engine: SupervisedEngine, relay: boolean, log: Logger) {
    this.#engine = engine
    this.#relay = relay
    this.#log = log
    engine.onState(() => {
      for (const page of this.#pages.keys()) this.#tell(page)
    })
  }

  /** A page asks for a port. It gets one now or when the engine is ready, and asks again when its link has ended. */
  connect(page: WebContents): void {
    if (!this.#pages.has(page)) page.once('destroyed', () => this.#pages.delete(page))
    this.#pages.set(page, { waits: true })
    this.#tell(page)
  }

  #tell(page: WebContents): void {
    const { state } = this.#engine
    page.send(mainMessages.engineState, { state: state.state, ...('sentence' in state && { sentence: state.sentence }) })
    if (state.state === 'ready' && this.#pages.get(page)?.waits === true) void this.#give(page)
  }

  async #give(page: WebContents): Promise<void> {
    this.#pages.set(page, { waits: false })
    try {
      const { port1, port2 } = new MessageChannelMain()
      if (this.#relay) relayLinks(messagePortLink(port1 as unknown as NodePortLike), await this.#engine.openLink())
      else await this.#engine.passPort(port1)
      if (!page.isDestroyed()) page.postMessage(mainMessages.enginePort, null, [port2])
    } catch (error) {
      // The engine ended just now: the page gets its port from the next one.
      if (this.#pages.has(page)) this.#pages.set(page, { waits: true })
      this.#log.info('A window waits for the engine.', { reason: messageOf(error) })
    }
  }
}
