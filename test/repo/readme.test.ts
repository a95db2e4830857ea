// The README says what is true: its commands exist, its links lead somewhere, its pictures are there.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Readonly<Record<string, string>> }
const code = [...readme.matchAll(/```[a-z]*\n([\s\S]*?)```|`([^`\n]+)`/g)].flatMap((match) => (match[1] ?? match[2]!).split('\n'))

test('every npm script that the README names exists', () => {
  const named = code.flatMap((line) =>
    [...line.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)].map((match) => match[1] ?? match[2]!),
  )
  expect(named).toContain('start')
  expect(named).toContain('test')
  expect([...new Set(named)].filter((name) => scripts[name] === undefined)).toEqual([])
})

test('the two commands stand at the top, and one of them is what .ci/run runs', () => {
  expect(readme).toContain('npm ci && npm start\nnpm ci && npm test\n')
})

test('every file that the README links to or shows exists', () => {
  const targets = [...readme.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!).filter((target) => !/^[a-z]+:/.test(target))
  expect(targets.length).toBeGreaterThan(3)
  expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([])
})

test('every path in the README that looks like a file of the project exists', () => {
  const paths = code.flatMap((line) =>
    [...line.matchAll(/(?:^|[\s(])((?:src-|test\/|docs\/|bench\/|examples\/|\.ci\/)[\w./-]+)/g)].map((match) => match[1]!),
  )
  expect([...new Set(paths)].filter((path) => !existsSync(join(root, path)))).toEqual([])
})
