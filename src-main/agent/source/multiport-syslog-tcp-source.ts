// source `multiport_syslogtcp`: syslog over TCP on several ports at once, each with its character set (Flume MultiportSyslogTCPSource).
import type { Socket } from 'node:net'
import { messageOf } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { FlumeEvent } from '../../../src-shared/event/event-batch.ts'
import { int, list, map, string } from '../../../src-shared/spec/property.ts'
import { defineSource } from '../../component/define.ts'
import { connectionLimitProperties } from '../network/limits.ts'
import { type Connection, SocketServer } from '../network/socket-server.ts'
import { serverSecureContext, serverSide, serverTlsProperties } from '../network/tls.ts'
import { type Charset, charset } from '../serialization/charset.ts'
import { clientHeaders } from '../syslog/client-headers.ts'
import { syslogProperties } from '../syslog/format-properties.ts'
import { parseKeepFields } from '../syslog/keep-fields.ts'
import { SizedLines } from '../syslog/sized-lines.ts'
import { parseSyslogMessage } from '../syslog/syslog-parser.ts'
import { SpoiltPacket } from '../syslog/syslog-time.ts'
import { putUntilTaken } from './put-until-taken.ts'

const statusHeader = 'flume.syslog.status'
const oneLoop = 'One loop serves all connections here.'

export const definition = defineSource({
  type: 'multiport_syslogtcp',
  className: 'org.apache.flume.source.MultiportSyslogTCPSource',
  summary: 'Listens for syslog over TCP on several ports.',
  properties: {
    ports: list().describe('Blank-separated ports. One that cannot be had is said, the others go on.'),
    host: string().default('127.0.0.1').describe('Address to listen on; loopback when absent (Flume: all).'),
    eventSize: int()
      .min(1)
      .default(2500)
      .unit('bytes')
      .describe('Longest message; a longer one is marked Incomplete and the rest is read as the next.'),
    batchSize: int().min(1).default(100).unit('events').describe('Most events of one transaction.'),
    readBufferBytes: int().noEffect('Node sizes its buffers.'),
    numProcessors: int().noEffect(oneLoop),
    portHeader: string().optional().describe('Header that gets the port a message came to.'),
    'charset.default': string().default('UTF-8').describe('Character set of messages.'),
    'charset.port.*': map(string()).describe('Character set of one port’s messages.'),
    ...syslogProperties,
    ...serverTlsProperties,
    ...connectionLimitProperties,
    maxConnections: connectionLimitProperties.maxConnections.describe('Connections served at once on each port; one more is closed.'),
  },
  rules: [
    'syslog-tcp-holds',
    'syslog-multiport-bad-date',
    'syslog-multiport-year',
    'syslog-multiport-nul',
    'listen-on-loopback',
    'network-limits',
  ],
  examples: [{ title: 'Two ports', properties: 'host = 127.0.0.1\nports = 10001 10002\nportHeader = port' }],
  create: (options, context) => {
    const { clock, counters, log } = context
    const keep = parseKeepFields(options.keepFields)
    const servers: SocketServer[] = []
    const open = new Map<string, number>()

    const eventOf = (line: Uint8Array, incomplete: boolean, characters: Charset, more: Record<string, string>): FlumeEvent => {
      const text = characters.decoder()(line)
      if (text.characters.includes('\0')) context.departs('syslog-multiport-nul')
      try {
        if (text.malformed) throw new RangeError('not in the configured character set')
        const message = parseSyslogMessage(text.characters, keep, clock.now())
        const headers = { ...message.headers, ...(incomplete && { [statusHeader]: 'Incomplete' }), ...more }
        return { headers, body: characters.encode(message.body) }
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        if (error instanceof SpoiltPacket) context.departs('syslog-multiport-bad-date')
        counters.add('EventReadFail', 1)
        return { headers: { [statusHeader]: 'Invalid', ...more }, body: line }
      }
    }

    const converse = async (socket: Socket, stream: Socket, connection: Connection, port: string): Promise<void> => {
      const characters = charset(options['charset.port.*'][port] ?? options['charset.default'])
      const more = {
        ...(options.portHeader !== undefined && { [options.portHeader]: port }),
        ...(await clientHeaders(socket.remoteAddress ?? '', socket.remotePort ?? 0, options.clientIPHeader, options.clientHostnameHeader)),
      }
      const lines = new SizedLines(options.eventSize)
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        const events = lines.read(chunk).map(({ line, incomplete }) => eventOf(line, incomplete, characters, more))
        connection.received(lines.heldBytes, events.length > 0)
        counters.add('EventReceivedCount', events.length)
        connection.working(events.length === 0 ? 0 : chunk.length)
        for (let from = 0; from < events.length; from += options.batchSize) {
          if (!(await putUntilTaken(context, batchOf(events.slice(from, from + options.batchSize))))) return
        }
        connection.working(0)
      }
      stream.end()
    }

    return {
      async start() {
        const secureContext = options.ssl ? await serverSecureContext(options) : undefined
        const listening: string[] = []
        for (const port of options.ports) {
          const server = new SocketServer({
            host: options.host,
            port: Number(port),
            limits: options,
            clock,
            serve: (socket, connection) => {
              const stream = secureContext === undefined ? socket : serverSide(socket, secureContext, connection)
              converse(socket, stream, connection, port).catch((error: unknown) => connection.refuse(messageOf(error)))
            },
            connectionsChanged: (count) => {
              open.set(port, count)
              counters.set(
                'OpenConnectionCount',
                [...open.values()].reduce((sum, one) => sum + one, 0),
              )
            },
            refused: (address, reason) => {
              counters.add('EventReadFail', 1)
              log.warn('A connection was closed.', { address, reason })
            },
          })
          try {
            await server.listen()
            servers.push(server)
            listening.push(port)
          } catch (error) {
            log.error(`Port ${port} cannot be listened on; the others go on.`, { error: messageOf(error) })
          }
        }
        const missing = options.ports.filter((port) => !listening.includes(port))
        const sentence = `Listening on ${options.host}, ports ${listening.join(' ') || 'none'}`
        if (missing.length === 0) context.status(sentence)
        else
          context.status(`${sentence}; not on ${missing.join(' ')}`, {
            severity: 'warning',
            hint: 'Another program may listen there. Free the port and start the pipeline again.',
          })
      },
      async stop() {
        await Promise.all(servers.splice(0).map((server) => server.close()))
      },
    }
  },
})
