// Receivers that are TCP clients: socketTextStream takes lines of UTF-8 text, rawSocketStream blocks that are serialised already.
import { connect, type Socket } from 'node:net'
import type { StorageLevel } from '../rdd/storage-level.ts'
import { LineSplitter } from './line-splitter.ts'
import { Receiver } from './receiver.ts'

/** How a socket's bytes become records. */
export type SocketDecoder<T> = (socket: Socket) => AsyncIterable<T>

export const linesOf: SocketDecoder<string> = async function* (socket) {
  const splitter = new LineSplitter({ byteOrderMark: 'text' })
  for await (const bytes of socket as AsyncIterable<Uint8Array>) yield* splitter.add(bytes)
  const last = splitter.end()
  if (last !== undefined) yield last
}

/** Connects; when the connection fails or ends, connects again after the restart delay, as Spark does. */
abstract class ConnectingReceiver<T, P> extends Receiver<T> {
  readonly #host: string
  readonly #port: number
  readonly #decode: SocketDecoder<P>
  #socket: Socket | undefined

  constructor(host: string, port: number, decode: SocketDecoder<P>, storageLevel: StorageLevel) {
    super(storageLevel)
    this.#host = host
    this.#port = port
    this.#decode = decode
  }

  /** Stores what was decoded. */
  protected abstract keep(piece: P): void | Promise<void>

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
      for await (const piece of this.#decode(socket)) {
        if (this.#socket !== socket) return
        await this.keep(piece)
      }
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.restart('Socket data stream had no more data')
    } catch (thrown) {
      if (this.#socket !== socket) return
      this.#socket = undefined
      socket.destroy()
      this.restart('Error receiving data', thrown)
    }
  }

  override onStop(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.destroy()
  }
}

/** A record for each piece that `decode` makes of the bytes. */
export class SocketReceiver<T> extends ConnectingReceiver<T, T> {
  protected override keep(record: T): void | Promise<void> {
    return this.store(record)
  }
}

/** A block for each frame: its length as a 4-byte big-endian number, then the block in the form of encodeObjects. */
export class RawNetworkReceiver<T> extends ConnectingReceiver<T, Uint8Array> {
  constructor(host: string, port: number, storageLevel: StorageLevel) {
    super(host, port, framesOf, storageLevel)
  }

  protected override keep(frame: Uint8Array): Promise<void> {
    return this.storeBytes(frame)
  }
}

const longestFrame = 1024 * 1024 * 1024

async function* framesOf(socket: Socket): AsyncGenerator<Uint8Array> {
  let chunks: Uint8Array[] = []
  let held = 0
  let wanted = 4
  let inFrame = false
  for await (const chunk of socket as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    held += chunk.length
    while (held >= wanted) {
      const bytes = Buffer.concat(chunks)
      const piece = bytes.subarray(0, wanted)
      chunks = [bytes.subarray(wanted)]
      held -= wanted
      if (inFrame) yield piece
      wanted = inFrame ? 4 : piece.readInt32BE()
      inFrame = !inFrame
      if (wanted < 0 || wanted > longestFrame) {
        throw new RangeError(`A frame says that it has ${wanted} bytes. A frame is its length as a 4-byte big-endian number and the block.`)
      }
    }
  }
  if (held > 0 || inFrame) throw new RangeError(`The connection ended within a frame: ${held} of ${wanted} bytes came.`)
}
