import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFindingsInEveryTheme } from './driver/accessibility.ts'
import { goTo } from './driver/palette.ts'
import { startWorkbench, type Workbench } from './driver/workbench.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-stream-'))
const program = join(folder, 'lengths.ts')
const receiving = join(folder, 'receiving.ts')
let workbench: Workbench
let page: Page

const text = (mapped: string): string => `import { seconds, StreamingContext } from 'millrace'

const ssc = new StreamingContext({ appName: 'lengths', batchDuration: seconds(1) })

ssc
  .channelStream('c1')
  .text()
  .map((line) => ${mapped})
  .print()

ssc.start()
await ssc.awaitTermination()
`

beforeAll(async () => {
  writeFileSync(program, text('line.length'))
  writeFileSync(
    receiving,
    `import { seconds, StreamingContext } from 'millrace'
const ssc = new StreamingContext({ appName: 'receiving', batchDuration: seconds(1) })
ssc.socketTextStream('127.0.0.1', 1).print()
ssc.start()
await ssc.awaitTermination()
`,
  )
  workbench = await startWorkbench(['--demo', program, receiving])
  page = await workbench.open({ viewport: { width: 1280, height: 800 } })
})

afterAll(async () => {
  await workbench?.close()
  rmSync(folder, { recursive: true, force: true })
})

const completed = () => page.locator('.editor-view:visible .ui-table-row', { hasText: 'completed' })

test('the demo counts status codes in batches, live, and says so in a sentence', async () => {
  await goTo(page, 'status-count stream')
  await completed().nth(2).waitFor()
  expect(await page.locator('.editor-view:visible .view-sentence').textContent()).toMatch(
    /^Batches of 1 s for .*, \d+ completed, .* records, 0 failed$/,
  )
  expect(await page.getByRole('img', { name: /Processing time of the last/ }).count()).toBe(1)
})

test('Enter on a batch opens its page: the range it read, records at each operator, and what came out', async () => {
  const table = page.getByRole('grid', { name: 'Batches' }).locator('visible=true')
  await table.focus()
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.locator('.batch-columns').waitFor()
  const columns = await page.locator('.operator-head h3').allTextContents()
  expect(columns[0]).toBe('Input')
  expect(columns.join(' ')).toMatch(/channelStream.*map.*reduceByKey.*print/)
  expect(await page.locator('.batch-range .mono').textContent()).toMatch(/^[\d,]+ … [\d,]+$/)
  expect(await page.locator('.operator-output .operator-lines').textContent()).toMatch(/\(\d{3},\d+\)/)
})

test('r replays the batch through collecting outputs and finds the same output', async () => {
  await page.locator('.batch-columns').click()
  await page.keyboard.press('r')
  await page.getByText('the same output. Nothing was written.').waitFor()
})

test('a record that is selected is in the inspector in full', async () => {
  const sample = page.locator('.operator .sample').first()
  const line = await sample.textContent()
  await sample.click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await inspector.locator('.ui-whole', { hasText: line!.trim() }).waitFor()
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
})

test('] and [ walk from batch to batch in the same tab', async () => {
  const tabs = await page.locator('.tab').count()
  const time = await page.locator('.batch-time').textContent()
  await page.keyboard.press(']')
  await page.waitForFunction((before) => document.querySelector('.batch-time')?.textContent !== before, time)
  await page.keyboard.press('[')
  await page.waitForFunction((before) => document.querySelector('.batch-time')?.textContent === before, time)
  expect(await page.locator('.tab').count()).toBe(tabs)
})

test('a syntax error is located while it is typed, and nothing of it runs', async () => {
  await goTo(page, 'lengths.ts')
  const editor = page.locator('.editor-view:visible .cm-content')
  await editor.waitFor()
  await editor.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('const a = (')
  await page.locator('.editor-view:visible .cm-lint-marker-error').waitFor()
  expect(await page.locator('.editor-view:visible .view-problems-error').textContent()).toBe('1 problem')
  await page.keyboard.press('Control+z')
  for (let step = 0; step < 12; step++) await page.keyboard.press('Control+z')
  await page.locator('.editor-view:visible .view-problems-error').waitFor({ state: 'detached' })
})

test('a text that was changed elsewhere is not overwritten, and is taken when a person says so', async () => {
  const editor = page.locator('.editor-view:visible .cm-content')
  await editor.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('// mine')
  writeFileSync(program, text('line.length + 1'))
  await page.keyboard.press('Control+s')
  const notice = page.locator('.editor-view:visible .view-notice-warning')
  await notice.getByText('changed').waitFor()
  expect(readFileSync(program, 'utf8')).toBe(text('line.length + 1'))
  await page.getByRole('button', { name: 'Take the saved text' }).locator('visible=true').click()
  await notice.waitFor({ state: 'detached' })
  await editor.locator('.cm-line', { hasText: 'line.length + 1' }).waitFor()
  writeFileSync(program, text('line.length'))
  await editor.locator('.cm-line', { hasText: 'line.length + 1' }).waitFor({ state: 'detached' })
})

