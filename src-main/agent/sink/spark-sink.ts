// SparkSink: an Avro RPC server from which a Spark Streaming receiver (FlumeUtils.createPollingStream) pulls batches and acknowledges them.
import { randomBytes } from 'node:crypto'
import { int, string } from '../../../src-shared/spec/property.ts'
import { defineSink } from '../../component/define.ts'
import { rpcServer } from '../avro/rpc-server.ts'
import { connectionLimitProperties } from '../network/limits.ts'
import type { SocketServer } from '../network/socket-server.ts'
import { SparkAvroCallbackHandler } from '../spark/spark-avro-callback-handler.ts'

export const definition = defineSink({
  type: 'SparkSink',
  className: 'org.apache.spark.streaming.flume.sink.SparkSink',
  pulled: true,
  summary: 'Lets a Spark Streaming receiver pull events, Spark’s own or Millrace’s; a batch is consumed when the receiver acknowledges it.',
  properties: {
    hostname: string()
      .default('127.0.0.1')
      .describe('Address to listen on. Spark’s default is 0.0.0.0; here loopback, unless you say otherwise.'),
    port: int().min(0).max(65535).describe('Port to listen on; 0 takes a free one.'),
    threads: int().min(1).default(10).describe('Most batches that may wait for an acknowledgement at once.'),
    timeout: int().min(1).default(60).unit('s').describe('How long a batch waits for its acknowledgement before its events go back.'),
    backoffInterval: int().min(1).default(200).unit('ms').describe('Longest wait between looks at an empty channel.'),
    maxMessageBytes: int()
      .min(1024)
      .default(1024 * 1024)
      .unit('bytes')
      .extension()
      .describe('Largest request of a receiver; a larger one closes its connection.'),
    ...connectionLimitProperties,
  },
  rules: ['sparksink-loopback', 'sparksink-transaction-capacity', 'sparksink-ack-not-behind-get', 'network-limits'],
  examples: [{ title: 'For FlumeUtils.createPollingStream(ssc, "127.0.0.1", 9988)', properties: 'port = 9988' }],
  create: (options, context) => {
    const handler = new SparkAvroCallbackHandler({
      ...context,
      sequenceBase: randomBytes(4).toString('hex'),
      threads: options.threads,
      timeoutMs: options.timeout * 1000,
      backOffMs: options.backoffInterval,
    })
    let server: SocketServer | undefined
    return {
      async start() {
        const starting = rpcServer({
          host: options.hostname,
          port: options.port,
          deflate: false,
          service: handler.service,
          maxMessageBytes: options.maxMessageBytes,
          limits: options,
          clock: context.clock,
          maxInFlight: 64,
          connectionsChanged: (open) =>
            context.status(
              open === 0 ? `waiting for a receiver on ${options.hostname}:${options.port}` : `${open} connections of receivers`,
            ),
          refused: (address, reason) => context.log.debug('A connection was closed.', { address, reason }),
        })
        const port = await starting.listen()
        server = starting
        context.status(`waiting for a receiver on ${options.hostname}:${port}`)
      },
      async stop() {
        await handler.stopped()
        await server?.close()
        server = undefined
      },
      /** All work is driven by the receivers' calls: the runner waits here until the sink is stopped, as Spark's does. */
      process: () =>
        new Promise((resolve) => {
          if (context.signal.aborted) resolve('BACKOFF')
          else context.signal.addEventListener('abort', () => resolve('BACKOFF'), { once: true })
        }),
    }
  },
})
