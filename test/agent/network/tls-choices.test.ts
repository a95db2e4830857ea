import { createSecureContext } from 'node:tls'
import { expect, test } from 'vitest'
import { openSslName, tlsChoices } from '../../../src-main/agent/network/tls-choices.ts'

const lists = { 'exclude-protocols': [], 'include-protocols': [], 'exclude-cipher-suites': [], 'include-cipher-suites': [] }

test('nothing said leaves what Node uses by itself', () => {
  expect(tlsChoices(lists)).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' })
  expect(tlsChoices(lists).ciphers).toBeUndefined()
})

test('a protocol in the middle can be left out, and one that is not known is no matter', () => {
  const choices = tlsChoices({
    ...lists,
    'include-protocols': ['SSLv2Hello', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'],
    'exclude-protocols': ['TLSv1.2'],
  })
  expect(choices).toMatchObject({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.3' })
  expect(choices.secureOptions).not.toBe(0)
})

test('lists that leave nothing are refused', () => {
  expect(() => tlsChoices({ ...lists, 'include-protocols': ['SSLv3'] })).toThrow(/leave no TLS protocol/)
  expect(() => tlsChoices({ ...lists, 'include-cipher-suites': ['TLS_RSA_WITH_RC4_128_MD5'] })).toThrow(/leave no cipher suite/)
})

test.each([
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_DHE_RSA_WITH_AES_256_CBC_SHA256', 'DHE-RSA-AES256-SHA256'],
  ['SSL_RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA'],
  ['TLS_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256'],
  ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
])('Java’s suite %s is OpenSSL’s %s', (java, openSsl) => {
  expect(openSslName(java)).toBe(openSsl)
  expect(() => createSecureContext(tlsChoices({ ...lists, 'include-cipher-suites': [java] }))).not.toThrow()
})

test('an excluded suite of either generation is not among those left', () => {
  const excluded = ['TLS_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256']
  const { ciphers } = tlsChoices({ ...lists, 'exclude-cipher-suites': excluded })
  expect(ciphers).toBe('TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:DEFAULT:!ECDHE-RSA-AES128-GCM-SHA256')
})
