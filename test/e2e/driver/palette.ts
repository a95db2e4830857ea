// The palette, by keyboard, as a person uses it who waits for what it shows.
import type { Page } from 'playwright-core'

/** Opens the first of what "Go to" lists for `name`. */
export async function goTo(page: Page, name: string): Promise<void> {
  await choose(page, 'Control+p', 'Go to', name)
}

/** Runs the first of the commands that the palette lists for `name`. */
export async function runCommand(page: Page, name: string): Promise<void> {
  await choose(page, 'Control+k', 'Commands', name)
}

async function choose(page: Page, keys: string, list: string, name: string): Promise<void> {
  const input = page.getByRole('combobox', { name: list })
  await page.keyboard.press(keys)
  await input.waitFor()
  await page.keyboard.type(name)
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('Enter')
  await input.waitFor({ state: 'detached' })
}
