// Bytes of a .properties file ↔ text. Flume 1.10 and later read every file as ISO-8859-1; people write UTF-8. Millrace reads UTF-8 where
// the bytes are UTF-8 (rule `configuration-is-utf8`) and ISO-8859-1 otherwise; either way the untouched bytes are written back as they were.

export interface DecodedProperties {
  readonly text: string
  readonly encoding: 'utf-8' | 'iso-8859-1'
  /** A byte order mark began the file. It is not part of `text`. */
  readonly byteOrderMark: boolean
}

/** Decodes for Millrace's own use. */
export function decodeProperties(bytes: Uint8Array): DecodedProperties {
  const byteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const rest = byteOrderMark ? bytes.subarray(3) : bytes
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(rest), encoding: 'utf-8', byteOrderMark }
  } catch {
    return { text: decodeLatin1(bytes), encoding: 'iso-8859-1', byteOrderMark: false }
  }
}

/** Decodes as Flume 1.11 does. */
export function decodeLatin1(bytes: Uint8Array): string {
  // TextDecoder('iso-8859-1') is windows-1252; Java's is the identity.
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)))
  return parts.join('')
}

/** The bytes of an edited text, in the encoding of the file. Text that edits add is ASCII (escapeValue), so nothing is lost. */
export function encodeProperties(text: string, like: Pick<DecodedProperties, 'encoding' | 'byteOrderMark'>): Uint8Array {
  if (like.encoding === 'iso-8859-1') return Uint8Array.from(text, (char) => char.charCodeAt(0))
  const bytes = new TextEncoder().encode(text)
  if (!like.byteOrderMark) return bytes
  const out = new Uint8Array(bytes.length + 3)
  out.set([0xef, 0xbb, 0xbf])
  out.set(bytes, 3)
  return out
}
