// A sink whose receiver refuses an event, in the window: said on its node, in the inspector and among the problems; read and sent again.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pickyAvroSource } from '../driver/picky-avro-source.ts'
import { seriousFindings } from './driver/accessibility.ts'
import { startWorkbench, type Workbench } from './driver/workbench.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-dead-e2e-'))
const dead = join(folder, 'dead.jsonl')
const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => response.writeHead(body === 'bad' ? 400 : 200).end())
})
let workbench: Workbench

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  mkdirSync(join(folder, 'in'))
  writeFileSync(join(folder, 'in', 'a.log'), 'one\nbad\ntwo\n')
  writeFileSync(
    join(folder, 'refusing.properties'),
    `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = taildir
a1.sources.r1.channels = c1
a1.sources.r1.fileHeader = true
a1.sources.r1.filegroups = g
a1.sources.r1.filegroups.g = ${folder}/in/a.log
a1.channels.c1.type = sqlite
a1.sinks.k1.type = http
a1.sinks.k1.channel = c1
a1.sinks.k1.endpoint = http://127.0.0.1:${(receiver.address() as AddressInfo).port}/
a1.sinks.k1.maxRetries = 1
a1.sinks.k1.deadLetter.file = ${dead}
`,
  )
  workbench = await startWorkbench([join(folder, 'refusing.properties')])
})

afterAll(async () => {
  await workbench?.close()
  receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

test('an event that was set aside is said on the node, counted in the inspector, and listed among the problems', async () => {
  const page = await workbench.open({ viewport: { width: 1280, height: 800 } })
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  const sink = page.locator('.node-sink')
  await sink.getByText('1 event is set aside').waitFor()
  expect(await sink.getAttribute('data-state')).toBe('running')
  expect(await sink.getAttribute('data-trouble')).toBe('warning')
  await sink.locator('.node-name').click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await inspector.getByText(/millrace dead-letters show/).waitFor()
  await inspector.getByRole('button', { name: 'Open dead letters' }).waitFor()
  const row = inspector.getByRole('row', { name: /DeadLetterCount/ })
  expect(await row.locator('td').textContent()).toBe('1')
  await page.keyboard.press('Alt+5')
  await page
    .getByText(/1 event is set aside; the last: 127\.0\.0\.1:\d+ answered 400/)
    .first()
    .waitFor()
  // Before what is only told of a real Flume.
  const rows = page.getByRole('grid', { name: 'Problems' }).locator('.ui-table-row')
  expect(await rows.allTextContents()).toEqual([expect.stringContaining('set aside'), expect.stringContaining('A real Flume')])
})

test('one click on what the node says opens the events; all are read by keyboard, sent again after a question, and gone', async () => {
  const receiver = await pickyAvroSource(() => true)
  const page = await workbench.open({ viewport: { width: 1280, height: 800 } })
  const [line] = readFileSync(dead, 'utf8').split('\n')
  const record = JSON.parse(line!) as { body: string }
  const more = [
    { ...record, body: '<img src=x onerror="document.title=1">\u202e\u001b' },
    { ...record, body: undefined, bodyBase64: '/wA=' },
  ]
  const rest = Array.from({ length: 30 }, (_, number) => ({ ...record, body: `more ${number}` }))
  appendFileSync(dead, [...more, ...rest].map((each) => `${JSON.stringify(each)}\n`).join(''))

  await page.locator('.tab', { hasText: 'refusing' }).click()
  await page
    .locator('.node-sink')
    .getByRole('button', { name: /set aside/ })
    .waitFor()
  await page
    .locator('.node-sink')
    .getByRole('button', { name: /set aside/ })
    .click()
  const letters = page.getByRole('region', { name: 'Dead letters' }).getByRole('article')
  await letters.first().waitFor()
  expect(await letters.count()).toBe(25)
  const first = await letters.first().innerText()
  for (const said of ['k1, from c1', 'answered 400', 'file', join(folder, 'in', 'a.log'), 'bad']) expect(first).toContain(said)
  expect(await letters.nth(1).innerText()).toContain('<img src=x onerror="document.title=1">‹202E›␛')
  expect(await letters.nth(2).innerText()).toMatch(/hexadecimal[\s\S]*ff 00/)
  const replay = page.getByRole('button', { name: 'Replay…' })
  expect(await replay.isDisabled()).toBe(true)
  await page.getByText('Name the port of the Avro source: 1 to 65535.').waitFor()
  expect(await seriousFindings(page)).toEqual([])

  await page.getByRole('button', { name: 'Next', exact: true }).focus()
  await page.keyboard.press('Enter')
  await letters.getByText('more 29').waitFor()
  await page.getByRole('textbox', { name: 'Port' }).focus()
  await page.keyboard.type(String(receiver.port))
  await page.keyboard.press('Enter')
  await page.getByText(/^Send all events of dead\.jsonl to 127\.0\.0\.1/).waitFor()
  expect(await seriousFindings(page)).toEqual([])
  expect(receiver.events()).toEqual([])
  await page.keyboard.press('Enter')
  await page.getByText(`33 events were sent to 127.0.0.1:${receiver.port} and acknowledged.`).waitFor()
  expect(receiver.bodies()).toHaveLength(33)
  await page.getByRole('heading', { name: 'Nothing is set aside' }).waitFor()
  expect(await replay.isDisabled()).toBe(true)

  writeFileSync(dead, 'precious\n')
  await page.getByRole('button', { name: 'Read again' }).click()
  await page.getByText(`${dead} holds no dead letter.`).waitFor()
  expect(await seriousFindings(page)).toEqual([])
  expect(workbench.complaints).toEqual([])
})
