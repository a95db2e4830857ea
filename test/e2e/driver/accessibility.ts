// axe in the page, as the window's own policy lets it: injected by the debugger protocol, which no policy of a page can refuse.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds serious or critical, one line each; empty when all is well. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(source)
  const results = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(context: unknown, options: unknown): Promise<unknown> } }
    return (await axe.run(document, { resultTypes: ['violations'] })) as AxeResults
  })
  return results.violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .flatMap((violation) =>
      violation.nodes.map((node) => `${violation.id}: ${violation.help}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
    )
}

const themes = [
  { theme: 'light', contrast: 'usual' },
  { theme: 'dark', contrast: 'usual' },
  { theme: 'dark', contrast: 'more' },
] as const

/** The same of light, dark and high contrast; the page is then as it was. */
export async function seriousFindingsInEveryTheme(page: Page): Promise<string[]> {
  const before = await page.evaluate(() => ({ ...document.documentElement.dataset }))
  const put = (data: Readonly<Record<string, string | undefined>>): Promise<void> =>
    page.evaluate((values) => void Object.assign(document.documentElement.dataset, values), data)
  const found: string[] = []
  for (const look of themes) {
    await put(look)
    // Colours change over a moment.
    await page.waitForTimeout(200)
    for (const finding of await seriousFindings(page)) found.push(`${look.theme}, contrast ${look.contrast}: ${finding}`)
  }
  await put(before)
  return found
}
