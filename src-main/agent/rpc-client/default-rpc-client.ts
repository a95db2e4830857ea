// client.type `default` and `thrift`: one host.
import { MillraceError } from '../../../src-shared/errors.ts'
import { batchSizeOf, type ClientProperties, type ConnectHost, hostsOf, type RpcClient, words } from './rpc-client.ts'

/** Connects at once, as Flume; rejects with EVENT_DELIVERY when that fails. After a failure the client stays closed. `warn`: of hosts that are not used. */
export async function defaultRpcClient(
  properties: ClientProperties,
  connect: ConnectHost,
  warn: (sentence: string) => void,
): Promise<RpcClient> {
  const [alias, ...others] = words(properties['hosts'])
  if (alias === undefined)
    throw new MillraceError('BAD_ARGUMENT', 'The client properties name no hosts. Add hosts = h1 and hosts.h1 = host:port.')
  const first = hostsOf(properties).find(({ name }) => name === alias)
  if (first === undefined) throw new MillraceError('BAD_ARGUMENT', `The host ${alias} has no address. Add hosts.${alias} = host:port.`)
  if (others.length > 0)
    warn(`More than one host is given; ${alias} is used, ${others.join(' ')} not. client.type = default_failover uses all of them.`)
  const connection = await connect(first)
  return {
    batchSize: batchSizeOf(properties),
    appendBatch: (batch) => connection.appendBatch(batch),
    close: () => connection.close(),
  }
}
