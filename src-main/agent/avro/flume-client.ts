// A client of Flume's Avro source, as Flume's NettyAvroRpcClient. After any failure it is closed: what was sent may or may not have been
// stored, and the caller sends it again.
import { MillraceError } from '../../../src-shared/errors.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { encodeEvents } from './event-codec.ts'
import { RpcClient, type RpcClientOptions } from './rpc-client.ts'
import { sourceProtocol } from './source-protocol.ts'

export type FlumeClientOptions = Omit<RpcClientOptions, 'protocol' | 'who'>

export class FlumeClient {
  readonly #client: RpcClient
  readonly #who: string

  private constructor(client: RpcClient, who: string) {
    this.#client = client
    this.#who = who
  }

  /** Rejects with EVENT_DELIVERY when there is no connection within the time-out. */
  static async connect(options: FlumeClientOptions): Promise<FlumeClient> {
    const who = `NettyAvroRpcClient { host: ${options.host}, port: ${options.port} }`
    return new FlumeClient(await RpcClient.connect({ ...options, protocol: sourceProtocol, who }), who)
  }

  get active(): boolean {
    return this.#client.active
  }

  /** Resolves when the server answered OK. Rejects with EVENT_DELIVERY otherwise, and the client is closed. An empty batch sends nothing, as in Flume. */
  async appendBatch(batch: EventBatch): Promise<void> {
    if (batch.count === 0) return
    try {
      const status = (await this.#client.call('appendBatch', encodeEvents(batch))).readLong()
      if (status !== 0) throw new Error(`Avro RPC call returned Status: ${status === 1 ? 'FAILED' : 'UNKNOWN'}`)
    } catch (cause) {
      this.close()
      throw new MillraceError('EVENT_DELIVERY', `${this.#who}: Failed to send batch`, { cause })
    }
  }

  close(): void {
    this.#client.close()
  }
}
