// Random use of the window itself: clicks, keys, drags and text wherever they go, on a demo that runs and on pipelines with troubles.
// Whatever is done: no error of the page, nothing that the security policy refuses, and the window still answers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Random, randomFrom } from '../driver/random.ts'
import { goTo } from './driver/palette.ts'
import { startWorkbench, type Workbench } from './driver/workbench.ts'

const seeds = process.env['MILLRACE_MONKEY_SEEDS']?.split(',').map(Number) ?? [1]
const steps = Number(process.env['MILLRACE_MONKEY_STEPS'] ?? 150)

const folder = mkdtempSync(join(tmpdir(), 'millrace-monkey-'))
let workbench: Workbench

beforeAll(async () => {
  writeFileSync(
    join(folder, 'some.log'),
    Array.from({ length: 5000 }, (_, line) => `line ${line} é 日本 ${'x'.repeat(line % 300)}\n`).join(''),
  )
  writeFileSync(
    join(folder, 'odd.properties'),
    'a1.sources = r1 r2\na1.channels = c1\na1.sinks = k1\na1.sources.r1.type = seq\na1.sources.r1.channels = c1 c9\na1.sources.r2.type = no.such\na1.channels.c1.type = memory\na1.sinks.k1.type = avro\na1.sinks.k1.hostname = 127.0.0.1\na1.sinks.k1.port = 1\na1.sinks.k1.channel = c1\n',
  )
  writeFileSync(
    join(folder, 'fails.ts'),
    `import { seconds, StreamingContext } from 'millrace'
const ssc = new StreamingContext({ appName: 'fails', batchDuration: seconds(1) })
ssc.channelStream('c1').text().map((line) => { if (line.includes(' 404 ')) throw new Error('no 404 here'); return line }).print()
ssc.start()
await ssc.awaitTermination()
`,
  )
  workbench = await startWorkbench(['--demo', join(folder, 'odd.properties'), join(folder, 'some.log'), join(folder, 'fails.ts')])
  const page = await workbench.open({ viewport: { width: 1280, height: 800 } })
  await goTo(page, 'fails stream')
  await page.locator('.editor-view:visible').getByRole('button', { name: 'Run' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByText('no 404 here').first().waitFor()
  await page.context().close()
})

afterAll(async () => {
  await workbench?.close()
  rmSync(folder, { recursive: true, force: true })
})

test.each(seeds)('nothing that is done to the window breaks it (seed %i)', { timeout: 600_000 }, async (seed) => {
  const random = randomFrom(seed)
  const page = await workbench.open({ viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(2000)
  page.on('dialog', (dialog) => void (dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss()))
  const done: string[] = []
  for (let step = 0; step < steps; step++) {
    const what = await act(page, random)
    done.push(what)
    expect(workbench.complaints.splice(0), done.slice(-8).join('\n')).toEqual([])
  }
  await page.reload({ timeout: 30_000 })
  await page.getByRole('navigation', { name: 'Views' }).waitFor({ timeout: 30_000 })
  expect(workbench.complaints).toEqual([])
})

const keys = [
  'Enter',
  'Escape',
  'Tab',
  'Space',
  'ArrowDown',
  'ArrowUp',
  'ArrowLeft',
  'ArrowRight',
  'Delete',
  'Backspace',
  'Home',
  'End',
  'PageDown',
  'F2',
  'F6',
  'Control+k',
  'Control+p',
  'Control+Shift+p',
  'Control+f',
  'Control+s',
  'Control+z',
  'Control+y',
  'Control+a',
  'Control+c',
  'Control+v',
  'Control+w',
  'Control+,',
  'Control+b',
  'Control+j',
  'Alt+ArrowLeft',
  '?',
  'Shift+F10',
  'Control+Enter',
  'Control+d',
  'Control+1',
  'Control+2',
]
const texts = ['a', 'r2', 'taildir', '日本 ü', '"', '\\', '${x}', '-1', '99999999999999999999', '<b>', '(', '[', '../..', '  ', '\n']
const things =
  'button, a, [role=tab], [role=treeitem], [role=row], [role=option], [role=menuitem], [role=switch], [role=checkbox], [role=slider], input, textarea, select, .react-flow__node, .react-flow__edge, .react-flow__handle, .cm-line, summary'

/** One random thing, in words. */
async function act(page: Page, random: Random): Promise<string> {
  const how = random.below(20)
  try {
    if (how < 4) {
      const key = random.pick(keys)
      await page.keyboard.press(key)
      return `key ${key}`
    }
    if (how < 6) {
      const text = random.pick(texts)
      await page.keyboard.type(text)
      return `text ${JSON.stringify(text)}`
    }
    if (how === 6) {
      const [x, y] = [random.below(1280), random.below(800)]
      await page.mouse.move(random.below(1280), random.below(800))
      await page.mouse.down()
      await page.mouse.move(x, y, { steps: 3 })
      await page.mouse.up()
      return `drag to ${x}, ${y}`
    }
    if (how === 7) {
      await page.mouse.wheel(random.below(400) - 200, random.below(2000) - 1000)
      return 'wheel'
    }
    if (how === 8) {
      await page.setViewportSize(
        random.pick([
          { width: 1280, height: 800 },
          { width: 1920, height: 1080 },
          { width: 800, height: 500 },
        ]),
      )
      return 'resize'
    }
    return await click(page, random)
  } catch (error) {
    // What was there when it was picked may be gone, or covered.
    if (error instanceof Error && /Timeout|not attached|intercepts|outside of the viewport|closed/.test(error.message))
      return `${how} missed`
    throw error
  }
}

async function click(page: Page, random: Random): Promise<string> {
  const found: Locator[] = await page.locator(things).filter({ visible: true }).all()
  if (found.length === 0) return 'nothing to click'
  const one = random.pick(found)
  const name =
    (await one.evaluate(
      (element) =>
        `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent?.slice(0, 40) ?? ''} .${element.getAttribute('class') ?? ''}`,
    )) ?? ''
  const button = random.chance(0.1) ? 'right' : 'left'
  await one.click({
    button,
    timeout: 1000,
    ...(random.chance(0.1) && { clickCount: 2 }),
    ...(random.chance(0.1) && { modifiers: ['Shift'] }),
  })
  return `click ${button} ${name}`
}
