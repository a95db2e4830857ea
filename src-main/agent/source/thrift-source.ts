// Thrift RPC source: each append or appendBatch is one channel transaction, answered OK after its commit.
import { boolean, oneOf, string } from '../../../src-shared/spec/property.ts'
import { defineSource } from '../../component/define.ts'
import { rpcAppend } from '../network/rpc-append.ts'
import { rpcSource, rpcSourceProperties } from '../network/rpc-source.ts'
import { inSmallLetters } from '../thrift/protocol-property.ts'
import { thriftServer } from '../thrift/thrift-server.ts'

const noKerberos = 'Kerberos is not built; clients that use it are refused.'

export const definition = defineSource({
  type: 'thrift',
  className: 'org.apache.flume.source.ThriftSource',
  summary: 'Listens for Thrift RPC from Flume’s Thrift sinks and clients.',
  properties: {
    ...rpcSourceProperties,
    protocol: inSmallLetters(
      oneOf('compact', 'binary').default('compact').describe('Thrift protocol, in small letters; must equal the sender’s.'),
    ),
    kerberos: boolean().noEffect(noKerberos),
    'agent-principal': string().noEffect(noKerberos),
    'agent-keytab': string().noEffect(noKerberos),
  },
  rules: ['network-limits', 'thrift-frame-is-a-message'],
  examples: [{ title: 'Events from Thrift clients', properties: 'bind = 127.0.0.1\nport = 4141' }],
  create: (options, context) => {
    const append = rpcAppend(context, ['append', 'appendBatch'])
    return rpcSource(options, context, (listener) =>
      thriftServer({
        ...listener,
        protocol: options.protocol,
        append: async (batch, kind) => append(batch, kind),
        eventLimits: options,
      }),
    )
  },
})
