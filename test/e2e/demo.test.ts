import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFindings } from './driver/accessibility.ts'
import { goTo, runCommand } from './driver/palette.ts'
import { startWorkbench, type Workbench } from './driver/workbench.ts'

let workbench: Workbench
let page: Page

beforeAll(async () => {
  workbench = await startWorkbench([])
  page = await workbench.open({ viewport: { width: 1280, height: 800 } })
})

afterAll(async () => {
  await workbench?.close()
})

test('the first window offers the demo, and one click shows moving data', async () => {
  await page.getByRole('button', { name: /Watch the demo/ }).click()
  await page.locator('.node-source[data-state="running"]').waitFor()
  await page.waitForFunction(
    () =>
      /\d(?:\.\d)?(?: k)?\/s/.test(document.querySelector('.wire-label')?.textContent ?? '') &&
      !document.querySelector('.wire-label')?.textContent?.startsWith('0/s'),
  )
  expect(await page.getByRole('tab', { name: /demo/ }).first().getAttribute('aria-selected')).toBe('true')
})

test('a channel on the canvas opens in the inspector with its level and its consumers', async () => {
  await page.locator('.node-channel').click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await inspector.getByText('Level').waitFor()
  expect(await inspector.getByRole('meter').getAttribute('aria-valuetext')).toContain('events wait')
})

test('Ctrl+E shows the text beside the canvas; an unknown key is located in it and on its node while it is typed', async () => {
  await page.keyboard.press('Control+e')
  const editor = page.locator('.cm-content')
  await editor.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('\ndemo.sinks.k1.sink.rollIntervall = 5')
  await page.locator('.node-sink .node-problems').waitFor()
  expect(await page.locator('.node-sink .node-problems').textContent()).toBe('1 warning')
  expect(await page.getByRole('tab', { name: 'demo, not saved' }).count()).toBe(1)
  await page.locator('.cm-lint-marker-warning').waitFor()
})

test('Ctrl+S saves the text; what runs is then said to be older', async () => {
  await page.keyboard.press('Control+s')
  await page.getByText('What runs was started from an older text.').waitFor()
  expect(await page.getByRole('tab', { name: 'demo, not saved' }).count()).toBe(0)
  await page.keyboard.press('Control+Shift+p')
  await page.keyboard.type('canvas or text')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
})

test('the saved text is applied to what runs without a stop; with an unsaved change one button saves and applies', async () => {
  await page.getByRole('button', { name: 'Apply this text' }).click()
  await page.getByText('What runs was started from an older text.').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Split', exact: true }).click()
  await page.locator('.node-sink[data-state="running"]').waitFor()
  await page.locator('.cm-content').click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('\ndemo.sinks.k1.maxRetries = 3')
  await page.getByRole('button', { name: 'Save and apply' }).click()
  await page.getByRole('tab', { name: 'demo, not saved' }).waitFor({ state: 'detached' })
  await page.locator('.node-sink').click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await inspector.getByText('DeadLetterCount').waitFor()
  expect(await page.getByText('What runs was started from an older text.').count()).toBe(0)
  await page.keyboard.press('Control+Home')
})

test('a node that was moved stands there again after the page is loaded anew', async () => {
  await page.getByRole('button', { name: 'Canvas', exact: true }).click()
  const node = page.locator('.node-sink')
  const positionOf = () =>
    page
      .locator('.react-flow__node', { has: page.locator('.node-sink') })
      .evaluate((element) => Number(/,\s*(-?[\d.]+)px\)/.exec((element as HTMLElement).style.transform)?.[1]))
  await page.waitForTimeout(200)
  const start = await positionOf()
  const before = (await node.boundingBox())!
  await page.mouse.move(before.x + 60, before.y + 12)
  await page.mouse.down()
  await page.mouse.move(before.x + 60, before.y + 112, { steps: 6 })
  await page.mouse.up()
  await page.waitForTimeout(200)
  const moved = await positionOf()
  expect(moved).toBeGreaterThan(start + 50)
  // Kept in the workspace a moment later.
  await page.waitForTimeout(800)
  await page.reload()
  await page.locator('.node-sink').waitFor()
  expect(Math.abs((await positionOf()) - moved)).toBeLessThanOrEqual(4)
})

test('the palette finds commands by their letters and goes away with Escape, and the focus comes back', async () => {
  await page.getByRole('treeitem').first().focus()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Commands' }).waitFor()
  await page.keyboard.type('swlidk')
  expect(await page.getByRole('option').first().textContent()).toContain('Switch between light and dark')
  await page.keyboard.press('Escape')
  await page.getByRole('combobox', { name: 'Commands' }).waitFor({ state: 'detached' })
  expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('treeitem')
})

test('F6 goes from region to region, F4 and Ctrl+J show and hide inspector and panel', async () => {
  const regions = new Set<string>()
  for (let step = 0; step < 6; step++) {
    await page.keyboard.press('F6')
    regions.add(await page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset['region'] ?? ''))
  }
  expect([...regions].sort()).toEqual(['editor', 'inspector', 'rail', 'side-bar', 'status'])
  await page.keyboard.press('F4')
  await page.getByRole('complementary', { name: 'Inspector' }).waitFor({ state: 'detached' })
  await page.keyboard.press('F4')
  await page.keyboard.press('Control+j')
  await page.getByRole('region', { name: 'Panel' }).waitFor()
  await page.keyboard.press('Control+j')
  await page.getByRole('region', { name: 'Panel' }).waitFor({ state: 'detached' })
})

