// The limits that every listening source has, on each of them, over real sockets and on a clock that the test moves.

import { createSocket } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FlumeClient } from '../../../src-main/agent/avro/flume-client.ts'
import { ThriftClient } from '../../../src-main/agent/thrift/thrift-client.ts'
import { builtInRegistry } from '../../../src-main/component/registry.ts'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'
import { freePort } from '../../driver/free-port.ts'
import { until } from '../../driver/until.ts'

let driver: AgentTestDriver
const ends: (() => void)[] = []
beforeEach(() => {
  driver = new AgentTestDriver()
})
afterEach(async () => {
  for (const end of ends.splice(0)) end()
  await driver.end()
})

/** What makes a source of each type listen, and how a message to it begins without ever being whole. */
const tcpSources = [
  { type: 'netcat', keys: 'bind = 127.0.0.1\nport = 0', begin: Buffer.from('x'), whole: Buffer.from('one line\n') },
  { type: 'syslogtcp', keys: 'host = 127.0.0.1\nport = 0', begin: Buffer.from('<'), whole: Buffer.from('<13>one line\n') },
  {
    type: 'multiport_syslogtcp',
    keys: 'host = 127.0.0.1\nports = PORT',
    begin: Buffer.from('<13>x'),
    whole: Buffer.from('<13>one line\n'),
  },
  { type: 'avro', keys: 'bind = 127.0.0.1\nport = 0', begin: Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 4, 0]), whole: undefined },
  { type: 'thrift', keys: 'bind = 127.0.0.1\nport = 0', begin: Buffer.from([0, 0, 4, 0]), whole: undefined },
] as const

async function start(type: string, keys: string, more = ''): Promise<number> {
  const port = keys.includes('PORT') ? await freePort() : 0
  const own = [...keys.replace('PORT', String(port)).split('\n'), ...more.split('\n').filter((line) => line !== '')]
  await driver.start(`
a1.sources = r1
a1.channels = c1
a1.channels.c1.type = fake
a1.sources.r1.type = ${type}
a1.sources.r1.channels = c1
${own.map((line) => `a1.sources.r1.${line}`).join('\n')}`)
  return port || Number(/:(\d+)/.exec(driver.component('r1').status!.sentence)![1])
}

async function open(port: number): Promise<{ socket: Socket; closed: () => boolean; heard: () => string }> {
  const socket = connect(port, '127.0.0.1')
  let closed = false
  let heard = ''
  socket.on('data', (data) => {
    heard += data.toString('latin1')
  })
  socket.on('error', () => {})
  for (const event of ['close', 'end']) {
    socket.on(event, () => {
      closed = true
    })
  }
  ends.push(() => socket.destroy())
  await new Promise((resolve) => socket.once('connect', resolve))
  return { socket, closed: () => closed, heard: () => heard }
}

const stored = (): number => driver.fakeChannels.get('c1')!.queue.reduce((sum, batch) => sum + batch.count, 0)

describe.each(tcpSources)('$type', ({ type, keys, begin, whole }) => {
  test('a connection beyond maxConnections is closed, and one is served when another has gone', async () => {
    const port = await start(type, keys, 'maxConnections = 1')
    const first = await open(port)
    await driver.until(() => driver.counter('r1', 'OpenConnectionCount') === 1)
    const second = await open(port)
    await driver.until(second.closed)
    expect(first.closed()).toBe(false)
    first.socket.destroy()
    await driver.until(() => driver.counter('r1', 'OpenConnectionCount') === 0)
    const third = await open(port)
    await driver.until(() => driver.counter('r1', 'OpenConnectionCount') === 1)
    expect(third.closed()).toBe(false)
  })

  test('a connection that sends nothing for idleTimeout is closed, one that sends is not', async () => {
    const port = await start(type, keys, 'idleTimeout = 4\nmessageTimeout = 0')
    const idle = await open(port)
    const busy = await open(port)
    busy.socket.write(begin)
    await driver.until(() => {
      busy.socket.write('1')
      return idle.closed()
    })
    expect(busy.closed()).toBe(false)
  })

  test('a message that drips in byte by byte is cut off at messageTimeout', async () => {
    const port = await start(type, keys, 'messageTimeout = 4')
    const { closed, socket } = await open(port)
    socket.write(begin)
    await driver.until(() => {
      if (!closed()) socket.write('1')
      return closed()
    })
    expect(stored()).toBe(0)
  })

  test('an hour in which the machine slept closes nobody', async () => {
    const port = await start(type, keys, 'idleTimeout = 60\nmessageTimeout = 60')
    const waiting = await open(port)
    const begun = await open(port)
    begun.socket.write(begin)
    await driver.until(() => driver.counter('r1', 'OpenConnectionCount') === 2)
    for (let hour = 0; hour < 3; hour++) await driver.advance(3_600_000)
    await driver.advance(1000)
    expect([waiting.closed(), begun.closed()]).toEqual([false, false])
    if (whole === undefined) return
    waiting.socket.write(whole)
    await driver.until(() => stored() === 1)
  })
})

