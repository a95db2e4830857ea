// Avro RPC source: each append or appendBatch is one channel transaction, answered OK after its commit.
import { MillraceError } from '../../../src-shared/errors.ts'
import { boolean, int, oneOf, string } from '../../../src-shared/spec/property.ts'
import { defineSource } from '../../component/define.ts'
import { ipAllowed, parseIpFilterRules } from '../avro/ip-filter.ts'
import { rpcServer } from '../avro/rpc-server.ts'
import { sourceService } from '../avro/source-service.ts'
import { rpcAppend } from '../network/rpc-append.ts'
import type { SocketServer } from '../network/socket-server.ts'
import { serverSecureContext, serverTlsProperties } from '../network/tls.ts'

export const definition = defineSource({
  type: 'avro',
  className: 'org.apache.flume.source.AvroSource',
  summary: 'Listens for Avro RPC from Flume’s Avro sinks, clients and avro-client.',
  properties: {
    bind: string().describe('Address to listen on.'),
    port: int().min(0).max(65535).describe('Port to listen on; 0 takes a free one.'),
    threads: int().noEffect('Flume parses it and has not used it since 1.10; one loop serves all connections here.'),
    'compression-type': oneOf('none', 'deflate').default('none').describe('Must equal the sender’s.'),
    ...serverTlsProperties,
    ipFilter: boolean().default(false).describe('Whether ipFilterRules are applied.'),
    ipFilterRules: string().optional().describe('Comma-separated <allow|deny>:<ip|name>:<pattern>; the first that matches decides.'),
    maxMessageBytes: int()
      .min(1024)
      .default(256 * 1024 * 1024)
      .unit('bytes')
      .extension()
      .describe('Largest request of a client; a larger one closes its connection.'),
    maxConnections: int().min(1).default(10_000).extension().describe('Connections served at once.'),
  },
  examples: [{ title: 'Events from other agents', properties: 'bind = 127.0.0.1\nport = 44444' }],
  create: (options, context) => {
    if (options.ipFilter && options.ipFilterRules === undefined) {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        'ipFilter is true, but ipFilterRules is not given. Give at least one rule, or leave ipFilter out.',
      )
    }
    const rules = options.ipFilter ? parseIpFilterRules(options.ipFilterRules ?? '') : []
    const { counters, log } = context
    let server: SocketServer | undefined

    return {
      async start() {
        const secureContext = options.ssl ? await serverSecureContext(options) : undefined
        const starting = rpcServer({
          host: options.bind,
          port: options.port,
          deflate: options['compression-type'] === 'deflate',
          ...(secureContext && { secureContext }),
          maxMessageBytes: options.maxMessageBytes,
          maxConnections: options.maxConnections,
          maxInFlight: 16,
          accepts: (address) => ipAllowed(rules, address, []),
          service: sourceService(rpcAppend(context)),
          connectionsChanged: (open) => counters.set('OpenConnectionCount', open),
          refused: (address, reason) => log.debug('A connection was closed.', { address, reason }),
        })
        const port = await starting.listen().catch((error: unknown) => {
          throw new MillraceError('COMPONENT_START', `Failed to set up server socket on ${options.bind}:${options.port}`, { cause: error })
        })
        server = starting
        context.status(`listening on ${options.bind}:${port}`)
      },
      async stop() {
        await server?.close()
        server = undefined
      },
    }
  },
})
