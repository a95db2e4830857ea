// socketTextStream: a TCP client that takes lines of UTF-8 text.
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { StorageLevel } from '../rdd/storage-level.ts'
import { Receiver } from './receiver.ts'

/** How a socket's bytes become records. */
export type SocketDecoder<T> = (socket: Socket) => AsyncIterable<T>

export const linesOf: SocketDecoder<string> = (socket) => createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })

/** Connects; when the connection fails or ends, connects again after the restart delay, as Spark does. */
export class SocketReceiver<T> extends Receiver<T> {
  readonly #host: string
  readonly #port: number
  readonly #decode: SocketDecoder<T>
  #socket: Socket | undefined

  constructor(host: string, port: number, decode: SocketDecoder<T>, storageLevel: StorageLevel) {
    super(storageLevel)
    this.#host = host
    this.#port = port
    this.#decode = decode
  }

  override onStart(): void {
    const socket = connect(this.#port, this.#host)
    this.#socket = socket
    let connected = false
    socket.on('error', (error) => {
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.restart(connected ? 'Error receiving data' : `Error connecting to ${this.#host}:${this.#port}`, error)
    })
    socket.on('connect', () => {
      connected = true
      void this.#receive(socket)
    })
  }

  async #receive(socket: Socket): Promise<void> {
    try {
      for await (const record of this.#decode(socket)) {
        if (this.#socket !== socket) return
        await this.store(record)
      }
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.restart('Socket data stream had no more data')
    } catch (thrown) {
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.restart('Error receiving data', thrown)
    }
  }

  override onStop(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.destroy()
  }
}