test.each(['syslogtcp', 'multiport_syslogtcp'])(
  '%s: a sender that is held back by a full channel is not taken for an idle one, and its message arrives when there is room',
  async (type) => {
    const port = await start(type, tcpSources.find((source) => source.type === type)!.keys, 'idleTimeout = 4\nmessageTimeout = 4')
    const channel = driver.fakeChannels.get('c1')!
    channel.failing = new MillraceError('CHANNEL_FULL', 'no room')
    const { closed, socket } = await open(port)
    socket.write('<13>waits\n')
    await driver.until(() => Number(driver.counter('r1', 'ChannelWriteFail')) >= 10)
    expect(closed()).toBe(false)
    channel.failing = undefined
    await driver.until(() => stored() === 1)
  },
)

test('over TLS a handshake that stalls is cut off at messageTimeout, and what is sent counts against idleTimeout as without', async () => {
  const keystore = join(import.meta.dirname, '../../fixtures/tls/server.jks')
  const tls = `ssl = true\nkeystore = ${keystore}\nkeystore-password = changeit`
  const port = await start('syslogtcp', 'host = 127.0.0.1\nport = 0', `${tls}\nidleTimeout = 8\nmessageTimeout = 4`)
  const stalled = await open(port)
  const secure = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  ends.push(() => secure.destroy())
  let gone = false
  secure.on('close', () => {
    gone = true
  })
  await new Promise((resolve) => secure.once('secureConnect', resolve))
  const idle = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  ends.push(() => idle.destroy())
  let idleGone = false
  idle.on('close', () => {
    idleGone = true
  })
  idle.on('error', () => {})
  await new Promise((resolve) => idle.once('secureConnect', resolve))
  await driver.until(() => {
    secure.write('<13>x\n')
    return stalled.closed() && idleGone
  })
  expect(gone).toBe(false)
})

