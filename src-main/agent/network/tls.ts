// TLS as Flume configures it: key stores and trust stores (JKS, PKCS#12) with protocol and cipher lists. One list of properties for every
// source, and one for every sink, that can speak TLS.
import { readFile } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import { createSecureContext, type SecureContext, type SecureContextOptions, TLSSocket } from 'node:tls'
import { MillraceError } from '../../../src-shared/errors.ts'
import { boolean, list, string } from '../../../src-shared/spec/property.ts'
import { readJavaKeyStore } from './java-keystore.ts'
import type { Connection } from './socket-server.ts'
import { type TlsLists, tlsChoices } from './tls-choices.ts'

const common = {
  'exclude-protocols': list()
    .default([])
    .describe('Blank-separated TLS protocols not to use. SSLv3 is never used.')
    .global('flume.ssl.exclude.protocols', 'FLUME_SSL_EXCLUDE_PROTOCOLS'),
  'include-protocols': list()
    .default([])
    .describe('Blank-separated TLS protocols to use; empty means TLSv1.2 and TLSv1.3.')
    .global('flume.ssl.include.protocols', 'FLUME_SSL_INCLUDE_PROTOCOLS'),
  'exclude-cipher-suites': list()
    .default([])
    .describe('Blank-separated cipher suites not to use, by Java’s or OpenSSL’s names.')
    .global('flume.ssl.exclude.cipherSuites', 'FLUME_SSL_EXCLUDE_CIPHERSUITES'),
  'include-cipher-suites': list()
    .default([])
    .describe('Blank-separated cipher suites to use; empty means all that Node uses by itself.')
    .global('flume.ssl.include.cipherSuites', 'FLUME_SSL_INCLUDE_CIPHERSUITES'),
}

/** Flume's server-side TLS keys. */
export const serverTlsProperties = {
  ssl: boolean().default(false).describe('Speak TLS.'),
  keystore: string()
    .optional()
    .describe('Path of the key store with the private key. Required when ssl is true.')
    .global('javax.net.ssl.keyStore', 'FLUME_SSL_KEYSTORE_PATH'),
  'keystore-password': string()
    .secret()
    .optional()
    .describe('Password of the key store.')
    .global('javax.net.ssl.keyStorePassword', 'FLUME_SSL_KEYSTORE_PASSWORD'),
  'keystore-type': string().default('JKS').describe('JKS or PKCS12.').global('javax.net.ssl.keyStoreType', 'FLUME_SSL_KEYSTORE_TYPE'),
  ...common,
}

/** Flume's client-side TLS keys. Flume checks no host name; nor is it checked here when a trust store of your own is given. */
export const clientTlsProperties = {
  ssl: boolean().default(false).describe('Speak TLS.'),
  'trust-all-certs': boolean().default(false).describe('Accept any certificate. For tests only.'),
  truststore: string()
    .optional()
    .describe('Path of the trust store; the platform’s own when absent.')
    .global('javax.net.ssl.trustStore', 'FLUME_SSL_TRUSTSTORE_PATH'),
  'truststore-password': string()
    .secret()
    .optional()
    .describe('Password of the trust store; without it its integrity is not checked.')
    .global('javax.net.ssl.trustStorePassword', 'FLUME_SSL_TRUSTSTORE_PASSWORD'),
  'truststore-type': string().default('JKS').describe('JKS or PKCS12.').global('javax.net.ssl.trustStoreType', 'FLUME_SSL_TRUSTSTORE_TYPE'),
  ...common,
}

export interface ServerTlsOptions extends TlsLists {
  readonly keystore: string | undefined
  readonly 'keystore-password': string | undefined
  readonly 'keystore-type': string
}

export interface ClientTlsOptions extends TlsLists {
  readonly 'trust-all-certs': boolean
  readonly truststore: string | undefined
  readonly 'truststore-password': string | undefined
  readonly 'truststore-type': string
}

/** Reads the key store. Rejects with BAD_CONFIGURATION and a sentence that names the file. */
export async function serverSecureContext(options: ServerTlsOptions): Promise<SecureContext> {
  return createSecureContext(await serverSecureOptions(options))
}

/** The server's side of TLS over a connection. Its handshake is the first message, which must be whole in time. */
export function serverSide(transport: Duplex, secureContext: SecureContext, connection: Connection): TLSSocket {
  const secure = new TLSSocket(transport, { isServer: true, secureContext })
  connection.received(1, false)
  secure.once('secure', () => connection.received(0, true))
  return secure
}

/** The same as options, for a server that makes its own context; that they can be used is checked. */
export async function serverSecureOptions(options: ServerTlsOptions): Promise<SecureContextOptions> {
  if (options.keystore === undefined) {
    throw new MillraceError(
      'BAD_CONFIGURATION',
      'ssl is true, but no keystore is given. Name a JKS or PKCS12 file with the private key, here or for all with -Djavax.net.ssl.keyStore or FLUME_SSL_KEYSTORE_PATH.',
    )
  }
  const bytes = await storeBytes('keystore', options.keystore)
  return located('keystore', options.keystore, () => {
    const secure = { ...tlsChoices(options), ...keyOf(options, bytes) }
    createSecureContext(secure)
    return secure
  })
}

function keyOf(options: ServerTlsOptions, bytes: Buffer): SecureContextOptions {
  const password = options['keystore-password'] ?? ''
  if (isPkcs12(options['keystore-type'], bytes)) return { pfx: bytes, passphrase: password }
  const [entry] = readJavaKeyStore(bytes, password).keys
  if (entry === undefined) throw new Error('The key store has no private key.')
  return { key: entry.keyPem, cert: entry.chainPem }
}

/** Reads the trust store; without one the platform's certificates are trusted. */
export async function clientSecureContext(options: ClientTlsOptions): Promise<SecureContext> {
  const path = options.truststore
  if (path === undefined || options['trust-all-certs']) return createSecureContext(tlsChoices(options))
  const bytes = await storeBytes('truststore', path)
  return located('truststore', path, () => {
    if (isPkcs12(options['truststore-type'], bytes))
      return createSecureContext({ ...tlsChoices(options), pfx: bytes, passphrase: options['truststore-password'] ?? '' })
    return createSecureContext({
      ...tlsChoices(options),
      ca: [...readJavaKeyStore(bytes, options['truststore-password']).certificates],
    })
  })
}

/** The `tls` of a client's options: absent when ssl is false. */
export async function clientTls(
  options: ClientTlsOptions & { readonly ssl: boolean },
): Promise<{ tls?: { secureContext: SecureContext; rejectUnauthorized: boolean } }> {
  if (!options.ssl) return {}
  return { tls: { secureContext: await clientSecureContext(options), rejectUnauthorized: !options['trust-all-certs'] } }
}

/** A JKS-typed store may be PKCS#12 inside: Java's JKS provider reads both since 8u60, and `keytool` writes PKCS#12 by default since 9. */
function isPkcs12(type: string, bytes: Buffer): boolean {
  return type.toUpperCase() === 'PKCS12' || bytes.readUInt8(0) === 0x30
}

async function storeBytes(what: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new MillraceError('BAD_CONFIGURATION', `The ${what} ${path} cannot be read`, { cause: error })
  }
}

function located<T>(what: string, path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new MillraceError('BAD_CONFIGURATION', `The ${what} ${path} cannot be used`, { cause: error })
  }
}
