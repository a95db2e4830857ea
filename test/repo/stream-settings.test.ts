// The table of settings in docs/stream-programs.md is complete, and its test of a program is one that works.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSettings } from '../../src-main/streaming/scheduler/settings.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/stream-programs.md'), 'utf8')

test('every setting that a context reads stands on the page, and no other', () => {
  const read = new Set<string>()
  const conf = new Proxy({}, { get: (_, key) => void read.add(String(key)) })
  readSettings(conf)
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const shown = rows.flatMap((line) => [...line.matchAll(/`((?:spark|millrace)\.[\w.]+)`/g)].map((match) => match[1]!))
  expect([...new Set(shown)].sort()).toEqual([...read].sort())
})

test('the driver has what the page says of it', async () => {
  const { StreamingTestDriver } = await import('../../src-main/streaming/testing.ts')
  const driver = new StreamingTestDriver()
  const named = [...page.matchAll(/driver\.(\w+)/g)].map((match) => match[1]!)
  expect(named).toContain('records')
  for (const name of new Set(named)) expect(name in driver, name).toBe(true)
})