describe.each(['avro', 'thrift'])('%s: what one message may hold', (type) => {
  const connected = async (port: number): Promise<{ appendBatch(batch: ReturnType<typeof batchOf>): Promise<void>; close(): void }> => {
    const to = { host: '127.0.0.1', port, connectTimeoutMs: 20_000, requestTimeoutMs: 20_000 }
    const client = type === 'avro' ? await FlumeClient.connect(to) : await ThriftClient.connect({ ...to, protocol: 'compact' })
    ends.push(() => client.close())
    return client
  }
  const refusal = async (port: number, batch: ReturnType<typeof batchOf>): Promise<string> =>
    (await connected(port)).appendBatch(batch).then(
      () => 'OK',
      (error: unknown) => messageOf(error),
    )
  const event = (headers: Record<string, string>, body = 'x') => ({ headers, body: Buffer.from(body) })

  test.each([
    ['maxMessageEvents = 3', Array.from({ length: 4 }, () => event({})), 'maxMessageEvents'],
    ['maxHeaders = 2', [event({ a: '1', b: '2' }), event({ c: '3' })], 'maxHeaders'],
    ['maxHeaderBytes = 5', [event({ a: '123456' })], 'maxHeaderBytes'],
    ['maxHeaderBytes = 5', [event({ abcdef: '1' })], 'maxHeaderBytes'],
  ])('%s: a message beyond is refused with a sentence that names the key, and the next one is stored', async (key, events, named) => {
    const port = await start(type, 'bind = 127.0.0.1\nport = 0', key)
    expect(await refusal(port, batchOf(events))).toContain(named)
    expect(stored()).toBe(0)
    expect(await refusal(port, batchOf([event({ a: '1' })]))).toBe('OK')
    expect(stored()).toBe(1)
  })

  test('different header names times events are limited, so that no small message becomes a huge batch', async () => {
    const port = await start(type, 'bind = 127.0.0.1\nport = 0')
    const many = Array.from({ length: 12_000 }, (_, row) => event({ [`h${row % 900}`]: '' }, ''))
    expect(await refusal(port, batchOf(many))).toContain('Send smaller batches')
  })

  test('a message of more than maxMessageBytes closes its connection', async () => {
    const port = await start(type, 'bind = 127.0.0.1\nport = 0', 'maxMessageBytes = 1024')
    expect(await refusal(port, batchOf([event({}, 'x'.repeat(2000))]))).toMatch(/closed|ECONNRESET/i)
    expect(stored()).toBe(0)
  })

  test('when all clients together hold more than maxBufferedBytes, the largest unfinished message goes and the small ones are stored', async () => {
    const port = await start(type, 'bind = 127.0.0.1\nport = 0', 'maxBufferedBytes = 100000')
    const head = type === 'avro' ? [0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0] : [0, 1, 0, 0]
    const large = await open(port)
    large.socket.write(Buffer.concat([Buffer.from(head), Buffer.alloc(60_000)]))
    const larger = await open(port)
    larger.socket.write(Buffer.concat([Buffer.from(head), Buffer.alloc(30_000)]))
    const last = await open(port)
    last.socket.write(Buffer.concat([Buffer.from(head), Buffer.alloc(30_000)]))
    await driver.until(large.closed)
    expect([larger.closed(), last.closed()]).toEqual([false, false])
    expect(await refusal(port, batchOf([event({}, 'small')]))).toBe('OK')
  })
})

