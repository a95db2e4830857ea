import { appendFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { LinkMultiplexer } from '../../src-main/engine/process-messages.ts'
import { type EngineLink, linkPair, relayLinks } from '../../src-shared/contract/engine-link.ts'
import { messagePortLink } from '../../src-shared/contract/message-port-link.ts'
import { type WebSocketLike, webSocketLink } from '../../src-shared/contract/web-socket-link.ts'
import { MillraceError } from '../../src-shared/errors.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { type Connector, connect, firstValue, inProcess, testEngine } from '../driver/test-engine.ts'
import { until } from '../driver/until.ts'

const overWebSocket: Connector = async (engine) => {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => engine.serve(webSocketLink(socket as unknown as WebSocketLike, true)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate()
    server.close()
  })
  return webSocketLink(new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`) as unknown as WebSocketLike, false)
}

const overMessagePort: Connector = (engine) => {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => {
    port1.close()
    port2.close()
  })
  engine.serve(messagePortLink(port2))
  return Promise.resolve(messagePortLink(port1))
}

/** As through Electron's main process: the window's port on one side, the pipe to the engine on the other. */
const overRelay: Connector = (engine) => {
  const far = new LinkMultiplexer(
    (message) => queueMicrotask(() => near.receive(structuredClone(message))),
    (link) => engine.serve(link),
  )
  const near = new LinkMultiplexer((message) => queueMicrotask(() => far.receive(structuredClone(message))))
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => {
    port1.close()
    port2.close()
  })
  relayLinks(messagePortLink(port2), near.open())
  return Promise.resolve(messagePortLink(port1))
}

describe.each<[string, Connector]>([
  ['in one process', inProcess],
  ['a WebSocket', overWebSocket],
  ['a message port', overMessagePort],
  ['a relay over the pipe', overRelay],
])('the contract over %s', (_name, connector) => {
  test('answers calls, and errors keep their code and sentence', async () => {
    const { engine } = await testEngine()
    const { engine: client } = connect(engine, connector)
    expect(await client.settings.change({ theme: 'dark' })).toMatchObject({ theme: 'dark' })
    const failure = await client.logs.open({ path: '/no/such/file' }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(MillraceError)
    expect(failure).toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('There is no file /no/such/file') })
  })

  test('an input that the contract does not allow is refused with the place and the reason', async () => {
    const { engine } = await testEngine()
    const { engine: client } = connect(engine, connector)
    await expect(client.settings.change({ logFontSize: 400 })).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      message: expect.stringContaining('logFontSize'),
    })
  })

  test('a subscription tells the value now and each later one', async () => {
    const { engine } = await testEngine()
    const { engine: client } = connect(engine, connector)
    const themes: string[] = []
    const watching = (async () => {
      for await (const { theme } of await client.settings.values()) {
        themes.push(theme)
        if (theme === 'light') return
      }
    })()
    await until('the first value has come', () => themes.length === 1)
    await client.settings.change({ theme: 'light' })
    await watching
    expect(themes).toEqual(['system', 'light'])
  })

  test('rows come as binary frames, many at a time, byte for byte', async () => {
    const { engine } = await testEngine()
    const connection = connect(engine, connector)
    const path = join(temporaryFolder(), 'many.log')
    const lines = Array.from({ length: 4000 }, (_, index) => `${index} ${'é\u0000x'.repeat(index % 200)}`)
    writeFileSync(path, `${lines.join('\n')}\n`)
    const { id } = await connection.engine.logs.open({ path })
    const { generation } = await firstValue(connection.engine.logs.watch({ id }), (length) => length.lines === 4000)
    const rows = await connection.rows({ id, generation, from: 0, count: 5000 })
    expect(rows.map((row) => new TextDecoder().decode(row.bytes))).toEqual(lines)
  })

  test('when the link is lost, subscriptions go on over the next one', async () => {
    const { engine } = await testEngine()
    const links: EngineLink[] = []
    const connection = connect(engine, async (served) => {
      const link = await connector(served)
      links.push(link)
      return link
    })
    const path = join(temporaryFolder(), 'a.log')
    writeFileSync(path, 'one\n')
    const { id } = await connection.engine.logs.open({ path })
    const seen: number[] = []
    connection.subscribe((client) => client.logs.watch({ id }), { value: (length) => seen.push(length.lines) })
    await until('the first length has come', () => seen.includes(1))
    links[0]!.close()
    await until('there is a second link', () => links.length === 2)
    appendFileSync(path, 'two\n')
    await until('the length of two lines has come', () => seen.includes(2))
  })
})

test('a message that is none of the contract closes that link and no other', async () => {
  const { engine } = await testEngine()
  const [bad, farBad] = linkPair()
  engine.serve(farBad)
  const good = connect(engine)
  let closed = false
  bad.onClose(() => {
    closed = true
  })
  bad.send(Uint8Array.of(1, 2, 3))
  await until('the bad link is closed', () => closed)
  expect(await good.engine.settings.change({})).toMatchObject({ theme: 'system' })
})
