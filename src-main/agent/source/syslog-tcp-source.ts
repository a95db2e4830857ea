// source `syslogtcp`: syslog messages, one a line, over TCP (Flume SyslogTcpSource).
import type { Socket } from 'node:net'
import { messageOf } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { int, string } from '../../../src-shared/spec/property.ts'
import { defineSource } from '../../component/define.ts'
import { connectionLimitProperties } from '../network/limits.ts'
import { type Connection, SocketServer } from '../network/socket-server.ts'
import { serverSecureContext, serverSide, serverTlsProperties } from '../network/tls.ts'
import { clientHeaders } from '../syslog/client-headers.ts'
import { customFormat, formatProperties, syslogProperties } from '../syslog/format-properties.ts'
import { parseKeepFields } from '../syslog/keep-fields.ts'
import { SyslogUtils } from '../syslog/syslog-utils.ts'
import { putUntilTaken } from './put-until-taken.ts'

export const definition = defineSource({
  type: 'syslogtcp',
  className: 'org.apache.flume.source.SyslogTcpSource',
  summary: 'Listens for syslog over TCP (RFC 3164 and RFC 5424-like lines).',
  properties: {
    port: int().min(0).max(65_535).describe('Port to listen on.'),
    host: string().default('127.0.0.1').describe('Address to listen on; loopback when absent (Flume does not listen then).'),
    eventSize: int().min(1).default(2500).unit('bytes').describe('Longest message; the rest of a longer one is read as the next.'),
    ...syslogProperties,
    ...formatProperties,
    ...serverTlsProperties,
    ...connectionLimitProperties,
  },
  rules: ['syslog-tcp-holds', 'listen-on-loopback', 'network-limits'],
  examples: [{ title: 'From rsyslog', properties: 'host = 127.0.0.1\nport = 5140' }],
  create: (options, context) => {
    const keep = parseKeepFields(options.keepFields)
    const custom = customFormat(options)
    let server: SocketServer | undefined

    const converse = async (socket: Socket, stream: Socket, connection: Connection): Promise<void> => {
      const sender = await clientHeaders(
        socket.remoteAddress ?? '',
        socket.remotePort ?? 0,
        options.clientIPHeader,
        options.clientHostnameHeader,
      )
      const parser = new SyslogUtils({ eventSize: options.eventSize, keep, now: () => context.clock.now(), ...(custom && { custom }) })
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        const events = parser.read(chunk).map((event) => ({ body: event.body, headers: { ...event.headers, ...sender } }))
        connection.received(parser.heldBytes, events.length > 0)
        if (events.length === 0) continue
        context.counters.add('EventReceivedCount', events.length)
        connection.working(chunk.length)
        if (!(await putUntilTaken(context, batchOf(events), 'syslog-tcp-holds', 'events'))) return
        connection.working(0)
      }
      stream.end()
    }

    return {
      async start() {
        const secureContext = options.ssl ? await serverSecureContext(options) : undefined
        server = new SocketServer({
          host: options.host,
          port: options.port,
          limits: options,
          clock: context.clock,
          serve: (socket, connection) => {
            const stream = secureContext === undefined ? socket : serverSide(socket, secureContext, connection)
            converse(socket, stream, connection).catch((error: unknown) => connection.refuse(messageOf(error)))
          },
          connectionsChanged: (open) => context.counters.set('OpenConnectionCount', open),
          refused: (address, reason) => {
            context.counters.add('EventReadFail', 1)
            context.log.warn('A connection was closed.', { address, reason })
          },
        })
        context.status(`Listening on ${options.host}:${await server.listen()}`)
      },
      async stop() {
        await server?.close()
      },
    }
  },
})
