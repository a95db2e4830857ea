// source `multiport_syslogtcp`: syslog over TCP on several ports at once, each with its character set (Flume MultiportSyslogTCPSource).
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { messageOf } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { FlumeEvent } from '../../../src-shared/event/event-batch.ts'
import { int, list, map, type OptionsOf, string } from '../../../src-shared/spec/property.ts'
import type { SourceContext } from '../../component/context.ts'
import { defineSource, type Source } from '../../component/define.ts'
import { connectionLimitProperties } from '../network/limits.ts'
import { type Connection, SocketServer } from '../network/socket-server.ts'
import { serverSecureContext, serverSide, serverTlsProperties } from '../network/tls.ts'
import { type Charset, charset } from '../serialization/charset.ts'
import { clientHeaders } from '../syslog/client-headers.ts'
import { syslogProperties } from '../syslog/format-properties.ts'
import { type KeepFields, parseKeepFields } from '../syslog/keep-fields.ts'
import { type SizedLine, SizedLines } from '../syslog/sized-lines.ts'
import { parseSyslogMessage } from '../syslog/syslog-parser.ts'
import { SpoiltPacket } from '../syslog/syslog-time.ts'
import { putUntilTaken } from './put-until-taken.ts'

const statusHeader = 'flume.syslog.status'
const oneLoop = 'One loop serves all connections here.'

const properties = {
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
}

type MultiportOptions = OptionsOf<typeof properties>

export const definition = defineSource({
  type: 'multiport_syslogtcp',
  className: 'org.apache.flume.source.MultiportSyslogTCPSource',
  summary: 'Listens for syslog over TCP on several ports.',
  properties,
  rules: [
    'syslog-tcp-holds',
    'syslog-multiport-bad-date',
    'syslog-multiport-year',
    'syslog-multiport-nul',
    'listen-on-loopback',
    'network-limits',
  ],
  examples: [{ title: 'Two ports', properties: 'host = 127.0.0.1\nports = 10001 10002\nportHeader = port' }],
  create: (options, context) => new MultiportSyslogTcpSource(options, context),
})

class MultiportSyslogTcpSource implements Source {
  readonly #options: MultiportOptions
  readonly #context: SourceContext
  readonly #keep: KeepFields
  readonly #servers: SocketServer[] = []
  /** Connections by port. */
  readonly #open = new Map<string, number>()

  constructor(options: MultiportOptions, context: SourceContext) {
    this.#options = options
    this.#context = context
    this.#keep = parseKeepFields(options.keepFields)
  }

  async start(): Promise<void> {
    const { host, ports, ssl } = this.#options
    const { log, status } = this.#context
    const secureContext = ssl ? await serverSecureContext(this.#options) : undefined
    const missing: string[] = []
    for (const port of ports) {
      const server = this.#serverOf(port, secureContext)
      try {
        await server.listen()
        this.#servers.push(server)
      } catch (error) {
        missing.push(port)
        log.error(`Port ${port} cannot be listened on; the others go on.`, { error: messageOf(error) })
      }
    }
    const listening = ports.filter((port) => !missing.includes(port))
    const sentence = `Listening on ${host}, ports ${listening.join(' ') || 'none'}`
    if (missing.length === 0) status(sentence)
    else
      status(`${sentence}; not on ${missing.join(' ')}`, {
        severity: 'warning',
        hint: 'Another program may listen there. Free the port and start the pipeline again.',
      })
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.close()))
  }

  #serverOf(port: string, secureContext: SecureContext | undefined): SocketServer {
    const { clock, counters, log } = this.#context
    return new SocketServer({
      host: this.#options.host,
      port: Number(port),
      limits: this.#options,
      clock,
      serve: (socket, connection) => {
        const stream = secureContext === undefined ? socket : serverSide(socket, secureContext, connection)
        this.#converse(socket, stream, connection, port).catch((error: unknown) => connection.refuse(messageOf(error)))
      },
      connectionsChanged: (count) => {
        this.#open.set(port, count)
        counters.set(
          'OpenConnectionCount',
          [...this.#open.values()].reduce((sum, one) => sum + one, 0),
        )
      },
      refused: (address, reason) => {
        counters.add('EventReadFail', 1)
        log.warn('A connection was closed.', { address, reason })
      },
    })
  }

  /** `socket` is what `stream` comes over: the same, or TLS above it. */
  async #converse(socket: Socket, stream: Socket, connection: Connection, port: string): Promise<void> {
    const { batchSize, eventSize, portHeader, clientIPHeader, clientHostnameHeader } = this.#options
    const characters = charset(this.#options['charset.port.*'][port] ?? this.#options['charset.default'])
    const more = {
      ...(portHeader !== undefined && { [portHeader]: port }),
      ...(await clientHeaders(socket.remoteAddress ?? '', socket.remotePort ?? 0, clientIPHeader, clientHostnameHeader)),
    }
    const lines = new SizedLines(eventSize)
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const events = lines.read(chunk).map((line) => this.#eventOf(line, characters, more))
      connection.received(lines.heldBytes, events.length > 0)
      this.#context.counters.add('EventReceivedCount', events.length)
      connection.working(events.length === 0 ? 0 : chunk.length)
      for (let from = 0; from < events.length; from += batchSize) {
        if (!(await putUntilTaken(this.#context, batchOf(events.slice(from, from + batchSize))))) return
      }
      connection.working(0)
    }
    stream.end()
  }

  #eventOf({ line, incomplete }: SizedLine, characters: Charset, more: Record<string, string>): FlumeEvent {
    const { clock, counters, departs } = this.#context
    const text = characters.decoder()(line)
    if (text.characters.includes('\0')) departs('syslog-multiport-nul')
    try {
      if (text.malformed) throw new RangeError('not in the configured character set')
      const message = parseSyslogMessage(text.characters, this.#keep, clock.now())
      const headers = { ...message.headers, ...(incomplete && { [statusHeader]: 'Incomplete' }), ...more }
      return { headers, body: characters.encode(message.body) }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      if (error instanceof SpoiltPacket) departs('syslog-multiport-bad-date')
      counters.add('EventReadFail', 1)
      return { headers: { [statusHeader]: 'Invalid', ...more }, body: line }
    }
  }
}
