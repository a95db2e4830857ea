// Thrift RPC source: each append or appendBatch is one channel transaction, answered OK after its commit.
import { MillraceError } from '../../../src-shared/errors.ts'
import { boolean, int, oneOf, string } from '../../../src-shared/spec/property.ts'
import { defineSource } from '../../component/define.ts'
import { rpcAppend } from '../network/rpc-append.ts'
import type { SocketServer } from '../network/socket-server.ts'
import { serverSecureContext, serverTlsProperties } from '../network/tls.ts'
import { thriftServer } from '../thrift/thrift-server.ts'

const noKerberos = 'Kerberos is not built; clients that use it are refused.'

export const definition = defineSource({
  type: 'thrift',
  className: 'org.apache.flume.source.ThriftSource',
  summary: 'Listens for Thrift RPC from Flume’s Thrift sinks and clients.',
  properties: {
    bind: string().describe('Address to listen on.'),
    port: int().min(0).max(65535).describe('Port to listen on; 0 takes a free one.'),
    threads: int().noEffect('One loop serves all connections here.'),
    protocol: oneOf('compact', 'binary').default('compact').describe('Thrift protocol; must equal the sender’s.'),
    ...serverTlsProperties,
    kerberos: boolean().noEffect(noKerberos),
    'agent-principal': string().noEffect(noKerberos),
    'agent-keytab': string().noEffect(noKerberos),
    maxMessageBytes: int()
      .min(1024)
      .default(256 * 1024 * 1024)
      .unit('bytes')
      .extension()
      .describe('Largest request of a client; a larger one closes its connection.'),
    maxConnections: int().min(1).default(10_000).extension().describe('Connections served at once.'),
  },
  examples: [{ title: 'Events from Thrift clients', properties: 'bind = 127.0.0.1\nport = 4141' }],
  create: (options, context) => {
    let server: SocketServer | undefined
    return {
      async start() {
        const secureContext = options.ssl ? await serverSecureContext(options) : undefined
        const starting = thriftServer({
          host: options.bind,
          port: options.port,
          protocol: options.protocol,
          ...(secureContext && { secureContext }),
          maxMessageBytes: options.maxMessageBytes,
          maxConnections: options.maxConnections,
          append: rpcAppend(context),
          refused: (address, reason) => context.log.debug('A connection was closed.', { address, reason }),
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
