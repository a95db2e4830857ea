// A damaged channel in the window: found by a check, repaired by a button once its pipeline stands still.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../src-main/storage/sqlite.ts'
import { seriousFindingsInEveryTheme } from './driver/accessibility.ts'
import { startWorkbench, type Workbench } from './driver/workbench.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-channel-e2e-'))
const data = join(folder, 'data')
let workbench: Workbench

beforeAll(async () => {
  mkdirSync(join(folder, 'out'))
  writeFileSync(join(folder, 'in.log'), Array.from({ length: 50 }, (_, line) => `line ${line}\n`).join(''))
  writeFileSync(
    join(folder, 'kept.properties'),
    `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = taildir
a1.sources.r1.filegroups = g
a1.sources.r1.filegroups.g = ${folder}/in.log
a1.sources.r1.channels = c1
a1.channels.c1.type = file
a1.channels.c1.checkpointDir = ${folder}/state
a1.channels.c1.dataDirs = ${data}
a1.sinks.k1.type = file_roll
a1.sinks.k1.sink.directory = ${folder}/out
a1.sinks.k1.channel = c1
`,
  )
  workbench = await startWorkbench([join(folder, 'kept.properties')])
})

afterAll(async () => {
  await workbench?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a check finds the damage and says what a repair does; the repair gives up what cannot be read and says where the rest lies', async () => {
  const page = await workbench.open({ viewport: { width: 1280, height: 800 } })
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page
    .locator('.node-sink')
    .getByText(/Writing/)
    .waitFor()
  await page.locator('.node-channel').click()
  await page.getByRole('complementary', { name: 'Inspector' }).getByText('50', { exact: true }).first().waitFor()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
  garble(join(data, readdirSync(data).find((name) => name.endsWith('.db'))!))

  await page.getByRole('complementary', { name: 'Inspector' }).getByRole('button', { name: 'Open', exact: true }).click()
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByText('1 of 1 segments are damaged.').waitFor()
  // Nobody knows how much a closed channel may hold.
  await page.locator('.channel-fill').waitFor({ state: 'detached' })
  expect(await page.getByRole('meter', { name: 'Fill' }).locator('visible=true').getAttribute('aria-valuetext')).toMatch(/^0 events wait/)
  expect(await seriousFindingsInEveryTheme(page)).toEqual([])
  await page.getByRole('button', { name: 'Repair', exact: true }).click()
  await page.getByText(/Repaired: 50 events are lost\. The damaged files were moved aside\./).waitFor()
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByText(/every checksum matches/).waitFor()
  expect(workbench.complaints).toEqual([])
})

/** Through SQLite: the rows may still be in its log, which a window that looks at them keeps from being folded. */
function garble(segment: string): void {
  const database = openDatabase(segment, { mustExist: true })
  expect(database.prepare('UPDATE batch SET data = zeroblob(length(data))').run().changes).toBe(1)
  database.close()
}
