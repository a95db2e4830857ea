// The HTTP source over real sockets: bodies that come in pieces, side by side, and not to their end.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventsOf } from '../../../src-shared/event/event-batch.ts'
import { AgentTestDriver } from '../../driver/agent-test-driver.ts'

let driver: AgentTestDriver
let port: number
const sockets: Socket[] = []
beforeEach(async () => {
  driver = new AgentTestDriver()
  await driver.start(`
a1.sources = r1
a1.channels = c1
a1.channels.c1.type = fake
a1.sources.r1.type = http
a1.sources.r1.port = 0
a1.sources.r1.channels = c1`)
  port = Number(/:(\d+)/.exec(driver.component('r1').status!.sentence)![1])
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await driver.end()
})

async function open(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}

const requestOf = (body: string): string =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** Some hundred kilobytes: more than comes in one piece. */
const manyEvents = (client: string): string =>
  JSON.stringify(Array.from({ length: 2000 }, (_, index) => ({ headers: { client }, body: `${client} says "${index}" `.padEnd(100, '.') })))

const stored = () => driver.fakeChannels.get('c1')!.queue.flatMap((batch) => [...eventsOf(batch)])

test('requests that come in pieces side by side, and one after another on a connection, are each stored whole', async () => {
  const clients = ['one', 'two', 'three']
  await Promise.all(
    clients.map(async (client) => {
      const socket = await open()
      for (let turn = 0; turn < 3; turn++) {
        const bytes = Buffer.from(requestOf(manyEvents(client)))
        for (let at = 0; at < bytes.length; at += 30_000) {
          socket.write(bytes.subarray(at, at + 30_000))
          await new Promise((resolve) => setImmediate(resolve))
        }
        const [answer] = (await once(socket, 'data')) as [Buffer]
        expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /)
      }
    }),
  )
  const events = stored()
  expect(events).toHaveLength(clients.length * 3 * 2000)
  for (const client of clients) {
    const bodies = events.filter(({ headers }) => headers['client'] === client).map(({ body }) => Buffer.from(body).toString())
    const sent = (JSON.parse(manyEvents(client)) as { readonly body: string }[]).map(({ body }) => body)
    expect(bodies).toEqual([...sent, ...sent, ...sent])
  }
})

test('of a request that ends before it is whole nothing is stored, and the next client is served', async () => {
  const leaving = await open()
  leaving.write(requestOf(manyEvents('leaving')).slice(0, 100_000))
  leaving.end()
  await driver.until(() => driver.counter('r1', 'EventReadFail') === 1)
  expect(stored()).toEqual([])
  const socket = await open()
  socket.write(requestOf('[{"body":"stays"}]'))
  await once(socket, 'data')
  expect(stored().map(({ body }) => Buffer.from(body).toString())).toEqual(['stays'])
})
