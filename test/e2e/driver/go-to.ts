import type { Page } from 'playwright-core'

/** Opens the first of what "Go to" lists for `name`, by keyboard. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+p')
  await page.getByRole('combobox', { name: 'Go to' }).waitFor()
  await page.keyboard.type(name)
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('combobox', { name: 'Go to' }).waitFor({ state: 'detached' })
}
