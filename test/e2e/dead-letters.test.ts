// A sink whose receiver refuses an event, in the window: said on its node, in the inspector and among the problems; read and sent again.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pickyAvroSource } from '../driver/picky-avro-source.ts'
import { seriousFindingsInEveryTheme } from './driver/accessibility.ts'
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
  await inspector.getByText(/^Open dead letters to see why, and to send them again\. .* millrace dead-letters show/).waitFor()
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
  // Its row leads to the events, by keyboard as by the button that says so.
  const inDeadLetters = page.getByRole('region', { name: 'Dead letters' }).getByRole('article')
  await rows.first().click()
  await inspector.getByRole('button', { name: 'Open dead letters' }).waitFor()
  await page.keyboard.press('Enter')
  await inDeadLetters.waitFor()
})

test('one click on what the node says opens the events; all are read by keyboard, sent again after a question, and gone', async () => {
  const receiver = await pickyAvroSource(() => true)
  const page = await workbench.open({ viewport: { width: 1280, height: 800 } })
  const [line] = readFileSync(dead, 'utf8').split('\n')
  const record = JSON.parse(line!) as { body: string }
  const more = [
    { ...record, body: '<img src=x onerror="document.title=1">\u202e\u001b' },
    { ...record, body: undefined, bodyBase64: '/wA=' },
    { ...record, body: `${'a line of a long body\n'.repeat(60)}the end of it` },
  ]
  const rest = Array.from({ length: 29 }, (_, number) => ({ ...record, body: `more ${number}` }))
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
  // A long body leaves room for the next event, until it is asked for.
  const long = letters.nth(3)
  const short = (await long.boundingBox())!.height
  expect(short).toBeLessThan(300)
  await long.getByRole('button', { name: 'Show more' }).click()
  await long.getByRole('button', { name: 'Show less' }).waitFor()
  expect((await long.boundingBox())!.height).toBeGreaterThan(1000)
  // What cannot be pressed says why, to pointer and keyboard.
  const previous = page.getByRole('button', { name: 'Previous', exact: true })
  await previous.hover()
  await page.getByText('This is the first page.').waitFor()
  await page.mouse.move(600, 600)
  await page.getByText('This is the first page.').waitFor({ state: 'detached' })
  await page.keyboard.press('Shift+F6')
  await previous.focus()
  await page.getByText('This is the first page.').waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('Page 1').waitFor()
  expect(await replay.isDisabled()).toBe(true)
  await page.getByText('Name the port of the Avro source: 1 to 65535.').waitFor()
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])

  await page.getByRole('button', { name: 'Next', exact: true }).focus()
  await page.keyboard.press('Enter')
  await letters.getByText('more 28').waitFor()
  await page.getByRole('textbox', { name: 'Port' }).focus()
  await page.keyboard.type(String(receiver.port))
  await page.keyboard.press('Enter')
  await page.getByText(/^Send all events of dead\.jsonl to 127\.0\.0\.1/).waitFor()
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
  expect(receiver.events()).toEqual([])
  await page.keyboard.press('Enter')
  await page.getByText(`33 events were sent to 127.0.0.1:${receiver.port} and acknowledged.`).waitFor()
  expect(receiver.bodies()).toHaveLength(33)
  await page.getByRole('heading', { name: 'Nothing is set aside' }).waitFor()
  expect(await replay.isDisabled()).toBe(true)

  writeFileSync(dead, 'precious\n')
  await page.getByRole('button', { name: 'Read again' }).click()
  await page.getByText(`${dead} holds no dead letter.`).waitFor()
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
  expect(workbench.complaints).toEqual([])
})
