// Thrift RPC sink: to a Thrift source of another agent, Flume's or Millrace's.
import { boolean, long, oneOf, string } from '../../../src-shared/spec/property.ts'
import { defineSink } from '../../component/define.ts'
import { rpcSink, rpcSinkProperties } from '../network/rpc-sink.ts'
import { clientTls, clientTlsProperties } from '../network/tls.ts'
import { inSmallLetters } from '../thrift/protocol-property.ts'
import { ThriftClient } from '../thrift/thrift-client.ts'

const noKerberos = 'Kerberos is not built; the connection is made without it.'

export const definition = defineSink({
  type: 'thrift',
  className: 'org.apache.flume.sink.ThriftSink',
  summary: 'Sends events to a Thrift source of another agent.',
  properties: {
    ...rpcSinkProperties,
    // Flume's Thrift client refuses what is no number; the Avro client takes its default.
    'request-timeout': long().default(20_000).unit('ms').describe('Covers a whole request. Below 1000 means 20000.'),
    protocol: inSmallLetters(
      oneOf('compact', 'binary')
        .badIsAbsent()
        .default('compact')
        .describe('Thrift protocol, in small letters; must equal the receiving source’s.'),
    ),
    ...clientTlsProperties,
    kerberos: boolean().noEffect(noKerberos),
    'client-principal': string().noEffect(noKerberos),
    'client-keytab': string().noEffect(noKerberos),
    'server-principal': string().noEffect(noKerberos),
  },
  rules: ['null-header-is-empty'],
  examples: [{ title: 'To the next agent', properties: 'hostname = 127.0.0.1\nport = 4141' }],
  create: (options, context) =>
    rpcSink(options, context, {
      withFirstCall: true,
      connect: async (to) => ThriftClient.connect({ ...to, protocol: options.protocol, ...(await clientTls(options)) }),
    }),
})
