import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFindingsInEveryTheme } from './driver/accessibility.ts'
import { runCommand } from './driver/palette.ts'
import { startWorkbench, type Workbench } from './driver/workbench.ts'

let workbench: Workbench
let page: Page

beforeAll(async () => {
  workbench = await startWorkbench([])
  page = await workbench.open({ viewport: { width: 1600, height: 900 } })
})

afterAll(async () => {
  await workbench?.close()
})

const node = (name: string): Locator =>
  page.locator('.react-flow__node', { has: page.locator('.node-name', { hasText: new RegExp(`^${name}$`) }) })

async function drag(from: Locator, to: Locator): Promise<void> {
  const start = (await from.boundingBox())!
  const end = (await to.boundingBox())!
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2)
  await page.mouse.down()
  await page.mouse.move(end.x + end.width / 2 - 8, end.y + end.height / 2, { steps: 8 })
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2)
  await page.mouse.up()
}

const output = (name: string): Locator => node(name).locator('.react-flow__handle-right')
const input = (name: string): Locator => node(name).locator('.react-flow__handle-left')
const wires = (): Promise<number> => page.locator('.react-flow__edge').count()

test('components are added from the palette and stand on the canvas with a name of their own', async () => {
  await page.getByRole('button', { name: 'New pipeline' }).first().click()
  await page.getByRole('button', { name: 'Add a component' }).first().click()
  const palette = page.getByRole('region', { name: 'Components' })
  for (const type of ['memory', 'null']) {
    await palette.getByRole('textbox').fill(type)
    await palette.locator('.component-item', { has: page.locator('.component-type', { hasText: new RegExp(`^${type}$`) }) }).click()
  }
  // What a new pipeline begins with, and the two of now.
  for (const name of ['r1', 'c1', 'k1', 'c2', 'k2']) await node(name).waitFor()
  expect(await page.locator('.react-flow__node').count()).toBe(5)
})

test('a component is dragged from the palette to the place where it is let go', async () => {
  const palette = page.getByRole('region', { name: 'Components' })
  await palette.getByRole('textbox').fill('netcat')
  const pane = (await page.locator('.react-flow__pane').boundingBox())!
  await palette
    .locator('.component-item')
    .first()
    .dragTo(page.locator('.react-flow__pane'), { targetPosition: { x: pane.width / 2, y: pane.height - 120 } })
  await node('r2').waitFor()
  const box = (await node('r2').boundingBox())!
  expect(Math.abs(box.x + box.width / 2 - (pane.x + pane.width / 2))).toBeLessThan(40)
  await page.getByRole('button', { name: 'Add a component' }).first().click()
})

test('wires are drawn from handle to handle, and a wire that may not be is refused with its reason', async () => {
  await runCommand(page, 'Fit pipeline')
  await page.waitForTimeout(400)
  const before = await wires()
  await drag(output('r2'), input('c2'))
  await drag(output('c2'), input('k2'))
  await page.waitForFunction((count) => document.querySelectorAll('.react-flow__edge').length === count, before + 2)
  await drag(output('r2'), input('k1'))
  await page.getByText('An event goes through a channel').waitFor()
  expect(await wires()).toBe(before + 2)
})

test('a property that is set in the form stands in the text', async () => {
  await node('r1').click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await inspector.getByRole('button', { name: /Show \d+ more/ }).click()
  await inspector.getByLabel('totalEvents').fill('1000')
  await inspector.getByLabel('totalEvents').press('Enter')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Text', exact: true }).click()
  await page.locator('.cm-content').getByText('totalEvents').waitFor()
  await page.getByRole('button', { name: 'Canvas', exact: true }).click()
})

test('Delete removes what is selected with everything that names it; undo brings it back', async () => {
  await node('k2').click()
  await page.keyboard.press('Delete')
  await node('k2').waitFor({ state: 'detached' })
  await page.keyboard.press('Control+z')
  await node('k2').waitFor()
  await page.keyboard.press('Control+Shift+z')
  await node('k2').waitFor({ state: 'detached' })
})

test('a component is renamed everywhere it is named; a name that is taken is refused with a sentence', async () => {
  await node('c2').click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await inspector.getByLabel('name', { exact: true }).fill('c1')
  await inspector.getByText('There is a channel c1 already.').waitFor()
  await inspector.getByLabel('name', { exact: true }).fill('spare')
  await page.keyboard.press('Enter')
  await node('spare').waitFor()
  expect(await node('c2').count()).toBe(0)
})

test('interceptors are added, filled in and put in order in the inspector of their source, and stand in the text', async () => {
  await node('r1').click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  for (const type of ['timestamp', 'mask']) await inspector.getByRole('combobox', { name: 'Add an interceptor' }).selectOption(type)
  const mask = inspector.locator('.interceptor', { hasText: 'i2' })
  await mask.locator('summary').click()
  await mask.getByRole('button', { name: /Show \d+ more/ }).click()
  await mask.getByLabel('patterns', { exact: true }).fill('email')
  await mask.getByLabel('patterns', { exact: true }).press('Enter')
  await inspector.getByRole('button', { name: 'Move i2 up' }).click()
  await node('r1').getByText('mask · timestamp').waitFor()
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
  await inspector.getByRole('button', { name: 'Remove i1' }).click()
  await node('r1').getByText('timestamp').waitFor({ state: 'detached' })
})

test('Ctrl+S writes a file that Flume can read', async () => {
  await page.keyboard.press('Control+s')
  await page.getByRole('tab', { name: /not saved/ }).waitFor({ state: 'detached' })
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await page.locator('.react-flow__pane').click({ position: { x: 20, y: 20 } })
  const file = await inspector.locator('.ui-fact', { hasText: 'file' }).locator('dd').textContent()
  const text = readFileSync(join(file!), 'utf8')
  expect(text).toMatch(/\.sources\.r1\.type = seq/)
  expect(text).toMatch(/\.sources\.r1\.totalEvents = 1000/)
  expect(text).toMatch(/\.sources\.r2\.channels = spare/)
  expect(text).not.toMatch(/\.sinks\.k2/)
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
  expect(workbench.complaints).toEqual([])
})

test('keys of Save that are held down save, and nobody is said to have changed the file', async () => {
  const palette = page.getByRole('region', { name: 'Components' })
  const unsaved = page.getByRole('tab', { name: /not saved/ })
  const addChannel = async (): Promise<void> => {
    await palette.getByRole('textbox').fill('memory')
    await palette.locator('.component-item').first().click()
    await unsaved.waitFor()
  }
  if (!(await palette.isVisible())) await page.getByRole('button', { name: 'Add a component' }).first().click()
  const warned = await page.evaluateHandle(() => {
    const seen = { notice: '' }
    new MutationObserver(() => {
      seen.notice ||= document.querySelector('.view-notice-warning')?.textContent ?? ''
    }).observe(document.body, { subtree: true, childList: true })
    return seen
  })
  await addChannel()
  await page.evaluate(() => {
    for (let press = 0; press < 3; press++)
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 's', code: 'KeyS', ctrlKey: true, bubbles: true }))
  })
  await unsaved.waitFor({ state: 'detached' })
  // Another round trip: whatever was answered to the first ones is there by then.
  await addChannel()
  await page.keyboard.press('Control+s')
  await unsaved.waitFor({ state: 'detached' })
  expect(await warned.evaluate(({ notice }) => notice)).toBe('')
  expect(workbench.complaints).toEqual([])
})
