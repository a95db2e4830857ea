// A folder of a test's own, removed when the test is over.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
