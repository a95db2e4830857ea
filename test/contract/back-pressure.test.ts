import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { textWindow } from '../../src-shared/contract/bulk-frame.ts'
import { type EngineLink, linkPair } from '../../src-shared/contract/engine-link.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { connectLinks, firstValue, testEngine } from '../driver/test-engine.ts'
import { until } from '../driver/until.ts'

/** A window that can freeze: what comes to it then is held, unseen, and counted. */
function freezableLink(link: EngineLink): { link: EngineLink; freeze: () => void; thaw: () => void; held: () => number } {
  let frozen = false
  const held: (string | Uint8Array)[] = []
  let deliver: (message: string | Uint8Array) => void = () => {}
  link.onMessage((message) => (frozen ? held.push(message) : deliver(message)))
  return {
    link: {
      ...link,
      onMessage: (handler) => {
        deliver = handler
      },
    },
    freeze: () => {
      frozen = true
    },
    thaw: () => {
      frozen = false
      for (const message of held.splice(0)) deliver(message)
    },
    held: () => held.reduce((sum, message) => sum + message.length, 0),
  }
}

async function frozenWindow() {
  const { engine } = await testEngine()
  const [near, far] = linkPair()
  engine.serve(far)
  const window = freezableLink(near)
  const connection = connectLinks(() => Promise.resolve(window.link))
  const [otherNear, otherFar] = linkPair()
  engine.serve(otherFar)
  const other = connectLinks(() => Promise.resolve(otherNear))
  return { window, connection, other }
}

test('a frozen window gets one value too many at most, and the newest when it thaws', async () => {
  const { window, connection, other } = await frozenWindow()
  const { id } = await other.engine.pipelines.create({ name: 'big', text: `# ${'x'.repeat(textWindow)}\n` })
  const seen: number[] = []
  connection.subscribe((client) => client.pipelines.document({ id }), {
    value: ({ graph }) => seen.push(graph.nodes.length),
  })
  await until('the window has the document', () => seen.length === 1)
  window.freeze()
  let { version } = await firstValue(other.engine.pipelines.document({ id }))
  for (let channels = 1; channels <= 20; channels++) {
    const names = Array.from({ length: channels }, (_, index) => `c${index}`)
    const text = [
      `# ${'x'.repeat(textWindow)}`,
      'a.sources = r',
      `a.channels = ${names.join(' ')}`,
      'a.sources.r.type = seq',
      `a.sources.r.channels = ${names.join(' ')}`,
      ...names.map((name) => `a.channels.${name}.type = memory`),
    ].join('\n')
    ;({ version } = await other.engine.pipelines.save({ id, text, baseVersion: version }))
    await firstValue(other.engine.pipelines.document({ id }), ({ graph }) => graph.nodes.length === channels + 1)
  }
  expect(window.held()).toBeLessThan(3 * textWindow)
  window.thaw()
  await until('the newest document has come', () => seen.at(-1) === 21)
  expect(seen.length).toBeLessThanOrEqual(4)
})

test('a transfer stands still without credit and goes on, complete, when the window is back', async () => {
  const { window, connection, other } = await frozenWindow()
  const path = join(temporaryFolder(), 'wide.log')
  const line = 'y'.repeat(8 * 1024 * 1024)
  writeFileSync(path, `${line}\n`)
  const { id } = await other.engine.logs.open({ path })
  // Until the index has come to its end, a line is as long as what was indexed of it.
  const { generation } = await firstValue(other.engine.logs.watch({ id }), (length) => length.lines === 1 && !length.lastLineOpen)
  await connection.engine.settings.change({})
  let received = 0
  const transfer = connection.openTransfer((payload) => {
    received += payload.length
  })
  const answer = connection.engine.logs.lineBytes({ id, generation, line: 0, from: 0, length: line.length, bulk: transfer.bulk })
  window.freeze()
  await until('the credit is used up', () => window.held() >= 1024 * 1024)
  // The engine serves others meanwhile, and sends this window nothing more.
  for (let calls = 0; calls < 50; calls++) await other.engine.settings.change({})
  expect(window.held()).toBeLessThan(1024 * 1024 + 128 * 1024)
  window.thaw()
  expect(await answer).toEqual({ sent: line.length })
  await transfer.ended
  expect(received).toBe(line.length)
})

test('a window that goes away during a transfer ends it, and the engine goes on', async () => {
  const { window, connection, other } = await frozenWindow()
  const path = join(temporaryFolder(), 'wide.log')
  writeFileSync(path, 'z'.repeat(4 * 1024 * 1024))
  const { id } = await other.engine.logs.open({ path })
  const { generation } = await firstValue(other.engine.logs.watch({ id }), (length) => length.lines === 1)
  await connection.engine.settings.change({})
  window.freeze()
  const transfer = connection.openTransfer(() => {})
  const answer = connection.engine.logs
    .lineBytes({ id, generation, line: 0, from: 0, length: 4 * 1024 * 1024, bulk: transfer.bulk })
    .catch((error: unknown) => error)
  await until('the credit is used up', () => window.held() >= 1024 * 1024)
  connection.close()
  expect(await answer).toMatchObject({ code: 'ENGINE_GONE' })
  expect(await other.engine.settings.change({})).toMatchObject({ theme: 'system' })
})
