/// <reference path="../../src-main/agent/serialization/snappyjs.d.ts" />
// A reader of SequenceFiles of its own, as the format's documentation has it; checks marks and lengths.
import { gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { uncompress } from 'snappyjs'
import { expect } from 'vitest'

/** Every part that was compressed by itself, one after another, as Hadoop's readers take them. */
export const decompress: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  GzipCodec: (bytes) => gunzipSync(bytes),
  DefaultCodec: (bytes) => inflateSync(bytes),
  DeflateCodec: (bytes) => inflateSync(bytes),
  ZStandardCodec: (bytes) => zstdDecompressSync(bytes),
  SnappyCodec: (bytes) => {
    const blocks: Uint8Array[] = []
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt32BE(at + 4)
      const block = uncompress(bytes.subarray(at + 8, at + 8 + length))
      expect(block.length).toBe(bytes.readUInt32BE(at))
      blocks.push(block)
      at += 8 + length
    }
    return Buffer.concat(blocks)
  },
}

/** Reads on from where it is. */
export class WritableReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  take(length: number): Buffer {
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  int(): number {
    return this.take(4).readInt32BE()
  }

  vInt(): number {
    const first = this.take(1).readInt8()
    if (first >= -112) return first
    let value = 0
    for (let left = -112 - first; left > 0; left--) value = value * 256 + this.take(1).readUInt8()
    return value
  }

  text(): string {
    return this.take(this.vInt()).toString()
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }
}

export interface SequenceFile {
  /** Without the package. */
  readonly keyClass: string
  readonly valueClass: string
  /** Serialised forms. */
  readonly pairs: readonly (readonly [key: Buffer, value: Buffer])[]
}

export function readSequenceFile(bytes: Buffer): SequenceFile {
  const file = new WritableReader(bytes)
  const className = (): string => file.text().replace('org.apache.hadoop.io.', '')
  expect(file.take(4).toString('latin1')).toBe('SEQ\u0006')
  const [keyClass, valueClass] = [className(), className()]
  const [compressed, inBlocks] = file.take(2)
  expect(inBlocks).toBe(compressed)
  const unpack = compressed === 1 ? decompress[file.text().split('.').at(-1)!]! : (each: Buffer) => each
  expect(file.int()).toBe(0)
  const sync = file.take(16)
  const pairs: [Buffer, Buffer][] = []
  while (!file.atEnd) {
    const length = file.int()
    if (length === -1) {
      expect(file.take(16).equals(sync)).toBe(true)
      if (compressed === 0 || file.atEnd) continue
      const count = file.vInt()
      const [keyLengths, keys, valueLengths, values] = Array.from({ length: 4 }, () => new WritableReader(unpack(file.take(file.vInt()))))
      for (let each = 0; each < count; each++) pairs.push([keys!.take(keyLengths!.vInt()), values!.take(valueLengths!.vInt())])
    } else {
      const keyLength = file.int()
      pairs.push([file.take(keyLength), file.take(length - keyLength)])
    }
  }
  return { keyClass, valueClass, pairs }
}
