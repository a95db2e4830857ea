// client.type → client (Flume RpcClientFactory).
import { MillraceError } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import { defaultRpcClient } from './default-rpc-client.ts'
import { FailoverRpcClient } from './failover-rpc-client.ts'
import { LoadBalancingRpcClient } from './load-balancing-rpc-client.ts'
import { avroConnections, type ClientProperties, type RpcClient, thriftConnections } from './rpc-client.ts'

export interface RpcClientDeps {
  readonly clock: Clock
  readonly warn: (sentence: string) => void
}

/** Types in any case, or Flume's class names. */
export async function createRpcClient(properties: ClientProperties, { clock, warn }: RpcClientDeps): Promise<RpcClient> {
  const type = (properties['client.type'] ?? 'default').trim()
  switch (type.replace(/^org\.apache\.flume\.api\./, '').toLowerCase()) {
    case 'default':
    case 'nettyavrorpcclient':
      return defaultRpcClient(properties, avroConnections(properties), warn)
    case 'thrift':
    case 'thriftrpcclient':
      return defaultRpcClient(properties, thriftConnections(properties), warn)
    case 'default_failover':
    case 'failoverrpcclient':
      return new FailoverRpcClient(properties, avroConnections(properties), warn)
    case 'default_loadbalance':
    case 'loadbalancingrpcclient':
      return new LoadBalancingRpcClient(properties, { connect: avroConnections(properties), clock, warn })
    default:
      throw new MillraceError(
        'BAD_ARGUMENT',
        `client.type = ${type} is not known. Use default, thrift, default_failover or default_loadbalance.`,
      )
  }
}
