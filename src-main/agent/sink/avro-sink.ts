// Avro RPC sink: to an Avro source of another agent, Flume's or Millrace's.
import { int, oneOf } from '../../../src-shared/spec/property.ts'
import { defineSink } from '../../component/define.ts'
import { FlumeClient } from '../avro/flume-client.ts'
import { rpcSink, rpcSinkProperties } from '../network/rpc-sink.ts'
import { clientTls, clientTlsProperties } from '../network/tls.ts'

export const definition = defineSink({
  type: 'avro',
  className: 'org.apache.flume.sink.AvroSink',
  summary: 'Sends events to an Avro source of another agent.',
  properties: {
    ...rpcSinkProperties,
    'compression-type': oneOf('none', 'deflate').default('none').describe('Must equal the receiving source’s.'),
    'compression-level': int().min(0).max(9).default(6).describe('Deflate level.'),
    ...clientTlsProperties,
    maxIoWorkers: int().noEffect('Flume ignores it since 1.10; one loop serves all connections here.'),
  },
  rules: ['null-header-is-empty'],
  examples: [{ title: 'To the next agent', properties: 'hostname = 127.0.0.1\nport = 44444' }],
  create: (options, context) =>
    rpcSink(options, context, {
      withFirstCall: false,
      connect: async (to) =>
        FlumeClient.connect({
          ...to,
          ...(options['compression-type'] === 'deflate' && { compressionLevel: options['compression-level'] }),
          ...(await clientTls(options)),
        }),
    }),
})
