// Spark's monitoring API over HTTP: what the engine answers below /api/v1, as JSON.
import { connectEngine } from '../../src-shared/contract/client.ts'
import type { EngineLink } from '../../src-shared/contract/engine-link.ts'
import { MillraceError } from '../../src-shared/errors.ts'
import { systemClock } from '../clock.ts'

export const restPrefix = '/api/v1/'

export interface RestPage {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

export class RestApi {
  readonly #open: () => Promise<EngineLink>
  #connection: ReturnType<typeof connectEngine> | undefined

  constructor(open: () => Promise<EngineLink>) {
    this.#open = open
  }

  /** Rejects with ENGINE_GONE while the engine is being started again. */
  async answer(url: URL): Promise<RestPage> {
    this.#connection ??= connectEngine({ open: this.#open, sleep: (ms) => systemClock.sleep(ms) })
    if (this.#connection.state === 'lost') throw new MillraceError('ENGINE_GONE', 'The engine is being started again.')
    const path = decodeURIComponent(url.pathname.slice(restPrefix.length))
    const { status, body } = await this.#connection.engine.streams.rest({ path, query: url.search })
    return typeof body === 'string'
      ? { status, contentType: 'text/plain; charset=utf-8', text: `${body}\n` }
      : { status, contentType: 'application/json; charset=utf-8', text: `${JSON.stringify(body, undefined, 2)}\n` }
  }

  close(): void {
    this.#connection?.close()
  }
}
