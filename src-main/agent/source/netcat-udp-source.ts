// source `netcatudp`: one event per datagram: what stands before its first line feed (Flume NetcatUdpSource).
import { int, list, string } from '../../../src-shared/spec/property.ts'
import { defineSource } from '../../component/define.ts'
import { datagramLimitProperties } from '../network/datagram-queue.ts'
import { datagramSource } from '../network/datagram-source.ts'

export const definition = defineSource({
  type: 'netcatudp',
  className: 'org.apache.flume.source.NetcatUdpSource',
  summary: 'Listens on a UDP port and makes an event of each datagram.',
  withoutMetrics: true,
  rules: ['listen-on-loopback', 'netcatudp-remote-address', 'udp-datagrams-whole', 'network-limits'],
  properties: {
    channels: list().default([]).describe('Channels to write to.'),
    port: int().min(0).max(65_535).describe('Port to listen on.'),
    bind: string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all.'),
    remoteAddress: string().optional().describe('Header that gets the sender as /address:port.'),
    remoteAddressHeader: string().optional().describe('The same key as Flume’s documentation spells it.'),
    ...datagramLimitProperties,
  },
  examples: [{ title: 'From other machines', properties: 'bind = 0.0.0.0\nport = 6666' }],
  create: ({ port, bind, maxBufferedBytes, remoteAddress, remoteAddressHeader }, context) => {
    const header = remoteAddress ?? remoteAddressHeader
    if (remoteAddress === undefined) context.departs('netcatudp-remote-address')
    return datagramSource(
      {
        host: bind,
        port,
        maxBufferedBytes,
        eventOf: (datagram, address, from) => {
          const end = datagram.indexOf(10)
          return {
            body: end < 0 ? datagram : datagram.subarray(0, end),
            headers: header === undefined ? {} : { [header]: `/${address}:${from}` },
          }
        },
      },
      context,
    )
  },
})
