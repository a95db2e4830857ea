// Java's character sets by name: decoding in pieces with malformed bytes noticed, and encoding.
import { isUtf8 } from 'node:buffer'
import { MillraceError } from '../../../src-shared/errors.ts'

export interface Decoded {
  readonly characters: string
  /** Bytes that are no character came; `characters` are those before them. */
  readonly malformed: boolean
}

export interface Charset {
  readonly isUtf8: boolean
  /** A decoder for one stream of bytes. After a malformed piece it must not be used again. */
  decoder(): (bytes: Uint8Array) => Decoded
  /** All of the bytes; what is malformed becomes U+FFFD (new String(bytes, charset)). */
  text(bytes: Uint8Array): string
  /** For characters of two bytes, whose line ends no single byte shows: the text of one stream, piece by piece (InputStreamReader). */
  readonly wideReader?: () => (bytes: Uint8Array) => string
  /** What the character set has not becomes `?`. */
  encode(text: string): Uint8Array
}

/** Throws BAD_CONFIGURATION when there is no such character set. */
export function charset(name: string): Charset {
  const label = name.trim().toLowerCase()
  const highest = highestSingleByte(name)
  if (highest !== undefined) {
    return {
      isUtf8: false,
      decoder: () => (bytes) => singleByteDecoded(bytes, highest),
      text: (bytes) =>
        bufferOf(bytes)
          .toString('latin1')
          .replace(highest === 0xff ? /(?!)/ : /[^\0-\x7f]/g, '\ufffd'),
      encode: (text) => Buffer.from([...text].map((char) => (char.codePointAt(0)! <= highest ? char : '?')).join(''), 'latin1'),
    }
  }
  // Java's UTF-16 reads a byte order mark, or big-endian without one, and writes both.
  if (isMarkedUtf16(label)) {
    return { isUtf8: false, decoder: utf16Decoder, text: (bytes) => utf16Text(bytes), encode: encodeUtf16WithMark, wideReader: utf16Reader }
  }
  const standard = javaNames[label] ?? label
  let known: string
  try {
    known = new TextDecoder(standard).encoding
  } catch {
    throw new MillraceError('BAD_CONFIGURATION', `There is no character set ${name}. Use UTF-8, ISO-8859-1, UTF-16, …`)
  }
  const lenient = new TextDecoder(known, { ignoreBOM: true })
  if (known === 'utf-16le' || known === 'utf-16be') {
    const encoding = known
    return {
      isUtf8: false,
      decoder: () => strictDecoder(encoding),
      text: utf16TextOf(encoding),
      encode: encoderFor(encoding),
      wideReader: () => streamReader(encoding),
    }
  }
  const text = known === 'utf-8' ? javaUtf8Text : (bytes: Uint8Array) => lenient.decode(bytes)
  return { isUtf8: known === 'utf-8', decoder: () => strictDecoder(known), text, encode: encoderFor(known) }
}

const lenientUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** As Java's decoder: half a surrogate pair written in three bytes, cut off or not, is one malformed character; a TextDecoder makes one of each byte. */
export function javaUtf8Text(bytes: Uint8Array): string {
  if (!bytes.includes(0xed) || isUtf8(bytes)) return lenientUtf8.decode(bytes)
  const once = bufferOf(bytes)
    .toString('latin1')
    .replace(/\xed[\xa0-\xbf][\x80-\xbf]?/g, '\xff')
  return lenientUtf8.decode(Buffer.from(once, 'latin1'))
}

function streamReader(encoding: string): (bytes: Uint8Array) => string {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true })
  return (bytes) => decoder.decode(bytes, { stream: true })
}

function utf16Reader(): (bytes: Uint8Array) => string {
  let chosen: ((bytes: Uint8Array) => string) | undefined
  let held: Uint8Array = new Uint8Array(0)
  return (bytes) => {
    if (chosen !== undefined) return chosen(bytes)
    held = Buffer.concat([held, bytes])
    if (held.length < 2) return ''
    const { encoding, length } = byteOrderMark(held)
    chosen = streamReader(encoding)
    return chosen(held.subarray(length))
  }
}

/** What a stream in Java's UTF-16 begins with: big-endian without a mark. */
export function byteOrderMark(bytes: Uint8Array): { readonly encoding: 'utf-16le' | 'utf-16be'; readonly length: 0 | 2 } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', length: 2 }
  return { encoding: 'utf-16be', length: bytes[0] === 0xfe && bytes[1] === 0xff ? 2 : 0 }
}

/** The names of Java's UTF-16, whose byte order the stream itself says. */
export const isMarkedUtf16 = (name: string): boolean => ['utf-16', 'utf16', 'utf_16'].includes(name.trim().toLowerCase())

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

function utf16Text(bytes: Uint8Array): string {
  const { encoding, length } = byteOrderMark(bytes)
  return utf16TextOf(encoding)(bytes.subarray(length))
}

/**
 * As Java's decoder: the first half of a surrogate pair without a second one is one malformed character together with what follows it, a
 * TextDecoder leaves that be; so is what is left at the end, be it a byte or three.
 */
function utf16TextOf(encoding: 'utf-16le' | 'utf-16be'): (bytes: Uint8Array) => string {
  return (bytes) => {
    const whole = Buffer.from(bytes.subarray(0, bytes.length & ~1))
    const units = (encoding === 'utf-16be' ? whole.swap16() : whole).toString('utf16le')
    const odd = whole.length < bytes.length ? '\ufffd' : ''
    if (units.isWellFormed()) return units + odd
    let rest = odd
    const text = units.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udbff][\s\S]|[\ud800-\udfff]/g, (found) => {
      if (found.isWellFormed()) return found
      if (/^[\ud800-\udbff]$/.test(found)) rest = ''
      return '\ufffd'
    })
    return text + rest
  }
}

const javaNames: Record<string, string> = { utf_8: 'utf-8', cp1252: 'windows-1252', sjis: 'shift_jis', ms932: 'shift_jis' }
/** Highest byte of an encoding whose bytes are its characters, and that TextDecoder would silently widen to windows-1252; undefined for others. */
export const highestSingleByte = (name: string): number | undefined => singleByteEncodings[name.trim().toLowerCase()]

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
    const { encoding, length } = byteOrderMark(held)
    chosen = strictDecoder(encoding)
    return chosen(held.subarray(length))
  }
}

function encodeUtf16WithMark(text: string): Uint8Array {
  // Java writes no mark where nothing follows.
  if (text === '') return new Uint8Array(0)
  return Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()])
}

function encoderFor(encoding: string): (text: string) => Uint8Array {
  if (encoding === 'utf-8') return (text) => Buffer.from(text, 'utf8')
  if (encoding === 'utf-16le') return (text) => Buffer.from(text, 'utf16le')
  if (encoding === 'utf-16be') return (text) => Buffer.from(text, 'utf16le').swap16()
  // Encodings of one byte per character are turned round; of others only ASCII can be written.
  const decoder = new TextDecoder(encoding)
  const byteOf = new Map<string, number>()
  for (let byte = 0; byte < 256; byte++) {
    const char = decoder.decode(Uint8Array.of(byte))
    if (char.length === 1 && char !== '\ufffd') byteOf.set(char, byte)
  }
  return (text) => Uint8Array.from([...text].map((char) => byteOf.get(char) ?? 0x3f))
}
