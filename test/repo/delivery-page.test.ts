// docs/delivery.md names a test for each claim: they are there.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const docs = join(import.meta.dirname, '../../docs')
const page = readFileSync(join(docs, 'delivery.md'), 'utf8')

test('every row of the faults names a test or a fuzz target that exists', () => {
  const rows = page
    .slice(page.indexOf('## Faults'), page.indexOf('## What a client may ask'))
    .split('\n')
    .filter((line) => /^\| (?!What fails|-)/.test(line))
  expect(rows.length).toBeGreaterThan(10)
  const without = rows.filter((row) => !/\]\(\.\.\/test\/[^)]+\.ts\) *\|$/.test(row))
  expect(without).toEqual([])
})

test('every link leads to a file', () => {
  const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1]!)
  expect(links.filter((link) => !existsSync(join(docs, link)))).toEqual([])
})
