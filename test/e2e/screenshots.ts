// `npm run screenshots`: the README's pictures, from the running demo in a real Chromium. Light and dark, 1280×800 and 1920×1080.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { staleBuild } from '../../src-main/app/start/stale-build.ts'
import { startWorkbench } from './driver/workbench.ts'

const root = join(import.meta.dirname, '..', '..')
const out = join(root, 'docs', 'screenshots')
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
]
// So long that timelines and rates have something to show.
const demoMs = Number(process.env['MILLRACE_SCREENSHOT_WARMUP_MS'] ?? 45_000)

if (staleBuild(root) !== undefined) execFileSync('npm', ['run', '-s', 'build'], { cwd: root, stdio: 'inherit' })
mkdirSync(out, { recursive: true })

const log = join(mkdtemp(), 'orders.log')
writeFileSync(log, applicationLog(60_000))
const workbench = await startWorkbench(['--demo', log])
try {
  const warm = await workbench.open({ viewport: sizes[0]! })
  await warm.waitForTimeout(demoMs)
  await warm.context().close()
  for (const size of sizes) {
    for (const theme of ['light', 'dark'] as const) {
      const page = await workbench.open({ viewport: size, colorScheme: theme })
      await pictures(page, `${theme}-${size.width}x${size.height}`)
      await page.context().close()
    }
  }
} finally {
  await workbench.close()
}

function mkdtemp(): string {
  const folder = join(root, 'out', 'screenshots')
  mkdirSync(folder, { recursive: true })
  return folder
}

async function pictures(page: Page, name: string): Promise<void> {
  const take = async (view: string): Promise<void> => {
    await page.mouse.move(2, 400)
    await page.waitForTimeout(400)
    await page.screenshot({ path: join(out, `${view}-${name}.png`) })
    console.log(`docs/screenshots/${view}-${name}.png`)
  }
  await page.locator('.tab', { hasText: 'demo' }).first().click()
  await page.locator('.node-channel').first().click()
  await page.waitForTimeout(1200)
  await take('pipeline')

  await page.locator('.tab', { hasText: 'orders.log' }).first().click()
  await page.locator('.log-rows').focus()
  await page.keyboard.press('/')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('timed out after \\d+')
  await page.waitForTimeout(600)
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('n')
  await take('log')

  const show = async (name: string): Promise<void> => {
    await page.keyboard.press('Control+p')
    await page.keyboard.type(name)
    await page.keyboard.press('Enter')
  }
  await show('status-count stream')
  {
    await page.getByRole('grid', { name: 'Batches' }).waitFor()
    await page.waitForTimeout(800)
    await take('stream')
    const row = page.locator('.ui-table-row', { hasText: 'completed' }).nth(2)
    await row.dblclick()
    await page.locator('.batch-columns').waitFor()
    await page.locator('.sample').first().click()
    await take('batch')
    await show('status-count.ts')
    await page.locator('.cm-content').waitFor()
    await take('program')
  }
}

/** A log of a web shop, the same every time. */
function applicationLog(lines: number): string {
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  const paths = ['/', '/cart', '/search?q=mill', '/api/orders', '/api/orders/8841', '/static/app.js', '/login', '/health']
  let time = Date.UTC(2026, 10, 22, 21, 0, 0)
  const rows: string[] = []
  for (let line = 0; line < lines; line++) {
    time += random(90)
    const at = new Date(time).toISOString().replace('T', ' ').slice(0, 23)
    const kind = random(100)
    if (kind < 2)
      rows.push(
        `${at} ERROR [http-${line % 8}] orders.OrderService  upstream timed out after ${2000 + random(2000)} ms order=A${line} host=10.0.3.${random(250)}`,
      )
    else if (kind < 6)
      rows.push(`${at} WARN  [http-${line % 8}] pool.ConnectionPool  pool is at ${80 + random(20)} % size=32 waiting=${1 + random(8)}`)
    else if (kind < 25)
      rows.push(`${at} DEBUG [worker-${line % 4}] cache.Cache  miss key=session:${random(2 ** 30).toString(16)} took=0.${random(9)} ms`)
    else
      rows.push(
        `${at} INFO  [http-${line % 8}] web.Access  GET ${paths[random(paths.length)]} status=200 bytes=${200 + random(90_000)} time=${1 + random(180)} ms`,
      )
  }
  return `${rows.join('\n')}\n`
}
