// A sink whose receiver refuses an event, in the window: said on its node, in the inspector and among the problems.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorkbench, type Workbench } from './driver/workbench.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-dead-e2e-'))
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
a1.sources.r1.filegroups = g
a1.sources.r1.filegroups.g = ${folder}/in/a.log
a1.channels.c1.type = sqlite
a1.sinks.k1.type = http
a1.sinks.k1.channel = c1
a1.sinks.k1.endpoint = http://127.0.0.1:${(receiver.address() as AddressInfo).port}/
a1.sinks.k1.maxRetries = 1
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
  await sink.click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await inspector.getByText(/millrace dead-letters show/).waitFor()
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
