// client.type `default_loadbalance`: hosts take turns; one that fails passes the batch on, and with `backoff` is left alone for a while (Flume
// LoadBalancingRpcClient).
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import type { Clock } from '../../clock.ts'
import { FailurePauses, type Order, randomOrder, roundRobin } from './order-selector.ts'
import {
  batchSizeOf,
  type ClientProperties,
  type ConnectHost,
  type HostConnection,
  type HostInfo,
  hostsOf,
  isTrue,
  type RpcClient,
} from './rpc-client.ts'

export interface LoadBalancingDeps {
  readonly connect: ConnectHost
  readonly clock: Clock
  readonly warn: (sentence: string) => void
}

const usualMaxBackOffMs = 30_000

export class LoadBalancingRpcClient implements RpcClient {
  readonly batchSize: number
  readonly #hosts: readonly HostInfo[]
  readonly #order: Order
  readonly #pauses: FailurePauses | undefined
  readonly #deps: LoadBalancingDeps
  readonly #connections = new Map<string, HostConnection>()

  constructor(properties: ClientProperties, deps: LoadBalancingDeps) {
    this.batchSize = batchSizeOf(properties)
    this.#hosts = hostsOf(properties)
    if (this.#hosts.length < 2)
      throw new MillraceError(
        'BAD_ARGUMENT',
        `At least two hosts are required to use the load balancing RPC client; ${this.#hosts.length} are given.`,
      )
    this.#order = orderOf(properties['host-selector'] ?? 'round_robin')
    const maxBackOff = Number(properties['maxBackoff'] ?? 0)
    if (!Number.isInteger(maxBackOff) || maxBackOff < 0)
      throw new MillraceError('BAD_ARGUMENT', `maxBackoff = ${properties['maxBackoff']} is not a number of milliseconds.`)
    this.#pauses = isTrue(properties['backoff']) ? new FailurePauses(deps.clock, maxBackOff || usualMaxBackOffMs) : undefined
    this.#deps = deps
  }

  async appendBatch(batch: EventBatch): Promise<void> {
    let last: unknown
    for (const host of this.#order(this.#hosts.filter((candidate) => this.#pauses?.isActive(candidate) !== false))) {
      try {
        const connection = await this.#connection(host)
        await connection.appendBatch(batch)
        return
      } catch (error) {
        this.#pauses?.failed(host.name)
        this.#deps.warn(`Failed to send event to host ${host.name} ${host.host}:${host.port}: ${messageOf(error)}`)
        last = error
      }
    }
    throw new MillraceError('EVENT_DELIVERY', 'Unable to send event to any host', { cause: last })
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close()
  }

  async #connection(host: HostInfo): Promise<HostConnection> {
    const known = this.#connections.get(host.name)
    if (known?.active === true) return known
    const connection = await this.#deps.connect(host)
    this.#connections.set(host.name, connection)
    return connection
  }
}

function orderOf(selector: string): Order {
  const name = selector.toLowerCase()
  if (name === 'round_robin') return roundRobin()
  if (name === 'random') return randomOrder
  throw new MillraceError('BAD_ARGUMENT', `host-selector = ${selector} is not known. Use round_robin or random.`)
}
