// Which TLS protocols and cipher suites are spoken, from Flume's include and exclude lists: the included ones that are known here, or all that
// Node uses by itself, less the excluded ones.
import { constants } from 'node:crypto'
import { getCiphers, type SecureContextOptions, type SecureVersion } from 'node:tls'
import { MillraceError } from '../../../src-shared/errors.ts'

export interface TlsLists {
  readonly 'exclude-protocols': readonly string[]
  readonly 'include-protocols': readonly string[]
  readonly 'exclude-cipher-suites': readonly string[]
  readonly 'include-cipher-suites': readonly string[]
}

/** Throws BAD_CONFIGURATION when the lists leave nothing. */
export function tlsChoices(lists: TlsLists): SecureContextOptions {
  return { ...protocols(lists['include-protocols'], lists['exclude-protocols']), ...suites(lists) }
}

const versions: readonly { readonly name: SecureVersion; readonly off: number }[] = [
  { name: 'TLSv1', off: constants.SSL_OP_NO_TLSv1 },
  { name: 'TLSv1.1', off: constants.SSL_OP_NO_TLSv1_1 },
  { name: 'TLSv1.2', off: constants.SSL_OP_NO_TLSv1_2 },
  { name: 'TLSv1.3', off: constants.SSL_OP_NO_TLSv1_3 },
]

function protocols(included: readonly string[], excluded: readonly string[]): SecureContextOptions {
  // TLS 1.0 and 1.1 only when they are named.
  const wanted = included.length === 0 ? ['TLSv1.2', 'TLSv1.3'] : included
  const enabled = versions.filter(({ name }) => wanted.includes(name) && !excluded.includes(name))
  const [least, most] = [enabled[0], enabled.at(-1)]
  if (least === undefined || most === undefined)
    throw new MillraceError(
      'BAD_CONFIGURATION',
      `include-protocols and exclude-protocols leave no TLS protocol of ${versions.map(({ name }) => name).join(', ')}.`,
    )
  // Also where one in the middle is left out.
  const off = versions.filter((version) => !enabled.includes(version)).reduce((flags, version) => flags | version.off, 0)
  return { minVersion: least.name, maxVersion: most.name, secureOptions: off }
}

const tls13Suites = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256']

function suites(lists: TlsLists): SecureContextOptions {
  const included = lists['include-cipher-suites'].map(openSslName)
  const excluded = lists['exclude-cipher-suites'].map(openSslName)
  if (included.length === 0 && excluded.length === 0) return {}
  const known = getCiphers().map((name) => name.toUpperCase())
  const left = (names: readonly string[]): string[] => names.filter((name) => known.includes(name) && !excluded.includes(name))
  const chosen =
    included.length > 0
      ? left(included)
      : [...left(tls13Suites), 'DEFAULT', ...excluded.filter((name) => !name.startsWith('TLS_')).map((name) => `!${name}`)]
  if (chosen.length === 0)
    throw new MillraceError(
      'BAD_CONFIGURATION',
      'include-cipher-suites and exclude-cipher-suites leave no cipher suite that is known here.',
    )
  return { ciphers: chosen.join(':') }
}

/** Java's name of a suite (TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256) as OpenSSL's; TLS 1.3 has the same names in both, and OpenSSL's own are kept. */
export function openSslName(name: string): string {
  const parts = /^(?:TLS|SSL)_(\w+)_WITH_(\w+)$/.exec(name)
  if (parts === null) return name
  const exchange = parts[1] === 'RSA' ? '' : `${parts[1]!.replaceAll('_', '-')}-`
  const cipher = parts[2]!
    .replace(/_POLY1305_SHA256$/, '_POLY1305')
    .replace('_CBC', '')
    .replace(/^AES_(\d+)/, 'AES$1')
  return exchange + cipher.replaceAll('_', '-')
}
