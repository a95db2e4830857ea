import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFindingsInEveryTheme } from './driver/accessibility.ts'
import { goTo } from './driver/palette.ts'
import { startWorkbench, type Workbench } from './driver/workbench.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-batch-'))
const program = join(folder, 'codes.ts')
let workbench: Workbench
let page: Page

/** Access log lines as rows; those of another form are left out, errors of the server raise an alert. */
const text = (condition: string): string => `import { seconds, StreamingContext } from 'millrace'

const ssc = new StreamingContext({ appName: 'codes', batchDuration: seconds(1) })
const events = ssc.channelStream('c1').structured()

events
  .parse('common')
  .where((row) => ${condition})
  .alert({ name: 'every', severity: 'error', message: '{path} answered {status}' })
  .select('path', 'status')
  .sql('SELECT status, count(*) AS times FROM rows GROUP BY status ORDER BY status', { status: 'number', times: 'number' })
  .print()

events.parse('json', { fields: { a: 'text' } }).print()

ssc.start()
await ssc.awaitTermination()
`

const view = () => page.locator('.editor-view:visible')
const inspector = () => page.getByRole('complementary', { name: 'Inspector' })
const column = (name: RegExp) => view().getByRole('region', { name }).first()

beforeAll(async () => {
  writeFileSync(program, text('row.status.ge(400)'))
  workbench = await startWorkbench(['--demo', program])
  page = await workbench.open({ viewport: { width: 1280, height: 800 } })
})

afterAll(async () => {
  await workbench?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The newest batch that has been completed with records in it. */
async function openBatch(stream: string): Promise<void> {
  await goTo(page, stream)
  const rows = view().locator('.ui-table-row', { hasText: /completed\s*[1-9]/ })
  await rows.nth(1).waitFor()
  await rows.nth(1).dblclick()
  await view().locator('.batch-columns').waitFor()
}

test('a record that was made of one event lights that event, and what was made of it by its key', async () => {
  await openBatch('status-count stream')
  const pair = column(/^map at/)
    .locator('.sample')
    .first()
  const key = /\((\d+),1\)/.exec((await pair.textContent())!)![1]
  await pair.click()
  expect(
    await column(/^channelStream at/)
      .locator('[data-lit="same"]')
      .count(),
  ).toBe(1)
  expect(
    await column(/^reduceByKey at/)
      .locator('[data-lit="same"]')
      .textContent(),
  ).toMatch(new RegExp(`^\\(${key},\\d+\\)$`))
  await inspector().getByText('What became of it').waitFor()
  expect(await inspector().locator('.related-record', { hasText: 'reduceByKey' }).count()).toBe(1)
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
})

test('from a record one click goes to the line of the log that it was read from', async () => {
  const line = await column(/^channelStream at/)
    .locator('[data-lit="same"]')
    .textContent()
  const offset = await inspector().locator('.ui-fact', { hasText: 'byte' }).locator('dd').textContent()
  await inspector().getByRole('button', { name: 'Open log' }).click()
  await view().locator('.log-rows').waitFor()
  await inspector()
    .locator('.ui-whole', { hasText: line!.slice(0, 60) })
    .waitFor()
  expect(await inspector().locator('.ui-fact', { hasText: 'offset' }).locator('dd').textContent()).toBe(offset)
})

test('arrow keys go from record to record and from column to column', async () => {
  await goTo(page, 'status-count stream')
  await openBatch('status-count stream')
  await column(/^channelStream at/)
    .locator('.sample')
    .first()
    .focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  expect(
    await column(/^channelStream at/)
      .locator('.sample')
      .nth(1)
      .getAttribute('data-lit'),
  ).toBe('chosen')
  await page.keyboard.press('ArrowRight')
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-lit') ?? document.activeElement?.className)
  expect(await focused()).toBe('same')
})

test('rows that were left out, alerts and the result of a query stand in the columns of structured operators', async () => {
  await goTo(page, 'codes stream')
  await view().getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
  await openBatch('codes stream')
  expect(await view().locator('.rejected-reason').textContent()).toMatch(/^\d+ rows? left out: it is not a JSON object/)
  const rejected = view().locator('.rejected .sample').first()
  await rejected.click()
  await inspector()
    .getByRole('region', { name: /^Left out by parse/ })
    .waitFor()
  expect(
    await column(/^channelStream at/)
      .locator('[data-lit="same"]')
      .count(),
  ).toBe(1)
  expect(await view().locator('.alert').first().textContent()).toMatch(/ answered \d{3}$/)
  await view().locator('.alert').first().click()
  await inspector().getByText('"status"').first().waitFor()
  expect(
    await column(/^sql at/)
      .locator('.sample')
      .first()
      .textContent(),
  ).toMatch(/^\{"status":\d{3},"times":\d+\}$/)
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
})

test('a batch is replayed with changes that are not saved, and the difference stands line by line', async () => {
  const batch = await page.evaluate(() => location.hash)
  await goTo(page, 'codes.ts')
  await view().locator('.cm-content').click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text('row.status.ge(500)'))
  await page.locator('.tab', { hasText: /^codes \d/ }).click()
  expect(await page.evaluate(() => location.hash)).toBe(batch)
  await view().getByRole('button', { name: 'Try my changes' }).click()
  await view().locator('.view-notice', { hasText: 'Replayed with the program as it is now: ' }).waitFor()
  await view().locator('.line-removed').first().waitFor()
  expect(await view().locator('.line-removed').first().textContent()).toMatch(/^− \{"status":40\d/)
  await view().getByRole('button', { name: 'Recorded', exact: true }).click()
  await view().locator('.line-removed').first().waitFor({ state: 'detached' })
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
})

test('the page has complained about nothing', () => {
  expect(workbench.complaints).toEqual([])
})
