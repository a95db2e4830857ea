// Whether a key store opens: what a real Flume finds out when it configures a source with TLS.
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { readJavaKeyStore } from './java-keystore.ts'

/** Most of Java's types read either format. */
const javaTypes: Readonly<Record<string, 'either' | 'jks only' | undefined>> = {
  jks: 'either',
  pkcs12: 'either',
  dks: 'either',
  jceks: 'jks only',
  caseexactjks: 'jks only',
}

/** False for a file that is not there, that is no key store of a type that Java has, or that the password does not open. */
export function keystoreOpens(path: string, password: string, type: string): boolean {
  const formats = javaTypes[type.toLowerCase()]
  if (formats === undefined) return false
  try {
    const bytes = readFileSync(path)
    if (bytes.length >= 4 && bytes.readUInt32BE(0) === 0xfeedfeed) readJavaKeyStore(bytes, password)
    else if (formats === 'jks only') return false
    else createSecureContext({ pfx: bytes, passphrase: password })
    return true
  } catch {
    return false
  }
}
