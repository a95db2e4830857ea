// Files stay readable from top to bottom (docs/architecture.md): median ≤ 120 lines, 90th percentile ≤ 300, and a file above 500 says
// in its first comment why it is one (a sentence that begins with "Longer than most files:").
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

const files = ['src-shared', 'src-main', 'src-renderer']
  .flatMap((world) => readdirSync(join(root, world), { recursive: true, encoding: 'utf8' }).map((name) => join(world, name)))
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => {
    const text = readFileSync(join(root, name), 'utf8')
    return { name, text, lines: text.trimEnd().split('\n').length }
  })
  .sort((a, b) => a.lines - b.lines)

const linesAt = (share: number): number => files[Math.floor((files.length - 1) * share)]!.lines

test('half of the files have at most 120 lines, and nine of ten at most 300', () => {
  console.log(
    `${files.length} files, median ${linesAt(0.5)} lines, 90th percentile ${linesAt(0.9)}, longest ${files.at(-1)!.name} ${files.at(-1)!.lines}`,
  )
  expect(linesAt(0.5)).toBeLessThanOrEqual(120)
  expect(linesAt(0.9)).toBeLessThanOrEqual(300)
})

test('a file above 500 lines says at its top why it is one', () => {
  const silent = files.filter((file) => file.lines > 500 && !/^(\/\/.*\n)*\/\/.*Longer than most files:/.test(file.text))
  expect(silent.map((file) => `${file.name}: ${file.lines} lines`)).toEqual([])
})

test('every file opens with what it is for', () => {
  expect(files.filter((file) => !file.text.startsWith('// ') && !file.text.startsWith('/**')).map((file) => file.name)).toEqual([])
})
