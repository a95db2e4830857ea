// What the window benches stand on: an engine that tails a growing log into files, the headless face, a real Chromium that looks at the
// log, and a writer process. Everything as `millrace serve` has it, with a second connection to read counters from.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { systemClock } from '../../src-main/clock.ts'
import { forkEngine } from '../../src-main/engine/fork-engine.ts'
import { superviseEngine } from '../../src-main/engine/supervise-engine.ts'
import { startHeadlessServer } from '../../src-main/headless/headless-server.ts'
import { silentLogger } from '../../src-main/log.ts'
import { connectEngine } from '../../src-shared/contract/client.ts'
import { rssMiB } from '../../test/driver/process-tree.ts'
import { chromiumFlags } from '../../test/e2e/driver/chromium-flags.ts'

export interface TailLoad {
  readonly log: string
  /** Events that the sink has written so far. */
  drained(): Promise<number>
  /** Resident MiB of the engine and what it started. */
  engineMiB(): number
  /** A window that shows the log, following; long tasks are noted from then on. */
  openWindow(): Promise<Page>
  close(): Promise<void>
}

const root = join(import.meta.dirname, '..', '..')

export async function startTailLoad(scratch: string): Promise<TailLoad> {
  const renderer = join(root, 'out', 'renderer')
  if (!existsSync(join(renderer, 'index.html'))) throw new Error(`The window is not built: npm run build makes ${renderer}.`)
  const log = join(scratch, 'in.log')
  writeFileSync(log, '')
  const engine = superviseEngine({
    fork: () => forkEngine({ workspace: join(scratch, 'workspace'), version: 'bench' }),
    clock: systemClock,
    log: silentLogger,
  })
  await engine.ready()
  const server = await startHeadlessServer({ port: 0, renderer, openLink: () => engine.openLink(), random: randomBytes, log: silentLogger })
  const connection = connectEngine({ open: () => engine.openLink(), sleep: (ms) => systemClock.sleep(ms) })
  const { id } = await connection.engine.pipelines.createFromLog({ path: log })
  await connection.engine.pipelines.start({ id })
  await connection.engine.logs.open({ path: log })
  const browser = await chromium.launch({
    executablePath: process.env['MILLRACE_CHROMIUM'] ?? '/usr/bin/chromium',
    args: chromiumFlags,
    headless: true,
  })

  return {
    log,
    drained: async () => {
      for await (const { components } of await connection.engine.pipelines.watch({ id })) {
        return Number(components.find(({ kind }) => kind === 'sink')?.counters['EventDrainSuccessCount'] ?? 0)
      }
      return 0
    },
    engineMiB: () => (engine.state.state === 'ready' ? rssMiB(engine.state.pid!) : 0),
    openWindow: async () => {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
      await page.goto(server.newAddress())
      await page.getByRole('tab', { name: 'in.log' }).click()
      await page.locator('.log-rows').focus()
      await page.keyboard.press('End')
      await page.evaluate(() => {
        const noted: number[] = []
        ;(globalThis as unknown as { longTasks: number[] }).longTasks = noted
        new PerformanceObserver((list) => noted.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' })
      })
      return page
    },
    close: async () => {
      await browser.close()
      connection.close()
      await server.close()
      await engine.stop()
    },
  }
}

/** Writes at that rate for so long; answers how many lines there were. */
export async function writeLines(log: string, linesPerSecond: number, ms: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'tail-writer.ts'), log, String(linesPerSecond), String(ms)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [answer] = (await once(child.stdout, 'data')) as [Buffer]
  return Number(String(answer))
}

/** The longest task of the window's thread since it was opened, ms; tasks below 50 ms are not reported by the browser and count as 0. */
export async function longestTask(page: Page): Promise<number> {
  return await page.evaluate(() => Math.max(0, ...(globalThis as unknown as { longTasks: number[] }).longTasks))
}

/** How many lines the window says that there are. */
export async function linesShown(page: Page): Promise<number> {
  const last = await page.getByRole('scrollbar', { name: 'Place in the log' }).getAttribute('aria-valuemax')
  return Number(last) + 1
}
