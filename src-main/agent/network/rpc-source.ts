// What Flume's RPC sources share: a listener with the server-side TLS keys and limits, started, said and stopped.
import { int, string } from '../../../src-shared/spec/property.ts'
import type { SourceContext } from '../../component/context.ts'
import type { Source } from '../../component/define.ts'
import { type ConnectionLimits, connectionLimitProperties, type EventLimits, messageLimitProperties } from './limits.ts'
import type { SocketServer, SocketServerOptions } from './socket-server.ts'
import { type ServerTlsOptions, serverSecureContext, serverTlsProperties } from './tls.ts'

/** Keys of both RPC sources. */
export const rpcSourceProperties = {
  bind: string().describe('Address to listen on.'),
  port: int().min(0).max(65_535).describe('Port to listen on; 0 takes a free one.'),
  threads: int().noEffect('One loop serves all connections here; Flume’s Avro source has not used it since 1.10 either.'),
  ...serverTlsProperties,
  maxMessageBytes: int()
    .min(1024)
    .default(256 * 1024 * 1024)
    .unit('bytes')
    .extension()
    .describe('Largest request of a client; a larger one closes its connection.'),
  ...messageLimitProperties,
  ...connectionLimitProperties,
}

export interface RpcSourceOptions extends ServerTlsOptions, ConnectionLimits, EventLimits {
  readonly bind: string
  readonly port: number
  readonly ssl: boolean
  readonly maxMessageBytes: number
}

type SecureContext = Awaited<ReturnType<typeof serverSecureContext>>

/** What every server is made with; the protocol's own options come on top. */
export interface RpcListenerOptions extends Omit<SocketServerOptions, 'serve'> {
  readonly maxMessageBytes: number
  readonly secureContext?: SecureContext
}

/** A source whose `serverOf` makes the server of its protocol. */
export function rpcSource(
  options: RpcSourceOptions,
  context: SourceContext,
  serverOf: (listener: RpcListenerOptions) => SocketServer,
): Source {
  const { counters, log, status } = context
  let server: SocketServer | undefined
  return {
    async start() {
      const secureContext = options.ssl ? await serverSecureContext(options) : undefined
      const starting = serverOf({
        host: options.bind,
        port: options.port,
        ...(secureContext && { secureContext }),
        maxMessageBytes: options.maxMessageBytes,
        limits: options,
        clock: context.clock,
        connectionsChanged: (open) => counters.set('OpenConnectionCount', open),
        refused: (address, reason) => log.debug('A connection was closed.', { address, reason }),
      })
      const port = await starting.listen()
      server = starting
      status(`listening on ${options.bind}:${port}`)
    },
    async stop() {
      await server?.close()
      server = undefined
    },
  }
}
