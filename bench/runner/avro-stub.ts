// A process that takes Avro frames and answers OK without looking at what is in them: what Flume's client can send at most here. With
// deflate they have to be inflated, or nobody would see where they end. It reads as any Node server does.
// node avro-stub.ts PORT none|deflate
import { createServer, type Socket } from 'node:net'
import { encodeFrame } from '../../src-main/agent/avro/netty-frame.ts'
import { deflated } from '../../src-main/agent/avro/rpc-server.ts'

const empty = Buffer.alloc(0)
const noMetadata = Buffer.from([0])
const ok = Buffer.from([0, 0])
/** The answer to a handshake whose hashes are both known, as those of Flume's client are. */
const both = Buffer.alloc(4)

/** Calls `whole` with the serial of each frame when its last byte has come; keeps nothing. */
class FrameSkipper {
  readonly #header = Buffer.alloc(8)
  #headerBytes = 0
  /** Bytes of `#header` that are wanted: 8 for a frame's head, 4 for a buffer's length. */
  #wanted = 8
  #serial = 0
  #buffersLeft = 0
  #bodyLeft = 0

  push(chunk: Buffer, whole: (serial: number) => void): void {
    let at = 0
    while (at < chunk.length) {
      const skipped = Math.min(this.#bodyLeft, chunk.length - at)
      at += skipped
      this.#bodyLeft -= skipped
      if (this.#bodyLeft > 0) return
      if (skipped > 0 && this.#buffersLeft === 0) this.#frameEnds(whole)
      const copied = chunk.copy(this.#header, this.#headerBytes, at, at + this.#wanted - this.#headerBytes)
      at += copied
      this.#headerBytes += copied
      if (this.#headerBytes < this.#wanted) return
      this.#headerBytes = 0
      if (this.#wanted === 8) {
        this.#serial = this.#header.readInt32BE(0)
        this.#buffersLeft = this.#header.readInt32BE(4)
        this.#wanted = 4
      } else {
        this.#bodyLeft = this.#header.readInt32BE(0)
        this.#buffersLeft -= 1
        if (this.#bodyLeft === 0 && this.#buffersLeft === 0) this.#frameEnds(whole)
      }
    }
    if (this.#bodyLeft === 0 && this.#buffersLeft === 0 && this.#wanted === 4) this.#frameEnds(whole)
  }

  #frameEnds(whole: (serial: number) => void): void {
    this.#wanted = 8
    whole(this.#serial)
  }
}

function serve(socket: Socket): void {
  const stream = process.argv[3] === 'deflate' ? deflated(socket, 6) : socket
  const skipper = new FrameSkipper()
  let shaken = false
  stream.on('data', (chunk: Buffer) =>
    skipper.push(chunk, (serial) => {
      stream.write(encodeFrame(serial, [shaken ? empty : both, noMetadata, ok]))
      shaken = true
    }),
  )
  socket.on('error', () => socket.destroy())
  stream.on('error', () => socket.destroy())
}

createServer(serve).listen(Number(process.argv[2]), '127.0.0.1')