test('a split is moved by keyboard and keeps its size', async () => {
  const edge = page.getByRole('separator', { name: 'Width of the side bar' })
  await edge.focus()
  const before = Number(await edge.getAttribute('aria-valuenow'))
  await page.keyboard.press('ArrowRight')
  expect(Number(await edge.getAttribute('aria-valuenow'))).toBe(before + 16)
  await page.keyboard.press('ArrowLeft')
})

test('a tap on a wire shows events that passed and goes on', async () => {
  await page.locator('.wire-label').first().click()
  await page
    .getByRole('log', { name: /Events on/ })
    .locator('.tap-row')
    .first()
    .waitFor()
  expect(await page.locator('.tap-body').first().textContent()).toMatch(/HTTP\/1\.1/)
  await page.keyboard.press('Control+j')
})

test('a tab of every view is open: log, stream, batch, program, channel, problems, settings, welcome', async () => {
  for (const name of ['access.log', 'status-count.ts', 'c1 channel']) await goTo(page, name)
  await goTo(page, 'status-count stream')
  const batch = page.locator('.editor-view:visible .ui-table-row', { hasText: 'completed' }).first()
  await batch.dblclick()
  await page.locator('.batch-columns').waitFor()
  await page.keyboard.press('Alt+5')
  await page.keyboard.press('Control+,')
  await page.getByRole('button', { name: 'Light', exact: true }).waitFor()
  await runCommand(page, 'Welcome')
  await page.getByRole('tab', { name: /Welcome/, selected: true }).waitFor()
  const views = await page.locator('.tab').evaluateAll((tabs) => tabs.map((tab) => tab.textContent))
  expect(views.length).toBeGreaterThanOrEqual(9)
})

for (const theme of ['light', 'dark', 'high-contrast'] as const) {
  test(`axe finds nothing serious in any view, ${theme}`, async () => {
    await page.keyboard.press('Control+,')
    await page
      .getByRole('button', { name: theme === 'high-contrast' ? 'High contrast' : theme === 'dark' ? 'Dark' : 'Light', exact: true })
      .click()
    await page.waitForFunction(
      (wanted) =>
        wanted === 'high-contrast'
          ? document.documentElement.dataset['contrast'] === 'more'
          : document.documentElement.dataset['theme'] === wanted,
      theme,
    )
    const found: string[] = []
    for (const tab of await page.locator('.tab').all()) {
      await tab.click()
      await page.waitForTimeout(250)
      // With something in the inspector where something can be chosen.
      const choice = page.locator('.editor-view:visible').locator('.ui-table-row, .sample, .log-row, .node-source').first()
      if ((await choice.count()) > 0) await choice.click()
      for (const finding of await seriousFindings(page)) found.push(`${await tab.textContent()}: ${finding}`)
    }
    const look = async (what: string): Promise<void> => {
      await page.waitForTimeout(200)
      for (const finding of await seriousFindings(page)) found.push(`${what}: ${finding}`)
    }
    await page.locator('.tab', { hasText: 'demo' }).first().click()
    for (const mode of ['Split', 'Text', 'Canvas']) {
      await page.getByRole('button', { name: mode, exact: true }).click()
      await look(mode)
    }
    await page.getByRole('button', { name: 'Add a component' }).first().click()
    await look('components')
    await page.keyboard.press('Escape')
    await page.locator('.wire-label').first().click()
    for (const tab of [/^Tap/, /^Output/, /^Problems/]) {
      await page.getByRole('region', { name: 'Panel' }).getByRole('tab', { name: tab }).click()
      await look(String(tab))
    }
    await page.keyboard.press('Control+j')
    for (const keys of ['Alt+2', 'Alt+3', 'Alt+4', 'Alt+1', '?', 'Control+k', 'Control+o']) {
      await page.keyboard.press(keys)
      await look(keys)
      if (!keys.startsWith('Alt')) await page.keyboard.press('Escape')
    }
    expect(found).toEqual([])
  })
}

test('when the engine dies it is said, and the views go on where they were when it is back', async () => {
  await page.locator('.tab', { hasText: 'demo' }).first().click()
  await page.locator('.node-source').waitFor()
  const pid = await page.evaluate(() =>
    Number(/process (\d+)/.exec(document.querySelector('.status-item')?.getAttribute('title') ?? '')?.[1]),
  )
  expect(pid).toBeGreaterThan(1)
  process.kill(pid, 'SIGKILL')
  await page.waitForFunction(
    (old) => Number(/process (\d+)/.exec(document.querySelector('.status-item')?.getAttribute('title') ?? '')?.[1] ?? old) !== old,
    pid,
  )
  await page.locator('.node-source[data-state="running"]').waitFor()
  expect(await page.locator('.tab', { hasText: 'demo' }).first().getAttribute('aria-selected')).toBe('true')
})

test('the page has complained about nothing: no error, nothing refused by the security policy', () => {
  // A socket that ends with its engine is told by the browser itself.
  expect(workbench.complaints.filter((complaint) => !complaint.includes('WebSocket connection'))).toEqual([])
})
