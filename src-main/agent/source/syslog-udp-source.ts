// source `syslogudp`: syslog messages, one a datagram (Flume SyslogUDPSource).
import { int, string } from '../../../src-shared/spec/property.ts'
import { defineSource } from '../../component/define.ts'
import { datagramLimitProperties } from '../network/datagram-queue.ts'
import { datagramSource } from '../network/datagram-source.ts'
import { clientHeaders } from '../syslog/client-headers.ts'
import { customFormat, formatProperties, syslogProperties } from '../syslog/format-properties.ts'
import { parseKeepFields } from '../syslog/keep-fields.ts'
import { isMessage, SyslogUtils } from '../syslog/syslog-utils.ts'

const largestDatagram = 65_536

export const definition = defineSource({
  type: 'syslogudp',
  className: 'org.apache.flume.source.SyslogUDPSource',
  summary: 'Listens for syslog over UDP, one message a datagram. A datagram that a full channel refuses is lost, and counted.',
  properties: {
    port: int().min(0).max(65_535).describe('Port to listen on.'),
    host: string().default('127.0.0.1').describe('Address to listen on; loopback when absent (Flume: all).'),
    ...syslogProperties,
    ...formatProperties,
    ...datagramLimitProperties,
  },
  rules: ['listen-on-loopback', 'udp-datagrams-whole', 'network-limits'],
  examples: [{ title: 'From a router', properties: 'host = 0.0.0.0\nport = 5140' }],
  create: (options, context) => {
    const { clock, counters, log } = context
    const custom = customFormat(options)
    const parser = new SyslogUtils({
      eventSize: largestDatagram,
      keep: parseKeepFields(options.keepFields),
      now: () => clock.now(),
      ...(custom && { custom }),
    })
    return datagramSource(
      {
        host: options.host,
        port: options.port,
        maxBufferedBytes: options.maxBufferedBytes,
        accepts: (datagram, address) => {
          if (isMessage(datagram)) return true
          counters.add('EventReadFail', 1)
          counters.drop(1, 'is no message', false)
          log.warn(`A datagram from ${address} ends before the digits of its priority; it is no message.`)
          return false
        },
        eventOf: async (datagram, address, port) => {
          const sender = await clientHeaders(address, port, options.clientIPHeader, options.clientHostnameHeader)
          const event = parser.readDatagram(datagram)
          return { body: event.body, headers: { ...event.headers, ...sender } }
        },
        refusedCounter: 'ChannelWriteFail',
      },
      context,
    )
  },
})
