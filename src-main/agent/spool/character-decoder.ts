// Bytes to characters by Flume's decodeErrorPolicy, one line or one character at a time, always knowing how many bytes they were.
import { MillraceError } from '../../../src-shared/errors.ts'
import { highestSingleByte } from '../serialization/charset.ts'

export type DecodeErrorPolicy = 'FAIL' | 'REPLACE' | 'IGNORE'

export class CharacterDecoder {
  readonly #label: string
  readonly #highest: number | undefined
  readonly #policy: DecodeErrorPolicy
  /** What a line feed is in bytes. */
  readonly lineFeed: Uint8Array

  /** Throws BAD_CONFIGURATION when there is no such character set. */
  constructor(charset: string, policy: DecodeErrorPolicy) {
    this.#policy = policy
    this.#highest = highestSingleByte(charset)
    try {
      this.#label = new TextDecoder(charset).encoding
    } catch {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        `inputCharset = ${charset} is not a character set that is known here. Use UTF-8, ISO-8859-1, UTF-16LE, …`,
      )
    }
    this.lineFeed = Uint8Array.from(this.#label === 'utf-16le' ? [10, 0] : this.#label === 'utf-16be' ? [0, 10] : [10])
  }

  /** Where the next line feed begins in `bytes`, from `from` on; -1 when there is none. Characters begin at multiples of the line feed's width. */
  indexOfLineFeed(bytes: Uint8Array, from: number): number {
    if (this.lineFeed.length === 1) return bytes.indexOf(10, from)
    for (let at = from; at + 1 < bytes.length; at += 2) if (bytes[at] === this.lineFeed[0] && bytes[at + 1] === this.lineFeed[1]) return at
    return -1
  }

  get isUtf8(): boolean {
    return this.#label === 'utf-8'
  }

  /** Throws under FAIL when bytes are no characters. */
  decode(bytes: Uint8Array): string {
    if (this.#highest !== undefined) return this.#singleBytes(bytes, this.#highest)
    try {
      const text = new TextDecoder(this.#label, { fatal: this.#policy === 'FAIL', ignoreBOM: true }).decode(bytes)
      return this.#policy === 'IGNORE' ? text.replaceAll('\ufffd', '') : text
    } catch (error) {
      throw new MillraceError('IO', `Bytes are no ${this.#label} characters (decodeErrorPolicy = FAIL)`, { cause: error })
    }
  }

  /** How many of these bytes give `characters` UTF-16 units, and those; fewer when the bytes end before. */
  take(bytes: Uint8Array, characters: number): { readonly text: string; readonly bytes: number } {
    const decoder = new TextDecoder(this.#label, { fatal: this.#policy === 'FAIL', ignoreBOM: true })
    let text = ''
    let at = 0
    while (at < bytes.length && text.length < characters) {
      const byte = bytes.subarray(at, at + 1)
      const piece = this.#highest === undefined ? decoder.decode(byte, { stream: true }) : this.#singleBytes(byte, this.#highest)
      text += this.#policy === 'IGNORE' ? piece.replaceAll('\ufffd', '') : piece
      at++
    }
    return { text, bytes: at }
  }

  /** ISO-8859-1 and US-ASCII: a byte is its character, or none. */
  #singleBytes(bytes: Uint8Array, highest: number): string {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    if (highest === 0xff || !/[^\0-\x7f]/.test(text)) return text
    if (this.#policy === 'FAIL') throw new MillraceError('IO', 'Bytes are no US-ASCII characters (decodeErrorPolicy = FAIL)')
    return text.replace(/[^\0-\x7f]/g, this.#policy === 'IGNORE' ? '' : '\ufffd')
  }
}
