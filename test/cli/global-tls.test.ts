// TLS settings given once for all sources, sinks and clients: Flume's FLUME_SSL_* environment and javax.net.ssl.* system properties.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { freePort } from '../driver/free-port.ts'
import { runMillrace, startMillrace } from '../driver/millrace-process.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { until } from '../driver/until.ts'

const store = (name: string): string => join(import.meta.dirname, '../fixtures/tls', name)
const keyStore = { FLUME_SSL_KEYSTORE_PATH: store('server.jks'), FLUME_SSL_KEYSTORE_PASSWORD: 'changeit' }

/** The protocol and cipher suite of a connection, or why there is none. */
function handshake(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(`${socket.getProtocol()} ${socket.getCipher().standardName}`)
      socket.destroy()
    })
    socket.on('error', (error) => resolve(error.message))
  })
}

const listening = (port: number): Promise<string> =>
  until(`something listens on ${port}`, async () => {
    const answer = await handshake(port)
    return answer.includes('ECONNREFUSED') ? undefined : answer
  })

const sources = ['avro', 'thrift', 'http', 'syslogtcp', 'multiport_syslogtcp'] as const

/** Every source that can speak TLS, with `ssl = true` and nothing else about it. */
async function everySource(folder: string): Promise<{ file: string; ports: Map<string, number> }> {
  const ports = new Map<string, number>()
  const lines = [`a1.sources = ${sources.join(' ')}`, 'a1.channels = c1', 'a1.channels.c1.type = memory']
  for (const source of sources) {
    const port = await freePort()
    ports.set(source, port)
    const address =
      source === 'multiport_syslogtcp'
        ? { ports: port }
        : source === 'syslogtcp'
          ? { host: '127.0.0.1', port }
          : { bind: '127.0.0.1', port }
    for (const [key, value] of Object.entries({ type: source, channels: 'c1', ssl: true, ...address }))
      lines.push(`a1.sources.${source}.${key} = ${value}`)
  }
  const file = join(folder, 'agent.properties')
  writeFileSync(file, lines.join('\n'))
  return { file, ports }
}

test('every TLS source takes key store, protocols and cipher suites from the environment when it names none itself', async () => {
  const folder = temporaryFolder()
  const { file, ports } = await everySource(folder)
  const env = {
    ...keyStore,
    FLUME_SSL_EXCLUDE_PROTOCOLS: 'TLSv1.3,TLSv1.1',
    FLUME_SSL_INCLUDE_CIPHERSUITES: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_NOT_KNOWN',
  }
  startMillrace(['agent', '-n', 'a1', '-f', file, '--work-dir', folder], { env })
  for (const port of ports.values()) expect(await listening(port)).toBe('TLSv1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384')
})

test('a system property goes before the environment, and what a component says itself before both', async () => {
  const folder = temporaryFolder()
  const { file, ports } = await everySource(folder)
  writeFileSync(file, `${readFileSync(file, 'utf8')}\na1.sources.avro.include-protocols = TLSv1.3\n`)
  const env = { ...keyStore, FLUME_SSL_KEYSTORE_PATH: '/nonexistent', FLUME_SSL_INCLUDE_PROTOCOLS: 'TLSv1.2' }
  startMillrace(['agent', '-n', 'a1', '-f', file, '--work-dir', folder, `-Djavax.net.ssl.keyStore=${store('server.jks')}`], { env })
  expect(await listening(ports.get('avro')!)).toMatch(/^TLSv1\.3 /)
  expect(await listening(ports.get('thrift')!)).toMatch(/^TLSv1\.2 /)
})

test('without any the source says which key, property or variable would name a key store', async () => {
  const folder = temporaryFolder()
  const { file } = await everySource(folder)
  const agent = startMillrace(['agent', '-n', 'a1', '-f', file, '--work-dir', folder], { env: { FLUME_SSL_KEYSTORE_PATH: undefined } })
  await until('it is said', () => agent.stderr().includes('FLUME_SSL_KEYSTORE_PATH'))
  expect(agent.stderr()).toContain('-Djavax.net.ssl.keyStore')
})

test('avro-client trusts the trust store of the environment, or of a system property', async () => {
  const folder = temporaryFolder()
  const { file, ports } = await everySource(folder)
  startMillrace(['agent', '-n', 'a1', '-f', file, '--work-dir', folder], { env: keyStore })
  await listening(ports.get('avro')!)
  const client = join(folder, 'client.properties')
  writeFileSync(client, `hosts = h1\nhosts.h1 = localhost:${ports.get('avro')}\nssl = true\n`)
  const lines = join(folder, 'lines.txt')
  writeFileSync(lines, 'one\ntwo\n')
  const args = ['avro-client', '-P', client, '-F', lines]
  expect(await runMillrace(args)).toMatchObject({ code: 1, stderr: expect.stringContaining('certificate') })
  const trusted = { code: 0, stderr: '2 events sent and acknowledged.\n' }
  expect(await runMillrace(args, { env: { FLUME_SSL_TRUSTSTORE_PATH: store('trust.jks') } })).toMatchObject(trusted)
  expect(await runMillrace([...args, `-Djavax.net.ssl.trustStore=${store('trust.jks')}`])).toMatchObject(trusted)
})

test('an avro sink trusts the trust store of the environment', async () => {
  const folder = temporaryFolder()
  const { file, ports } = await everySource(folder)
  startMillrace(['agent', '-n', 'a1', '-f', file, '--work-dir', join(folder, 'receiver')], { env: keyStore })
  await listening(ports.get('avro')!)
  mkdirSync(join(folder, 'spool'))
  writeFileSync(join(folder, 'spool', 'a.log'), 'one\n')
  const sender = join(folder, 'sender.properties')
  writeFileSync(
    sender,
    `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = spooldir
a1.sources.r1.spoolDir = ${join(folder, 'spool')}
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.sinks.k1.type = avro
a1.sinks.k1.hostname = localhost
a1.sinks.k1.port = ${ports.get('avro')}
a1.sinks.k1.ssl = true
a1.sinks.k1.channel = c1
`,
  )
  const metrics = await freePort()
  const monitoring = ['-Dflume.monitoring.type=http', `-Dflume.monitoring.port=${metrics}`]
  const env = { FLUME_SSL_TRUSTSTORE_PATH: store('trust.jks'), FLUME_SSL_TRUSTSTORE_PASSWORD: 'changeit' }
  startMillrace(['agent', '-n', 'a1', '-f', sender, '--work-dir', join(folder, 'sender'), ...monitoring], { env })
  await until('the event is through', async () => {
    const answer = await fetch(`http://127.0.0.1:${metrics}/metrics`).catch(() => undefined)
    const sink = ((await answer?.json()) as Record<string, Record<string, string>> | undefined)?.['SINK.k1']
    return sink?.['EventDrainSuccessCount'] === '1'
  })
  expect(readdirSync(join(folder, 'spool')).filter((name) => !name.startsWith('.'))).toEqual(['a.log.COMPLETED'])
})
