// The sockets of Flume's Thrift source: framed transport, plain or TLS. Calls of one connection are answered one after another, as Thrift's server does.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { messageOf } from '../../../src-shared/errors.ts'
import type { EventLimits } from '../network/limits.ts'
import { type Connection, SocketServer, type SocketServerOptions } from '../network/socket-server.ts'
import { serverSide } from '../network/tls.ts'
import { FramedDecoder, framed } from './framed-stream.ts'
import { type AppendHandler, respond } from './source-protocol.ts'
import type { ThriftProtocolName } from './thrift-protocol.ts'

export interface ThriftServerOptions extends Omit<SocketServerOptions, 'serve'> {
  readonly protocol: ThriftProtocolName
  readonly secureContext?: SecureContext
  /** Largest message buffered for a client; a larger one closes its connection. */
  readonly maxMessageBytes: number
  readonly eventLimits: EventLimits
  readonly append: AppendHandler
}

export function thriftServer(options: ThriftServerOptions): SocketServer {
  return new SocketServer({ ...options, serve: (socket, connection) => void serveConnection(options, socket, connection) })
}

async function serveConnection(options: ThriftServerOptions, socket: Socket, connection: Connection): Promise<void> {
  const { append, eventLimits, protocol, secureContext } = options
  const stream = secureContext === undefined ? socket : serverSide(socket, secureContext, connection)
  const decoder = new FramedDecoder(options.maxMessageBytes)
  try {
    for await (const chunk of stream) {
      const messages = decoder.push(chunk as Buffer)
      connection.received(decoder.heldBytes, messages.length > 0)
      let bytes = messages.reduce((sum, message) => sum + message.length, 0)
      for (const message of messages) {
        connection.working(bytes)
        const answer = framed(await respond(protocol, message, append, eventLimits).finally(() => connection.working(0)))
        bytes -= message.length
        if (!stream.write(answer)) await once(stream, 'drain')
      }
    }
    stream.end()
  } catch (error) {
    connection.refuse(messageOf(error))
  }
}
