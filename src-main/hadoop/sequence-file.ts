// Hadoop's SequenceFile, version 6: a header that names the classes of keys and values, then records, or with a codec blocks of records.
// A random mark stands before blocks and at intervals between records: readers find the next record after damage there.
import { randomBytes } from 'node:crypto'
import type { HadoopCodec } from './hadoop-codecs.ts'
import { vInt } from './writables.ts'

/** A key and its value, each in the serialised form of its class. */
export type SerializedPair = readonly [key: Uint8Array, value: Uint8Array]

export interface SequenceFileOptions {
  /** `org.apache.hadoop.io.Text` and its like. */
  readonly keyClass: string
  readonly valueClass: string
  /** null: records are written one by one. */
  readonly codec: HadoopCodec | null
}

/** Bytes of records between marks. */
const syncInterval = 100 * 1024
const nothing = new Uint8Array(0)

/** Writes one file; everything that it gave can be read when the file ends there. */
export class SequenceFileWriter {
  readonly #options: SequenceFileOptions
  readonly #sync = randomBytes(16)
  readonly #mark = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff]), this.#sync])
  #sinceSync = 0

  constructor(options: SequenceFileOptions) {
    this.#options = options
  }

  beginning(): Uint8Array {
    const { keyClass, valueClass, codec } = this.#options
    return Buffer.concat([
      Buffer.from('SEQ\u0006', 'latin1'),
      className(keyClass),
      className(valueClass),
      Buffer.from(codec === null ? [0, 0] : [1, 1]),
      ...(codec === null ? [] : [className(codec.className)]),
      Buffer.alloc(4),
      this.#sync,
    ])
  }

  /** With a codec these pairs are one block. */
  async encode(pairs: Iterable<SerializedPair>): Promise<Uint8Array> {
    const { codec } = this.#options
    return codec === null ? this.#records(pairs) : this.#block([...pairs], codec)
  }

  ending(): Uint8Array {
    return this.#options.codec === null ? nothing : this.#mark
  }

  #records(pairs: Iterable<SerializedPair>): Uint8Array {
    const parts: Uint8Array[] = []
    for (const [key, value] of pairs) {
      const lengths = Buffer.alloc(8)
      lengths.writeInt32BE(key.length + value.length, 0)
      lengths.writeInt32BE(key.length, 4)
      if (this.#sinceSync >= syncInterval) {
        parts.push(this.#mark)
        this.#sinceSync = 0
      }
      parts.push(lengths, key, value)
      this.#sinceSync += 8 + key.length + value.length
    }
    return Buffer.concat(parts)
  }

  async #block(pairs: readonly SerializedPair[], codec: HadoopCodec): Promise<Uint8Array> {
    const parts: Uint8Array[] = [this.#mark, vInt(pairs.length)]
    for (const side of [0, 1] as const) {
      for (const buffer of [pairs.map((pair) => vInt(pair[side].length)), pairs.map((pair) => pair[side])]) {
        const packed = await codec.compress(Buffer.concat(buffer))
        parts.push(vInt(packed.length), packed)
      }
    }
    return Buffer.concat(parts)
  }
}

function className(name: string): Uint8Array {
  return Buffer.concat([vInt(name.length), Buffer.from(name, 'latin1')])
}
