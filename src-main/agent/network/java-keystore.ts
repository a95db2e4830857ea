// Reads Java's JKS key store (what Flume's keystore-type defaults to) into PEM that Node's TLS takes. PKCS#12 needs no reading here: Node takes it.
//
// Format: int32 0xFEEDFEED, int32 version (1 or 2), int32 count, entries, SHA-1 digest (20 bytes) of password (UTF-16BE) + "Mighty Aphrodite" +
// everything before. Entry: int32 tag (1 private key, 2 certificate), UTF alias, int64 date; a private key: int32 length, DER EncryptedPrivateKeyInfo,
// int32 chain length, certificates; a certificate: (version 2: UTF type) int32 length, DER.
// The key is protected by Sun's own algorithm (OID 1.3.6.1.4.1.42.2.17.1.1): salt (20) + key XOR SHA-1 chain + SHA-1(password + key).
import { createHash, timingSafeEqual } from 'node:crypto'

export interface KeyStoreContents {
  readonly keys: readonly { readonly alias: string; readonly keyPem: string; readonly chainPem: string }[]
  /** Trusted certificates, PEM. */
  readonly certificates: readonly string[]
}

/** Throws an Error that says whether the file is no JKS, is damaged, or the password is wrong. Without password only certificates are read, unchecked. */
export function readJavaKeyStore(bytes: Buffer, password: string | undefined): KeyStoreContents {
  if (bytes.length < 32 || bytes.readUInt32BE(0) !== 0xfeedfeed)
    throw new Error('The file is no JKS key store (a PKCS#12 file needs keystore-type = PKCS12).')
  const secret = password === undefined ? undefined : utf16BigEndian(password)
  if (secret !== undefined) {
    const digest = createHash('sha1').update(secret).update('Mighty Aphrodite').update(bytes.subarray(0, -20)).digest()
    if (!timingSafeEqual(digest, bytes.subarray(-20))) throw new Error('The key store is damaged or its password is wrong.')
  }
  try {
    return readEntries(new Cursor(bytes), secret)
  } catch (error) {
    if (error instanceof RangeError) throw new Error('The key store ends in the middle of an entry.', { cause: error })
    throw error
  }
}

function readEntries(cursor: Cursor, secret: Buffer | undefined): KeyStoreContents {
  const keys: { alias: string; keyPem: string; chainPem: string }[] = []
  const certificates: string[] = []
  cursor.int32()
  const version = cursor.int32()
  const count = cursor.int32()
  for (let entry = 0; entry < count; entry++) {
    const tag = cursor.int32()
    const alias = cursor.utf()
    cursor.take(8)
    if (tag === 1) {
      const protectedKey = cursor.take(cursor.int32())
      const chain = Array.from({ length: cursor.int32() }, () => certificate(cursor, version))
      if (secret !== undefined) keys.push({ alias, keyPem: pem('PRIVATE KEY', unprotect(protectedKey, secret)), chainPem: chain.join('') })
    } else if (tag === 2) certificates.push(certificate(cursor, version))
    else throw new Error(`The key store has an entry of unknown kind ${tag}.`)
  }
  return { keys, certificates }
}

function certificate(cursor: Cursor, version: number): string {
  if (version === 2) cursor.utf()
  return pem('CERTIFICATE', cursor.take(cursor.int32()))
}

/** Sun's key protection, undone. The protected bytes are the last OCTET STRING of the EncryptedPrivateKeyInfo. */
function unprotect(encryptedInfo: Buffer, secret: Buffer): Buffer {
  const outer = derContent(encryptedInfo, 0)
  const algorithm = derContent(encryptedInfo, outer.start)
  const octets = derContent(encryptedInfo, algorithm.end)
  const data = encryptedInfo.subarray(octets.start, octets.end)
  const key = Buffer.from(data.subarray(20, -20))
  let block: Buffer = data.subarray(0, 20)
  for (let at = 0; at < key.length; at++) {
    if (at % 20 === 0) block = createHash('sha1').update(secret).update(block).digest()
    key[at]! ^= block[at % 20]!
  }
  if (!createHash('sha1').update(secret).update(key).digest().equals(data.subarray(-20)))
    throw new Error('The password of the key in the key store is wrong.')
  return key
}

function derContent(bytes: Buffer, at: number): { start: number; end: number } {
  const first = bytes.readUInt8(at + 1)
  if (first < 0x80) return { start: at + 2, end: at + 2 + first }
  const size = first & 0x7f
  const start = at + 2 + size
  return { start, end: start + bytes.readUIntBE(at + 2, size) }
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

function utf16BigEndian(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

class Cursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int32(): number {
    return this.take(4).readInt32BE(0)
  }

  utf(): string {
    return this.take(this.take(2).readUInt16BE(0)).toString('utf8')
  }

  take(length: number): Buffer {
    if (length < 0 || this.#at + length > this.#bytes.length) throw new RangeError('end of data')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}
