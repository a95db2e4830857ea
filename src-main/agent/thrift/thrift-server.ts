// The sockets of Flume's Thrift source: framed transport, plain or TLS. Calls of one connection are answered one after another, as Thrift's server does.
import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { messageOf } from '../../../src-shared/errors.ts'
import { SocketServer, type SocketServerOptions } from '../network/socket-server.ts'
import { FramedDecoder, framed } from './framed-stream.ts'
import { type AppendHandler, respond } from './source-protocol.ts'
import type { ThriftProtocolName } from './thrift-protocol.ts'

export interface ThriftServerOptions extends Omit<SocketServerOptions, 'serve'> {
  readonly protocol: ThriftProtocolName
  readonly secureContext?: SecureContext
  /** Largest message buffered for a client; a larger one closes its connection. */
  readonly maxMessageBytes: number
  readonly append: AppendHandler
}

export function thriftServer(options: ThriftServerOptions): SocketServer {
  return new SocketServer({ ...options, serve: (socket, refuse) => void serveConnection(options, socket, refuse) })
}

async function serveConnection(options: ThriftServerOptions, socket: Socket, refuse: (reason: string) => void): Promise<void> {
  const stream =
    options.secureContext === undefined ? socket : new TLSSocket(socket, { isServer: true, secureContext: options.secureContext })
  const decoder = new FramedDecoder(options.maxMessageBytes)
  try {
    for await (const chunk of stream) {
      for (const message of decoder.push(chunk as Buffer)) stream.write(framed(await respond(options.protocol, message, options.append)))
    }
    stream.end()
  } catch (error) {
    refuse(messageOf(error))
  }
}
