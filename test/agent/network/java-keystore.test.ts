import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { expect, test } from 'vitest'
import { readJavaKeyStore } from '../../../src-main/agent/network/java-keystore.ts'

const store = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../fixtures/tls', name))

test('a key store made by keytool gives a key and a chain that TLS takes', () => {
  const [entry] = readJavaKeyStore(store('server.jks'), 'changeit').keys
  expect(entry?.alias).toBe('flume')
  expect(() => createSecureContext({ key: entry!.keyPem, cert: entry!.chainPem })).not.toThrow()
})

test('a trust store gives its certificates, with and without password', () => {
  expect(readJavaKeyStore(store('trust.jks'), 'changeit').certificates).toHaveLength(1)
  expect(readJavaKeyStore(store('trust.jks'), undefined).certificates[0]).toContain('BEGIN CERTIFICATE')
})

test('a wrong password is said to be one', () => {
  expect(() => readJavaKeyStore(store('server.jks'), 'wrong')).toThrow('damaged or its password is wrong')
})

test('another kind of file is said to be no JKS', () => {
  expect(() => readJavaKeyStore(store('server.p12'), 'changeit')).toThrow('no JKS key store')
  expect(() => readJavaKeyStore(Buffer.alloc(0), 'changeit')).toThrow('no JKS key store')
})

test('a truncated store is said to end in the middle', () => {
  const bytes = store('server.jks')
  for (const length of [40, 200, bytes.length - 21])
    expect(() => readJavaKeyStore(bytes.subarray(0, length), undefined)).toThrow('ends in the middle')
})