test('TypeScript completes a program and finds its type errors, once its folder says where the types of millrace are', async () => {
  const view = page.locator('.editor-view:visible')
  await view.getByRole('button', { name: 'Write tsconfig.json' }).click()
  await view.getByRole('button', { name: 'Write tsconfig.json' }).waitFor({ state: 'detached' })
  const editor = view.locator('.cm-content')
  await editor.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('const wrong: number = ssc.socketT')
  const offered = page.getByRole('option', { name: /socketTextStream/ })
  await offered.click()
  await page.keyboard.type("('localhost', 1)")
  await view.locator('.view-problems-error[title*="is not assignable to type \'number\'"]').waitFor()
  await editor
    .locator('span', { hasText: /^StreamingContext$/ })
    .first()
    .hover()
  await page.locator('.cm-lsp-hover-tooltip', { hasText: 'StreamingContext(options' }).waitFor()
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text('line.length'))
  await view.locator('.view-problems-error').waitFor({ state: 'detached' })
})

test('a program from elsewhere runs when a person has seen it and said so, by keyboard alone; Escape runs nothing', async () => {
  await page.locator('.editor-view:visible').getByRole('button', { name: 'Run' }).click()
  const question = page.getByRole('dialog', { name: 'Run this on your machine?' })
  await question.waitFor()
  expect(await question.locator('pre').textContent()).toBe(text('line.length'))
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
  await page.keyboard.press('Escape')
  await question.waitFor({ state: 'detached' })
  await page.locator('.editor-view:visible').getByRole('button', { name: 'Run' }).click()
  await question.waitFor()
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Run')
  await page.keyboard.press('Enter')
  await goTo(page, 'lengths stream')
  await completed().first().waitFor()
  await goTo(page, 'lengths.ts')
})

test('a program that throws on a record fails its batch with the record, the operator and the line; mended and run again, it goes on', async () => {
  const editor = page.locator('.editor-view:visible .cm-content')
  await editor.click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text("{ if (line.includes('GET')) throw new RangeError('no GET here'); return 1 }"))
  await page.getByRole('button', { name: 'Save and run' }).click()
  await goTo(page, 'lengths stream')
  const failed = page.locator('.editor-view:visible .ui-table-row', { hasText: 'failed' }).first()
  await failed.waitFor()
  expect(await failed.textContent()).toContain('RangeError: no GET here')
  await failed.dblclick()
  const failure = page.locator('.batch-failure')
  await failure.waitFor()
  expect(await failure.locator('strong').textContent()).toBe('RangeError: no GET here')
  expect(await failure.locator('.sample').textContent()).toContain('GET')
  expect(await page.locator('.operator[data-failed] h3').first().textContent()).toContain('map')
  const operators = (await page.locator('.editor-view:visible .batch-body').boundingBox())!
  const thrower = (await page.locator('.editor-view:visible .operator[data-failed]').first().boundingBox())!
  expect(thrower.x + thrower.width).toBeLessThanOrEqual(operators.x + operators.width)
  // Although the columns are scrolled to it, the sentence stands there from its beginning.
  expect((await failure.locator('strong').boundingBox())!.x).toBeGreaterThan(operators.x)
  await failure.getByRole('button', { name: 'Line 8' }).click()
  await editor.waitFor()
  // The keyboard is in the text already.
  await page.waitForFunction(() => document.activeElement?.closest('.code-editor') !== null)
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text('line.length'))
  await editor.locator('.cm-line', { hasText: 'line.length' }).waitFor()
  // Back on the page of the batch: what was typed is tried on it, before it is saved.
  await page.locator('.tab', { hasText: /^lengths \d/ }).click()
  await failure.waitFor()
  await page.getByRole('button', { name: 'Try my changes' }).click()
  await page
    .getByText('with the program as it is now: the batch failed (RangeError: no GET here), now it succeeded. Nothing was written.')
    .locator('visible=true')
    .waitFor()
  // The stream stands in the tree and among the problems, once.
  await page
    .getByRole('tree')
    .getByRole('treeitem', { name: /^lengths stream/ })
    .waitFor()
  await page.keyboard.press('Alt+5')
  await page.getByRole('grid', { name: 'Problems' }).locator('.ui-table-row', { hasText: 'no GET here' }).waitFor()
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
  await goTo(page, 'lengths.ts')
  await page.getByRole('button', { name: 'Save and run' }).click()
  await goTo(page, 'lengths stream')
  await completed().first().waitFor()
})

test('the page has complained about nothing', () => {
  expect(workbench.complaints).toEqual([])
})

test('a receiver that cannot connect is a warning above the batches', async () => {
  await goTo(page, 'receiving stream')
  await page.locator('.editor-view:visible').getByRole('button', { name: 'Run' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
  await page.locator('.stream-trouble .ui-trouble-warning').getByText('Error connecting to 127.0.0.1:1').waitFor()
})
