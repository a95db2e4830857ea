// Stands between an agent's Avro sink and the next agent and notes which transactions were sent on each connection. A sink sends the next
// request when the one before was answered and its take committed: so all requests of a connection but its last one were received answers.
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { AvroReader } from '../../../src-main/agent/avro/avro-binary.ts'
import { readEvents } from '../../../src-main/agent/avro/event-codec.ts'
import { readHandshakeRequest, skipMetadata } from '../../../src-main/agent/avro/handshake.ts'
import { NettyFrameDecoder } from '../../../src-main/agent/avro/netty-frame.ts'
import type { EventBatch } from '../../../src-shared/event/event-batch.ts'

export class RecordingProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  /** `unanswered` gets the last transaction of each connection that ended. */
  constructor(to: number, unanswered: (batch: EventBatch) => void) {
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const server = dial({ host: '127.0.0.1', port: to, noDelay: true })
      let last: EventBatch | undefined
      const requests = requestsOf((batch) => {
        last = batch
      })
      for (const socket of [client, server]) {
        this.#sockets.add(socket)
        socket.on('error', () => end())
        socket.on('close', () => end())
      }
      const end = (): void => {
        client.destroy()
        server.destroy()
        this.#sockets.delete(client)
        this.#sockets.delete(server)
        if (last !== undefined) unanswered(last)
        last = undefined
      }
      client.on('data', requests)
      client.pipe(server)
      server.pipe(client)
    })
  }

  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address()
        if (address === null || typeof address === 'string') reject(new Error('The proxy has no port.'))
        else resolve(address.port)
      })
    })
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** Takes what a client sends and tells the batches that it carries. */
function requestsOf(found: (batch: EventBatch) => void): (chunk: Buffer) => void {
  const frames = new NettyFrameDecoder(1 << 28)
  let first = true
  return (chunk) => {
    for (const { message } of frames.push(Buffer.from(chunk))) {
      const reader = new AvroReader(message)
      if (first) readHandshakeRequest(reader)
      first = false
      skipMetadata(reader)
      if (reader.readText() === 'appendBatch') found(readEvents(reader, 'appendBatch'))
    }
  }
}
