// Kind A of Flume's golden cases, each a test: what a real Flume 1.11 makes of a configuration. (Kind B runs with `npm run conformance`.)
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runConfigurationCase } from './runner/configuration-case.ts'

const folder = join(import.meta.dirname, 'flume', 'config')

test.concurrent.each(readdirSync(folder))('%s is judged as Flume judged it', async (file) => {
  expect((await runConfigurationCase(join(folder, file))).problems).toEqual([])
})