describe('http', () => {
  const url = (port: number): string => `http://127.0.0.1:${port}/`
  const post = async (port: number, body: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(url(port), { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
    return { status: response.status, text: await response.text() }
  }
  const keys = 'bind = 127.0.0.1\nport = 0'

  test.each([
    ['maxMessageEvents = 3', JSON.stringify(Array.from({ length: 4 }, () => ({ body: 'x' }))), 'maxMessageEvents'],
    ['maxMessageEvents = 3', `[${'[],'.repeat(50)}[]]`, 'JSON values'],
    ['maxHeaders = 2', JSON.stringify([{ headers: { a: 1, b: 2, c: 3 }, body: '' }]), 'maxHeaders'],
    ['maxHeaderBytes = 5', JSON.stringify([{ headers: { a: '123456' }, body: '' }]), 'maxHeaderBytes'],
    ['maxRequestBytes = 100', JSON.stringify([{ body: 'x'.repeat(200) }]), 'maxRequestBytes'],
  ])('%s: a request beyond is answered 413 with the key, and the next one is stored', async (key, body, named) => {
    const port = await start('http', keys, key)
    const refused = await post(port, body)
    expect(refused.status).toBe(413)
    expect(refused.text).toContain(named)
    expect(stored()).toBe(0)
    expect((await post(port, '[{"body":"x"}]')).status).toBe(200)
    expect(stored()).toBe(1)
  })

  test('a request that drips in is cut off at messageTimeout', async () => {
    const port = await start('http', keys, 'messageTimeout = 1')
    const { closed, heard, socket } = await open(port)
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n')
    await until('the connection is closed', () => {
      if (!closed()) socket.write('x')
      return closed()
    })
    expect(heard()).toMatch(/^(HTTP\/1.1 408|$)/)
  })

  test('a connection beyond maxConnections is closed', async () => {
    const port = await start('http', keys, 'maxConnections = 1')
    const first = await open(port)
    first.socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n')
    const second = await open(port)
    await until('the second is closed', second.closed)
    expect(first.closed()).toBe(false)
  })

  test('when all clients together hold more than maxBufferedBytes, the largest unfinished request is answered 503 and the small ones are stored', async () => {
    const port = await start('http', keys, 'maxBufferedBytes = 100000')
    const head = (length: number): string => `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`
    const large = await open(port)
    large.socket.write(`${head(70_000)}${'x'.repeat(60_000)}`)
    const other = await open(port)
    other.socket.write(`${head(50_000)}${'x'.repeat(30_000)}`)
    const last = await open(port)
    last.socket.write(`${head(50_000)}${'x'.repeat(30_000)}`)
    expect((await post(port, '[{"body":"small"}]')).status).toBe(200)
    large.socket.write('x'.repeat(10_000))
    await until('the largest is answered', () => large.heard().includes('503'))
    expect(large.heard()).toContain('maxBufferedBytes')
    expect([other.heard(), last.heard()]).toEqual(['', ''])
  })
})

test.each([
  ['netcatudp', 'bind = 127.0.0.1\nport = 0'],
  ['syslogudp', 'host = 127.0.0.1\nport = 0'],
])('%s: datagrams that wait beyond maxBufferedBytes are dropped and counted', async (type, keys) => {
  const port = await start(type, keys, 'maxBufferedBytes = 70000')
  const channel = driver.fakeChannels.get('c1')!
  const socket = createSocket('udp4')
  ends.push(() => socket.close())
  // The channel takes its time: commits wait for the test.
  let release = (): void => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const begin = channel.transaction.bind(channel)
  channel.transaction = () => {
    const transaction = begin()
    const commit = transaction.commit.bind(transaction)
    transaction.commit = () => gate.then(commit)
    return transaction
  }
  for (let sent = 0; sent < 20; sent++) {
    await new Promise<void>((resolve) => socket.send(Buffer.alloc(10_000, 'x'), port, '127.0.0.1', () => resolve()))
    await driver.until(() => driver.counter('r1', 'EventReceivedCount') === sent + 1)
  }
  const dropped = (): number => driver.component('r1').drops.reduce((sum, drop) => sum + drop.count, 0)
  expect(dropped()).toBe(14)
  release()
  await driver.until(() => stored() === 6)
})

describe('SparkSink', () => {
  const listen = async (more: string): Promise<number> => {
    await driver.start(`
a1.channels = c1
a1.sinks = k1
a1.channels.c1.type = fake
a1.sinks.k1.type = SparkSink
a1.sinks.k1.channel = c1
a1.sinks.k1.port = 0
a1.sinks.k1.${more}`)
    return Number(/:(\d+)/.exec(driver.component('k1').status!.sentence)![1])
  }

  test.each(['idleTimeout = 4', 'messageTimeout = 4'])('%s holds for its receivers too', async (key) => {
    const { closed, socket } = await open(await listen(key))
    if (key.startsWith('message')) socket.write(Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9]))
    await driver.until(closed)
  })

  test('a connection beyond maxConnections, and a request of more than maxMessageBytes, are closed', async () => {
    const port = await listen('maxConnections = 1')
    const first = await open(port)
    await driver.until(() => driver.component('k1').status!.sentence.startsWith('1 '))
    const second = await open(port)
    await driver.until(second.closed)
    expect(first.closed()).toBe(false)
    first.socket.write(Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 0x10, 0, 0, 0]))
    await driver.until(first.closed)
  })
})

test('every source that listens has the limits as keys of its own', () => {
  const listening = builtInRegistry().definitions.filter(
    ({ kind, properties }) => kind === 'source' && ['port', 'ports'].some((key) => key in properties),
  )
  expect(listening.map(({ type }) => type).sort()).toEqual([
    'avro',
    'http',
    'multiport_syslogtcp',
    'netcat',
    'netcatudp',
    'syslogtcp',
    'syslogudp',
    'thrift',
  ])
  for (const { properties, rules, type } of listening) {
    const wanted = type.endsWith('udp') ? ['maxBufferedBytes'] : ['maxConnections', 'idleTimeout', 'messageTimeout']
    for (const key of wanted) expect(properties[key]?.spec.extension, `${type} ${key}`).toBe(true)
    expect(rules, type).toContain('network-limits')
  }
})
