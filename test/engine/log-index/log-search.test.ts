import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { lineMatcher } from '../../../src-main/engine/log-index/line-matcher.ts'
import { LogSearch } from '../../../src-main/engine/log-index/log-search.ts'
import type { LogQuery } from '../../../src-shared/contract/logs.ts'
import { fc } from '../../driver/property.ts'
import { temporaryFolder } from '../../driver/temporary-folder.ts'

const query = (text: string, more: Partial<LogQuery> = {}): LogQuery => ({
  text,
  regex: false,
  caseSensitive: true,
  wholeWord: false,
  ...more,
})

function lineEnds(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count++
  return count
}

function matching(text: string, asked: LogQuery): number[] {
  const bytes = Buffer.from(text)
  const hits: number[] = []
  lineMatcher(asked)(bytes, (start) => hits.push(lineEnds(bytes.subarray(0, start))))
  return hits
}

const haystack = fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' ', '\n', 'é') })
const needle = fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' ', 'é'), minLength: 1, maxLength: 3 })

function plainHits(text: string, test: (line: string) => boolean): number[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.flatMap((line, number) => (test(line) ? [number] : []))
}

test('a literal is found in the lines that have it, with and without case', () => {
  fc.assert(
    fc.property(haystack, needle, (text, word) => {
      expect(matching(text, query(word))).toEqual(plainHits(text, (line) => line.includes(word)))
      expect(matching(text, query(word, { caseSensitive: false }))).toEqual(
        plainHits(text, (line) => line.toLowerCase().includes(word.toLowerCase())),
      )
    }),
  )
})

test('a regular expression is tried on each line by itself, also where it could match a line end', () => {
  const pattern = fc.constantFrom('a+b', '^b', 'a$', 'a\\s*b', '[^b]a', 'a|\\s$', 'x*', 'b.a')
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n') }), pattern, (text, source) => {
      const plain = new RegExp(source)
      expect(matching(text, query(source, { regex: true }))).toEqual(plainHits(text, (line) => plain.test(line)))
    }),
  )
})

test('a whole word is not found inside another one', () => {
  expect(matching('cat\nconcat\na cat.\ncats\n', query('cat', { wholeWord: true }))).toEqual([0, 2])
})

test('special characters of a literal have no meaning', () => {
  expect(matching('a.b\naxb\n(c)\n', query('A.B', { caseSensitive: false }))).toEqual([0])
  expect(matching('a.b\n(c)\n', query('(C)', { caseSensitive: false }))).toEqual([1])
})

test('letters beyond ASCII are found without case', () => {
  expect(matching('Élan\nelan\n', query('élan', { caseSensitive: false }))).toEqual([0])
})

test('a pattern that is no regular expression, or has a line break, is refused with a sentence', () => {
  expect(() => lineMatcher(query('(', { regex: true }))).toThrow(/^\( is not a regular expression/)
  expect(() => lineMatcher(query('a\nb'))).toThrow(/line break/)
})

async function searchFile(path: string, asked: LogQuery): Promise<{ search: LogSearch; hits: number[]; advance: () => Promise<void> }> {
  const { dev, ino } = statSync(path)
  const search = await LogSearch.open(path, `${dev}:${ino}`, asked)
  onTestFinished(() => search.close())
  const hits: number[] = []
  const lineOf = (offset: number): number =>
    readFileSync(path)
      .subarray(0, offset)
      .filter((byte) => byte === 10).length
  return { search, hits, advance: () => search.advance(statSync(path).size, (step) => hits.push(...[...step.hits].map(lineOf))) }
}

test('hits have the numbers of lines of the whole file, over many chunks', async () => {
  const path = join(temporaryFolder(), 'big.log')
  const lines = Array.from({ length: 200_000 }, (_, line) => `${line} ${'filler '.repeat(line % 20)}${line % 9999 === 0 ? 'NEEDLE' : ''}`)
  writeFileSync(path, lines.join('\n'))
  const { hits, advance } = await searchFile(path, query('NEEDLE'))
  await advance()
  expect(hits).toEqual(lines.flatMap((line, number) => (line.includes('NEEDLE') ? [number] : [])))
})

test('a search goes on where the file has grown, and a line that was open is reported once', async () => {
  const path = join(temporaryFolder(), 'a.log')
  writeFileSync(path, 'hit one\nno\nhit op')
  const { hits, advance } = await searchFile(path, query('hit'))
  await advance()
  expect(hits).toEqual([0, 2])
  appendFileSync(path, 'en\nno\n')
  await advance()
  appendFileSync(path, 'a hit\n')
  await advance()
  expect(hits).toEqual([0, 2, 4])
})

test('a line that grows into a hit is reported then', async () => {
  const path = join(temporaryFolder(), 'a.log')
  writeFileSync(path, 'hi')
  const { hits, advance } = await searchFile(path, query('hit'))
  await advance()
  expect(hits).toEqual([])
  appendFileSync(path, 't')
  await advance()
  expect(hits).toEqual([0])
})

test('a line of 100 MB is searched to its end', async () => {
  const path = join(temporaryFolder(), 'long.log')
  writeFileSync(path, Buffer.concat([Buffer.alloc(100 * 1024 * 1024, 'x'), Buffer.from('NEEDLE\nno\nNEEDLE\n')]))
  const { hits, advance } = await searchFile(path, query('NEEDLE'))
  await advance()
  expect(hits).toEqual([0, 2])
})

test('a path that names another file by now is not searched', async () => {
  const path = join(temporaryFolder(), 'a.log')
  writeFileSync(path, 'x\n')
  await expect(LogSearch.open(path, '0:0', query('x'))).rejects.toMatchObject({ code: 'CONFLICT' })
})
