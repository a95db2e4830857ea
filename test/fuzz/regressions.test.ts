// Inputs that the fuzzer found: each once crashed or hung what reads it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FuzzTarget } from './fuzz-target.ts'

const folder = join(import.meta.dirname, 'regressions')

test.each(readdirSync(folder))('%s is answered or refused', async (file) => {
  const { target } = (await import(`./target/${file.split('.', 1)[0]}.ts`)) as { target: FuzzTarget }
  await expect(Promise.resolve(target.run(readFileSync(join(folder, file))))).resolves.toBeUndefined()
})
