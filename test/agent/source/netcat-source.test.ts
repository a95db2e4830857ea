import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bodyAt, headersAt } from '../../../src-shared/event/event-batch.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'
import { canCountOpenFiles, openFiles } from '../../driver/open-files.ts'

let driver: AgentTestDriver
const clients: Socket[] = []
beforeEach(() => {
  driver = new AgentTestDriver()
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await driver.end()
})

const agent = (type: string, more = ''): string => `
a1.sources = r1
a1.channels = c1
a1.sources.r1.type = ${type}
a1.sources.r1.bind = 127.0.0.1
a1.sources.r1.port = 0
a1.sources.r1.channels = c1
a1.channels.c1.type = fake
${more}`
const bodies = (): string[] =>
  driver.fakeChannels
    .get('c1')!
    .queue.flatMap((batch) => Array.from({ length: batch.count }, (_, row) => Buffer.from(bodyAt(batch, row)).toString()))
const port = (): number => Number(/:(\d+)/.exec(driver.component('r1').status!.sentence)![1])

/** A connection whose answers are collected. */
async function talk(): Promise<{ socket: Socket; heard: () => string; closed: () => boolean }> {
  const socket = connect(port(), '127.0.0.1')
  clients.push(socket)
  let heard = ''
  let closed = false
  socket.on('data', (data) => {
    heard += data.toString()
  })
  socket.on('end', () => {
    closed = true
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  return { socket, heard: () => heard, closed: () => closed }
}

test('each line is an event and is answered with OK', async () => {
  await driver.start(agent('netcat'))
  const { socket, heard } = await talk()
  socket.write('one\n\ntwo\r\nGr')
  socket.write('üße\n')
  await driver.until(() => heard() === 'OK\nOK\nOK\nOK\n')
  expect(bodies()).toEqual(['one', '', 'two\r', 'Grüße'])
})

test('a line that is too long is refused and ends the connection; lines before it are taken', async () => {
  await driver.start(agent('netcat', 'a1.sources.r1.max-line-length = 10'))
  const { socket, heard, closed } = await talk()
  socket.write('123456789\nabc\n1234567890\nafter\n')
  await driver.until(closed)
  expect(heard()).toBe('OK\nOK\nFAILED: Event exceeds the maximum length (10 chars, including newline)\n')
  expect(bodies()).toEqual(['123456789', 'abc'])
})

test('bytes that are not in the encoding end the connection without a word; of their packet nothing is taken, what came before is', async () => {
  await driver.start(agent('netcat'))
  const { socket, heard, closed } = await talk()
  socket.write('first\n')
  await driver.until(() => heard() === 'OK\n')
  socket.write(Buffer.from('good\n\xfe bad\nafter\n', 'latin1'))
  await driver.until(closed)
  expect(heard()).toBe('OK\n')
  expect(bodies()).toEqual(['first'])
  expect(driver.component('r1').drops.map((drop) => drop.reason)).toEqual(['line not in the configured encoding'])
})

test('a packet is read in pieces of max-line-length, and only the piece with the bad byte is thrown away', async () => {
  await driver.start(agent('netcat', 'a1.sources.r1.max-line-length = 10'))
  const { socket, heard, closed } = await talk()
  socket.write(Buffer.from('one\ntwo\nthree\n\xff\n', 'latin1'))
  await driver.until(closed)
  expect(heard()).toBe('OK\nOK\n')
  expect(bodies()).toEqual(['one', 'two'])
})

test('without acknowledgements lines before a bad byte are kept: nobody is told otherwise', async () => {
  await driver.start(agent('netcat', 'a1.sources.r1.ack-every-event = false'))
  const { socket, closed } = await talk()
  socket.write(Buffer.from('good\n\xfe bad\n', 'latin1'))
  await driver.until(closed)
  expect(bodies()).toEqual(['good'])
})

test('when the channel is full the lines that fit are taken, the others are answered with FAILED', async () => {
  await driver.start(agent('netcat', 'a1.channels.c1.capacity = 2'))
  const { socket, heard } = await talk()
  socket.write('a\nb\nc\n')
  await driver.until(() => heard().split('\n').length === 4)
  expect(heard()).toMatch(/^OK\nOK\nFAILED: Space for commit/)
  expect(bodies()).toEqual(['a', 'b'])
})

test('without ack-every-event nothing is answered', async () => {
  await driver.start(agent('netcat', 'a1.sources.r1.ack-every-event = false'))
  const { socket, heard } = await talk()
  socket.write('a\n')
  await driver.until(() => bodies().length === 1)
  expect(heard()).toBe('')
})

test('a client that vanishes and one that stays do not hold up a stop', async () => {
  await driver.start(agent('netcat'))
  const first = await talk()
  await talk()
  first.socket.resetAndDestroy()
  await driver.stop()
})

test('netcatudp: the text before the first line feed of a datagram, with its sender', async () => {
  await driver.start(agent('netcatudp', 'a1.sources.r1.remoteAddress = from'))
  const socket = createSocket('udp4')
  socket.send('one\nrest', port(), '127.0.0.1')
  socket.send('two', port(), '127.0.0.1')
  await driver.until(() => bodies().length === 2)
  expect(bodies()).toEqual(['one', 'two'])
  expect(headersAt(driver.fakeChannels.get('c1')!.queue[0]!, 0)['from']).toMatch(/^\/127\.0\.0\.1:\d+$/)
  socket.close()
})

/** Nobody takes from it, and a put waits 3 s for room. */
const full = (type: string): string =>
  agent(type).replace(
    'a1.channels.c1.type = fake',
    'a1.channels.c1.type = memory\na1.channels.c1.capacity = 1\na1.channels.c1.transactionCapacity = 1',
  )

test('netcat: a stop does not wait for a channel that takes nothing, for each line of a packet anew', async () => {
  await driver.start(full('netcat'))
  const { socket } = await talk()
  socket.write('line\n'.repeat(100))
  await driver.until(() => driver.log.some(({ sentence }) => sentence.startsWith('An event was refused')))
  const before = driver.clock.monotonic()
  const { component } = snapshotAtStop()
  await driver.stop()
  expect(driver.clock.monotonic() - before).toBeLessThan(10_000)
  const { drops, counters } = component()
  expect(drops.reduce((sum, { count }) => sum + count, 0)).toBe(99)
  expect(counters['EventReceivedCount']).toBe(100)
})

test('netcat: refused events are each answered and counted, and said in the log at once and then every 10 s at most', async () => {
  await driver.start(full('netcat').replace('capacity = 1\n', 'capacity = 1\na1.channels.c1.keep-alive = 0\n'))
  const { socket, heard } = await talk()
  socket.write('line\n'.repeat(100))
  await driver.until(() => heard().split('\n').length > 100)
  expect(heard().match(/^FAILED/gm)).toHaveLength(99)
  const said = (): string[] => driver.log.flatMap(({ sentence }) => (/refused/.test(sentence) ? [sentence] : []))
  expect(said()).toEqual([expect.stringMatching(/^An event was refused/)])
  await driver.advance(10_000)
  socket.write('line\n')
  await driver.until(() => said().length === 2)
  expect(said()[1]).toMatch(/^99 events were refused/)
})

test('netcatudp: nor does it for each datagram', async () => {
  await driver.start(full('netcatudp'))
  const socket = createSocket('udp4')
  for (let number = 0; number < 100; number++) socket.send('datagram', port(), '127.0.0.1')
  await driver.until(() => driver.counter('r1', 'EventReceivedCount') === 100)
  socket.close()
  const before = driver.clock.monotonic()
  const { component } = snapshotAtStop()
  await driver.stop()
  expect(driver.clock.monotonic() - before).toBeLessThan(10_000)
  const { drops, counters } = component()
  expect(Number(counters['EventAcceptedCount']) + drops.reduce((sum, { count }) => sum + count, 0)).toBe(100)
})

/** The source as it is after the stop: the driver lets go of its agent. */
function snapshotAtStop() {
  const { agent: stopping } = driver
  return { component: () => stopping.snapshot().components.find(({ name }) => name === 'r1')! }
}

test.runIf(canCountOpenFiles)(
  'netcatudp: a port that is taken is tried again and again, without a socket left over from each time',
  async () => {
    const occupant = createSocket('udp4')
    await new Promise<void>((resolve) => occupant.bind(0, '127.0.0.1', resolve))
    const before = openFiles(/^socket:/)
    await driver.start(agent('netcatudp').replace('port = 0', `port = ${occupant.address().port}`))
    await driver.advance(20_000)
    expect(driver.log.some(({ sentence }) => sentence.startsWith('Unable to start'))).toBe(true)
    expect(openFiles(/^socket:/)).toBeLessThanOrEqual(before + 1)
    occupant.close()
    await driver.until(() => driver.component('r1').state === 'START')
  },
)

test.each(['netcat', 'avro', 'thrift', 'syslogtcp', 'http'])(
  '%s on a port that is taken says so and what to do: when it begins and then once a minute, not at each try',
  async (type) => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const taken = (other.address() as AddressInfo).port
    await driver.start(
      agent(type)
        .replace('port = 0', `port = ${taken}`)
        .replace('.bind =', type === 'syslogtcp' ? '.host =' : '.bind ='),
    )
    const failures = (): string[] => driver.log.flatMap(({ sentence }) => (sentence.startsWith('Unable to start') ? [sentence] : []))
    await driver.advance(30_000)
    expect(failures()).toEqual([expect.stringContaining(`port ${taken}: another program listens there. Stop it, or choose another port`)])
    await driver.advance(40_000)
    expect(failures()).toHaveLength(2)
    other.close()
    await once(other, 'close')
    await driver.until(() => /listening/i.test(driver.component('r1').status?.sentence ?? ''))
  },
)
