// What Flume's RPC sinks share (AbstractRpcSink): one connection, reconnected when it failed or is due; one take transaction per request,
// committed when the next hop answered OK.
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { type EventBatch, hasNullHeader } from '../../../src-shared/event/event-batch.ts'
import { int, string } from '../../../src-shared/spec/property.ts'
import type { SinkContext } from '../../component/context.ts'
import type { Sink, Status } from '../../component/define.ts'

/** Keys of both RPC sinks. */
export const rpcSinkProperties = {
  hostname: string().describe('Host of the next hop.'),
  port: int().min(1).max(65535).describe('Port of the next hop.'),
  'batch-size': int()
    .badIsAbsent()
    .default(100)
    .unit('events')
    .describe('Most events of one transaction and one request; below 1 means 100.'),
  'connect-timeout': int().badIsAbsent().default(20_000).unit('ms').describe('Below 1000 means 20000.'),
  'request-timeout': int().badIsAbsent().default(20_000).unit('ms').describe('Covers a whole request. Below 1000 means 20000.'),
  'reset-connection-interval': int()
    .default(0)
    .unit('s')
    .describe('Reconnect between batches after so long, so that a load balancer may rebalance; 0 or less never.'),
}

/** What connects: at once, so that the counters tell what became of it; or, as Thrift's client, with the first call, and counts as connected until then. */
export interface RpcConnector {
  readonly connect: (to: ConnectTo) => Promise<RpcConnection>
  readonly withFirstCall: boolean
}

export interface RpcConnection {
  readonly active: boolean
  /** Resolves when the other side answered OK. */
  appendBatch(batch: EventBatch): Promise<void>
  close(): void
}

export interface RpcSinkOptions {
  readonly hostname: string
  readonly port: number
  readonly 'batch-size': number
  readonly 'connect-timeout': number
  readonly 'request-timeout': number
  readonly 'reset-connection-interval': number
}

export interface ConnectTo {
  readonly host: string
  readonly port: number
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
}

/** As Flume: a time-out below one second means the default. */
const timeoutMs = (value: number): number => (value < 1000 ? 20_000 : value)

export function rpcSink(options: RpcSinkOptions, context: SinkContext, connector: RpcConnector): Sink {
  return new RpcSink(options, context, connector)
}

class RpcSink implements Sink {
  readonly #context: SinkContext
  readonly #connector: RpcConnector
  readonly #to: ConnectTo
  /** `host:port`. */
  readonly #peer: string
  readonly #batchSize: number
  /** 0: never. */
  readonly #resetAfterMs: number
  #connection: RpcConnection | undefined
  #connectedAt = 0

  constructor(options: RpcSinkOptions, context: SinkContext, connector: RpcConnector) {
    this.#context = context
    this.#connector = connector
    const wanted = options['batch-size'] < 1 ? 100 : options['batch-size']
    this.#batchSize = Math.min(wanted, context.channel.transactionCapacity ?? wanted)
    this.#resetAfterMs = options['reset-connection-interval'] * 1000
    this.#peer = `${options.hostname}:${options.port}`
    this.#to = {
      host: options.hostname,
      port: options.port,
      connectTimeoutMs: timeoutMs(options['connect-timeout']),
      requestTimeoutMs: timeoutMs(options['request-timeout']),
    }
  }

  async start(): Promise<void> {
    await this.#connected().catch((error: unknown) =>
      this.#context.log.warn('The next hop cannot be reached yet; it is tried again with each batch.', {
        peer: this.#peer,
        error: messageOf(error),
      }),
    )
  }

  async stop(): Promise<void> {
    this.#disconnect()
  }

  async process(): Promise<Status> {
    const { channel, counters } = this.#context
    const connection = await this.#connected().catch((error: unknown) => {
      counters.add('EventWriteFail', 1)
      throw error
    })
    const transaction = channel.transaction()
    transaction.begin()
    try {
      const batch = await transaction.take({ events: this.#batchSize, bytes: Number.POSITIVE_INFINITY })
      const count = batch?.count ?? 0
      counters.add(count === 0 ? 'BatchEmptyCount' : count < this.#batchSize ? 'BatchUnderflowCount' : 'BatchCompleteCount', 1)
      if (batch !== null && count > 0) {
        counters.add('EventDrainAttemptCount', count)
        await connection.appendBatch(batch)
        if (hasNullHeader(batch)) this.#context.departs('null-header-is-empty')
      }
      await transaction.commit()
      counters.add('EventDrainSuccessCount', count)
      return count === 0 ? 'BACKOFF' : 'READY'
    } catch (error) {
      await transaction.rollback()
      this.#disconnect()
      counters.add('EventWriteFail', 1)
      throw new MillraceError('EVENT_DELIVERY', 'Failed to send events', { cause: error })
    } finally {
      transaction.close()
    }
  }

  /** The connection that there is, or a new one where it has ended or its time is over. */
  async #connected(): Promise<RpcConnection> {
    const { clock, counters } = this.#context
    const due = this.#resetAfterMs > 0 && clock.monotonic() - this.#connectedAt >= this.#resetAfterMs
    if (due || this.#connection?.active === false) this.#disconnect()
    if (this.#connection !== undefined) return this.#connection
    try {
      this.#connection = this.#connector.withFirstCall ? connectionOfFirstCall(() => this.#connect()) : await this.#connect()
    } catch (error) {
      counters.add('ConnectionFailedCount', 1)
      throw error
    }
    this.#connectedAt = clock.monotonic()
    counters.add('ConnectionCreatedCount', 1)
    return this.#connection
  }

  async #connect(): Promise<RpcConnection> {
    const { status } = this.#context
    try {
      const made = await this.#connector.connect(this.#to)
      status(`connected to ${this.#peer}`)
      return made
    } catch (error) {
      status(`not connected to ${this.#peer}: ${messageOf(error)}`, {
        severity: 'warning',
        hint: 'It is tried again with the next batch; events wait in the channel.',
      })
      throw error
    }
  }

  #disconnect(): void {
    if (this.#connection === undefined) return
    this.#connection.close()
    this.#connection = undefined
    this.#context.counters.add('ConnectionClosedCount', 1)
  }
}

function connectionOfFirstCall(connect: () => Promise<RpcConnection>): RpcConnection {
  let made: RpcConnection | undefined
  return {
    get active() {
      return made?.active ?? true
    },
    async appendBatch(batch) {
      made ??= await connect()
      await made.appendBatch(batch)
    },
    close: () => made?.close(),
  }
}
