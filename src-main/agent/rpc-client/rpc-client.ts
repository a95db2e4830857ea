// Flume's RPC clients (SDK, `avro-client -P`): what a file of client properties asks for, as Flume 1.11 RpcClientFactory reads it.
import { MillraceError } from '../../../src-shared/errors.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import { FlumeClient } from '../avro/flume-client.ts'
import { clientTls, clientTlsProperties } from '../network/tls.ts'
import { ThriftClient } from '../thrift/thrift-client.ts'

export interface RpcClient {
  /** Most events of one appendBatch that the properties ask for. */
  readonly batchSize: number
  /** Resolves when a host answered OK; rejects with EVENT_DELIVERY otherwise. What was sent then may or may not have been stored. */
  appendBatch(batch: EventBatch): Promise<void>
  close(): void
}

export type ClientProperties = Readonly<Record<string, string>>

/** An alias of the list `hosts`, and where it is. */
export interface HostInfo {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** A connection to one host; closed for good after a failure. */
export interface HostConnection {
  readonly active: boolean
  appendBatch(batch: EventBatch): Promise<void>
  close(): void
}

export type ConnectHost = (to: HostInfo) => Promise<HostConnection>

/** Blank-separated aliases with an address each; one without `hosts.<alias>` is left out, as Flume does. */
export function hostsOf(properties: ClientProperties): HostInfo[] {
  return words(properties['hosts']).flatMap((name) => {
    const address = properties[`hosts.${name}`]
    if (address === undefined) return []
    const [, host, port] = /^\s*(.+?)\s*:(\d+)\s*$/.exec(address) ?? []
    if (host === undefined || port === undefined || !(Number(port) >= 1 && Number(port) <= 65535)) {
      throw new MillraceError('BAD_ARGUMENT', `hosts.${name} = ${address} is not host:port (a port is 1 to 65535).`)
    }
    return [{ name, host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }]
  })
}

/** Below 1, or no number: 100. */
export function batchSizeOf(properties: ClientProperties): number {
  const size = Number(properties['batch-size'] ?? 100)
  return Number.isInteger(size) && size >= 1 ? size : 100
}

/** Connects with the Avro settings of the properties. */
export function avroConnections(properties: ClientProperties): ConnectHost {
  const level = Number(properties['compression-level'] ?? 6)
  const compressionLevel = Number.isInteger(level) && level >= 0 && level <= 9 ? level : 6
  const deflate = properties['compression-type']?.toLowerCase() === 'deflate'
  return async ({ host, port }) =>
    FlumeClient.connect({ host, port, ...timeouts(properties), ...(deflate && { compressionLevel }), ...(await tls(properties)) })
}

/** Connects with the Thrift settings of the properties. */
export function thriftConnections(properties: ClientProperties): ConnectHost {
  const protocol = properties['protocol'] ?? 'compact'
  if (protocol !== 'compact' && protocol !== 'binary')
    throw new MillraceError('BAD_ARGUMENT', `protocol = ${protocol} is not known. Use compact or binary.`)
  if (isTrue(properties['kerberos'])) throw new MillraceError('BAD_ARGUMENT', 'kerberos = true: Kerberos is not built.')
  return async ({ host, port }) => ThriftClient.connect({ host, port, protocol, ...timeouts(properties), ...(await tls(properties)) })
}

export const isTrue = (text: string | undefined): boolean => text?.trim().toLowerCase() === 'true'

export const words = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter((word) => word !== '')

function timeouts(properties: ClientProperties): { connectTimeoutMs: number; requestTimeoutMs: number } {
  return { connectTimeoutMs: timeoutMs(properties['connect-timeout']), requestTimeoutMs: timeoutMs(properties['request-timeout']) }
}

/** Below one second, or no number: 20 s. */
function timeoutMs(text: string | undefined): number {
  const value = Number(text ?? 20_000)
  return Number.isInteger(value) && value >= 1000 ? value : 20_000
}

async function tls(properties: ClientProperties): ReturnType<typeof clientTls> {
  const { options, problems } = parseOptions(clientTlsProperties, properties)
  if (options === undefined) throw new MillraceError('BAD_ARGUMENT', problems.map(({ message }) => message).join(' '))
  return clientTls(options)
}
