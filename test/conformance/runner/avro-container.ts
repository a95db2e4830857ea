// The runner's own reader of Avro: object container files of Flume events and frames of the Avro netty transceiver. Independent of the
// product's codec, which it judges.
import { inflateRawSync } from 'node:zlib'

class Reader {
  at = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.at >= this.#bytes.length
  }

  take(length: number): Buffer {
    if (this.at + length > this.#bytes.length) throw new Error('the Avro data is cut off')
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }

  long(): number {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.take(1)[0]!
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return Number((value >> 1n) ^ -(value & 1n))
    }
  }

  bytes(): Buffer {
    return this.take(this.long())
  }

  map<T>(value: () => T): [string, T][] {
    const entries: [string, T][] = []
    for (;;) {
      let count = this.long()
      if (count === 0) return entries
      if (count < 0) {
        count = -count
        this.long()
      }
      for (let index = 0; index < count; index++) entries.push([this.bytes().toString('utf8'), value()])
    }
  }
}

/** Every event of a container as one line of JSON. Throws for what is no container, another codec, a bad sync marker. */
export function avroLines(file: Buffer): string {
  const reader = new Reader(file)
  if (reader.take(4).toString('latin1') !== 'Obj\x01') throw new Error('not an Avro container')
  const codec = Object.fromEntries(reader.map(() => reader.bytes()))['avro.codec']?.toString() ?? 'null'
  const sync = reader.take(16)
  let lines = ''
  while (!reader.atEnd) {
    const count = reader.long()
    const stored = reader.bytes()
    if (codec !== 'null' && codec !== 'deflate') throw new Error(`codec ${codec}`)
    const block = new Reader(codec === 'deflate' ? inflateRawSync(stored) : stored)
    if (!reader.take(16).equals(sync)) throw new Error('bad sync marker')
    for (let index = 0; index < count; index++) {
      const headers = Object.fromEntries(block.map(() => block.bytes().toString('utf8')).sort(([a], [b]) => (a < b ? -1 : 1)))
      const body = block.bytes()
      lines += `${JSON.stringify(isUtf8(body) ? { body: body.toString('utf8'), headers } : { bodyBase64: body.toString('base64'), headers })}\n`
    }
  }
  return lines
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Frames of the netty transceiver, sorted by serial: `serial hex-of-the-joined-buffers`; what is no frame at the end as `rest hex`. */
export function rpcLines(reply: Buffer): Buffer {
  const frames: [number, string][] = []
  let at = 0
  while (at + 8 <= reply.length) {
    const serial = reply.readInt32BE(at)
    const buffers = reply.readInt32BE(at + 4)
    at += 8
    let joined = ''
    for (let index = 0; index < buffers; index++) {
      const length = reply.readInt32BE(at)
      joined += reply.toString('hex', at + 4, at + 4 + length)
      at += 4 + length
    }
    frames.push([serial, `${serial} ${joined}\n`])
  }
  const rest = at === reply.length ? '' : `rest ${reply.toString('hex', at)}\n`
  return Buffer.from(
    frames
      .sort(([a], [b]) => a - b)
      .map(([, line]) => line)
      .join('') + rest,
  )
}
