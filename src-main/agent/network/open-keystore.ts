// Whether a key store opens: what a real Flume finds out when it configures a source with TLS.
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { readJavaKeyStore } from './java-keystore.ts'

/** False for a file that is not there, that is no key store of a type that Java has, or that the password does not open. */
export function keystoreOpens(path: string, password: string, type: string): boolean {
  if (!/^(?:jks|pkcs12)$/i.test(type)) return false
  try {
    const bytes = readFileSync(path)
    // Java reads either format under either name.
    if (bytes.length >= 4 && bytes.readUInt32BE(0) === 0xfeedfeed) readJavaKeyStore(bytes, password)
    else createSecureContext({ pfx: bytes, passphrase: password })
    return true
  } catch {
    return false
  }
}
