// Brings events to listeners, in order, one after the other.

import { messageOf } from '../../../src-shared/errors.ts'
import { deliver, type StreamingListener, type StreamingListenerEvent } from '../../../src-shared/streaming/listener.ts'
import type { Logger } from '../../log.ts'

export class StreamingListenerBus {
  readonly #listeners: StreamingListener[] = []
  readonly #log: Logger
  /** True while a listener runs: it must not stop the context. */
  delivering = false

  constructor(log: Logger) {
    this.#log = log
  }

  add(listener: StreamingListener): void {
    this.#listeners.push(listener)
  }

  remove(listener: StreamingListener): void {
    const index = this.#listeners.indexOf(listener)
    if (index >= 0) this.#listeners.splice(index, 1)
  }

  post(event: StreamingListenerEvent): void {
    this.delivering = true
    for (const listener of [...this.#listeners]) {
      try {
        deliver(event, listener)
      } catch (thrown) {
        this.#log.error('A StreamingListener threw.', { event: event.type, listener: listener.constructor.name, error: messageOf(thrown) })
      }
    }
    this.delivering = false
  }
}
