// Bytes to characters by Flume's decodeErrorPolicy, one line or one character at a time, always knowing how many bytes they were.
import { MillraceError } from '../../../src-shared/errors.ts'
import { byteOrderMark, highestSingleByte, isMarkedUtf16, javaUtf8Text } from '../serialization/charset.ts'

export type DecodeErrorPolicy = 'FAIL' | 'REPLACE' | 'IGNORE'

export class CharacterDecoder {
  #label: string
  readonly #highest: number | undefined
  readonly #policy: DecodeErrorPolicy
  /** The character set is UTF-16: the file itself says its byte order, see readMark. */
  readonly marked: boolean

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
    this.marked = isMarkedUtf16(charset)
  }

  /** Takes the byte order from the first two bytes of a file in UTF-16. Answers how many of them are its mark. */
  readMark(bytes: Uint8Array): number {
    const { encoding, length } = byteOrderMark(bytes)
    this.#label = encoding
    return length
  }

  /** What a line feed is in bytes. */
  get lineFeed(): Uint8Array {
    return lineFeeds[this.#label] ?? lineFeeds['utf-8']!
  }

  /** Where the next line feed begins in `bytes`, from `from` on; -1 when there is none. Characters begin at multiples of the line feed's width. */
  indexOfLineFeed(bytes: Uint8Array, from: number): number {
    if (this.lineFeed.length === 1) return bytes.indexOf(10, from)
    const [first, second] = this.lineFeed
    for (let at = from; at + 1 < bytes.length; at += 2) if (bytes[at] === first && bytes[at + 1] === second) return at
    return -1
  }

  get isUtf8(): boolean {
    return this.#label === 'utf-8'
  }

  /** Throws under FAIL when bytes are no characters. Of the last line of a file (`last`) half a character at its end is none, under FAIL too, as in Flume. */
  decode(bytes: Uint8Array, last = false): string {
    if (this.#highest !== undefined) return this.#singleBytes(bytes, this.#highest)
    try {
      // A decoder that waits for more keeps half a character to itself.
      const text =
        this.isUtf8 && this.#policy !== 'FAIL'
          ? javaUtf8Text(last ? bytes.subarray(0, bytes.length - halfCharacter(bytes)) : bytes)
          : new TextDecoder(this.#label, { fatal: this.#policy === 'FAIL', ignoreBOM: true }).decode(bytes, { stream: last })
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

const lineFeeds: Readonly<Record<string, Uint8Array>> = {
  'utf-16le': Uint8Array.of(10, 0),
  'utf-16be': Uint8Array.of(0, 10),
  'utf-8': Uint8Array.of(10),
}

/** How many bytes at the end begin a character of UTF-8 that does not end any more. */
function halfCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte >= 0xc2) return byte < 0xe0 ? (back < 2 ? back : 0) : byte < 0xf0 ? (back < 3 ? back : 0) : byte < 0xf5 ? back : 0
    if (byte < 0x80) return 0
  }
  return 0
}
