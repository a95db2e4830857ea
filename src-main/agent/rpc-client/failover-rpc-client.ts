// client.type `default_failover`: one host after the other, in listed order and round again, until one takes the batch (Flume FailoverRpcClient).
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import {
  batchSizeOf,
  type ClientProperties,
  type ConnectHost,
  type HostConnection,
  type HostInfo,
  hostsOf,
  type RpcClient,
} from './rpc-client.ts'

export class FailoverRpcClient implements RpcClient {
  readonly batchSize: number
  readonly #hosts: readonly HostInfo[]
  readonly #maxAttempts: number
  readonly #connect: ConnectHost
  readonly #warn: (sentence: string) => void
  #connection: HostConnection | undefined
  #lastChecked = -1

  constructor(properties: ClientProperties, connect: ConnectHost, warn: (sentence: string) => void) {
    this.batchSize = batchSizeOf(properties)
    this.#hosts = hostsOf(properties)
    if (this.#hosts.length === 0)
      throw new MillraceError(
        'BAD_ARGUMENT',
        'The client properties name no hosts. Add hosts = h1 h2, hosts.h1 = host:port, hosts.h2 = host:port.',
      )
    const attempts = Number(properties['max-attempts']?.trim() || Number.NaN)
    this.#maxAttempts = Number.isInteger(attempts) ? attempts : this.#hosts.length
    this.#connect = connect
    this.#warn = warn
  }

  async appendBatch(batch: EventBatch): Promise<void> {
    let last: unknown
    for (let attempt = 0; attempt < this.#maxAttempts; attempt++) {
      const connection = await this.#active()
      try {
        await connection.appendBatch(batch)
        return
      } catch (error) {
        this.#warn(`A host failed, the next is tried: ${messageOf(error)}`)
        last = error
        connection.close()
      }
    }
    throw new MillraceError('EVENT_DELIVERY', `Failed to send the event! ${this.#maxAttempts} attempts were made`, { cause: last })
  }

  close(): void {
    this.#connection?.close()
  }

  /** The connection that there is, or to the next host that takes one: those behind the last that was tried, then from the first. */
  async #active(): Promise<HostConnection> {
    if (this.#connection?.active === true) return this.#connection
    const count = this.#hosts.length
    const start = this.#lastChecked + 1
    let last: unknown
    for (let step = 0; step < count; step++) {
      const index = (start + step) % count
      try {
        this.#connection = await this.#connect(this.#hosts[index]!)
        this.#lastChecked = index
        return this.#connection
      } catch (error) {
        this.#warn(`Could not connect to ${this.#hosts[index]!.name}: ${messageOf(error)}`)
        last = error
      }
    }
    throw new MillraceError('EVENT_DELIVERY', 'No active client found: no host takes a connection', { cause: last })
  }
}
