import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startWorkbench, type Workbench } from './driver/workbench.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
const log = join(folder, 'big.log')
const lines = 300_000
let workbench: Workbench
let page: Page

beforeAll(async () => {
  const text = Array.from({ length: lines }, (_, index) => lineOf(index)).join('')
  writeFileSync(log, text)
  workbench = await startWorkbench([log])
  page = await workbench.open({ viewport: { width: 1280, height: 800 } })
})

afterAll(async () => {
  await workbench?.close()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  await page.getByRole('tab', { name: 'big.log' }).click()
  await page.locator('.log-rows').focus()
})

function lineOf(index: number): string {
  const level = index % 1000 === 7 ? 'ERROR' : 'INFO '
  return `2026-11-22 21:00:00.000 ${level} request number ${index} done\n`
}

const shownLines = (): Promise<number[]> =>
  page.$$eval('[data-line]', (rows) => rows.map((row) => Number((row as HTMLElement).dataset['line'])))

async function until<T>(look: () => Promise<T>, good: (value: T) => boolean, what: string): Promise<T> {
  let value = await look()
  const deadline = performance.now() + 20_000
  while (!good(value)) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}. Last seen: ${JSON.stringify(value)}`)
    await page.waitForTimeout(25)
    value = await look()
  }
  return value
}

const textOf = (line: number): Promise<string | null> =>
  page.evaluate((number) => document.querySelector(`[data-line="${number}"] .log-text`)?.textContent ?? null, line)

test('a log that the command line names comes up as a tab at its end, with only the rows in sight in the page', async () => {
  await until(shownLines, (shown) => shown.includes(lines - 1), 'the last line')
  expect((await shownLines()).length).toBeLessThan(80)
  expect(await textOf(lines - 1)).toBe(lineOf(lines - 1).trimEnd())
})

test('g and G go to the first and the last line, and following stands still in between', async () => {
  await page.keyboard.press('g')
  await until(shownLines, (shown) => shown[0] === 0, 'the first line')
  await until(
    () => textOf(0),
    (text) => text === lineOf(0).trimEnd(),
    'text of the first line',
  )
  expect(await page.locator('.log-rows').getAttribute('data-following')).toBe('false')
  await page.keyboard.press('Shift+G')
  await until(shownLines, (shown) => shown.includes(lines - 1), 'the last line')
  expect(await page.locator('.log-rows').getAttribute('data-following')).toBe('true')
})

test('the wheel and the scrollbar move through all lines', async () => {
  await page.keyboard.press('g')
  await page.mouse.move(600, 400)
  await page.mouse.wheel(0, 2000)
  await until(shownLines, (shown) => shown[0]! > 50 && shown[0]! < 200, 'about a hundred lines down')
  const bar = (await page.getByRole('scrollbar', { name: 'Place in the log' }).boundingBox())!
  await page.mouse.move(bar.x + 5, bar.y + 5)
  await page.mouse.down()
  await page.mouse.move(bar.x + 5, bar.y + bar.height / 2, { steps: 5 })
  await page.mouse.up()
  const middle = await until(shownLines, (shown) => shown[0]! > lines * 0.35 && shown[0]! < lines * 0.65, 'about the middle')
  await until(
    () => textOf(middle[2]!),
    (text) => text === lineOf(middle[2]!).trimEnd(),
    'the middle row has its text',
  )
})

test('a search counts its hits, n and N walk through them around the end', async () => {
  await page.keyboard.press('g')
  await page.keyboard.press('/')
  await page.keyboard.type('ERROR request number \\d+007 ')
  const hits = (lines - 1000) / 1000
  await until(
    () => page.locator('.log-search-count').textContent(),
    (text) => text?.startsWith(String(hits)) === true,
    `${hits} lines`,
  )
  await page.keyboard.press('Escape')
  await page.keyboard.press('n')
  await until(shownLines, (shown) => shown.includes(1007), 'the first hit')
  expect(await page.locator('.log-search-count').textContent()).toBe(`1 of ${hits}`)
  await page.keyboard.press('Shift+N')
  await until(shownLines, (shown) => shown.includes(lines - 1000 + 7), 'the last hit, around the end')
  await until(
    async () => (await page.locator('[aria-selected="true"] .row-hit').allTextContents()).join(''),
    (hit) => /^ERROR request number \d+007 $/.test(hit),
    'the hit in the current row',
  )
})

test('a pattern that is none is said in place, and the rows stay', async () => {
  const before = await shownLines()
  await page.keyboard.press('/')
  await page.keyboard.type('(')
  await until(
    () => page.locator('.log-search-trouble').textContent(),
    (text) => text?.includes('Not a regular expression') === true,
    'the sentence',
  )
  expect(await shownLines()).toEqual(before)
  await page.getByLabel('Clear the search').click()
})

test('while paused nothing moves and what is new is counted; End shows it', async () => {
  await page.keyboard.press('Shift+G')
  await page.keyboard.press('f')
  const before = await shownLines()
  appendFileSync(log, 'appended one\nappended two\nappended three\n')
  await until(
    () => page.locator('.log-pill').textContent(),
    (text) => text?.includes('3 new') === true,
    'three new lines',
  )
  expect((await shownLines()).slice(0, before.length)).toEqual(before)
  await page.keyboard.press('End')
  await until(
    () => textOf(lines + 2),
    (text) => text === 'appended three',
    'the last appended line',
  )
})

test('control characters are shown as signs and never become markup', async () => {
  const first = Number((await page.getByRole('scrollbar', { name: 'Place in the log' }).getAttribute('aria-valuemax'))!) + 1
  appendFileSync(log, 'bell \u0007 <b>not bold</b> \u202eturned\u0000 \u001b[31mred\u001b[0m\n')
  await until(
    () => textOf(first),
    (text) => text === 'bell ␇ <b>not bold</b> ‹202E›turned␀ red',
    'the row',
  )
  expect(await page.locator(`[data-line="${first}"] b`).count()).toBe(0)
  expect(await page.locator(`[data-line="${first}"] .ansi-c1`).textContent()).toBe('red')
})

test('a window whose thread stands still while lines are written shows every one of them afterwards', async () => {
  await page.keyboard.press('Shift+G')
  const first = Number((await page.getByRole('scrollbar', { name: 'Place in the log' }).getAttribute('aria-valuemax'))!) + 1
  const burst = 200_000
  // The page's only thread is kept busy from outside; the lines are written meanwhile.
  const frozen = page.evaluate(() => {
    const end = performance.now() + 4000
    while (performance.now() < end);
  })
  for (let part = 0; part < 20; part++) {
    appendFileSync(log, Array.from({ length: burst / 20 }, (_, index) => `burst ${part * (burst / 20) + index}\n`).join(''))
  }
  await frozen
  await until(
    () => textOf(first + burst - 1),
    (text) => text === `burst ${burst - 1}`,
    'the last line of the burst',
  )
  for (const index of [0, 1, 77_777, burst - 2]) {
    await page.keyboard.press('Control+g')
    await page.keyboard.type(String(first + index + 1))
    await page.keyboard.press('Enter')
    await until(
      () => textOf(first + index),
      (text) => text === `burst ${index}`,
      `line ${index} of the burst`,
    )
    await page.locator('.log-rows').focus()
  }
})

test('a log that is truncated begins anew, and the view says so', async () => {
  await page.keyboard.press('Shift+G')
  writeFileSync(log, 'after truncation\n')
  await until(
    () => textOf(0),
    (text) => text === 'after truncation',
    'the new first line',
  )
  expect(workbench.complaints).toEqual([])
})

test('one action makes a pipeline from the log, which can be started and stopped', async () => {
  await page.getByRole('button', { name: 'Make a pipeline' }).click()
  await page.locator('.node-source').waitFor()
  expect(await page.locator('.node').count()).toBe(3)
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.locator('.node-source[data-state="running"]').waitFor()
  await page.locator('.view-head .ui-state-running').locator('visible=true').waitFor()
  await page.keyboard.press('Shift+F5')
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
  expect(workbench.complaints).toEqual([])
})
