// Java's character sets by name: decoding in pieces with malformed bytes noticed, and encoding.
import { MillraceError } from '../../../src-shared/errors.ts'

export interface Decoded {
  readonly characters: string
  /** Bytes that are no character came; `characters` are those before them. */
  readonly malformed: boolean
}

export interface Charset {
  readonly name: string
  /** A decoder for one stream of bytes. After a malformed piece it must not be used again. */
  decoder(): (bytes: Uint8Array) => Decoded
  encode(text: string): Uint8Array
}

/** Throws BAD_CONFIGURATION when there is no such character set. */
export function charset(name: string): Charset {
  const label = name.trim().toLowerCase()
  const singleByte = singleByteEncodings[label]
  if (singleByte !== undefined) return { name, decoder: () => (bytes) => singleByteDecoded(bytes, singleByte), encode: singleByteEncode }
  // Java's UTF-16 reads a byte order mark, or big-endian without one, and writes both.
  if (label === 'utf-16' || label === 'utf16' || label === 'utf_16') return { name, decoder: utf16Decoder, encode: encodeUtf16WithMark }
  const standard = javaNames[label] ?? label
  let known: string
  try {
    known = new TextDecoder(standard).encoding
  } catch {
    throw new MillraceError('BAD_CONFIGURATION', `There is no character set ${name}. Use UTF-8, ISO-8859-1, UTF-16, …`)
  }
  return { name, decoder: () => strictDecoder(known), encode: (text) => encodeAs(known, text) }
}

const javaNames: Record<string, string> = { utf_8: 'utf-8', cp1252: 'windows-1252', sjis: 'shift_jis', ms932: 'shift_jis' }
/** Highest character of encodings that TextDecoder silently widens to windows-1252. */
const singleByteEncodings: Record<string, number> = {
  'iso-8859-1': 0xff,
  iso8859_1: 0xff,
  'iso_8859-1': 0xff,
  latin1: 0xff,
  'us-ascii': 0x7f,
  ascii: 0x7f,
}

function singleByteDecoded(bytes: Uint8Array, highest: number): Decoded {
  const bad = highest === 0xff ? -1 : bytes.findIndex((byte) => byte > highest)
  const good = bad < 0 ? bytes : bytes.subarray(0, bad)
  return { characters: Buffer.from(good.buffer, good.byteOffset, good.length).toString('latin1'), malformed: bad >= 0 }
}

const singleByteEncode = (text: string): Uint8Array => Buffer.from(text, 'latin1')

function strictDecoder(encoding: string): (bytes: Uint8Array) => Decoded {
  const strict = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  return (bytes) => {
    try {
      return { characters: strict.decode(bytes, { stream: true }), malformed: false }
    } catch {
      return { characters: goodPrefix(encoding, bytes), malformed: true }
    }
  }
}

/** The characters of `bytes` before the first malformed one, by halving: this happens once per connection at most. */
function goodPrefix(encoding: string, bytes: Uint8Array): string {
  let low = 0
  let high = bytes.length
  const decodes = (length: number): string | undefined => {
    try {
      return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length), { stream: true })
    } catch {
      return undefined
    }
  }
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (decodes(middle) === undefined) high = middle - 1
    else low = middle
  }
  return decodes(low) ?? ''
}

function utf16Decoder(): (bytes: Uint8Array) => Decoded {
  let chosen: ((bytes: Uint8Array) => Decoded) | undefined
  let held: Uint8Array = new Uint8Array(0)
  return (bytes) => {
    if (chosen !== undefined) return chosen(bytes)
    held = Buffer.concat([held, bytes])
    if (held.length < 2) return { characters: '', malformed: false }
    const little = held[0] === 0xff && held[1] === 0xfe
    const marked = little || (held[0] === 0xfe && held[1] === 0xff)
    chosen = strictDecoder(little ? 'utf-16le' : 'utf-16be')
    return chosen(marked ? held.subarray(2) : held)
  }
}

function encodeUtf16WithMark(text: string): Uint8Array {
  return Buffer.concat([Buffer.from([0xfe, 0xff]), encodeAs('utf-16be', text)])
}

function encodeAs(encoding: string, text: string): Uint8Array {
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le')
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16()
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8')
  return Buffer.from(text, 'latin1')
}
