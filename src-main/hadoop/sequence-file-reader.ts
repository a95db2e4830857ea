// Reads Hadoop's SequenceFile, versions 5 and 6: records, compressed records, and blocks.
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import { type HadoopCodec, hadoopCodec } from './hadoop-codecs.ts'
import { readVInt, type Writable, writableOfClass } from './writables.ts'

/**
 * The pairs of a file, as values (see writables.ts). Throws for what is no such file, is damaged or ends within a record, and for classes
 * and codecs that are not here; the text begins with `name`.
 */
export function* readSequenceFile(name: string, bytes: Buffer): Generator<[unknown, unknown]> {
  try {
    yield* new Reader(bytes).read()
  } catch (thrown) {
    const why = thrown instanceof RangeError ? 'the SequenceFile ends within a record' : messageOf(thrown)
    throw new MillraceError('PROGRAM_FAILED', `${name}: ${why}`, { cause: thrown })
  }
}

const syncBytes = 16

function fail(why: string): never {
  throw new Error(why)
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  *read(): Generator<[unknown, unknown]> {
    const magic = this.#take(4)
    const version = magic[3]!
    if (magic.toString('latin1', 0, 3) !== 'SEQ') fail('this is no SequenceFile')
    if (version !== 5 && version !== 6) fail(`a SequenceFile of version ${version} cannot be read`)
    const [keys, values] = [this.#writable(), this.#writable()]
    const compressed = this.#take(1)[0] !== 0
    const inBlocks = this.#take(1)[0] !== 0
    const codec = compressed ? this.#codec() : undefined
    if (inBlocks && codec === undefined) fail('its header says blocks, and names no codec')
    if (version === 6) for (let left = this.#int(); left > 0; left--) for (const _ of ['key', 'value']) this.#text()
    const sync = this.#take(syncBytes)
    while (this.#at < this.#bytes.length) {
      const length = this.#int()
      if (length === -1) {
        if (!this.#take(syncBytes).equals(sync)) fail(`the mark before byte ${this.#at} is not the file's`)
        if (inBlocks && this.#at < this.#bytes.length) yield* this.#block(keys, values, codec!)
        continue
      }
      const keyLength = this.#int()
      const key = keys.deserialize(this.#take(keyLength))
      const value = this.#take(length - keyLength)
      yield [key, values.deserialize(codec === undefined ? value : codec.decompress(value))]
    }
  }

  *#block(keys: Writable, values: Writable, codec: HadoopCodec): Generator<[unknown, unknown]> {
    const count = this.#vInt()
    const column = (): Reader => new Reader(codec.decompress(this.#take(this.#vInt())))
    const [keyLengths, keyBytes, valueLengths, valueBytes] = [column(), column(), column(), column()]
    for (let index = 0; index < count; index++) {
      const key = keys.deserialize(keyBytes.#take(keyLengths.#vInt()))
      yield [key, values.deserialize(valueBytes.#take(valueLengths.#vInt()))]
    }
  }

  #writable(): Writable {
    const name = this.#text()
    return writableOfClass(name) ?? fail(`values of the class ${name} cannot be read`)
  }

  #codec(): HadoopCodec {
    const name = this.#text()
    return hadoopCodec(name) ?? fail(`what ${name} has compressed cannot be read`)
  }

  #take(length: number): Buffer {
    if (length < 0 || this.#at + length > this.#bytes.length) throw new RangeError('end')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  #int(): number {
    return this.#take(4).readInt32BE()
  }

  #vInt(): number {
    const { value, next } = readVInt(this.#bytes, this.#at)
    this.#at = next
    return value
  }

  #text(): string {
    return this.#take(this.#vInt()).toString()
  }
}
