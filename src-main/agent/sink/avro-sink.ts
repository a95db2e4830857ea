// Avro RPC sink: one take transaction per appendBatch, committed when the next hop answered OK.
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { int, oneOf, string } from '../../../src-shared/spec/property.ts'
import { defineSink, type Status } from '../../component/define.ts'
import { RpcClient, type RpcClientOptions } from '../avro/rpc-client.ts'
import { clientSecureContext, clientTlsProperties } from '../network/tls.ts'

/** As Flume: below one second the default is taken. */
const timeoutMs = (value: number): number => (value < 1000 ? 20_000 : value)

export const definition = defineSink({
  type: 'avro',
  className: 'org.apache.flume.sink.AvroSink',
  summary: 'Sends events to an Avro source of another agent, Flume’s or Millrace’s.',
  properties: {
    hostname: string().describe('Host of the next hop.'),
    port: int().min(1).max(65535).describe('Port of the next hop.'),
    'batch-size': int().default(100).unit('events').describe('Most events of one transaction and one request; below 1 means 100.'),
    'connect-timeout': int().default(20_000).unit('ms').describe('Below 1000 means 20000.'),
    'request-timeout': int().default(20_000).unit('ms').describe('Covers a whole request. Below 1000 means 20000.'),
    'reset-connection-interval': int()
      .min(0)
      .default(0)
      .unit('s')
      .describe('Reconnect between batches after so long, so that a load balancer may rebalance; 0 never.'),
    'compression-type': oneOf('none', 'deflate').default('none').describe('Must equal the receiving source’s.'),
    'compression-level': int().min(0).max(9).default(6).describe('Deflate level.'),
    ...clientTlsProperties,
    maxIoWorkers: int().noEffect('Flume ignores it since 1.10; one loop serves all connections here.'),
  },
  examples: [{ title: 'To the next agent', properties: 'hostname = 127.0.0.1\nport = 44444' }],
  create: (options, context) => {
    const { channel, clock, counters, log } = context
    const batchSize = options['batch-size'] < 1 ? 100 : options['batch-size']
    const resetAfterMs = options['reset-connection-interval'] * 1000
    const peer = `${options.hostname}:${options.port}`
    let client: RpcClient | undefined
    let connectedAt = 0

    const clientOptions = async (): Promise<RpcClientOptions> => ({
      host: options.hostname,
      port: options.port,
      connectTimeoutMs: timeoutMs(options['connect-timeout']),
      requestTimeoutMs: timeoutMs(options['request-timeout']),
      ...(options['compression-type'] === 'deflate' && { compressionLevel: options['compression-level'] }),
      ...(options.ssl && { tls: { secureContext: await clientSecureContext(options), rejectUnauthorized: !options['trust-all-certs'] } }),
    })

    const disconnect = (): void => {
      if (client === undefined) return
      client.close()
      client = undefined
      counters.add('ConnectionClosedCount', 1)
    }

    const connection = async (): Promise<RpcClient> => {
      const due = resetAfterMs > 0 && clock.monotonic() - connectedAt >= resetAfterMs
      if (client !== undefined && (due || !client.active)) disconnect()
      if (client !== undefined) return client
      try {
        client = await RpcClient.connect(await clientOptions())
      } catch (error) {
        counters.add('ConnectionFailedCount', 1)
        context.status(`not connected to ${peer}: ${messageOf(error)}`, {
          severity: 'warning',
          hint: 'It is tried again with the next batch; events wait in the channel.',
        })
        throw error
      }
      connectedAt = clock.monotonic()
      counters.add('ConnectionCreatedCount', 1)
      context.status(`connected to ${peer}`)
      return client
    }

    return {
      async start() {
        await connection().catch((error: unknown) =>
          log.warn('The next hop cannot be reached yet; it is tried again with each batch.', { peer, error: messageOf(error) }),
        )
      },
      async stop() {
        disconnect()
      },
      async process(): Promise<Status> {
        const connected = await connection()
        const transaction = channel.transaction()
        transaction.begin()
        try {
          const batch = await transaction.take({ events: batchSize, bytes: Number.POSITIVE_INFINITY })
          const count = batch?.count ?? 0
          counters.add(count === 0 ? 'BatchEmptyCount' : count < batchSize ? 'BatchUnderflowCount' : 'BatchCompleteCount', 1)
          if (batch !== null && count > 0) {
            counters.add('EventDrainAttemptCount', count)
            await connected.appendBatch(batch)
          }
          await transaction.commit()
          counters.add('EventDrainSuccessCount', count)
          return count === 0 ? 'BACKOFF' : 'READY'
        } catch (error) {
          await transaction.rollback()
          disconnect()
          counters.add('EventWriteFail', 1)
          throw new MillraceError('EVENT_DELIVERY', 'Failed to send events', { cause: error })
        } finally {
          transaction.close()
        }
      },
    }
  },
})
