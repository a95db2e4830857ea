// Avro RPC source: each append or appendBatch is one channel transaction, answered OK after its commit.
import { MillraceError } from '../../../src-shared/errors.ts'
import { boolean, oneOf, string } from '../../../src-shared/spec/property.ts'
import { defineSource } from '../../component/define.ts'
import { ipFilter, parseIpFilterRules } from '../avro/ip-filter.ts'
import { rpcServer } from '../avro/rpc-server.ts'
import { sourceService } from '../avro/source-service.ts'
import { rpcAppend } from '../network/rpc-append.ts'
import { rpcSource, rpcSourceProperties } from '../network/rpc-source.ts'

export const definition = defineSource({
  type: 'avro',
  className: 'org.apache.flume.source.AvroSource',
  summary: 'Listens for Avro RPC from Flume’s Avro sinks, clients and avro-client.',
  properties: {
    ...rpcSourceProperties,
    'compression-type': oneOf('none', 'deflate').default('none').describe('Must equal the sender’s.'),
    ipFilter: boolean().default(false).describe('Whether ipFilterRules are applied.'),
    ipFilterRules: string().optional().describe('Comma-separated <allow|deny>:<ip|name>:<pattern>; the first that matches decides.'),
  },
  rules: ['network-limits'],
  examples: [{ title: 'Events from other agents', properties: 'bind = 127.0.0.1\nport = 44444' }],
  create: (options, context) => {
    if (options.ipFilter && options.ipFilterRules === undefined) {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        'ipFilter is true, but ipFilterRules is not given. Give at least one rule, or leave ipFilter out.',
      )
    }
    const accepts = options.ipFilter ? ipFilter(parseIpFilterRules(options.ipFilterRules ?? '')) : undefined
    return rpcSource(options, context, (listener) =>
      rpcServer({
        ...listener,
        deflate: options['compression-type'] === 'deflate',
        maxInFlight: 16,
        ...(accepts && { accepts }),
        service: sourceService(rpcAppend(context, ['append']), options),
        // Channels have copies of what they are given.
        reuseMemory: true,
      }),
    )
  },
})
